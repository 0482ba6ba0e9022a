// Strings: flat ones, and ropes that become flat when their bytes are wanted.
//
//     flat   4 u32 length   8 u32 hash (0 unknown)   12 bytes
//     rope   4 u32 length   8 u32 left              12 u32 right
//     view   a rope whose right is 0: its bytes are the first `length` ones of `left`
//
// `left` of a view is a flat string, or a *builder*: laid out like a flat string, but its length is its capacity, the
// word at 8 says how many bytes are in use, and it is never a value itself. Appending to a view that ends where its
// builder's used bytes end writes in place, so `s = s + x` copies x alone. The first append to a string makes a rope,
// the second turns that into a view of a builder; prepending and joining of long strings make ropes. Any sequence of n
// appends or prepends takes time linear in bytes.
//
// Copying goes by an explicit stack of at most 32 entries: of two ropes the longer waits, so each entry halves the
// length.
import { allocate, outOfMemory, roomFor } from './alloc';
import { barrier } from './gc';
import {
  CODE_STRING, LAYOUT_ROPE, LAYOUT_STRING, R_BYTE_STRINGS, R_EMPTY_STRING, STRING_HEADER, TRAP_STRING_INDEX_BOUNDS,
  TRAP_STRING_INDEX_NEGATIVE, TRAP_STRING_SLICE_CUT, TRAP_STRING_SLICE_END_BOUNDS, TRAP_STRING_SLICE_END_NEGATIVE,
  TRAP_STRING_SLICE_START_AFTER_END, TRAP_STRING_SLICE_START_BOUNDS, TRAP_STRING_SLICE_START_NEGATIVE,
} from './layout';
import { copyStack, digitsBuffer } from './area';
import { copyApart, copyBytes } from './memory';
import { trap } from './errors';
import { header, layoutOf } from './objects';
import { commonBytes } from './vectors';
import { bytesCost, canPay, pay, reg } from './vm';

/** A result up to this length is copied at once. */
const SHORT: u32 = 48;
/** What is not longer is made anew rather than grown. */
const TINY: u32 = 16;
/** Smallest builder. */
const MIN_BUILDER: u32 = 120;
/** A builder has as much room again, from here on a quarter. */
const LONG: u32 = 1 << 20;
const MAX_LENGTH: u64 = 0x7fffffff;

// @ts-ignore: decorator
@inline
export function textLength(string: u32): u32 {
  return load<u32>(string, 4);
}

/** Address of the bytes, or 0 if the string is a rope that is not flat yet. */
// @ts-ignore: decorator
@inline
function flatBytes(string: u32): u32 {
  if (layoutOf(string) == LAYOUT_STRING) return string + STRING_HEADER;
  return load<u32>(string, 12) == 0 ? load<u32>(string, 8) + STRING_HEADER : 0;
}

/** Address of the bytes; flattens a rope, and gives 0 with PENDING set if that cannot be done. */
export function stringBytes(string: u32): u32 {
  const bytes = flatBytes(string);
  return bytes != 0 ? bytes : flattenRope(string);
}

function flattenRope(rope: u32): u32 {
  const length = textLength(rope);
  const cost = bytesCost(length);
  if (!canPay(cost)) return 0;
  const flat = newString(length);
  if (flat == 0) return 0;
  pay(cost);
  copyString(rope, flat + STRING_HEADER);
  becomeView(rope, flat);
  return flat + STRING_HEADER;
}

function becomeView(rope: u32, left: u32): void {
  store<u32>(rope, left, 8);
  store<u32>(rope, 0, 12);
  barrier(left);
}

/** A flat string whose bytes the caller writes, or 0 with PENDING set. */
export function newString(length: u32): u32 {
  if (length == 0) return reg(R_EMPTY_STRING);
  const string = allocate(<u64>length + STRING_HEADER, header(LAYOUT_STRING, CODE_STRING), length);
  if (string != 0) store<u32>(string, 0, 8);
  return string;
}

export function stringFrom(bytes: u32, length: u32): u32 {
  if (length == 1) return byteString(<u32>load<u8>(bytes));
  const string = newString(length);
  if (string != 0) copyApart(string + STRING_HEADER, bytes, length);
  return string;
}

// @ts-ignore: decorator
@inline
export function byteString(byte: u32): u32 {
  return load<u32>(reg(R_BYTE_STRINGS) + (byte << 2));
}

