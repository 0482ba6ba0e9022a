// Texts of values: display (5.2), inspection (5.5) and their modern forms (rows 4 and 5 of section 23), appended to the
// text that the running built-in is making.
//
// Nested data is walked with an explicit stack. More open containers than the depth limit raise `stackOverflow`. In
// modern style a container met again inside itself prints as `...`; it is recognised by bit 7 of its gc byte, which is
// set while it is open. In classic style such data is endlessly deep. Work: one unit for 16 bytes of text and one a
// part.
//
//     stack entry   0 u32 container   4 u32 next part   8 u32 number of parts   12 u32 the container beside it, or 0
import { digitsBuffer } from './area';
import { adapt_any, nearestDouble } from './cast';
import { trap } from './errors';
import {
  BUFFER_HEADER, CODE_BOOL, CODE_ERROR, CODE_F64, CODE_FUNC, CODE_NIL, CODE_RANGE, CODE_STRING, CODE_U64, FIELD_NAME,
  FIELD_SIZE, FUNC_INFO_SIZE, FUNC_NAME, LAYOUT_ARRAY, LAYOUT_ENUM, LAYOUT_STRUCT, R_DEPTH_LIMIT, R_FUNC_TABLE,
  TRAP_STACK_OVERFLOW, TYPE_NAME, VARIANT_NAME,
} from './layout';
import { writeDouble } from './numbers';
import { bitsOf, codeOf, isIntegerCode, layoutOf } from './objects';
import { doubled, fieldsOf, partBits, partCode, partCount, temporary, typeInfo, variantInfo } from './parts';
import { stringBytes, textLength, writeInteger } from './strings';
import { putByte, putBytes, putStatic, putString, textSize } from './text';
import {
  T_dots, T_errorDisplay, T_errorInspect, T_false, T_function, T_nil, T_range, T_rangeOpen, T_step, T_true,
} from './texts';
import { failed, reg } from './vm';
import { work } from './work';

/** Styles as built-ins give them. */
export const MODERN: u32 = 1;

const OPEN: u32 = 0x80;
const ENTRY: u32 = 16;
const FIRST_STACK: u32 = 32 * ENTRY;

/** Appends a value in display form, or in inspection form. Between `beginWork` and `endWork`; PENDING tells failure. */
export function putValue(word: u64, style: u32, inspect: bool): void {
  putBeside(word, 0, style, inspect);
}

/**
 * The same for a value written with literals: they show in the type of their counterpart in another value (0: there
 * is none).
 */
export function putBeside(literal: u64, other: u64, style: u32, inspect: bool): void {
  const word = other != 0 ? adapt_any(literal, other) : literal;
  const code = codeOf(word);
  const bits = bitsOf(word, code);
  const before = textSize();
  if (putScalar(code, bits, style, inspect, inspect)) {
    work((textSize() - before) >> 4);
    return;
  }
  putContainer(<u32>bits, other != 0 && codeOf(other) == code ? <u32>other : 0, style, inspect);
}

/** Appends the text of a value that has no parts; false if it has. */
function putScalar(code: u32, bits: i64, style: u32, inspect: bool, quoted: bool): bool {
  const classicInspect = inspect && style != MODERN;
  if (isIntegerCode(code)) {
    putBytes(digitsBuffer(), writeInteger(bits, code != CODE_U64));
    return true;
  }
  switch (code) {
    case CODE_F64:
      putBytes(digitsBuffer(), writeDouble(reinterpret<f64>(bits), style == MODERN ? 2 : <u32>inspect));
      return true;
    case CODE_BOOL:
      putStatic(bits != 0 ? T_true : T_false);
      return true;
    case CODE_NIL:
      putStatic(T_nil);
      return true;
    case CODE_STRING:
      if (quoted) putQuoted(<u32>bits, style);
      else putString(<u32>bits);
      return true;
    case CODE_FUNC:
      if (classicInspect) putStatic(T_function);
      else putString(load<u32>(reg(R_FUNC_TABLE) + load<u32>(<u32>bits, 4) * FUNC_INFO_SIZE + FUNC_NAME));
      return true;
    case CODE_RANGE:
      if (classicInspect) putStatic(T_range);
      else putRange(<u32>bits);
      return true;
    case CODE_ERROR:
      putStatic(classicInspect ? T_errorInspect : T_errorDisplay);
      putString(load<u32>(<u32>bits, 8));
      if (classicInspect) putByte(41);
      return true;
    default:
      if (layoutOf(<u32>bits) != LAYOUT_ENUM || partCount(<u32>bits) != 0) return false;
      putEnumName(<u32>bits);
      return true;
  }
}

function putEnumName(object: u32): void {
  putString(load<u32>(typeInfo(object), TYPE_NAME));
  putByte(46);
  putString(load<u32>(variantInfo(object), VARIANT_NAME));
}

function putRange(range: u32): void {
  putStatic(T_rangeOpen);
  putBytes(digitsBuffer(), writeInteger(load<i64>(range, 8), true));
  putByte(46);
  putByte(46);
  putBytes(digitsBuffer(), writeInteger(load<i64>(range, 16), true));
  const step = load<i64>(range, 24);
  if (step != 1) {
    putStatic(T_step);
    putBytes(digitsBuffer(), writeInteger(step, true));
  }
  putByte(41);
}

