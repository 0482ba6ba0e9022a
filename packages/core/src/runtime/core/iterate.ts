// Ranges, iteration over any value, `typeof`, and raising.
import { allocate } from './alloc';
import { arrayLength, elementWord } from './arrays';
import { inRange } from './cast';
import { raise as raiseError, trap } from './errors';
import {
  CODE_ARRAY, CODE_ERROR, CODE_I64, CODE_RANGE, CODE_STRING, CODE_U64, LAYOUT_ITERATOR, LAYOUT_RANGE,
  TRAP_ARRAY_INDEX_BOUNDS, TRAP_ITERATE_NEGATIVE, TRAP_NOT_ITERABLE, TRAP_OPERAND_TYPES, TRAP_RANGE_ARGUMENTS,
  TRAP_STEP_ZERO,
  TRAP_STRING_INDEX_BOUNDS,
} from './layout';
import { boxInteger, boxWide, codeOf, header, integerBits, isIntegerCode, labelOf } from './objects';
import { byteString, stringBytes, textLength } from './strings';
import { putByte, putStatic, putString, textBegin, textDrop, textTake } from './text';
import { kindText } from './texts';
import { bytesCost, canPay, failed, payUnlessAgain } from './vm';

// --- ranges ---------------------------------------------------------------------------------------------------------

export function range_new(start: i64, stop: i64, step: i64): u32 {
  if (step == 0) {
    trap(TRAP_RANGE_ARGUMENTS);
    return 0;
  }
  const range = allocate(32, header(LAYOUT_RANGE, CODE_RANGE), 0);
  if (range == 0) return 0;
  store<i64>(range, start, 8);
  store<i64>(range, stop, 16);
  store<i64>(range, step, 24);
  return range;
}

function isRangeBound(word: u64): bool {
  const code = codeOf(word);
  return isIntegerCode(code) && !(code == CODE_U64 && integerBits(word) < 0);
}

export function range_any(start: u64, stop: u64, step: u64): u32 {
  if (!isRangeBound(start) || !isRangeBound(stop) || !isRangeBound(step)) {
    trap(TRAP_RANGE_ARGUMENTS);
    return 0;
  }
  return range_new(integerBits(start), integerBits(stop), integerBits(step));
}

export function range_more(range: u32): u32 {
  const next = load<i64>(range, 8);
  const stop = load<i64>(range, 16);
  return <u32>(load<i64>(range, 24) > 0 ? next < stop : next > stop);
}

export function range_next(range: u32): i64 {
  const value = load<i64>(range, 8);
  const stop = load<i64>(range, 16);
  const step = load<i64>(range, 24);
  const next = value + step;
  // A step beyond the ends of i64 is past the stop.
  const wrapped = step > 0 ? next < value : next > value;
  store<i64>(range, wrapped ? stop : next, 8);
  return value;
}

// --- iterators ------------------------------------------------------------------------------------------------------

/** An iterator over an array, a string, a range (which it consumes) or 0 .. n - 1. */
export function iter_any(value: u64): u32 {
  const code = codeOf(value);
  if (isIntegerCode(code)) {
    if (code != CODE_U64 && integerBits(value) < 0) {
      trap(TRAP_ITERATE_NEGATIVE);
      return 0;
    }
  } else if (code == CODE_STRING) {
    if (stringBytes(<u32>value) == 0) return 0;
  } else if (code != CODE_ARRAY && code != CODE_RANGE) {
    trap(TRAP_NOT_ITERABLE);
    return 0;
  }
  const iterator = allocate(24, header(LAYOUT_ITERATOR, 0), 0);
  if (iterator == 0) return 0;
  store<u64>(iterator, 0, 8);
  store<u64>(iterator, value, 16);
  return iterator;
}

export function iter_more(iterator: u32): u32 {
  const position = load<u64>(iterator, 8);
  const value = load<u64>(iterator, 16);
  const code = codeOf(value);
  if (code == CODE_ARRAY) return <u32>(position < <u64>arrayLength(<u32>value));
  if (code == CODE_STRING) return <u32>(position < <u64>textLength(<u32>value));
  if (code == CODE_RANGE) return range_more(<u32>value);
  return <u32>(position < <u64>integerBits(value));
}

