// `sorted`: a stable merge sort into a new array, NaN last.
//
// Runs of up to eight elements are sorted by insertion, then merged from one buffer into the other and back. Elements
// of an `any` array are sorted as words, by the one type that they must all have.
//
// A unit is paid for an element moved, and more for long strings compared. The work is done in steps of about STEP
// units; where one cannot be paid the built-in stops, and goes on from there when it is executed again: the registers
// SORT_* hold the array, the result and the other buffer, whose head says how far the work is. All elements are alive
// meanwhile, because the array itself does not change.
//
//     head   0 u32 length of the runs that are merged, 0 while they are made   4 u32 elements done
//            8 u32 next element of the left one of the two runs that are being merged   12 u32 code of all elements
import { compareNumbers, UNORDERED } from './any';
import { arrayLength, elementCode, elementsOf, newArray } from './arrays';
import { trap } from './errors';
import { barrier } from './gc';
import {
  BUFFER_HEADER, CODE_ANY, CODE_ARRAY, CODE_BOOL, CODE_F64, CODE_I32, CODE_I64, CODE_STRING, CODE_U32, CODE_U64,
  R_SORT_RESULT, R_SORT_SCRATCH, R_SORT_SOURCE, R_WORK, TRAP_SORTED_ELEMENTS,
} from './layout';
import { bitsOf, codeOf, elementShift, isNumberCode } from './objects';
import { temporary } from './parts';
import { stringBytes, textLength } from './strings';
import { commonBytes } from './vectors';
import { bytesCost, reg, setReg } from './vm';
import { beginWork, count, settle } from './work';

const RUN: u32 = 8;
/** Units for making a run of eight. */
const RUN_UNITS: u32 = 24;
const STEP: u32 = 4096;
const HEAD: u32 = 16;

export function any_sorted(value: u64): u32 {
  if (codeOf(value) == CODE_ARRAY) return array_sorted(<u32>value);
  trap(TRAP_SORTED_ELEMENTS);
  return 0;
}

export function array_sorted(array: u32): u32 {
  const length = arrayLength(array);
  const storage = elementCode(array);
  if (reg(R_SORT_SOURCE) != array) {
    const code = storage == CODE_ANY ? commonCode(array, length) : storage;
    if (!(isNumberCode(code) || code == CODE_BOOL || code == CODE_STRING || (length == 0 && code != u32.MAX_VALUE))) {
      trap(TRAP_SORTED_ELEMENTS);
      return 0;
    }
    if (code == CODE_STRING && !flattenAll(array, length, storage)) return 0;
    if (!begin(array, storage, code, length)) return 0;
  }
  const result = reg(R_SORT_RESULT);
  if (!goOn(elementsOf(result), reg(R_SORT_SCRATCH) + BUFFER_HEADER, storage, length)) return 0;
  // The result may have been traced while its elements were in the other buffer.
  if (storage == CODE_ANY || storage == CODE_STRING) barrierAll(elementsOf(result), length, elementShift(storage));
  setReg(R_SORT_SOURCE, 0);
  setReg(R_SORT_RESULT, 0);
  setReg(R_SORT_SCRATCH, 0);
  return result;
}

function begin(array: u32, storage: u32, code: u32, length: u32): bool {
  const bytes = length << elementShift(storage);
  const result = newArray(storage, length, length);
  if (result == 0) return false;
  const scratch = temporary(<u64>bytes + HEAD);
  if (scratch == 0) return false;
  if (length != 0) memory.copy(elementsOf(result), elementsOf(array), bytes);
  memory.fill(scratch + BUFFER_HEADER, 0, HEAD);
  store<u32>(scratch + BUFFER_HEADER, code, 12);
  setReg(R_SORT_SOURCE, array);
  setReg(R_SORT_RESULT, result);
  setReg(R_SORT_SCRATCH, scratch);
  beginWork();
  return true;
}

/** As many steps as can be paid; whether everything is done and paid. */
function goOn(to: u32, head: u32, storage: u32, length: u32): bool {
  const code = load<u32>(head, 12);
  if (storage == CODE_ANY) {
    if (code == CODE_STRING) return sortBy<u64, i16>(to, head, length, 3);
    return sortBy<u64, u16>(to, head, length, 3);
  }
  switch (code) {
    case CODE_I32: return sortBy<i32, i32>(to, head, length, 2);
    case CODE_U32: return sortBy<u32, u32>(to, head, length, 2);
    case CODE_I64: return sortBy<i64, i64>(to, head, length, 3);
    case CODE_U64: return sortBy<u64, u64>(to, head, length, 3);
    case CODE_F64: return sortBy<f64, f64>(to, head, length, 3);
    case CODE_BOOL: return sortBy<u8, u8>(to, head, length, 0);
    default: return sortBy<u32, i8>(to, head, length, 2);
  }
}

