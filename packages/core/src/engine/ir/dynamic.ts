/**
 * Operations on self-describing values: arithmetic (7.2), order (7.3), casts (7.6) and conversions (row 21 of section 23).
 */
import type { TypeCode } from '../../base/kinds.ts';
import type { TrapName } from '../../base/traps.ts';
import { generalText, shortestText } from '../tree/number-text.ts';
import { repeated } from './arrays.ts';
import type { Machine } from './machine.ts';
import {
  type Any,
  ArrayObj,
  CODE,
  codeOfAny,
  Int,
  type IntCode,
  isNumber,
  magnitude,
  nameOfCode,
  unbox,
  type Value,
} from './value.ts';

const MIN: Readonly<Record<IntCode, bigint>> = { 1: -(1n << 31n), 2: 0n, 3: -(1n << 63n), 4: 0n };
const MAX: Readonly<Record<IntCode, bigint>> = {
  1: (1n << 31n) - 1n,
  2: (1n << 32n) - 1n,
  3: (1n << 63n) - 1n,
  4: (1n << 64n) - 1n,
};

export function fitsInt(code: IntCode, value: bigint): boolean {
  return value >= MIN[code] && value <= MAX[code];
}

function isIntCode(code: TypeCode): boolean {
  return code >= 1 && code <= 4;
}

function wide(code: IntCode): boolean {
  return code >= 3;
}

export function isSignedCode(code: IntCode): boolean {
  return code === 1 || code === 3;
}