/** Decimal digits of an unsigned number as a string. */
export function digitsOf(value: u64): u32 {
  const length = digitCount(value);
  const string = newString(length);
  if (string != 0) writeDigits(value, string + STRING_HEADER, length);
  return string;
}

export function digitCount(value: u64): u32 {
  let count: u32 = 1;
  let rest = value;
  while (rest > u32.MAX_VALUE) {
    rest /= 10000;
    count += 4;
  }
  let low = <u32>rest;
  while (low >= 10000) {
    low /= 10000;
    count += 4;
  }
  return count + <u32>(low >= 10) + <u32>(low >= 100) + <u32>(low >= 1000);
}

/**
 * Writes exactly `count` digits, with leading zeros: two at a time, of numbers of 32 bits, because the host divides those by
 * constants without dividing.
 */
export function writeDigits(value: u64, to: u32, count: u32): void {
  let rest = value;
  let at = to + count;
  while (rest > u32.MAX_VALUE) {
    const higher = rest / 100000000;
    let low = <u32>(rest - higher * 100000000);
    rest = higher;
    for (let i = 0; i < 4; i++) {
      at -= 2;
      const less = low / 100;
      writeTwo(at, low - less * 100);
      low = less;
    }
  }
  let low = <u32>rest;
  while (at >= to + 2) {
    at -= 2;
    const less = low / 100;
    writeTwo(at, low - less * 100);
    low = less;
  }
  if (at != to) store<u8>(to, 48 + low % 10);
}

/** Writes an integer's digits to the digit buffer; gives the length. */
export function writeInteger(value: i64, signed: bool): u32 {
  const to = digitsBuffer();
  const negative = signed && value < 0;
  if (negative) store<u8>(to, 45);
  const size = negative ? 0 - <u64>value : <u64>value;
  const count = digitCount(size);
  writeDigits(size, to + <u32>negative, count);
  return count + <u32>negative;
}

// @ts-ignore: decorator
@inline
function writeTwo(at: u32, number: u32): void {
  const tens = (number * 103) >> 10;
  store<u16>(at, 0x3030 + tens + ((number - tens * 10) << 8));
}

/** A flat string of the same bytes. */
export function flatten(string: u32): u32 {
  if (layoutOf(string) == LAYOUT_STRING) return string;
  const bytes = stringBytes(string);
  if (bytes == 0) return 0;
  const left = load<u32>(string, 8);
  const length = textLength(string);
  if (textLength(left) == length) return left;
  const cost = bytesCost(length);
  if (!canPay(cost)) return 0;
  const flat = stringFrom(bytes, length);
  if (flat == 0) return 0;
  pay(cost);
  becomeView(string, flat);
  return flat;
}

/** Copies the bytes of any string; allocates nothing. */
export function copyString(string: u32, to: u32): void {
  const bytes = flatBytes(string);
  if (bytes != 0) copyApart(to, bytes, textLength(string));
  else copyRope(string, to);
}

function copyRope(string: u32, to: u32): void {
  const stack = copyStack();
  let depth: u32 = 0;
  let node = string;
  let at = to;
  while (true) {
    const flat = flatBytes(node);
    if (flat != 0) {
      copyBytes(at, flat, textLength(node));
      if (depth == 0) return;
      depth--;
      node = load<u32>(stack + (depth << 3));
      at = load<u32>(stack + (depth << 3), 4);
      continue;
    }
    const left = load<u32>(node, 8);
    const right = load<u32>(node, 12);
    const rightAt = at + textLength(left);
    const leftFlat = flatBytes(left);
    const rightFlat = flatBytes(right);
    if (leftFlat != 0) {
      copyBytes(at, leftFlat, textLength(left));
      node = right;
      at = rightAt;
    } else if (rightFlat != 0) {
      copyBytes(rightAt, rightFlat, textLength(right));
      node = left;
    } else {
      const entry = stack + (depth << 3);
      depth++;
      if (textLength(left) >= textLength(right)) {
        store<u32>(entry, left);
        store<u32>(entry, at, 4);
        node = right;
        at = rightAt;
      } else {
        store<u32>(entry, right);
        store<u32>(entry, rightAt, 4);
        node = left;
      }
    }
  }
}

// --- concatenation --------------------------------------------------------------------------------------------------