function barrierAll(elements: u32, length: u32, shift: u32): void {
  for (let i: u32 = 0; i < length; i++) {
    const at = elements + (i << shift);
    barrier(shift == 3 ? load<u64>(at) : <u64>load<u32>(at));
  }
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
  if (comparesStrings<Mark>()) return lessStrings(<u32>a, <u32>b);
  return a < b;
}

/** Their comparison may take long. */
// @ts-ignore: decorator
@inline
function comparesStrings<Mark>(): bool {
  return isSigned<Mark>() && sizeof<Mark>() <= 2;
}

function lessStrings(a: u32, b: u32): bool {
  const shorter = min(textLength(a), textLength(b));
  const x = stringBytes(a);
  const y = stringBytes(b);
  const same = commonBytes(x, y, shorter);
  count(<u32>bytesCost(same));
  return same == shorter ? textLength(a) < textLength(b) : load<u8>(x + same) < load<u8>(y + same);
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

function sortBy<T, Mark>(to: u32, head: u32, length: u32, shift: u32): bool {
  const other = head + HEAD;
  let width = load<u32>(head);
  let done = load<u32>(head, 4);
  let left = load<u32>(head, 8);
  let source = sourceOf(width, to, other);
  for (;;) {
    if (done == length) {
      if (width == 0) width = RUN;
      else {
        width <<= 1;
        source = source == to ? other : to;
      }
      done = 0;
    }
    const sorted = width != 0 && width >= length;
    if ((sorted || reg(R_WORK) >= STEP) && !settle()) {
      store<u32>(head, width);
      store<u32>(head, done, 4);
      store<u32>(head, left, 8);
      return false;
    }
    if (sorted) break;
    if (width == 0) {
      const end = min(done + RUN, length);
      sortRun<T, Mark>(to, done, end, shift);
      count(RUN_UNITS);
      done = end;
      continue;
    }
    const from = done & ~((width << 1) - 1);
    const middle = min(from + width, length);
    const end = min(middle + width, length);
    const target = source == to ? other : to;
    if (done == from) {
      left = from;
      if (inOrder<T, Mark>(source, middle, end, shift)) {
        memory.copy(target + (from << shift), source + (from << shift), (end - from) << shift);
        count(<u32>bytesCost((end - from) << shift) + 1);
        done = end;
        continue;
      }
    }
    const next = min(done + (comparesStrings<Mark>() ? RUN : STEP), end);
    left = merge<T, Mark>(source, target, left, middle, end, done, next, shift);
    count(next - done);
    done = next;
  }
  if (source != to) memory.copy(to, source, length << shift);
  return true;
}

/** The buffer that holds all elements while runs of a length are merged. */
function sourceOf(width: u32, to: u32, other: u32): u32 {
  return width <= RUN || ((ctz(width) - ctz(RUN)) & 1) == 0 ? to : other;
}

/** Whether the second of two runs, which begins at `middle`, may stay behind the first. */
function inOrder<T, Mark>(source: u32, middle: u32, end: u32, shift: u32): bool {
  if (middle >= end) return true;
  return !less<T, Mark>(load<T>(source + (middle << shift)), load<T>(source + ((middle - 1) << shift)));
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

/**
 * Merges two runs, of which `done` elements (from the start of the array) stand in their place and `left` is the next of the first, up to
 * `next`; equal elements keep their order. Gives the next of the first run.
 */
function merge<T, Mark>(
  source: u32, target: u32, left: u32, middle: u32, end: u32, done: u32, next: u32, shift: u32,
): u32 {
  let i = left;
  let j = middle + done - left;
  let at = target + (done << shift);
  const stop = target + (next << shift);
  const size: u32 = 1 << shift;
  while (at < stop && i < middle && j < end) {
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
  // One of the runs is at its end, or this piece is.
  if (j == end) {
    memory.copy(at, source + (i << shift), stop - at);
    return i + ((stop - at) >> shift);
  }
  memory.copy(at, source + (j << shift), stop - at);
  return i;
}
