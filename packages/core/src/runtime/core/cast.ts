// Conversions of any words: `as` (specification, 7.6), numbers at places of known type (row 21 of section 23), and
// literals that take the type of the value beside them.
import { compareNumbers } from './any';
import { digitsBuffer } from './area';
import { raiseExpected, raiseTemplate, trap } from './errors';
import {
  CODE_ANY, CODE_BOOL, CODE_F64, CODE_I32, CODE_I64, CODE_STRING, CODE_U32, CODE_U64, ERROR_TYPE, TRAP_F64_TO_I32,
  TRAP_F64_TO_I64, TRAP_F64_TO_U32, TRAP_F64_TO_U64, TRAP_I64_TO_I32, TRAP_I64_TO_U32, TRAP_INEXACT_F64,
  TRAP_NEGATIVE_I32_TO_U32, TRAP_NEGATIVE_I32_TO_U64, TRAP_NEGATIVE_I64_TO_U64, TRAP_U32_TO_I32, TRAP_U64_TO_I32,
  TRAP_U64_TO_I64, TRAP_U64_TO_U32,
} from './layout';
import { text_f64 } from './numbers';
import {
  boxBool, boxF64, boxInteger, codeOf, integerBits, isIntegerCode, isNumberCode, labelOf, labelOfCode, unboxF64,
} from './objects';
import { stringFrom, writeInteger } from './strings';
import { T_false, T_noCast, T_true } from './texts';

/** Whether 64 bits, of an integer of type `from`, are in the range of type `to`. */
export function inRange(bits: i64, from: u32, to: u32): bool {
  const huge = from == CODE_U64 && bits < 0;
  switch (to) {
    case CODE_I32: return !huge && bits == <i64><i32>bits;
    case CODE_U32: return !huge && <u64>bits <= 0xffffffff;
    case CODE_I64: return !huge;
    default: return huge || bits >= 0;
  }
}

/** What an integer out of the range of the other type raises. */
function rangeTrap(from: u32, to: u32): u32 {
  if (from == CODE_I32) return to == CODE_U32 ? TRAP_NEGATIVE_I32_TO_U32 : TRAP_NEGATIVE_I32_TO_U64;
  if (from == CODE_I64) {
    if (to == CODE_U64) return TRAP_NEGATIVE_I64_TO_U64;
    return to == CODE_I32 ? TRAP_I64_TO_I32 : TRAP_I64_TO_U32;
  }
  if (from == CODE_U32) return TRAP_U32_TO_I32;
  if (to == CODE_I64) return TRAP_U64_TO_I64;
  return to == CODE_I32 ? TRAP_U64_TO_I32 : TRAP_U64_TO_U32;
}

function trapRange(from: u32, to: u32): u64 {
  trap(rangeTrap(from, to));
  return 0;
}

function trapDouble(to: u32): u64 {
  let position = TRAP_F64_TO_U64;
  if (to == CODE_I32) position = TRAP_F64_TO_I32;
  else if (to == CODE_U32) position = TRAP_F64_TO_U32;
  else if (to == CODE_I64) position = TRAP_F64_TO_I64;
  trap(position);
  return 0;
}

/** An f64 cut to an integer type; unsigned ones refuse every negative number. */
function truncated(value: f64, to: u32): u64 {
  if (value != value) return trapDouble(to);
  switch (to) {
    case CODE_I32:
      if (value > -2147483649.0 && value < 2147483648.0) return boxInteger(<i64>value, to);
      break;
    case CODE_I64:
      if (value >= -9223372036854775808.0 && value < 9223372036854775808.0) return boxInteger(<i64>value, to);
      break;
    case CODE_U32:
      if (value >= 0 && value < 4294967296.0) return boxInteger(<i64>value, to);
      break;
    default:
      if (value >= 0 && value < 18446744073709551616.0) return boxInteger(<i64><u64>value, to);
      break;
  }
  return trapDouble(to);
}

export function nearestDouble(bits: i64, code: u32): f64 {
  return code == CODE_U64 ? <f64><u64>bits : <f64>bits;
}

/** `value as TARGET`. */
export function cast_any(value: u64, to: u32, style: u32): u64 {
  const from = codeOf(value);
  if (from == to) return value;
  const number = isNumberCode(from);
  if ((!number && from != CODE_BOOL) || !(isNumberCode(to) || to == CODE_BOOL || to == CODE_STRING)) {
    raiseTemplate(ERROR_TYPE, T_noCast, labelOf(value), labelOfCode(to), 0);
    return 0;
  }
  if (to == CODE_STRING) return <u64>castText(value, from, style);
  if (from == CODE_BOOL) return to == CODE_F64 ? boxF64(<f64>(value & 1)) : boxInteger(<i64>(value & 1), to);
  if (from == CODE_F64) {
    const double = unboxF64(value);
    return to == CODE_BOOL ? boxBool(double != 0) : truncated(double, to);
  }
  const bits = integerBits(value);
  if (to == CODE_BOOL) return boxBool(bits != 0);
  if (to == CODE_F64) return boxF64(nearestDouble(bits, from));
  // The three conversions that keep bits and not values.
  if (from == CODE_I32 && to == CODE_U32) return boxInteger(bits & 0xffffffff, to);
  if (to == CODE_I32 && (from == CODE_U32 || from == CODE_I64)) return boxInteger(<i64><i32>bits, to);
  return inRange(bits, from, to) ? boxInteger(bits, to) : trapRange(from, to);
}

function castText(value: u64, from: u32, style: u32): u32 {
  if (from == CODE_F64) return text_f64(unboxF64(value), style == 0 ? 1 : 2);
  if (from == CODE_BOOL) {
    const text = (value & 1) != 0 ? T_true : T_false;
    return stringFrom(<u32>text + 2, <u32>load<u16>(text));
  }
  return stringFrom(digitsBuffer(), writeInteger(integerBits(value), from != CODE_U64));
}

/**
 * A value at a place of type `to`: a number converts to a numeric type if it keeps its value, all else must be of
 * the type.
 */
export function convert_any(value: u64, to: u32): u64 {
  const from = codeOf(value);
  if (from == to || to == CODE_ANY) return value;
  if (!isNumberCode(from) || !isNumberCode(to)) {
    raiseExpected(to, value);
    return 0;
  }
  if (from == CODE_F64) {
    const double = unboxF64(value);
    return double == trunc<f64>(double) ? truncated(double, to) : trapDouble(to);
  }
  const bits = integerBits(value);
  if (to == CODE_F64) {
    const nearest = nearestDouble(bits, from);
    if (compareNumbers(bits, from, reinterpret<i64>(nearest), CODE_F64) == 0) return boxF64(nearest);
    trap(TRAP_INEXACT_F64);
    return 0;
  }
  return inRange(bits, from, to) ? boxInteger(bits, to) : trapRange(from, to);
}

/** A literal beside another value: an integer takes that value's numeric type if it is in its range, else it stays. */
export function adapt_any(literal: u64, other: u64): u64 {
  const from = codeOf(literal);
  const to = codeOf(other);
  if (from == to || !isIntegerCode(from) || !isNumberCode(to)) return literal;
  const bits = integerBits(literal);
  if (to == CODE_F64) return boxF64(nearestDouble(bits, from));
  return inRange(bits, from, to) ? boxInteger(bits, to) : literal;
}
