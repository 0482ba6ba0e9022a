// What `print`, `input` and `assert_eq` are made of.
import { arrayLength, elementWord } from './arrays';
import { digitsBuffer } from './area';
import { putBeside, putValue } from './display';
import { equalStrictly } from './equal';
import { raiseText, trap } from './errors';
import { host_now, host_read_line, host_take_line, host_write } from './host';
import {
  CODE_F64, CODE_STRING, ERROR_RUNTIME, PENDING_HOST, R_INPUT_STATE, R_PENDING, STRING_HEADER, TRAP_FORMAT_DECIMALS,
  TRAP_INPUT_END,
} from './layout';
import { writeFixed } from './number-text';
import { bitsOf, codeOf, isIntegerCode } from './objects';
import { newString, stringBytes, textLength } from './strings';
import { flush, putByte, putBytes, putStatic, putString, textBegin, textDrop } from './text';
import { T_assertActual, T_assertExpected, T_assertFailed } from './texts';
import { bytesCost, canPay, failed, pay, reg, setReg } from './vm';
import { beginWork, endWork, work } from './work';

const MAX_DECIMALS: u32 = 100;

// --- values on the line ---------------------------------------------------------------------------------------------

function beginText(): void {
  textBegin();
  beginWork();
}

/** Keeps the text if all went well. */
function endText(): void {
  if (failed()) textDrop();
  endWork();
}

/** Appends a string as it is. */
export function out_text(string: u32): void {
  const cost = bytesCost(textLength(string));
  if (!canPay(cost)) return;
  textBegin();
  putString(string);
  if (failed()) {
    textDrop();
    return;
  }
  pay(cost);
}

export function out_value(value: u64, style: u32): void {
  beginText();
  putValue(value, style, false);
  endText();
}

export function out_radix(value: u64, style: u32, radix: u32): void {
  beginText();
  putRadix(value, style, radix);
  endText();
}

export function out_decimals(value: u64, style: u32, decimals: u32): void {
  if (decimals > MAX_DECIMALS) {
    trap(TRAP_FORMAT_DECIMALS);
    return;
  }
  beginText();
  putDecimals(value, style, decimals);
  endText();
}

/** An integer's digits to base 16 (x, X), 8 (o) or 2 (b); negative ones as 64 bits. Other values in display form. */
function putRadix(value: u64, style: u32, radix: u32): void {
  const code = codeOf(value);
  if (!isIntegerCode(code)) {
    putValue(value, style, false);
    return;
  }
  const shift: u64 = radix == 98 ? 1 : radix == 111 ? 3 : 4;
  const letters: u32 = radix == 88 ? 55 : 87;
  let rest = <u64>bitsOf(value, code);
  const end = digitsBuffer() + 64;
  let at = end;
  do {
    const digit = <u32>(rest & ((1 << shift) - 1));
    store<u8>(--at, digit < 10 ? 48 + digit : letters + digit);
    rest >>= shift;
  } while (rest != 0);
  putBytes(at, end - at);
}

function putDecimals(value: u64, style: u32, decimals: u32): void {
  if (codeOf(value) != CODE_F64) {
    putValue(value, style, false);
    return;
  }
  work(decimals >> 2);
  if (!failed()) putBytes(digitsBuffer(), writeFixed(reinterpret<f64>(bitsOf(value, CODE_F64)), decimals));
}

// --- classic format strings -----------------------------------------------------------------------------------------

/**
 * A classic print whose first argument is a string: that is the format (specification, 16). `arguments` holds all of
 * them; each `@` takes the next, what is left follows after spaces.
 */
export function out_scan(values: u32): void {
  beginText();
  putScanned(values);
  endText();
}

function putScanned(values: u32): void {
  const first = arrayLength(values) == 0 ? 0 : elementWord(values, 0);
  if (first == 0) return;
  if (codeOf(first) != CODE_STRING) {
    putValue(first, 0, false);
    return;
  }
  const format = <u32>first;
  const bytes = stringBytes(format);
  if (bytes == 0) return;
  const length = textLength(format);
  const count = arrayLength(values);
  if (!work(length >> 4)) return;
  let taken: u32 = 1;
  let i: u32 = 0;
  while (i < length && !failed()) {
    const byte = <u32>load<u8>(bytes + i++);
    if (byte == 92) {
      if (i == length) break;
      const next = <u32>load<u8>(bytes + i++);
      putByte(next == 110 ? 10 : next == 116 ? 9 : next);
    } else if (byte == 64 && taken < count) {
      i = putSpecified(values, taken++, bytes, i, length);
    } else {
      // Without an argument the specifier's text is copied like everything else.
      putByte(byte);
    }
  }
  for (; taken < count && !failed(); taken++) {
    putByte(32);
    putArgument(values, taken, 0, 0);
  }
}