export function str_concat(left: u32, right: u32): u32 {
  const leftLength = textLength(left);
  const rightLength = textLength(right);
  if (rightLength == 0) return left;
  if (leftLength == 0) return right;
  const total = <u64>leftLength + rightLength;
  if (total > MAX_LENGTH) {
    outOfMemory();
    return 0;
  }
  const length = <u32>total;
  if (length <= SHORT) {
    const string = newString(length);
    if (string == 0) return 0;
    copyString(left, string + STRING_HEADER);
    copyString(right, string + STRING_HEADER + leftLength);
    return string;
  }
  if (layoutOf(left) == LAYOUT_ROPE) {
    const inner = load<u32>(left, 8);
    const other = load<u32>(left, 12);
    if (other == 0) {
      if (isBuilder(inner, leftLength)) {
        if (textLength(inner) >= length) return appendInPlace(inner, right, length);
        return appendToBuilder(left, right, length);
      }
    } else if (textLength(other) <= textLength(inner) && rightLength <= leftLength >> 2) {
      return appendToBuilder(left, right, length);
    }
  }
  return newRope(left, right, length);
}

/**
 * str_concat where nobody uses `left` again or knows it by another name: a view of a builder grows as it is. For that the result
 * must have no other name either, so a rope that is all of it gets a new one.
 */
export function str_append(left: u32, right: u32): u32 {
  const leftLength = textLength(left);
  const rightLength = textLength(right);
  if (leftLength == 0) {
    return layoutOf(right) == LAYOUT_STRING ? right : newRope(load<u32>(right, 8), load<u32>(right, 12), rightLength);
  }
  if (rightLength <= 8 && layoutOf(right) == LAYOUT_STRING) {
    const to = roomBehind(left, leftLength, 8);
    if (to != 0) {
      // What stands behind a short string may be copied too: it will be written over.
      store<u64>(to, load<u64>(right + STRING_HEADER));
      growTo(left, leftLength + rightLength);
      return left;
    }
  }
  const to = roomBehind(left, leftLength, rightLength);
  if (to == 0) return growsOn(leftLength, rightLength) ? newBuilder(left, right) : str_concat(left, right);
  const cost = bytesCost(rightLength);
  if (!canPay(cost)) return 0;
  pay(cost);
  copyString(right, to);
  growTo(left, leftLength + rightLength);
  return left;
}

/** The same for the text of a number. */
export function str_append_i64(left: u32, number: i64): u32 {
  const size = <u64>abs<i64>(number);
  const minus = <u32>(number < 0);
  const count = digitCount(size);
  const leftLength = textLength(left);
  const to = roomBehind(left, leftLength, minus + count);
  if (to == 0) {
    if (!growsOn(leftLength, minus + count)) return str_concat_i64(left, number);
    const right = stringFrom(digitsBuffer(), writeInteger(number, true));
    return right == 0 ? 0 : newBuilder(left, right);
  }
  if (minus != 0) store<u8>(to, 45);
  writeDigits(size, to + minus, count);
  growTo(left, leftLength + minus + count);
  return left;
}

export function str_concat_i64(left: u32, number: i64): u32 {
  const bytes = digitsBuffer();
  const count = writeInteger(number, true);
  const leftLength = textLength(left);
  if (leftLength != 0 && leftLength + count <= SHORT) {
    const string = newString(leftLength + count);
    if (string == 0) return 0;
    copyString(left, string + STRING_HEADER);
    copyApart(string + STRING_HEADER + leftLength, bytes, count);
    return string;
  }
  const to = roomBehind(left, leftLength, count);
  if (to != 0) {
    const view = newRope(load<u32>(left, 8), 0, leftLength + count);
    if (view == 0) return 0;
    copyApart(to, bytes, count);
    growTo(view, leftLength + count);
    return view;
  }
  const right = stringFrom(bytes, count);
  return right == 0 ? 0 : str_concat(left, right);
}

/** Whether what nobody else knows is worth a builder: it has grown before, more than by this, and will again. */
// @ts-ignore: decorator
@inline
function growsOn(leftLength: u32, rightLength: u32): bool {
  return rightLength <= leftLength && leftLength + rightLength > TINY && leftLength < LONG;
}

/** Both strings in a builder, of which the result is a view; `left` is not used again. */
function newBuilder(left: u32, right: u32): u32 {
  const leftLength = textLength(left);
  const length = leftLength + textLength(right);
  const cost = bytesCost(length);
  if (!canPay(cost)) return 0;
  const bytes = roomFor(2 * length + STRING_HEADER);
  const builder = allocate(bytes, header(LAYOUT_STRING, CODE_STRING), bytes - STRING_HEADER);
  if (builder == 0) return 0;
  const view = newRope(builder, 0, length);
  if (view == 0) return 0;
  pay(cost);
  copyString(left, builder + STRING_HEADER);
  copyString(right, builder + STRING_HEADER + leftLength);
  store<u32>(builder, length, 8);
  return view;
}