/** A string in quotes; classic style escapes \\ " \n \t, modern \r and \0 too. */
function putQuoted(string: u32, style: u32): void {
  const bytes = stringBytes(string);
  if (bytes == 0) return;
  const length = textLength(string);
  putByte(34);
  let done: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(bytes + i);
    let escape: u32 = 0;
    if (byte == 92 || byte == 34) escape = byte;
    else if (byte == 10) escape = 110;
    else if (byte == 9) escape = 116;
    else if (style == MODERN && byte == 13) escape = 114;
    else if (style == MODERN && byte == 0) escape = 48;
    if (escape == 0) continue;
    putBytes(bytes + done, i - done);
    putByte(92);
    putByte(escape);
    done = i + 1;
    if (failed()) return;
  }
  putBytes(bytes + done, length - done);
  putByte(34);
}

// --- containers -----------------------------------------------------------------------------------------------------

function isOpen(object: u32): bool {
  return (<u32>load<u8>(object) & OPEN) != 0;
}

function setOpen(object: u32, open: bool): void {
  const gc = <u32>load<u8>(object);
  store<u8>(object, open ? gc | OPEN : gc & ~OPEN);
}

/** Whether literals in one container have their counterparts in the other: arrays, or enum values of one variant. */
function sameKind(object: u32, mate: u32): bool {
  if (mate == 0) return false;
  const layout = layoutOf(object);
  return layout == LAYOUT_ARRAY || (layout == LAYOUT_ENUM && load<u32>(object, 4) == load<u32>(mate, 4));
}

function putHead(object: u32, style: u32, inspect: bool): void {
  const layout = layoutOf(object);
  if (layout == LAYOUT_ENUM) {
    putEnumName(object);
    putByte(40);
  } else if (layout == LAYOUT_STRUCT && style == MODERN) {
    putString(load<u32>(typeInfo(object), TYPE_NAME));
    putByte(123);
  } else if (style == MODERN || inspect) {
    putByte(91);
  }
}

function putTail(object: u32, style: u32, inspect: bool): void {
  const layout = layoutOf(object);
  if (layout == LAYOUT_ENUM) putByte(41);
  else if (layout == LAYOUT_STRUCT && style == MODERN) putByte(125);
  else if (style == MODERN || inspect) putByte(93);
}

function putContainer(root: u32, beside: u32, style: u32, inspect: bool): void {
  let stack = temporary(FIRST_STACK);
  if (stack == 0) return;
  const limit = reg(R_DEPTH_LIMIT);
  const quoted = inspect || style == MODERN;
  let depth: u32 = 0;
  let object = root;
  let mate = beside;
  while (true) {
    // Open the container.
    if (depth >= limit) {
      trap(TRAP_STACK_OVERFLOW);
      break;
    }
    if ((depth + 1) * ENTRY > load<u32>(stack, 4)) {
      const larger = doubled(stack);
      if (larger == 0) break;
      stack = larger;
    }
    let entry = stack + BUFFER_HEADER + depth * ENTRY;
    store<u32>(entry, object);
    store<u32>(entry, 0, 4);
    store<u32>(entry, partCount(object), 8);
    store<u32>(entry, sameKind(object, mate) ? mate : 0, 12);
    depth++;
    if (style == MODERN) setOpen(object, true);
    putHead(object, style, inspect);
    // Go on to the next container.
    let found = false;
    while (depth != 0) {
      const before = textSize();
      entry = stack + BUFFER_HEADER + (depth - 1) * ENTRY;
      object = load<u32>(entry);
      const next = load<u32>(entry, 4);
      if (next == load<u32>(entry, 8)) {
        putTail(object, style, inspect);
        if (style == MODERN) setOpen(object, false);
        depth--;
        continue;
      }
      store<u32>(entry, next + 1, 4);
      if (next != 0) {
        putByte(44);
        putByte(32);
      }
      if (style == MODERN && layoutOf(object) == LAYOUT_STRUCT) {
        putString(load<u32>(fieldsOf(object) + next * FIELD_SIZE + FIELD_NAME));
        putByte(58);
        putByte(32);
      }
      let code = partCode(object, next);
      let bits = partBits(object, next);
      mate = load<u32>(entry, 12);
      let mateCode = CODE_NIL;
      if (mate != 0 && next < partCount(mate)) {
        mateCode = partCode(mate, next);
        // Only beside an f64 does an integer look different.
        if (mateCode == CODE_F64 && isIntegerCode(code)) {
          bits = reinterpret<i64>(nearestDouble(bits, code));
          code = CODE_F64;
        }
      }
      if (!putScalar(code, bits, style, inspect, quoted)) {
        mate = mateCode == code ? <u32>partBits(mate, next) : 0;
        if (style == MODERN && isOpen(<u32>bits)) {
          putStatic(T_dots);
        } else {
          object = <u32>bits;
          found = true;
        }
      }
      if (failed() || !work(1 + ((textSize() - before) >> 4))) break;
      if (found) break;
    }
    if (!found || failed()) break;
  }
  // After a failure some are still open.
  if (style == MODERN) {
    for (; depth != 0; depth--) setOpen(load<u32>(stack + BUFFER_HEADER + (depth - 1) * ENTRY), false);
  }
}
