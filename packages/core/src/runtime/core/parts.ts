// Walking data: containers (arrays, structs, enum values with payload), their parts, and the stacks for it.
//
// A part is read as a type code and its bits (objects.ts, `bitsOf`), so that reading one never allocates. Stacks and
// tables of a walk are heap buffers that nothing refers to once the built-in ends: they count against the memory limit
// like any request.
import { allocate } from './alloc';
import { arrayLength, elementCode, elementsOf } from './arrays';
import {
  BUFFER_HEADER, CODE_ANY, CODE_BOOL, CODE_I32, FIELD_CODE, FIELD_SIZE, LAYOUT_ARRAY, LAYOUT_BUFFER_RAW, LAYOUT_ENUM,
  LAYOUT_STRUCT, R_TYPE_TABLE, SLOTS, TYPE_COUNT, TYPE_MEMBERS, VARIANT_COUNT, VARIANT_FIELDS, VARIANT_SIZE,
} from './layout';
import { bitsOf, codeOf, elementShift, header, layoutOf, typeOf } from './objects';
import { reg } from './vm';

// @ts-ignore: decorator
@inline
export function typeInfo(object: u32): u32 {
  return load<u32>(reg(R_TYPE_TABLE) + (typeOf(object) << 2));
}

/** The record of an enum value's variant. */
// @ts-ignore: decorator
@inline
export function variantInfo(object: u32): u32 {
  return load<u32>(typeInfo(object) + TYPE_MEMBERS) + load<u32>(object, 4) * VARIANT_SIZE;
}

/** Number of elements, fields or payload fields. */
export function partCount(object: u32): u32 {
  const layout = layoutOf(object);
  if (layout == LAYOUT_ARRAY) return arrayLength(object);
  if (layout == LAYOUT_STRUCT) return load<u32>(typeInfo(object) + TYPE_COUNT);
  return load<u32>(variantInfo(object) + VARIANT_COUNT);
}

/** The fields' records of a struct or an enum value. */
export function fieldsOf(object: u32): u32 {
  if (layoutOf(object) == LAYOUT_STRUCT) return load<u32>(typeInfo(object) + TYPE_MEMBERS);
  return load<u32>(variantInfo(object) + VARIANT_FIELDS);
}

/** The type that a part's place has: a storage kind or a field's code; any where only the value tells. */
function placeCode(object: u32, index: u32): u32 {
  if (layoutOf(object) == LAYOUT_ARRAY) return elementCode(object);
  return <u32>load<u16>(fieldsOf(object) + index * FIELD_SIZE + FIELD_CODE);
}

function placeWord(object: u32, index: u32): u64 {
  return load<u64>((layoutOf(object) == LAYOUT_ARRAY ? elementsOf(object) : object + SLOTS) + (index << 3));
}

export function partCode(object: u32, index: u32): u32 {
  const code = placeCode(object, index);
  return code == CODE_ANY ? codeOf(placeWord(object, index)) : code;
}

export function partBits(object: u32, index: u32): i64 {
  const code = placeCode(object, index);
  if (code == CODE_ANY) {
    const word = placeWord(object, index);
    return bitsOf(word, codeOf(word));
  }
  if (layoutOf(object) != LAYOUT_ARRAY) {
    const slot = placeWord(object, index);
    return code == CODE_I32 ? <i64><i32>slot : <i64>slot;
  }
  const shift = elementShift(code);
  const at = elementsOf(object) + (index << shift);
  if (shift == 3) return load<i64>(at);
  if (shift == 0) return <i64>load<u8>(at);
  return code == CODE_I32 ? <i64>load<i32>(at) : <i64>load<u32>(at);
}

/** Whether a value of this code and bits has parts: an array, a struct, or an enum value. */
export function isContainer(layout: u32): bool {
  return layout == LAYOUT_ARRAY || layout == LAYOUT_STRUCT || layout == LAYOUT_ENUM;
}

/** A heap buffer of so many bytes for the use of one built-in, or 0 with PENDING set. */
export function temporary(bytes: u64): u32 {
  return allocate(bytes + BUFFER_HEADER, header(LAYOUT_BUFFER_RAW, CODE_BOOL), <u32>bytes);
}

/** A stack twice as large with the same contents. */
export function doubled(stack: u32): u32 {
  const bytes = load<u32>(stack, 4);
  const next = temporary(<u64>bytes << 1);
  if (next != 0) memory.copy(next + BUFFER_HEADER, stack + BUFFER_HEADER, bytes);
  return next;
}
