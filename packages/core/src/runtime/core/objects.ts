// Any words, type codes and element storage: the small facts about objects that all other files use.
import { allocate } from './alloc';
import {
  BUFFER_HEADER, CANONICAL_NAN, CODE_ANY, CODE_BOOL, CODE_F64, CODE_I32, CODE_I64, CODE_NIL, CODE_STRING, CODE_U32,
  CODE_U64, CODE_UNDECIDED, DOUBLE_OFFSET, FUNC_INFO_SIZE, FUNC_PARAMS, LAYOUT_BOX, LAYOUT_BUFFER_ANY, LAYOUT_BUFFER_RAW, LAYOUT_BUFFER_REF,
  R_FUNC_TABLE, R_LABELS, R_TYPE_TABLE, NOMINAL, TAG_BOOL, TAG_I32, TAG_I64, TAG_NIL, TAG_REF, TAG_U32, TAG_U64, TYPE_NAME,
} from './layout';
import { reg } from './vm';

// @ts-ignore: decorator
@inline
export function header(layout: u32, type: u32): u32 {
  return (layout << 8) | (type << 16);
}

// @ts-ignore: decorator
@inline
export function layoutOf(object: u32): u32 {
  return <u32>load<u8>(object, 1);
}

// @ts-ignore: decorator
@inline
export function typeOf(object: u32): u32 {
  return <u32>load<u16>(object, 2);
}

// --- any words ------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
export function tagOf(word: u64): u32 {
  return <u32>(word >> 48);
}

// @ts-ignore: decorator
@inline
export function isRef(word: u64): bool {
  return word >> 48 == 0;
}

// @ts-ignore: decorator
@inline
export function isDouble(word: u64): bool {
  return word >= DOUBLE_OFFSET;
}

/** The type code of a value. */
export function codeOf(word: u64): u32 {
  switch (tagOf(word)) {
    case TAG_REF: return typeOf(<u32>word);
    case TAG_I32: return CODE_I32;
    case TAG_U32: return CODE_U32;
    case TAG_I64: return CODE_I64;
    case TAG_U64: return CODE_U64;
    case TAG_BOOL: return CODE_BOOL;
    case TAG_NIL: return CODE_NIL;
    default: return CODE_F64;
  }
}

// @ts-ignore: decorator
@inline
export function isIntegerCode(code: u32): bool {
  return code >= CODE_I32 && code <= CODE_U64;
}

// @ts-ignore: decorator
@inline
export function isNumberCode(code: u32): bool {
  return code >= CODE_I32 && code <= CODE_F64;
}

// @ts-ignore: decorator
@inline
export function boxI32(value: i32): u64 {
  return (<u64>TAG_I32 << 48) | (<u64>value & 0xffffffff);
}

// @ts-ignore: decorator
@inline
export function boxU32(value: u32): u64 {
  return (<u64>TAG_U32 << 48) | (<u64>value & 0xffffffff);
}

// @ts-ignore: decorator
@inline
export function boxBool(value: bool): u64 {
  return (<u64>TAG_BOOL << 48) | <u64>value;
}

export function boxF64(value: f64): u64 {
  if (value != value) return CANONICAL_NAN + DOUBLE_OFFSET;
  return reinterpret<u64>(value) + DOUBLE_OFFSET;
}

// @ts-ignore: decorator
@inline
export function unboxF64(word: u64): f64 {
  return reinterpret<f64>(word - DOUBLE_OFFSET);
}

/**
 * An i64 or u64 (by code): inline if it has few bits, else a box on the heap; 0 with PENDING set if there is no
 * room for it.
 */
export function boxWide(value: i64, code: u32): u64 {
  if (code == CODE_I64) {
    if ((value << 16) >> 16 == value) return (<u64>TAG_I64 << 48) | (<u64>value & 0xffffffffffff);
  } else if (<u64>value >> 48 == 0) {
    return (<u64>TAG_U64 << 48) | <u64>value;
  }
  const box = allocate(16, header(LAYOUT_BOX, code), 0);
  if (box != 0) store<i64>(box, value, 8);
  return <u64>box;
}

