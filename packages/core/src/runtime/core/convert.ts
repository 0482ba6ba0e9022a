// `int()` and `float()`, and the slow paths of boxing.
import { digitsBuffer } from './area';
import { raiseArity, raiseExpected, raiseTemplate } from './errors';
import { CODE_F64, CODE_I32, CODE_I64, CODE_STRING, CODE_U64, ERROR_CONVERSION } from './layout';
import { inRange } from './cast';
import { typeof_any } from './iterate';
import { textToDouble } from './number-text';
import { text_f64 } from './numbers';
import { arityOf, boxWide, codeOf, integerBits, isIntegerCode, labelOfCode, unboxF64 } from './objects';
import { newString, stringBytes, stringFrom, textLength, writeInteger } from './strings';
import { STRING_HEADER } from './layout';
import {
  T_floatOverflow, T_floatText, T_floatType, T_intDecimals, T_intFinite, T_intOverflow, T_intOverflowText, T_intText,
  T_intType, T_intWhole,
} from './texts';
import { bytesCost, canPay, payUnlessAgain, reg } from './vm';

/** Longer strings are cut here in messages. */
const SHOWN: u32 = 52;
/** Magnitudes beyond any i64 stay here. */
const HUGE: u64 = 0x8000000000000001;
const PLUS: u32 = 43;
const MINUS: u32 = 45;

function isSpace(byte: u32): bool {
  return byte == 32 || (byte >= 9 && byte <= 13);
}

// @ts-ignore: decorator
@inline
function isDigit(byte: u32): bool {
  return byte - 48 < 10;
}

/** Where the text from `at` to `end` begins without the blanks before it. */
function pastSpaces(at: u32, end: u32): u32 {
  while (at < end && isSpace(<u32>load<u8>(at))) at++;
  return at;
}

/** Where it ends without the blanks behind it. */
function beforeSpaces(at: u32, end: u32): u32 {
  while (end > at && isSpace(<u32>load<u8>(end - 1))) end--;
  return end;
}

/** The sign with which it begins, or 0. */
function signAt(at: u32, end: u32): u32 {
  const first = at < end ? <u32>load<u8>(at) : 0;
  return first == PLUS || first == MINUS ? first : 0;
}

/** A conversion error about a string, which is cut if it is long. */
function raiseShown(template: usize, string: u32, second: u32): void {
  let shown = string;
  const length = textLength(string);
  if (length > SHOWN) {
    shown = newString(SHOWN + 3);
    if (shown == 0) return;
    memory.copy(shown + STRING_HEADER, stringBytes(string), SHOWN);
    memory.fill(shown + STRING_HEADER + SHOWN, 46, 3);
  }
  raiseTemplate(ERROR_CONVERSION, template, shown, second, 0);
}

function raiseAbout(template: usize, first: u32, second: u32): i64 {
  // The text of a number may not have found room.
  if (first != 0) raiseTemplate(ERROR_CONVERSION, template, first, second, 0);
  return 0;
}

/** int(v): in the range of i32 (style 0) or i64 (style 1). */
export function int_any(value: u64, style: u32): i64 {
  const to = style == 0 ? CODE_I32 : CODE_I64;
  const code = codeOf(value);
  if (isIntegerCode(code)) {
    const bits = integerBits(value);
    if (inRange(bits, code, to)) return bits;
    return raiseAbout(T_intOverflow, stringFrom(digitsBuffer(), writeInteger(bits, code != CODE_U64)), labelOfCode(to));
  }
  if (code == CODE_F64) return intFromDouble(unboxF64(value), style, to);
  if (code == CODE_STRING) return intFromText(<u32>value, to);
  return raiseAbout(T_intType, typeof_any(value), 0);
}

function intFromDouble(value: f64, style: u32, to: u32): i64 {
  const mode = style == 0 ? 1 : 2;
  if (value - value != 0) {
    raiseTemplate(ERROR_CONVERSION, T_intFinite, 0, 0, 0);
    return 0;
  }
  const whole = trunc<f64>(value);
  if (abs<f64>(value - whole) > 2.2e-16) return raiseAbout(T_intWhole, text_f64(value, mode), 0);
  const size: f64 = to == CODE_I32 ? 2147483648.0 : 9223372036854775808.0;
  return whole >= -size && whole < size ? <i64>whole : raiseAbout(T_intOverflow, text_f64(value, mode), labelOfCode(to));
}

