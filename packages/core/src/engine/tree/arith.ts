/**
 * Arithmetic on values of one known type (7.2 and row 7 of section 23), as plain functions of static forms: i32, u32 and
 * f64 are numbers, i64 and u64 bigints. A function raises at `site`.
 */
import { Bug } from '../../base/bug.ts';
import type { ArithOp, NumType, ShiftOp, Type } from '../../hir/hir.ts';
import { trap } from './errors.ts';
import type { Site } from './value.ts';

export type Mode = 'checked' | 'wrapping';
export type NumberOp = (left: number, right: number, site: Site) => number;
export type BigOp = (left: bigint, right: bigint, site: Site) => bigint;
export type BoolOp = (left: boolean, right: boolean) => boolean;

/** An i32 result that must be in range. Zero never comes out negative. */
function narrow(result: number, site: Site): number {
  if (result > 0x7fffffff || result < -0x80000000) trap('integerOverflow', site);
  return result | 0;
}

function nonZero(divisor: number, site: Site): number {
  if (divisor === 0) trap('divisionByZero', site);
  return divisor;
}

function narrowBig(result: bigint, site: Site): bigint {
  if (BigInt.asIntN(64, result) !== result) trap('integerOverflow', site);
  return result;
}

function nonZeroBig(divisor: bigint, site: Site): bigint {
  if (divisor === 0n) trap('divisionByZero', site);
  return divisor;
}

const BITS = {
  and: (a: number, b: number) => a & b,
  or: (a: number, b: number) => a | b,
  xor: (a: number, b: number) => a ^ b,
};

const CHECKED_I32: Readonly<Record<ArithOp, NumberOp>> = {
  add: (a, b, site) => narrow(a + b, site),
  sub: (a, b, site) => narrow(a - b, site),
  // A product of two i32 that a double rounds is far out of range.
  mul: (a, b, site) => narrow(a * b, site),
  div: (a, b, site) => narrow(Math.trunc(a / nonZero(b, site)), site),
  rem: (a, b, site) => (a % nonZero(b, site)) | 0,
  ...BITS,
};

const WRAPPING_I32: Readonly<Record<ArithOp, NumberOp>> = {
  add: (a, b) => (a + b) | 0,
  sub: (a, b) => (a - b) | 0,
  mul: (a, b) => Math.imul(a, b),
  div: (a, b, site) => (a / nonZero(b, site)) | 0,
  rem: (a, b, site) => (a % nonZero(b, site)) | 0,
  ...BITS,
};

const U32_OPS: Readonly<Record<ArithOp, NumberOp>> = {
  add: (a, b) => (a + b) >>> 0,
  sub: (a, b) => (a - b) >>> 0,
  mul: (a, b) => Math.imul(a, b) >>> 0,
  div: (a, b, site) => Math.floor(a / nonZero(b, site)),
  rem: (a, b, site) => a % nonZero(b, site),
  and: (a, b) => (a & b) >>> 0,
  or: (a, b) => (a | b) >>> 0,
  xor: (a, b) => (a ^ b) >>> 0,
};

const BIG_BITS = {
  and: (a: bigint, b: bigint) => a & b,
  or: (a: bigint, b: bigint) => a | b,
  xor: (a: bigint, b: bigint) => a ^ b,
};

const CHECKED_I64: Readonly<Record<ArithOp, BigOp>> = {
  add: (a, b, site) => narrowBig(a + b, site),
  sub: (a, b, site) => narrowBig(a - b, site),
  mul: (a, b, site) => narrowBig(a * b, site),
  div: (a, b, site) => narrowBig(a / nonZeroBig(b, site), site),
  rem: (a, b, site) => a % nonZeroBig(b, site),
  ...BIG_BITS,
};

const WRAPPING_I64: Readonly<Record<ArithOp, BigOp>> = {
  add: (a, b) => BigInt.asIntN(64, a + b),
  sub: (a, b) => BigInt.asIntN(64, a - b),
  mul: (a, b) => BigInt.asIntN(64, a * b),
  div: (a, b, site) => BigInt.asIntN(64, a / nonZeroBig(b, site)),
  rem: (a, b, site) => a % nonZeroBig(b, site),
  ...BIG_BITS,
};

