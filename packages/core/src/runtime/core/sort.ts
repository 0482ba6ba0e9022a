// `sorted`: a stable merge sort into a new array, NaN last.
//
// Runs of up to eight elements are sorted by insertion, then merged from one buffer into the other and back. Elements
// of an `any` array are sorted as words, by the one type that they must all have. Work is paid in advance: n log2 n
// units.
import { compareNumbers, UNORDERED } from './any';
import { arrayLength, elementCode, elementsOf, newArray } from './arrays';
import { trap } from './errors';
import {
  BUFFER_HEADER, CODE_ANY, CODE_ARRAY, CODE_BOOL, CODE_F64, CODE_I32, CODE_I64, CODE_STRING, CODE_U32, CODE_U64,
  TRAP_SORTED_ELEMENTS,
} from './layout';
import { bitsOf, codeOf, elementShift, isNumberCode } from './objects';
import { temporary } from './parts';
import { compareBytes, stringBytes, textLength } from './strings';
import { canPay, pay } from './vm';

const RUN: u32 = 8;

export function any_sorted(value: u64): u32 {
  if (codeOf(value) == CODE_ARRAY) return array_sorted(<u32>value);
  trap(TRAP_SORTED_ELEMENTS);
  return 0;
}

export function array_sorted(array: u32): u32 {
  const length = arrayLength(array);
  const storage = elementCode(array);
  const code = storage == CODE_ANY ? commonCode(array, length) : storage;
  if (!(isNumberCode(code) || code == CODE_BOOL || code == CODE_STRING || (length == 0 && code != u32.MAX_VALUE))) {
    trap(TRAP_SORTED_ELEMENTS);
    return 0;
  }
  if (code == CODE_STRING && !flattenAll(array, length, storage)) return 0;
  const cost = <u64>length * (32 - clz(length));
  if (!canPay(cost)) return 0;
  const shift = elementShift(storage);
  const bytes = length << shift;
  const result = newArray(storage, length, length);
  if (result == 0 || length == 0) return result;
  const scratch = temporary(bytes);
  if (scratch == 0) return 0;
  pay(cost);
  const to = elementsOf(result);
  memory.copy(to, elementsOf(array), bytes);
  const other = scratch + BUFFER_HEADER;
  if (storage == CODE_ANY) {
    if (code == CODE_STRING) sortBy<u64, i16>(to, other, length, 3);
    else sortBy<u64, u16>(to, other, length, 3);
    return result;
  }
  switch (code) {
    case CODE_I32: sortBy<i32, i32>(to, other, length, 2); break;
    case CODE_U32: sortBy<u32, u32>(to, other, length, 2); break;
    case CODE_I64: sortBy<i64, i64>(to, other, length, 3); break;
    case CODE_U64: sortBy<u64, u64>(to, other, length, 3); break;
    case CODE_F64: sortBy<f64, f64>(to, other, length, 3); break;
    case CODE_BOOL: sortBy<u8, u8>(to, other, length, 0); break;
    default: sortBy<u32, i8>(to, other, length, 2); break;
  }
  return result;
}

/** The one type of all elements of an `any` array; no code if there are several. */
function commonCode(array: u32, length: u32): u32 {
  if (length == 0) return CODE_ANY;
  const elements = elementsOf(array);
  const code = codeOf(load<u64>(elements));
  for (let i: u32 = 1; i < length; i++) {
    if (codeOf(load<u64>(elements + (i << 3))) != code) return u32.MAX_VALUE;
  }
  return code;
}

/** Makes every string flat, so that comparing allocates nothing. */
function flattenAll(array: u32, length: u32, storage: u32): bool {
  const elements = elementsOf(array);
  const shift = storage == CODE_ANY ? 3 : 2;
  for (let i: u32 = 0; i < length; i++) {
    if (stringBytes(load<u32>(elements + (i << shift))) == 0) return false;
  }
  return true;
}

// How two elements compare: by their own type, or by what a mark says. i8 marks references to strings, i16 any words of
// strings, u16 any words of numbers or bools of one type.

/** Whether `a` must stand before `b`. */
// @ts-ignore: decorator
@inline
function less<T, Mark>(a: T, b: T): bool {
  if (isFloat<T>()) return a < b || (b != b && a == a);
  if (sizeof<Mark>() == 2 && !isSigned<Mark>()) return lessWords(<u64>a, <u64>b);
  if (sizeof<Mark>() == 2 || (sizeof<Mark>() == 1 && isSigned<Mark>())) return lessStrings(<u32>a, <u32>b);
  return a < b;
}

function lessStrings(a: u32, b: u32): bool {
  return compareBytes(stringBytes(a), textLength(a), stringBytes(b), textLength(b)) < 0;
}

function lessWords(a: u64, b: u64): bool {
  const code = codeOf(a);
  const x = bitsOf(a, code);
  const y = bitsOf(b, code);
  if (code == CODE_BOOL) return x < y;
  const order = compareNumbers(x, code, y, code);
  if (order != UNORDERED) return order < 0;
  return compareNumbers(x, code, x, code) == 0;
}

function sortBy<T, Mark>(to: u32, other: u32, length: u32, shift: u32): void {
  for (let from: u32 = 0; from < length; from += RUN) sortRun<T, Mark>(to, from, min<u32>(from + RUN, length), shift);
  let source = to;
  let target = other;
  for (let width = RUN; width < length; width <<= 1) {
    for (let from: u32 = 0; from < length; from += width << 1) {
      const middle = min<u32>(from + width, length);
      merge<T, Mark>(source, target, from, middle, min<u32>(middle + width, length), shift);
    }
    const swap = source;
    source = target;
    target = swap;
  }
  if (source != to) memory.copy(to, source, length << shift);
}

function sortRun<T, Mark>(at: u32, from: u32, end: u32, shift: u32): void {
  for (let i = from + 1; i < end; i++) {
    const value = load<T>(at + (i << shift));
    let j = i;
    for (; j > from; j--) {
      const before = load<T>(at + ((j - 1) << shift));
      if (!less<T, Mark>(value, before)) break;
      store<T>(at + (j << shift), before);
    }
    store<T>(at + (j << shift), value);
  }
}

/** Merges source[from, middle) and source[middle, end) into target[from, end); equal elements keep their order. */
function merge<T, Mark>(source: u32, target: u32, from: u32, middle: u32, end: u32, shift: u32): void {
  if (middle >= end || !less<T, Mark>(load<T>(source + (middle << shift)), load<T>(source + ((middle - 1) << shift)))) {
    memory.copy(target + (from << shift), source + (from << shift), (end - from) << shift);
    return;
  }
  let i = from;
  let j = middle;
  let at = target + (from << shift);
  const size: u32 = 1 << shift;
  while (i < middle && j < end) {
    const a = load<T>(source + (i << shift));
    const b = load<T>(source + (j << shift));
    if (less<T, Mark>(b, a)) {
      store<T>(at, b);
      j++;
    } else {
      store<T>(at, a);
      i++;
    }
    at += size;
  }
  memory.copy(at, source + (i << shift), (middle - i) << shift);
  at += (middle - i) << shift;
  memory.copy(at, source + (j << shift), (end - j) << shift);
}
