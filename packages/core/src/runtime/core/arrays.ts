// Arrays: an object with length, buffer, capacity and storage kind, and a buffer of elements of that kind.
//
// The storage kind (ARRAY.element, a type code) is authoritative; static types are promises that are checked against
// it. How it changes, by what is stored:
//
//     storage       value of          becomes
//     undecided     T                 T          (its code; nil decides any)
//     undecided     static element T  T          (typed push, even if the value itself is any)
//     T             T                 T
//     T             another U         any        (elements are boxed; every name for the array sees that)
//     any           anything          any
//
// It never goes back. An empty array that was decided stays so. Reading an element that is not of the type a static
// name promises raises `expected`. Growing doubles, and rounds up to the size class; unused elements are zero.
import { allocate, allocateCleared, roomFor } from './alloc';
import { barrier } from './gc';
import {
  ARRAY_BUFFER, ARRAY_CAPACITY, ARRAY_ELEMENT, ARRAY_LENGTH, ARRAY_SIZE, BUFFER_HEADER, CODE_ANY, CODE_ARRAY,
  CODE_BOOL, CODE_F64, CODE_I32, CODE_I64, CODE_NIL, CODE_U32, CODE_U64, CODE_UNDECIDED, LAYOUT_ARRAY,
  TRAP_ARRAY_INDEX_BOUNDS, TRAP_ARRAY_INDEX_NEGATIVE, TRAP_ARRAY_SLICE_END_BEFORE_START, TRAP_ARRAY_SLICE_END_BOUNDS,
  TRAP_ARRAY_SLICE_END_NEGATIVE, TRAP_ARRAY_SLICE_START_AFTER_END, TRAP_ARRAY_SLICE_START_BOUNDS,
  TRAP_ARRAY_SLICE_START_NEGATIVE, TRAP_FILL_COUNT, TRAP_OUT_OF_MEMORY, TRAP_POP_EMPTY, TRAP_REPEAT_COUNT,
} from './layout';
import { copyBytes } from './memory';
import { raiseExpected, raiseExpectedCode, trap } from './errors';
import {
  boxF64, boxI32, boxBool, boxRaw, boxU32, boxWide, bufferLayout, codeOf, elementShift, header, isRefStorage, rawSlot,
  storageOf,
} from './objects';
import { fillWords } from './vectors';
import { bytesCost, canPay, failed, pay } from './vm';

const MAX_LENGTH: i64 = 0x7fffffff;
const FIRST_BYTES: u32 = 32;

// @ts-ignore: decorator
@inline
export function arrayLength(array: u32): u32 {
  return load<u32>(array, ARRAY_LENGTH);
}

// @ts-ignore: decorator
@inline
export function elementCode(array: u32): u32 {
  return load<u32>(array, ARRAY_ELEMENT);
}

/** Address of the elements. */
// @ts-ignore: decorator
@inline
export function elementsOf(array: u32): u32 {
  return load<u32>(array, ARRAY_BUFFER) + BUFFER_HEADER;
}

// --- making ---------------------------------------------------------------------------------------------------------

function newBuffer(code: u32, capacity: u32): u32 {
  const bytes = (<u64>capacity << elementShift(code)) + BUFFER_HEADER;
  return allocateCleared(bytes, header(bufferLayout(code), code), capacity);
}

/** An array of so many elements, which are zero until the caller stores them. */
export function newArray(code: u32, length: u32, capacity: u32): u32 {
  let buffer: u32 = 0;
  if (capacity != 0) {
    buffer = newBuffer(code, capacity);
    if (buffer == 0) return 0;
  }
  const array = allocate(ARRAY_SIZE, header(LAYOUT_ARRAY, CODE_ARRAY), length);
  if (array == 0) return 0;
  store<u32>(array, buffer, ARRAY_BUFFER);
  store<u32>(array, capacity, ARRAY_CAPACITY);
  store<u64>(array, code, ARRAY_ELEMENT);
  return array;
}

/** An empty array with room; the room of an undecided one comes with its first element. */
export function array_new(code: u32, capacity: i64): u32 {
  if (capacity > MAX_LENGTH) {
    trap(TRAP_OUT_OF_MEMORY);
    return 0;
  }
  const storage = code == CODE_NIL ? CODE_ANY : code;
  const room = storage == CODE_UNDECIDED || capacity < 0 ? 0 : <u32>capacity;
  const cost = bytesCost(<u64>room << elementShift(storage));
  if (!canPay(cost)) return 0;
  const array = newArray(storage, 0, room);
  if (array != 0) pay(cost);
  return array;
}