/** Inserts an argument under the specifier that stands at `at`; gives what follows it. */
function putSpecified(values: u32, index: u32, format: u32, at: u32, length: u32): u32 {
  const letter = at < length ? <u32>load<u8>(format + at) : 0;
  if (letter == 120 || letter == 88 || letter == 111 || letter == 98) {
    putArgument(values, index, letter, 0);
    return at + 1;
  }
  if (letter != 46) {
    putArgument(values, index, 0, 0);
    return at;
  }
  let next = at + 1;
  let decimals: u32 = 0;
  const first = next;
  while (next < length && <u32>load<u8>(format + next) - 48 < 10) {
    decimals = min<u32>(decimals * 10 + <u32>load<u8>(format + next) - 48, 100000);
    next++;
  }
  const written = next != first;
  if (next < length && load<u8>(format + next) == 102) next++;
  if (decimals > MAX_DECIMALS) trap(TRAP_FORMAT_DECIMALS);
  else if (written) putArgument(values, index, 46, decimals);
  else putArgument(values, index, 0, 0);
  return next;
}

function putArgument(values: u32, index: u32, specifier: u32, decimals: u32): void {
  const word = elementWord(values, index);
  if (word == 0) return;
  if (specifier == 0) putValue(word, 0, false);
  else if (specifier == 46) putDecimals(word, 0, decimals);
  else putRadix(word, 0, specifier);
}

// --- input and time -------------------------------------------------------------------------------------------------

/**
 * Writes the prompt (0: none) and what was printed before it, then reads a line. The line stays with the host until
 * there is room for it, so that executing this again neither prompts nor reads twice.
 */
export function input(prompt: u32): u32 {
  if (reg(R_INPUT_STATE) == 0) {
    flush();
    if (failed()) return 0;
    if (prompt != 0 && textLength(prompt) != 0) {
      const bytes = stringBytes(prompt);
      if (bytes == 0) return 0;
      const cost = bytesCost(textLength(prompt));
      if (!canPay(cost)) return 0;
      pay(cost);
      if (host_write(bytes, textLength(prompt)) != 0) {
        setReg(R_PENDING, PENDING_HOST);
        return 0;
      }
    }
    setReg(R_INPUT_STATE, 1);
  }
  const length = host_read_line();
  if (length == -2) {
    setReg(R_INPUT_STATE, 0);
    setReg(R_PENDING, PENDING_HOST);
    return 0;
  }
  if (length < 0) {
    trap(TRAP_INPUT_END);
    settleInput();
    return 0;
  }
  const cost = bytesCost(<u32>length);
  if (!canPay(cost)) return 0;
  const line = newString(<u32>length);
  if (line == 0) {
    settleInput();
    return 0;
  }
  pay(cost);
  host_take_line(line + STRING_HEADER);
  setReg(R_INPUT_STATE, 0);
  return line;
}

/** An error ends this input; a collection only interrupts it. */
function settleInput(): void {
  if (reg(R_PENDING) == 1) setReg(R_INPUT_STATE, 0);
}

export function timestamp(): f64 {
  return host_now();
}

// --- assert_eq ------------------------------------------------------------------------------------------------------

/** 1, or an error with both values in inspection form. Style by edition; adapt: 0 none, 1 actual, 2 expected. */
export function assert_eq(label: u64, actual: u64, expected: u64, style: u32, adapt: u32): u32 {
  // Comparison and message are paid together: what is executed again must not have paid for its first half.
  beginWork();
  if (equalStrictly(actual, expected, style, adapt) != 0) {
    endWork();
    return 1;
  }
  if (failed()) {
    endWork();
    return 0;
  }
  textBegin();
  putStatic(T_assertFailed);
  putLabel(label, style);
  putStatic(T_assertExpected);
  if (!failed()) putBeside(expected, adapt == 2 ? actual : 0, style, true);
  putStatic(T_assertActual);
  if (!failed()) putBeside(actual, adapt == 1 ? expected : 0, style, true);
  raiseText(ERROR_RUNTIME);
  endWork();
  return 0;
}

function putLabel(label: u64, style: u32): void {
  const plain = codeOf(label) == CODE_STRING;
  if (plain && textLength(<u32>label) == 0) return;
  putByte(32);
  putByte(40);
  if (plain) putString(<u32>label);
  else putValue(label, style, true);
  putByte(41);
}