/** Any bigint reduced to the type's bits. */
function wrapped(code: IntCode, value: bigint): bigint {
  const bits = wide(code) ? 64 : 32;
  return isSignedCode(code) ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** Signed results must fit, unsigned ones wrap. */
function result(m: Machine, code: IntCode, value: bigint): Int {
  if (isSignedCode(code) && !fitsInt(code, value)) m.trap('integerOverflow');
  return new Int(code, wrapped(code, value));
}

export type ArithName = 'add' | 'sub' | 'mul' | 'div' | 'rem' | 'and' | 'or' | 'xor';

export function arith(m: Machine, op: ArithName, a: Any, b: Any): Any {
  if (a instanceof Int && b instanceof Int && a.code === b.code) return intArith(m, op, a, b);
  if (typeof a === 'number' && typeof b === 'number') return floatArith(m, op, a, b);
  if (op === 'add' && typeof a === 'string' && typeof b === 'string') {
    m.allocateString(a.length + b.length);
    return a + b;
  }
  if (op === 'mul' && a instanceof ArrayObj && b instanceof Int) return repeated(m, a, b.value);
  if (op === 'mul' && a instanceof Int && b instanceof ArrayObj) return repeated(m, b, a.value);
  return m.trap('operandTypes');
}

function intArith(m: Machine, op: ArithName, a: Int, b: Int): Any {
  const { code } = a;
  switch (op) {
    case 'add':
      return result(m, code, a.value + b.value);
    case 'sub':
      return result(m, code, a.value - b.value);
    case 'mul':
      return result(m, code, a.value * b.value);
    case 'div':
      return b.value === 0n ? m.trap('divisionByZero') : result(m, code, a.value / b.value);
    case 'rem':
      return b.value === 0n ? m.trap('divisionByZero') : new Int(code, a.value % b.value);
    case 'and':
      return new Int(code, a.value & b.value);
    case 'or':
      return new Int(code, a.value | b.value);
    case 'xor':
      return new Int(code, a.value ^ b.value);
  }
}

function floatArith(m: Machine, op: ArithName, a: number, b: number): number {
  switch (op) {
    case 'add':
      return a + b;
    case 'sub':
      return a - b;
    case 'mul':
      return a * b;
    case 'div':
      return b === 0 ? m.trap('divisionByZero') : a / b;
    case 'rem':
      return b === 0 ? m.trap('divisionByZero') : a % b;
    default:
      return m.trap('operandTypes');
  }
}

export function shift(m: Machine, op: 'shl' | 'shr', a: Any, b: Any): Any {
  if (!(a instanceof Int) || !(b instanceof Int)) return m.trap('operandTypes');
  if (b.value < 0n || b.value >= (wide(a.code) ? 64n : 32n)) return m.trap('shiftRange');
  return new Int(a.code, op === 'shl' ? wrapped(a.code, a.value << b.value) : a.value >> b.value);
}

export function negate(m: Machine, a: Any): Any {
  if (typeof a === 'number') return -a;
  return a instanceof Int ? result(m, a.code, -a.value) : m.fail('notNumber', { found: m.label(a) });
}

export function complement(m: Machine, a: Any): Any {
  return a instanceof Int ? new Int(a.code, wrapped(a.code, ~a.value)) : m.fail('notInteger', { found: m.label(a) });
}

export function negated(m: Machine, a: Any, modern: boolean): boolean {
  if (typeof a === 'boolean') return !a;
  if (modern) return m.mismatch(CODE.bool, a);
  // biome-ignore lint/suspicious/noDoubleEquals: a number or a bigint
  return isNumber(a) ? magnitude(a) == 0 : m.fail('notNumber', { found: m.label(a) });
}

/** Classic `and` and `or` where the left operand did not decide. */
export function logic(m: Machine, op: 'and' | 'or', a: Any, b: Any): Any {
  if (typeof a === 'boolean' && typeof b === 'boolean') return op === 'and' ? a && b : a || b;
  const ints = a instanceof Int && b instanceof Int && a.code === b.code;
  return ints ? arith(m, op, a, b) : m.fail('logicOperands', { name: op });
}

export function ordered(m: Machine, op: 'lt' | 'le' | 'gt' | 'ge', a: Any, b: Any): boolean {
  const numbers = isNumber(a) && isNumber(b);
  if (!numbers && !(typeof a === 'string' && typeof b === 'string')) {
    return m.fail('notOrdered', { left: m.label(a), right: m.label(b) });
  }
  const [x, y] = numbers ? [magnitude(a), magnitude(b)] : [a as string, b as string];
  switch (op) {
    case 'lt':
      return x < y;
    case 'le':
      return x <= y;
    case 'gt':
      return x > y;
    case 'ge':
      return x >= y;
  }
}

/* ---- conversions ----------------------------------------------------------------------------------------------- */

const OUT_OF_RANGE: Readonly<Record<string, TrapName>> = {
  '1>2': 'negativeI32ToU32',
  '1>4': 'negativeI32ToU64',
  '2>1': 'u32ToI32',
  '3>1': 'i64ToI32',
  '3>2': 'i64ToU32',
  '3>4': 'negativeI64ToU64',
  '4>1': 'u64ToI32',
  '4>2': 'u64ToU32',
  '4>3': 'u64ToI64',
};
const FLOAT_RANGE: Readonly<Record<IntCode, TrapName>> = { 1: 'f64ToI32', 2: 'f64ToU32', 3: 'f64ToI64', 4: 'f64ToU64' };

function intToInt(m: Machine, value: Int, to: IntCode): Int {
  if (fitsInt(to, value.value)) return new Int(to, value.value);
  return m.trap(OUT_OF_RANGE[`${value.code}>${to}`] ?? 'integerOverflow');
}

function floatToInt(m: Machine, value: number, to: IntCode): Int {
  if (!Number.isFinite(value) || (value < 0 && !isSignedCode(to))) return m.trap(FLOAT_RANGE[to]);
  const whole = BigInt(Math.trunc(value));
  return fitsInt(to, whole) ? new Int(to, whole) : m.trap(FLOAT_RANGE[to]);
}

/** `value as T`. */
export function cast(m: Machine, value: Any, to: TypeCode, modern: boolean): Any {
  const from = codeOfAny(value);
  if (from === to) return value;
  const { types } = m.program;
  const impossible = (): never => m.fail('noCast', { found: m.label(value), target: nameOfCode(types, to) });
  const isPrimitive = isNumber(value) || typeof value === 'boolean';
  if (!isPrimitive) return impossible();
  if (to === CODE.string) {
    if (typeof value === 'number') return modern ? shortestText(value) : generalText(value, 6);
    return String(typeof value === 'boolean' ? value : magnitude(value));
  }
  // biome-ignore lint/suspicious/noDoubleEquals: a number or a bigint
  if (to === CODE.bool) return typeof value === 'boolean' ? value : magnitude(value) != 0;
  const number = typeof value === 'boolean' ? new Int(1, value ? 1n : 0n) : value;
  if (to === CODE.f64) return Number(magnitude(number));
  if (!isIntCode(to)) return impossible();
  const target = to as number as IntCode;
  if (typeof number === 'number') return floatToInt(m, number, target);
  const keepsBits = !wide(target) && !wide(number.code);
  if (keepsBits || (number.code === 3 && target === 1)) return new Int(target, wrapped(target, number.value));
  return intToInt(m, number, target);
}

/** A value at a place of known type: numbers convert if they keep their value. */
export function convertKeeping(m: Machine, value: Any, to: TypeCode): Any {
  if (codeOfAny(value) === to) return value;
  if (!isNumber(value) || !(isIntCode(to) || to === CODE.f64)) return m.mismatch(to, value);
  if (to === CODE.f64) {
    const exact = magnitude(value);
    const nearest = Number(exact);
    // biome-ignore lint/suspicious/noDoubleEquals: mathematical equality
    return nearest == exact ? nearest : m.trap('inexactF64');
  }
  const target = to as number as IntCode;
  if (value instanceof Int) return intToInt(m, value, target);
  return Number.isInteger(value) ? floatToInt(m, value, target) : m.trap(FLOAT_RANGE[target]);
}

/** A flexible literal beside another value. */
export function adapted(literal: Any, other: Any): Any {
  if (!(literal instanceof Int) || !isNumber(other)) return literal;
  if (typeof other === 'number') return Number(literal.value);
  return fitsInt(other.code, literal.value) ? new Int(other.code, literal.value) : literal;
}

/** The value of exactly that type, raw, or a type error. */
export function expect(m: Machine, code: TypeCode, value: Any): Value {
  const raw = unbox(code, value);
  return raw === undefined ? m.mismatch(code, value) : raw;
}
