/**
 * The meaning of scalar operations in plain numbers: an i32 is a signed number, an i64 a signed bigint, an f64 a number.
 *
 * Bools and unsigned integers have no representation of their own: u32 and u64 are the signed value of the same bits, and a
 * comparison gives 0 or 1. A function gives undefined exactly where its operation traps. Tables of instructions (`ir/ops.ts`,
 * `isa/`) name these functions as their `fold`; constant folding and the IR evaluator run them.
 */
const I32_MIN = -0x8000_0000;
const I32_MAX = 0x7fff_ffff;
const I64_MIN = -(1n << 63n);

const bit = (condition: boolean): number => (condition ? 1 : 0);

/** A number that is an integer, if it is an i32. */
function fits32(value: number): number | undefined {
  return value >= I32_MIN && value <= I32_MAX ? value | 0 : undefined;
}

function wrap64(value: bigint): bigint {
  return BigInt.asIntN(64, value);
}

function fits64(value: bigint): bigint | undefined {
  const wrapped = BigInt.asIntN(64, value);
  return wrapped === value ? value : undefined;
}

function unsigned64(value: bigint): bigint {
  return BigInt.asUintN(64, value);
}

export const i32 = {
  add: (a: number, b: number): number => (a + b) | 0,
  sub: (a: number, b: number): number => (a - b) | 0,
  mul: (a: number, b: number): number => Math.imul(a, b),
  addChecked: (a: number, b: number): number | undefined => fits32(a + b),
  subChecked: (a: number, b: number): number | undefined => fits32(a - b),
  // A product that is rounded is far outside the range, so the comparison is exact.
  mulChecked: (a: number, b: number): number | undefined => fits32(a * b),
  divS: (a: number, b: number): number | undefined =>
    b === 0 || (a === I32_MIN && b === -1) ? undefined : (a / b) | 0,
  remS: (a: number, b: number): number | undefined => (b === 0 ? undefined : (a % b) | 0),
  divU: (a: number, b: number): number | undefined => (b === 0 ? undefined : ((a >>> 0) / (b >>> 0)) | 0),
  remU: (a: number, b: number): number | undefined => (b === 0 ? undefined : ((a >>> 0) % (b >>> 0)) | 0),
  and: (a: number, b: number): number => a & b,
  or: (a: number, b: number): number => a | b,
  xor: (a: number, b: number): number => a ^ b,
  shl: (a: number, count: number): number => a << count,
  shrS: (a: number, count: number): number => a >> count,
  shrU: (a: number, count: number): number => (a >>> count) | 0,
  eq: (a: number, b: number): number => bit(a === b),
  ne: (a: number, b: number): number => bit(a !== b),
  ltS: (a: number, b: number): number => bit(a < b),
  leS: (a: number, b: number): number => bit(a <= b),
  ltU: (a: number, b: number): number => bit(a >>> 0 < b >>> 0),
  leU: (a: number, b: number): number => bit(a >>> 0 <= b >>> 0),
  eqz: (a: number): number => bit(a === 0),
} as const;

export const i64 = {
  add: (a: bigint, b: bigint): bigint => wrap64(a + b),
  sub: (a: bigint, b: bigint): bigint => wrap64(a - b),
  mul: (a: bigint, b: bigint): bigint => wrap64(a * b),
  addChecked: (a: bigint, b: bigint): bigint | undefined => fits64(a + b),
  subChecked: (a: bigint, b: bigint): bigint | undefined => fits64(a - b),
  mulChecked: (a: bigint, b: bigint): bigint | undefined => fits64(a * b),
  divS: (a: bigint, b: bigint): bigint | undefined => (b === 0n || (a === I64_MIN && b === -1n) ? undefined : a / b),
  remS: (a: bigint, b: bigint): bigint | undefined => (b === 0n ? undefined : a % b),
  divU: (a: bigint, b: bigint): bigint | undefined => (b === 0n ? undefined : wrap64(unsigned64(a) / unsigned64(b))),
  remU: (a: bigint, b: bigint): bigint | undefined => (b === 0n ? undefined : wrap64(unsigned64(a) % unsigned64(b))),
  and: (a: bigint, b: bigint): bigint => a & b,
  or: (a: bigint, b: bigint): bigint => a | b,
  xor: (a: bigint, b: bigint): bigint => a ^ b,
  shl: (a: bigint, count: bigint): bigint => wrap64(a << (count & 63n)),
  shrS: (a: bigint, count: bigint): bigint => a >> (count & 63n),
  shrU: (a: bigint, count: bigint): bigint => wrap64(unsigned64(a) >> (count & 63n)),
  eq: (a: bigint, b: bigint): number => bit(a === b),
  ne: (a: bigint, b: bigint): number => bit(a !== b),
  ltS: (a: bigint, b: bigint): number => bit(a < b),
  leS: (a: bigint, b: bigint): number => bit(a <= b),
  ltU: (a: bigint, b: bigint): number => bit(unsigned64(a) < unsigned64(b)),
  leU: (a: bigint, b: bigint): number => bit(unsigned64(a) <= unsigned64(b)),
} as const;

export const f64 = {
  add: (a: number, b: number): number => a + b,
  sub: (a: number, b: number): number => a - b,
  mul: (a: number, b: number): number => a * b,
  div: (a: number, b: number): number => a / b,
  neg: (a: number): number => -a,
  eq: (a: number, b: number): number => bit(a === b),
  ne: (a: number, b: number): number => bit(a !== b),
  lt: (a: number, b: number): number => bit(a < b),
  le: (a: number, b: number): number => bit(a <= b),
} as const;

export const convert = {
  i64FromI32: (a: number): bigint => BigInt(a),
  i64FromU32: (a: number): bigint => BigInt(a >>> 0),
  i32FromI64: (a: bigint): number => Number(BigInt.asIntN(32, a)),
  f64FromI32: (a: number): number => a,
  f64FromU32: (a: number): number => a >>> 0,
  // `Number` rounds a bigint to nearest, ties to even.
  f64FromI64: (a: bigint): number => Number(a),
  f64FromU64: (a: bigint): number => Number(unsigned64(a)),
  i32FromF64: (a: number): number | undefined => (a > I32_MIN - 1 && a < I32_MAX + 1 ? a | 0 : undefined),
  i64FromF64: (a: number): bigint | undefined => (a >= -(2 ** 63) && a < 2 ** 63 ? BigInt(Math.trunc(a)) : undefined),
  /** A negative operand traps even if its integer part is 0; negative zero is not negative. */
  u32FromF64: (a: number): number | undefined => (a >= 0 && a < 2 ** 32 ? a | 0 : undefined),
  u64FromF64: (a: number): bigint | undefined => (a >= 0 && a < 2 ** 64 ? wrap64(BigInt(Math.trunc(a))) : undefined),
} as const;