/** Where so many bytes can be written behind a view, or 0 if it is none, ends before its builder does, or has no room. */
// @ts-ignore: decorator
@inline
function roomBehind(view: u32, length: u32, bytes: u32): u32 {
  if (layoutOf(view) != LAYOUT_ROPE || load<u32>(view, 12) != 0) return 0;
  const inner = load<u32>(view, 8);
  return isBuilder(inner, length) && min<u32>(textLength(inner), <u32>MAX_LENGTH) >= length + bytes ? inner + STRING_HEADER + length : 0;
}

/** Takes bytes that were written behind a view into it. */
// @ts-ignore: decorator
@inline
function growTo(view: u32, length: u32): void {
  store<u32>(load<u32>(view, 8), length, 8);
  store<u32>(view, length, 4);
}

/**
 * Whether the string under a view is a builder whose used bytes end where the view does. A flat string under a view has
 * the view's length, a full builder need not be told apart from one.
 */
// @ts-ignore: decorator
@inline
function isBuilder(inner: u32, viewLength: u32): bool {
  return textLength(inner) > viewLength && load<u32>(inner, 8) == viewLength;
}

function newRope(left: u32, right: u32, length: u32): u32 {
  const rope = allocate(16, header(LAYOUT_ROPE, CODE_STRING), length);
  if (rope == 0) return 0;
  store<u32>(rope, left, 8);
  store<u32>(rope, right, 12);
  return rope;
}

function appendInPlace(builder: u32, right: u32, length: u32): u32 {
  const rightLength = textLength(right);
  const cost = bytesCost(rightLength);
  if (!canPay(cost)) return 0;
  const view = newRope(builder, 0, length);
  if (view == 0) return 0;
  pay(cost);
  copyString(right, builder + STRING_HEADER + length - rightLength);
  store<u32>(builder, length, 8);
  return view;
}

/** Both strings in a new builder with room for more; `left` becomes a view of it too. */
function appendToBuilder(left: u32, right: u32, length: u32): u32 {
  const cost = bytesCost(length);
  if (!canPay(cost)) return 0;
  const spare = length < LONG ? length : length >> 2;
  const bytes = roomFor(<u32>min<u64>(max<u64>(<u64>length + spare, MIN_BUILDER), MAX_LENGTH) + STRING_HEADER);
  const builder = allocate(bytes, header(LAYOUT_STRING, CODE_STRING), bytes - STRING_HEADER);
  if (builder == 0) return 0;
  const view = newRope(builder, 0, length);
  if (view == 0) return 0;
  pay(cost);
  const leftLength = textLength(left);
  copyString(left, builder + STRING_HEADER);
  copyString(right, builder + STRING_HEADER + leftLength);
  store<u32>(builder, length, 8);
  becomeView(left, builder);
  return view;
}

// --- comparison -----------------------------------------------------------------------------------------------------

export function str_eq(left: u32, right: u32): u32 {
  if (left == right) return 1;
  const length = textLength(left);
  if (length != textLength(right)) return 0;
  const a = stringBytes(left);
  if (a == 0) return 0;
  const b = stringBytes(right);
  if (b == 0) return 0;
  const cost = bytesCost(length);
  if (!canPay(cost)) return 0;
  pay(cost);
  return <u32>(commonBytes(a, b, length) == length);
}

export function str_cmp(left: u32, right: u32): i32 {
  if (left == right) return 0;
  const a = stringBytes(left);
  if (a == 0) return 0;
  const b = stringBytes(right);
  if (b == 0) return 0;
  const shorter = min<u32>(textLength(left), textLength(right));
  const cost = bytesCost(shorter);
  if (!canPay(cost)) return 0;
  pay(cost);
  return compareBytes(a, textLength(left), b, textLength(right));
}

/** Whether two names are the same; free of charge, since names are short. */
export function sameName(left: u32, right: u32): bool {
  if (left == right) return true;
  const length = textLength(left);
  return length == textLength(right) && commonBytes(stringBytes(left), stringBytes(right), length) == length;
}

/** Byte order: -1, 0, 1. */
export function compareBytes(a: u32, aLength: u32, b: u32, bLength: u32): i32 {
  const shorter = min<u32>(aLength, bLength);
  const same = commonBytes(a, b, shorter);
  if (same == shorter) return aLength == bLength ? 0 : aLength < bLength ? -1 : 1;
  return load<u8>(a + same) < load<u8>(b + same) ? -1 : 1;
}

