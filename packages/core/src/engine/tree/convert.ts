/**
 * Conversions between primitive types: the cast table of 7.6, `any` at a place of numeric type (row 21 of section 23), and
 * literals that take the type of the value beside them. All on values in dynamic form.
 */
import type { TrapName } from '../../base/traps.ts';
import type { NumType, Style } from '../../hir/hir.ts';
import { raiseDynamic, trap } from './errors.ts';
import { mismatch } from './shapes.ts';
import { castText } from './text.ts';
import type { Shape, Site, Value } from './value.ts';
import { F64, isInteger, isNumber, isZero, label, numericValue, U32, U64 } from './value.ts';

type IntName = 'i32' | 'i64' | 'u32' | 'u64';

const RANGES: Readonly<Record<IntName, { readonly min: bigint; readonly max: bigint }>> = {
  i32: { min: -(2n ** 31n), max: 2n ** 31n - 1n },
  i64: { min: -(2n ** 63n), max: 2n ** 63n - 1n },
  u32: { min: 0n, max: 2n ** 32n - 1n },
  u64: { min: 0n, max: 2n ** 64n - 1n },
};

export function inRange(type: IntName, value: bigint): boolean {
  return value >= RANGES[type].min && value <= RANGES[type].max;
}

/** What an integer of one type that is outside the range of another raises. */
const OUT_OF_RANGE: Readonly<Record<IntName, Readonly<Partial<Record<IntName, TrapName>>>>> = {
  i32: { u32: 'negativeI32ToU32', u64: 'negativeI32ToU64' },
  i64: { i32: 'i64ToI32', u32: 'i64ToU32', u64: 'negativeI64ToU64' },
  u32: { i32: 'u32ToI32' },
  u64: { i32: 'u64ToI32', u32: 'u64ToU32', i64: 'u64ToI64' },
};

const FLOAT_OUT_OF_RANGE: Readonly<Record<IntName, TrapName>> = {
  i32: 'f64ToI32',
  i64: 'f64ToI64',
  u32: 'f64ToU32',
  u64: 'f64ToU64',
};

/** The dynamic form of an integer that is in the range of the type. */
export function makeInteger(type: IntName, value: bigint): Value {
  switch (type) {
    case 'i32':
      return Number(value);
    case 'i64':
      return value;
    case 'u32':
      return new U32(Number(value));
    case 'u64':
      return new U64(value);
  }
}

function fit(from: IntName, to: IntName, value: bigint, site: Site): Value {
  if (inRange(to, value)) return makeInteger(to, value);
  return trap(OUT_OF_RANGE[from][to] ?? 'integerOverflow', site);
}

function truncate(value: number, to: IntName, site: Site): Value {
  const negative = (to === 'u32' || to === 'u64') && value < 0;
  if (!Number.isFinite(value) || negative) trap(FLOAT_OUT_OF_RANGE[to], site);
  const whole = BigInt(Math.trunc(value));
  if (!inRange(to, whole)) trap(FLOAT_OUT_OF_RANGE[to], site);
  return makeInteger(to, whole);
}

/** `value as TARGET`. */
export function cast(value: Value, target: Shape, style: Style, site: Site): Value {
  const to = target.type.kind;
  if (target.test(value)) return value;
  if (!isNumber(value) && typeof value !== 'boolean') return noCast(value, target, site);
  if (to === 'string') return castText(value, style);
  if (typeof value === 'boolean')
    return isPrimitiveNumber(to) ? numberOf(value ? 1n : 0n, to) : noCast(value, target, site);
  if (to === 'bool') return !isZero(value);
  if (to === 'f64') return new F64(Number(numericValue(value)));
  if (!isPrimitiveNumber(to)) return noCast(value, target, site);
  if (value instanceof F64) return truncate(value.value, to, site);
  const from = label(value) as IntName;
  const exact = BigInt(numericValue(value));
  // The three conversions that keep bits and not values.
  if (from === 'i32' && to === 'u32') return new U32(Number(BigInt.asUintN(32, exact)));
  if (from === 'u32' && to === 'i32') return Number(BigInt.asIntN(32, exact));
  if (from === 'i64' && to === 'i32') return Number(BigInt.asIntN(32, exact));
  return fit(from, to, exact, site);
}

function noCast(value: Value, target: Shape, site: Site): never {
  return raiseDynamic('noCast', { found: label(value), target: target.name }, site);
}

function isPrimitiveNumber(kind: string): kind is NumType {
  return kind === 'f64' || kind in RANGES;
}

function numberOf(value: bigint, type: NumType): Value {
  return type === 'f64' ? new F64(Number(value)) : makeInteger(type, value);
}

/** A value at a place of known type: a number converts to a numeric type if it keeps its value; all else must be of the type. */
export function convertExactly(value: Value, target: Shape, site: Site): Value {
  const to = target.type.kind;
  if (target.test(value)) return value;
  if (!isNumber(value) || !isPrimitiveNumber(to)) return mismatch(target, value, site);
  if (value instanceof F64) {
    if (to === 'f64') return value;
    if (!Number.isInteger(value.value)) trap(FLOAT_OUT_OF_RANGE[to], site);
    return truncate(value.value, to, site);
  }
  const exact = BigInt(numericValue(value));
  if (to === 'f64') {
    const nearest = Number(exact);
    if (BigInt(nearest) !== exact) trap('inexactF64', site);
    return new F64(nearest);
  }
  return fit(label(value) as IntName, to, exact, site);
}

/** A literal beside another value: an integer takes that value's numeric type if it is in its range, else it stays. */
export function adaptTo(literal: Value, other: Value): Value {
  if (!isInteger(literal) || !isNumber(other)) return literal;
  const exact = BigInt(numericValue(literal));
  if (other instanceof F64) return new F64(Number(exact));
  const type = label(other) as IntName;
  return inRange(type, exact) ? makeInteger(type, exact) : literal;
}