export function array_fill(value: u64, count: i64, code: u32): u32 {
  if (count < 0 || count > MAX_LENGTH) {
    trap(TRAP_FILL_COUNT);
    return 0;
  }
  const length = <u32>count;
  let storage = code;
  if (code == CODE_UNDECIDED && length != 0) storage = storageOf(codeOf(value));
  if (code == CODE_NIL) storage = CODE_ANY;
  if (storage != CODE_ANY && storage != CODE_UNDECIDED && codeOf(value) != storage) {
    raiseExpected(storage, value);
    return 0;
  }
  const shift = elementShift(storage);
  const cost = bytesCost(<u64>length << shift);
  if (!canPay(cost)) return 0;
  const array = newArray(storage, length, length);
  if (array == 0) return 0;
  pay(cost);
  if (length == 0) return array;
  const to = elementsOf(array);
  const raw = rawSlot(value, storage);
  // a new buffer is zero
  if (raw != 0) fillWords(to, raw, shift, length);
  return array;
}

export function array_repeat(array: u32, count: i64): u32 {
  const length = arrayLength(array);
  if (count < 0 || (length != 0 && count > MAX_LENGTH / <i64>length)) {
    trap(TRAP_REPEAT_COUNT);
    return 0;
  }
  const total: u32 = length == 0 ? 0 : length * <u32>count;
  const code = elementCode(array);
  const shift = elementShift(code);
  const cost = bytesCost(<u64>total << shift);
  if (!canPay(cost)) return 0;
  const result = newArray(code, total, total);
  if (result == 0) return 0;
  pay(cost);
  if (total == 0) return result;
  const to = elementsOf(result);
  const whole = total << shift;
  let done = length << shift;
  memory.copy(to, elementsOf(array), done);
  while (done < whole) {
    const piece = min<u32>(done, whole - done);
    memory.copy(to + done, to, piece);
    done += piece;
  }
  return result;
}

/** A new array of some elements of another. */
export function copyElements(array: u32, from: u32, count: u32): u32 {
  const code = elementCode(array);
  const shift = elementShift(code);
  const cost = bytesCost(<u64>count << shift);
  if (!canPay(cost)) return 0;
  const result = newArray(code, count, count);
  if (result == 0) return 0;
  pay(cost);
  if (count != 0) copyBytes(elementsOf(result), elementsOf(array) + (from << shift), count << shift);
  return result;
}

/** Flags: 1 the end is written, 2 it is inclusive, 4 modern rules, 8 and 16 start and end were above the i64 range. */
export function array_slice(array: u32, start: i64, end: i64, flags: u32): u32 {
  const length = <i64>arrayLength(array);
  const first = (flags & 8) != 0 ? i64.MAX_VALUE : start;
  const last = (flags & 1) == 0 ? length : (flags & 16) != 0 ? i64.MAX_VALUE : end;
  const modern = (flags & 4) != 0;
  const inclusive = (flags & 2) != 0;
  let problem: u32 = u32.MAX_VALUE;
  if (first < 0) problem = TRAP_ARRAY_SLICE_START_NEGATIVE;
  else if (last < 0) problem = TRAP_ARRAY_SLICE_END_NEGATIVE;
  else if (first > length) problem = TRAP_ARRAY_SLICE_START_BOUNDS;
  else if (modern && inclusive ? last >= length : last > length) problem = TRAP_ARRAY_SLICE_END_BOUNDS;
  else if (last < first) problem = modern ? TRAP_ARRAY_SLICE_START_AFTER_END : TRAP_ARRAY_SLICE_END_BEFORE_START;
  if (problem != u32.MAX_VALUE) {
    trap(problem);
    return 0;
  }
  // Classic ends are inclusive, except that the length means "to the end".
  const past = modern ? last + <i64>inclusive : min<i64>(last + 1, length);
  return copyElements(array, <u32>first, <u32>(past - first));
}

// --- storage --------------------------------------------------------------------------------------------------------