const U64_OPS: Readonly<Record<ArithOp, BigOp>> = {
  add: (a, b) => BigInt.asUintN(64, a + b),
  sub: (a, b) => BigInt.asUintN(64, a - b),
  mul: (a, b) => BigInt.asUintN(64, a * b),
  div: (a, b, site) => a / nonZeroBig(b, site),
  rem: (a, b, site) => a % nonZeroBig(b, site),
  ...BIG_BITS,
};

function noBits(): never {
  throw new Bug('a bitwise operation on f64');
}

const CHECKED_F64: Readonly<Record<ArithOp, NumberOp>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b, site) => a / nonZero(b, site),
  rem: (a, b, site) => a % nonZero(b, site),
  and: noBits,
  or: noBits,
  xor: noBits,
};

const WRAPPING_F64: Readonly<Record<ArithOp, NumberOp>> = {
  ...CHECKED_F64,
  div: (a, b) => a / b,
  rem: (a, b) => a % b,
};

const BOOL_OPS: Readonly<Partial<Record<ArithOp, BoolOp>>> = {
  and: (a, b) => a && b,
  or: (a, b) => a || b,
  xor: (a, b) => a !== b,
};

export function numberOp(type: 'i32' | 'u32' | 'f64', op: ArithOp, mode: Mode): NumberOp {
  if (type === 'u32') return U32_OPS[op];
  if (type === 'f64') return mode === 'checked' ? CHECKED_F64[op] : WRAPPING_F64[op];
  return mode === 'checked' ? CHECKED_I32[op] : WRAPPING_I32[op];
}

export function bigOp(type: 'i64' | 'u64', op: ArithOp, mode: Mode): BigOp {
  if (type === 'u64') return U64_OPS[op];
  return mode === 'checked' ? CHECKED_I64[op] : WRAPPING_I64[op];
}

export function boolOp(op: ArithOp): BoolOp {
  const found = BOOL_OPS[op];
  if (found === undefined) throw new Bug(`no operation ${op} on bool`);
  return found;
}

/** `value << count` or `value >> count`; `count` is the mathematical value of any integer. */
export function shiftNumber(type: 'i32' | 'u32', op: ShiftOp, value: number, count: number, site: Site): number {
  if (count < 0 || count > 31) trap('shiftRange', site);
  if (type === 'i32') return op === 'shl' ? value << count : value >> count;
  return (op === 'shl' ? value << count : value >>> count) >>> 0;
}

export function shiftBig(type: 'i64' | 'u64', op: ShiftOp, value: bigint, count: number, site: Site): bigint {
  if (count < 0 || count > 63) trap('shiftRange', site);
  if (op === 'shr') return value >> BigInt(count);
  const shifted = value << BigInt(count);
  return type === 'i64' ? BigInt.asIntN(64, shifted) : BigInt.asUintN(64, shifted);
}

export function negateNumber(type: 'i32' | 'u32' | 'f64', mode: Mode, value: number, site: Site): number {
  return type === 'f64' ? -value : numberOp(type, 'sub', mode)(0, value, site);
}

export function negateBig(type: 'i64' | 'u64', mode: Mode, value: bigint, site: Site): bigint {
  return bigOp(type, 'sub', mode)(0n, value, site);
}

export function complementNumber(type: 'i32' | 'u32', value: number): number {
  return type === 'i32' ? ~value : ~value >>> 0;
}

export function complementBig(type: 'i64' | 'u64', value: bigint): bigint {
  return type === 'i64' ? ~value : BigInt.asUintN(64, ~value);
}

/** Whether values of the type are bigints in static form. */
export function isBig(kind: Type['kind']): kind is 'i64' | 'u64' {
  return kind === 'i64' || kind === 'u64';
}

export function isNumericKind(kind: Type['kind']): kind is NumType {
  return isBig(kind) || kind === 'i32' || kind === 'u32' || kind === 'f64';
}
