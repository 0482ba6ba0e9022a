/**
 * The types that operations on dynamic values give, as codes, by the types of their operands.
 *
 * -1 stands for a type that is not known, as an operand's or as a result that depends on the values or fails.
 */
import type { BuiltinName } from '../base/builtins.ts';
import { kindOfCode, TYPE_CODES, type TypeCode } from '../base/kinds.ts';
import type { Scalar } from '../ir/ops.ts';

const { i32, u32, i64, u64, f64, bool, string } = TYPE_CODES;

export function isNumeric(code: number): boolean {
  return code >= i32 && code <= f64;
}

export function isInteger(code: number): boolean {
  return code >= i32 && code <= u64;
}

/** Types of what built-ins give, where it is one type of reference. */
export const BUILTIN_CODES: Readonly<Partial<Record<BuiltinName, number>>> = {
  'str.concat': TYPE_CODES.string,
  'str.append': TYPE_CODES.string,
  'str.append.i64': TYPE_CODES.string,
  'str.concat.i64': TYPE_CODES.string,
  'str.index': TYPE_CODES.string,
  'str.slice': TYPE_CODES.string,
  'text.i64': TYPE_CODES.string,
  'text.u64': TYPE_CODES.string,
  'text.f64': TYPE_CODES.string,
  'typeof.any': TYPE_CODES.string,
  input: TYPE_CODES.string,
  'array.new': TYPE_CODES.array,
  'array.fill': TYPE_CODES.array,
  'array.repeat': TYPE_CODES.array,
  'array.slice': TYPE_CODES.array,
  'array.sorted': TYPE_CODES.array,
  'any.array': TYPE_CODES.array,
  'any.sorted': TYPE_CODES.array,
  'any.func': TYPE_CODES.func,
  'range.new': TYPE_CODES.range,
  'range.any': TYPE_CODES.range,
};

/** What dynamic arithmetic gives. The second operand of those that take one does not matter. */
export function dynamicResult(name: string, a: number, b: number): number {
  switch (name) {
    case 'dyn.neg':
      return isNumeric(a) ? a : -1;
    case 'dyn.bitnot':
      return isInteger(a) ? a : -1;
    case 'dyn.add':
      return a === b && (a === string || isNumeric(a)) ? a : -1;
    case 'dyn.sub':
    case 'dyn.mul':
    case 'dyn.div':
    case 'dyn.rem':
      return a === b && isNumeric(a) ? a : -1;
    case 'dyn.and':
    case 'dyn.or':
    case 'dyn.xor':
      return a === b && isInteger(a) ? a : -1;
    case 'dyn.logic':
      return a === b && (a === bool || isInteger(a)) ? a : -1;
    case 'dyn.shl':
    case 'dyn.shr':
      return isInteger(a) && isInteger(b) ? a : -1;
    case 'loop.next':
      return a === b ? a : -1;
    default:
      return -1;
  }
}

/**
 * What `adapt.any` gives for a literal beside another value: that one's numeric type if it can hold the literal. `literalOf` gives the
 * literal's integer, or null where that is not known.
 */
export function adaptedResult(literal: number, other: number, literalOf: () => bigint | null): number {
  if (literal === -1 || other === -1) return -1;
  if (literal === other || !isNumeric(other) || literal === f64) return literal;
  if (other === f64) return f64;
  const value = literalOf();
  return value === null ? -1 : fitsCode(other, value) ? other : literal;
}

/** The mathematical value of raw bits of an integer type. */
export function integerOf(code: number, raw: Scalar): bigint {
  if (code === u32) return BigInt(raw as number) & 0xffff_ffffn;
  return code === u64 ? BigInt.asUintN(64, raw as bigint) : BigInt(raw);
}

const LOWEST: Readonly<Record<number, bigint>> = { [i32]: -(2n ** 31n), [u32]: 0n, [i64]: -(2n ** 63n), [u64]: 0n };
const HIGHEST: Readonly<Record<number, bigint>> = {
  [i32]: 2n ** 31n - 1n,
  [u32]: 2n ** 32n - 1n,
  [i64]: 2n ** 63n - 1n,
  [u64]: 2n ** 64n - 1n,
};

/** Whether an integer is in the range of an integer type. */
function fitsCode(code: number, value: bigint): boolean {
  return value >= (LOWEST[code] ?? 1n) && value <= (HIGHEST[code] ?? 0n);
}

/** The kind of raw values of a type, or null where words are all there is. */
export function rawKind(code: number): 'i32' | 'i64' | 'f64' | 'ref' | null {
  if (code <= TYPE_CODES.undecided) return null;
  const kind = kindOfCode(code as TypeCode);
  return kind === 'any' ? null : kind;
}