export function iter_next(iterator: u32): u64 {
  const position = load<u64>(iterator, 8);
  const value = load<u64>(iterator, 16);
  const code = codeOf(value);
  let item: u64 = 0;
  if (code == CODE_RANGE) {
    // The box, if it needs one, before the range moves on.
    item = boxWide(load<i64>(<u32>value, 8), CODE_I64);
    if (item != 0) range_next(<u32>value);
    return item;
  }
  // Compilers ask iter_more first; nobody has to believe that they do.
  if (code == CODE_ARRAY) {
    if (position >= <u64>arrayLength(<u32>value)) {
      trap(TRAP_ARRAY_INDEX_BOUNDS);
      return 0;
    }
    item = elementWord(<u32>value, <u32>position);
  } else if (code == CODE_STRING) {
    if (position >= <u64>textLength(<u32>value)) {
      trap(TRAP_STRING_INDEX_BOUNDS);
      return 0;
    }
    const bytes = stringBytes(<u32>value);
    if (bytes != 0) item = <u64>byteString(<u32>load<u8>(bytes + <u32>position));
  } else {
    item = boxInteger(<i64>position, code);
  }
  if (item != 0) store<u64>(iterator, position + 1, 8);
  return item;
}

// --- range loops over dynamic bounds ------------------------------------------------------------------------------

/** Bounds and step must be integers of one type, the step not zero. */
export function loop_check(start: u64, end: u64, step: u64): void {
  const code = codeOf(start);
  if (!isIntegerCode(code) || codeOf(end) != code || codeOf(step) != code) trap(TRAP_OPERAND_TYPES);
  else if (integerBits(step) == 0) trap(TRAP_STEP_ZERO);
}

/** Whether an item is inside the loop. */
function inside(item: i64, end: i64, up: bool, inclusive: bool, code: u32): bool {
  if (item == end) return inclusive;
  return (code == CODE_U64 ? <u64>item < <u64>end : item < end) == up;
}

/** Steps of unsigned types go up, whatever their highest bit. */
function goesUp(step: i64, code: u32): bool {
  return code == CODE_U64 || step > 0;
}

export function loop_enter(start: u64, end: u64, step: u64, inclusive: u32): u32 {
  const code = codeOf(end);
  return <u32>inside(integerBits(start), integerBits(end), goesUp(integerBits(step), code), inclusive != 0, code);
}

/** Whether item + step is still inside; stepping out of the type is not. The item may have been assigned. The form is one of LOOP_FORM. */
export function loop_more(item: u64, end: u64, step: u64, form: u32): u32 {
  const code = codeOf(end);
  if (codeOf(item) != code) {
    trap(TRAP_OPERAND_TYPES);
    return 0;
  }
  const from = integerBits(item);
  const by = integerBits(step);
  const next = from + by;
  const up = goesUp(by, code);
  if (code == CODE_U64) {
    if (<u64>next < <u64>from) return 0;
  } else if (code == CODE_I64) {
    if (up ? next < from : next > from) return 0;
  } else if (!inRange(next, CODE_I64, code)) {
    return 0;
  }
  return <u32>inside(next, integerBits(end), up, form == 1, code);
}

export function loop_next(item: u64, step: u64): u64 {
  if (!isIntegerCode(codeOf(item)) || !isIntegerCode(codeOf(step))) {
    trap(TRAP_OPERAND_TYPES);
    return 0;
  }
  return boxInteger(integerBits(item) + integerBits(step), codeOf(item));
}

// --- types and errors -----------------------------------------------------------------------------------------------

/** The type label; an error's is its kind and message. */
export function typeof_any(value: u64): u32 {
  if (codeOf(value) != CODE_ERROR) return labelOf(value);
  const error = <u32>value;
  const message = load<u32>(error, 8);
  const cost = bytesCost(textLength(message));
  if (!canPay(cost)) return 0;
  textBegin();
  putStatic(kindText(load<u32>(error, 4)));
  putByte(32);
  putString(message);
  if (failed()) {
    textDrop();
    return 0;
  }
  const label = textTake();
  payUnlessAgain(cost);
  return label;
}

export function raise(kind: u32, message: u32): void {
  raiseError(kind, message);
}