/** The element as an any word. 0 with PENDING set if a wide integer finds no room for its box. */
export function elementWord(array: u32, index: u32): u64 {
  const code = elementCode(array);
  const elements = elementsOf(array);
  switch (code) {
    case CODE_ANY: return load<u64>(elements + (index << 3));
    case CODE_I32: return boxI32(load<i32>(elements + (index << 2)));
    case CODE_U32: return boxU32(load<u32>(elements + (index << 2)));
    case CODE_F64: return boxF64(load<f64>(elements + (index << 3)));
    case CODE_BOOL: return boxBool(load<u8>(elements + index) != 0);
    case CODE_I64:
    case CODE_U64: return boxWide(load<i64>(elements + (index << 3)), code);
    default: return <u64>load<u32>(elements + (index << 2));
  }
}

/** The element as a slot of the kind of its storage. */
function elementSlot(elements: u32, index: u32, code: u32): u64 {
  const shift = elementShift(code);
  if (shift == 3) return load<u64>(elements + (index << 3));
  if (shift == 2) return <u64>load<u32>(elements + (index << 2));
  return <u64>load<u8>(elements + index);
}

function storeSlot(array: u32, index: u32, slot: u64, code: u32): void {
  const elements = elementsOf(array);
  const shift = elementShift(code);
  if (shift == 3) store<u64>(elements + (index << 3), slot);
  else if (shift == 2) store<u32>(elements + (index << 2), <u32>slot);
  else store<u8>(elements + index, <u8>slot);
  if (code == CODE_ANY || isRefStorage(code)) barrier(slot);
}

/** Gives the array a buffer with boxed elements; nothing has changed if that fails. */
function generalise(array: u32, room: u32): bool {
  const length = arrayLength(array);
  const cost: u64 = length;
  if (!canPay(cost)) return false;
  const capacity = max<u32>(room, load<u32>(array, ARRAY_CAPACITY));
  const buffer = newBuffer(CODE_ANY, capacity);
  if (buffer == 0) return false;
  for (let i: u32 = 0; i < length; i++) {
    const word = elementWord(array, i);
    if (word == 0) return false;
    store<u64>(buffer + BUFFER_HEADER + (i << 3), word);
  }
  pay(cost);
  install(array, buffer, capacity);
  store<u32>(array, CODE_ANY, ARRAY_ELEMENT);
  return true;
}

function install(array: u32, buffer: u32, capacity: u32): void {
  store<u32>(array, buffer, ARRAY_BUFFER);
  store<u32>(array, capacity, ARRAY_CAPACITY);
  barrier(buffer);
}

/** Makes room for one more element of storage `code`, which is the array's or decides it. */
function growFor(array: u32, code: u32): bool {
  const length = arrayLength(array);
  if (<i64>length >= MAX_LENGTH) {
    trap(TRAP_OUT_OF_MEMORY);
    return false;
  }
  const shift = elementShift(code);
  const cost = bytesCost(<u64>length << shift);
  if (!canPay(cost)) return false;
  const wanted = max<u64>(<u64>FIRST_BYTES, <u64>load<u32>(array, ARRAY_CAPACITY) << (shift + 1)) + BUFFER_HEADER;
  if (wanted > 0xf0000000) {
    trap(TRAP_OUT_OF_MEMORY);
    return false;
  }
  const capacity = (roomFor(<u32>wanted) - BUFFER_HEADER) >> shift;
  const buffer = newBuffer(code, capacity);
  if (buffer == 0) return false;
  pay(cost);
  if (length != 0) copyBytes(buffer + BUFFER_HEADER, elementsOf(array), length << shift);
  install(array, buffer, capacity);
  store<u32>(array, code, ARRAY_ELEMENT);
  return true;
}

function appendSlot(array: u32, slot: u64, code: u32): void {
  const length = arrayLength(array);
  if (length == load<u32>(array, ARRAY_CAPACITY) && !growFor(array, code)) return;
  storeSlot(array, length, slot, code);
  store<u32>(array, length + 1, ARRAY_LENGTH);
}

/** Whether the index is in range; the error is pending if not. */
function checkIndex(array: u32, index: i64): bool {
  if (<u64>index < <u64>arrayLength(array)) return true;
  trap(index < 0 ? TRAP_ARRAY_INDEX_NEGATIVE : TRAP_ARRAY_INDEX_BOUNDS);
  return false;
}