function intFromText(string: u32, to: u32): i64 {
  const bytes = stringBytes(string);
  if (bytes == 0) return 0;
  const cost = bytesCost(textLength(string));
  if (!canPay(cost)) return 0;
  const result = parseInteger(string, bytes, textLength(string), to);
  payUnlessAgain(cost);
  return result;
}

function parseInteger(string: u32, bytes: u32, length: u32, to: u32): i64 {
  let at = pastSpaces(bytes, bytes + length);
  const end = beforeSpaces(at, bytes + length);
  const sign = signAt(at, end);
  if (sign != 0) at++;
  if (at == end) {
    raiseText(string, bytes, length);
    return 0;
  }
  let magnitude: u64 = 0;
  for (; at < end; at++) {
    const byte = <u32>load<u8>(at);
    if (!isDigit(byte)) {
      raiseText(string, bytes, length);
      return 0;
    }
    magnitude = magnitude > HUGE / 10 ? HUGE : min<u64>(magnitude * 10 + (byte - 48), HUGE);
  }
  const most: u64 = (to == CODE_I32 ? 0x7fffffff : 0x7fffffffffffffff) + <u64>(sign == MINUS);
  if (magnitude <= most) return sign == MINUS ? <i64>(0 - magnitude) : <i64>magnitude;
  raiseShown(T_intOverflowText, string, labelOfCode(to));
  return 0;
}

/** The string is no integer; one that looks like a decimal gets a hint. */
function raiseText(string: u32, bytes: u32, length: u32): void {
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(bytes + i);
    if (byte == 46 || byte == 101 || byte == 69) {
      raiseShown(T_intDecimals, string, 0);
      return;
    }
  }
  raiseShown(T_intText, string, 0);
}

export function float_any(value: u64): f64 {
  const code = codeOf(value);
  if (code == CODE_F64) return unboxF64(value);
  if (isIntegerCode(code)) {
    const bits = integerBits(value);
    return code == CODE_U64 ? <f64><u64>bits : <f64>bits;
  }
  if (code == CODE_STRING) return floatFromText(<u32>value);
  raiseAbout(T_floatType, typeof_any(value), 0);
  return 0;
}

function floatFromText(string: u32): f64 {
  const bytes = stringBytes(string);
  if (bytes == 0) return 0;
  const cost = bytesCost(textLength(string));
  if (!canPay(cost)) return 0;
  const result = parseDecimal(string, bytes, textLength(string));
  payUnlessAgain(cost);
  return result;
}

function parseDecimal(string: u32, bytes: u32, length: u32): f64 {
  let at = pastSpaces(bytes, bytes + length);
  const end = beforeSpaces(at, bytes + length);
  const sign = signAt(at, end);
  if (sign != 0) at++;
  if (!isDecimal(at, end - at)) {
    raiseShown(T_floatText, string, 0);
    return 0;
  }
  const size = textToDouble(at, end - at);
  if (size == Infinity) {
    raiseShown(T_floatOverflow, string, 0);
    return 0;
  }
  return sign == MINUS ? -size : size;
}

/** Digits with at most one point and at least one digit, then perhaps an exponent. */
function isDecimal(text: u32, length: u32): bool {
  let i: u32 = 0;
  let digits: u32 = 0;
  while (i < length && isDigit(<u32>load<u8>(text + i))) {
    i++;
    digits++;
  }
  if (i < length && load<u8>(text + i) == 46) {
    i++;
    while (i < length && isDigit(<u32>load<u8>(text + i))) {
      i++;
      digits++;
    }
  }
  if (digits == 0) return false;
  if (i == length) return true;
  if ((<u32>load<u8>(text + i) | 32) != 101) return false;
  i++;
  if (i < length && (load<u8>(text + i) == 43 || load<u8>(text + i) == 45)) i++;
  if (i == length) return false;
  while (i < length && isDigit(<u32>load<u8>(text + i))) i++;
  return i == length;
}

// --- boxing ---------------------------------------------------------------------------------------------------------

/** An i64 or u64 as an any word; 0 with PENDING set if there is no room for its box. */
export function box_wide(value: i64, code: u32): u64 {
  return boxWide(value, code);
}

/** Raises `expected` for a word that is not of the type. */
export function unbox_error(word: u64, code: u32): void {
  raiseExpected(code, word);
}

/** Raises `arity` for a call of a function value with so many arguments. */
export function arity_error(closure: u32, count: u32): void {
  raiseArity(arityOf(closure), count);
}