/** A hash of the bytes, never 0, kept in flat strings; eight bytes at a time (multiply and rotate, after FxHash). */
export function str_hash(string: u32): u32 {
  const flat = flatten(string);
  if (flat == 0) return 0;
  const known = load<u32>(flat, 8);
  if (known != 0) return known;
  const length = textLength(flat);
  const cost = bytesCost(length);
  if (!canPay(cost)) return 0;
  pay(cost);
  const bytes = flat + STRING_HEADER;
  let hash: u64 = length;
  let i: u32 = 0;
  for (; i + 8 <= length; i += 8) hash = (rotl<u64>(hash, 5) ^ load<u64>(bytes + i)) * 0x517cc1b727220a95;
  for (; i < length; i++) hash = (rotl<u64>(hash, 5) ^ <u64>load<u8>(bytes + i)) * 0x517cc1b727220a95;
  const short = max<u32>(<u32>(hash >> 32) ^ <u32>hash, 1);
  store<u32>(flat, short, 8);
  return short;
}

// --- parts ----------------------------------------------------------------------------------------------------------

/** Where a byte of a string stands; 0 after a trap, or if the string could not be made flat. */
function byteAddress(string: u32, index: i64): u32 {
  if (index < 0) {
    trap(TRAP_STRING_INDEX_NEGATIVE);
    return 0;
  }
  if (index >= <i64>textLength(string)) {
    trap(TRAP_STRING_INDEX_BOUNDS);
    return 0;
  }
  const bytes = stringBytes(string);
  return bytes == 0 ? 0 : bytes + <u32>index;
}

export function str_index(string: u32, index: i64): u32 {
  const byte = byteAddress(string, index);
  return byte == 0 ? 0 : byteString(<u32>load<u8>(byte));
}

export function str_byte(string: u32, index: i64): u32 {
  const byte = byteAddress(string, index);
  return byte == 0 ? 0 : <u32>load<u8>(byte);
}

/** The byte of a string of one byte, -1 for any other. */
export function str_single(string: u32): i32 {
  if (textLength(string) != 1) return -1;
  const byte = digitsBuffer();
  copyString(string, byte);
  return <i32>load<u8>(byte);
}

/**
 * Slices exist in modern style only; flags as `array_slice`: 1 the end is written, 2 inclusive, 8 and 16 start and
 * end beyond i64.
 */
export function str_slice(string: u32, start: i64, end: i64, flags: u32): u32 {
  const length = <i64>textLength(string);
  const first = (flags & 8) != 0 ? i64.MAX_VALUE : start;
  const last = (flags & 1) == 0 ? length : (flags & 16) != 0 ? i64.MAX_VALUE : end;
  const inclusive = (flags & 2) != 0;
  // Unsigned, what is negative is beyond the length.
  if (<u64>first > <u64>last || <u64>last >= <u64>length + <u64>!inclusive) {
    trap(sliceProblem(first, last, length));
    return 0;
  }
  const from = <u32>first;
  const to = <u32>last + <u32>inclusive;
  const bytes = stringBytes(string);
  if (bytes == 0) return 0;
  if (cutsCharacter(bytes, from, <u32>length) || cutsCharacter(bytes, to, <u32>length)) {
    trap(TRAP_STRING_SLICE_CUT);
    return 0;
  }
  if (from == 0 && to == <u32>length) return string;
  const cost = bytesCost(to - from);
  if (!canPay(cost)) return 0;
  const slice = stringFrom(bytes + from, to - from);
  if (slice != 0) pay(cost);
  return slice;
}

/** What is wrong with the bounds of a slice, in the order in which they are looked at. */
function sliceProblem(first: i64, last: i64, length: i64): u32 {
  if (first < 0) return TRAP_STRING_SLICE_START_NEGATIVE;
  if (last < 0) return TRAP_STRING_SLICE_END_NEGATIVE;
  if (first > length) return TRAP_STRING_SLICE_START_BOUNDS;
  return last >= length ? TRAP_STRING_SLICE_END_BOUNDS : TRAP_STRING_SLICE_START_AFTER_END;
}

function cutsCharacter(bytes: u32, at: u32, length: u32): bool {
  return at != 0 && at < length && (<u32>load<u8>(bytes + at) & 0xc0) == 0x80;
}