export function array_kind(array: u32): u32 {
  return elementCode(array);
}

// --- elements as any words ------------------------------------------------------------------------------------------

export function array_get_any(array: u32, index: i64): u64 {
  if (!checkIndex(array, index)) return 0;
  return elementWord(array, <u32>index);
}

export function array_set_any(array: u32, index: i64, value: u64): void {
  if (!checkIndex(array, index)) return;
  const code = elementCode(array);
  if (code == CODE_ANY || codeOf(value) == code) {
    storeSlot(array, <u32>index, rawSlot(value, code), code);
    return;
  }
  if (generalise(array, 0)) storeSlot(array, <u32>index, value, CODE_ANY);
}

export function array_push_any(array: u32, value: u64): void {
  const code = elementCode(array);
  const found = storageOf(codeOf(value));
  if (code == CODE_UNDECIDED) {
    appendSlot(array, rawSlot(value, found), found);
    return;
  }
  if (code == CODE_ANY || code == found) {
    appendSlot(array, rawSlot(value, code), code);
    return;
  }
  const length = arrayLength(array);
  if (generalise(array, length + (length >> 1) + 4)) appendSlot(array, value, CODE_ANY);
}

export function array_pop_any(array: u32): u64 {
  const length = arrayLength(array);
  if (length == 0) {
    trap(TRAP_POP_EMPTY);
    return 0;
  }
  const word = elementWord(array, length - 1);
  if (word == 0) return 0;
  removeLast(array, length);
  return word;
}

function removeLast(array: u32, length: u32): void {
  const code = elementCode(array);
  const shift = elementShift(code);
  const at = elementsOf(array) + ((length - 1) << shift);
  if (shift == 3) store<u64>(at, 0);
  else if (shift == 2) store<u32>(at, 0);
  else store<u8>(at, 0);
  store<u32>(array, length - 1, ARRAY_LENGTH);
}

// --- elements of a promised type ------------------------------------------------------------------------------------

/** The element as a slot of the kind of `code`; `expected` if it has another type. */
function typedSlot(array: u32, index: u32, code: u32): u64 {
  const storage = elementCode(array);
  if (storage == code) return elementSlot(elementsOf(array), index, code);
  if (code == CODE_ANY) return elementWord(array, index);
  if (storage != CODE_ANY) {
    raiseExpectedCode(code, storage);
    return 0;
  }
  const word = load<u64>(elementsOf(array) + (index << 3));
  if (codeOf(word) != code) {
    raiseExpected(code, word);
    return 0;
  }
  return rawSlot(word, code);
}

/** array.get of static element type `code`: the slot of the element. */
export function array_get_slot(array: u32, index: i64, code: u32): u64 {
  if (!checkIndex(array, index)) return 0;
  return typedSlot(array, <u32>index, code);
}

/** array.pop likewise. */
export function array_pop_slot(array: u32, code: u32): u64 {
  const length = arrayLength(array);
  if (length == 0) {
    trap(TRAP_POP_EMPTY);
    return 0;
  }
  const slot = typedSlot(array, length - 1, code);
  if (failed()) return 0;
  removeLast(array, length);
  return slot;
}

/** A slot of a kind as an any word; wide integers may need a box. */
function slotWord(slot: u64, code: u32): u64 {
  if (code >= CODE_I32 && code <= CODE_BOOL) return boxRaw(slot, code);
  return slot;
}

/** array.set of static element type `code`; `slot` has the kind of `code`. */
export function array_set_slot(array: u32, index: i64, slot: u64, code: u32): void {
  if (!checkIndex(array, index)) return;
  const storage = elementCode(array);
  if (storage == code) {
    storeSlot(array, <u32>index, slot, code);
    return;
  }
  const word = slotWord(slot, code);
  if (word != 0) array_set_any(array, index, word);
}

/** array.push likewise; it decides an undecided array to be of `code`. */
export function array_push_slot(array: u32, slot: u64, code: u32): void {
  const storage = elementCode(array);
  if (storage == code || storage == CODE_UNDECIDED) {
    appendSlot(array, slot, storageOf(code));
    return;
  }
  const word = slotWord(slot, code);
  if (word != 0) array_push_any(array, word);
}