/** The 64 bits of an integer of any type, sign- or zero-extended by its type. */
export function integerBits(word: u64): i64 {
  switch (tagOf(word)) {
    case TAG_REF: return load<i64>(<u32>word, 8);
    case TAG_I32: return <i64><i32>word;
    case TAG_U32: return <i64>(word & 0xffffffff);
    case TAG_I64: return (<i64>word << 16) >> 16;
    default: return <i64>(word & 0xffffffffffff);
  }
}

/** An integer or bool of a type from 64 bits that are in its range; see boxWide. */
export function boxInteger(value: i64, code: u32): u64 {
  switch (code) {
    case CODE_I32: return boxI32(<i32>value);
    case CODE_U32: return boxU32(<u32>value);
    case CODE_BOOL: return boxBool(value != 0);
    default: return boxWide(value, code);
  }
}

/** A number from 64 raw bits of its type (an f64's own bits). */
export function boxRaw(bits: u64, code: u32): u64 {
  return code == CODE_F64 ? boxF64(reinterpret<f64>(bits)) : boxInteger(<i64>bits, code);
}

/** The slot of a value whose kind is that of a code: raw bits, a zero-extended reference, or the word itself. */
export function rawSlot(word: u64, code: u32): u64 {
  if (code == CODE_F64) return word - DOUBLE_OFFSET;
  if (code == CODE_I64 || code == CODE_U64) return <u64>integerBits(word);
  if (code == CODE_I32 || code == CODE_U32 || code == CODE_BOOL) return word & 0xffffffff;
  return word;
}

/** A value apart from its type: an f64's bits, an integer extended by its type, a bool as 0 or 1, else the word. */
export function bitsOf(word: u64, code: u32): i64 {
  if (code == CODE_F64) return <i64>(word - DOUBLE_OFFSET);
  if (code >= CODE_I32 && code <= CODE_U64) return integerBits(word);
  return code == CODE_BOOL ? <i64>(word & 1) : <i64>word;
}

// --- names ----------------------------------------------------------------------------------------------------------

/** The name of a type as messages and `typeof` give it; an error's is `error`. */
export function labelOfCode(code: u32): u32 {
  if (code < NOMINAL) return load<u32>(reg(R_LABELS) + (code << 2));
  return load<u32>(load<u32>(reg(R_TYPE_TABLE) + (code << 2)), TYPE_NAME);
}

export function labelOf(word: u64): u32 {
  return labelOfCode(codeOf(word));
}

// --- element storage ------------------------------------------------------------------------------------------------

/** Log2 of the bytes of an element. */
export function elementShift(code: u32): u32 {
  switch (code) {
    case CODE_BOOL: return 0;
    case CODE_I64:
    case CODE_U64:
    case CODE_F64:
    case CODE_ANY:
    case CODE_NIL:
    case CODE_UNDECIDED: return 3;
    default: return 2;
  }
}

/** The storage kind that a first element of a type decides: nil has none of its own. */
// @ts-ignore: decorator
@inline
export function storageOf(code: u32): u32 {
  return code == CODE_NIL || code == CODE_UNDECIDED ? CODE_ANY : code;
}

// @ts-ignore: decorator
@inline
export function isRefStorage(code: u32): bool {
  return code >= CODE_STRING && code != CODE_NIL;
}

export function bufferLayout(code: u32): u32 {
  if (code == CODE_ANY) return LAYOUT_BUFFER_ANY;
  return isRefStorage(code) ? LAYOUT_BUFFER_REF : LAYOUT_BUFFER_RAW;
}

/** Size of a buffer, from its header. */
export function bufferBytes(buffer: u32): u32 {
  return BUFFER_HEADER + (load<u32>(buffer, 4) << elementShift(typeOf(buffer)));
}


/** Number of parameters of a function value. */
export function arityOf(closure: u32): u32 {
  const info = reg(R_FUNC_TABLE) + load<u32>(closure, 4) * FUNC_INFO_SIZE;
  return <u32>load<u16>(info + FUNC_PARAMS);
}
