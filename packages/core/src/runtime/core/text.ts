// The output buffer, and at its end the text that a built-in is making.
//
//     OUT_BUFFER                LINE_START        TEXT_START        OUT_LENGTH      OUT_CAPACITY
//     | complete lines          | line so far     | text so far     | free          |
//
// A line is handed to the host when it is complete and enough of them are together. Texts that become strings
// (messages, casts) are made at the end as well and dropped. The buffer is a fixed one; a line that does not fit moves
// to a heap object (OUT_OBJECT, a root) until it has been written, and then counts against the memory limit. Lines
// before it are written first, so that its size depends on the line alone.
import { allocate } from './alloc';
import { host_write } from './host';
import {
  BUFFER_HEADER, CODE_BOOL, LAYOUT_BUFFER_RAW, LAYOUT_STRING, CODE_STRING, PENDING_HOST, R_EMPTY_STRING, R_LINE_START,
  R_OUT_BUFFER, R_OUT_CAPACITY, R_OUT_LENGTH, R_OUT_OBJECT, R_PENDING, R_SCRATCH, R_SCRATCH_CAPACITY, R_TEXT_START,
  STRING_HEADER,
} from './layout';
import { copyBytes } from './memory';
import { header } from './objects';
import { copyString, textLength } from './strings';
import { reg, setReg } from './vm';

/** Complete lines are written when they make up this much. */
const WRITE_AT: u32 = 16 << 10;

// --- making text ----------------------------------------------------------------------------------------------------

/** Begins a text; every function below appends to it. If one fails, PENDING is set and the text must be dropped. */
export function textBegin(): void {
  setReg(R_TEXT_START, reg(R_OUT_LENGTH));
}

/** Bytes of the text so far; unlike OUT_LENGTH, the same whatever lines were still in front of it. */
export function textSize(): u32 {
  return reg(R_OUT_LENGTH) - reg(R_TEXT_START);
}

export function textDrop(): void {
  setReg(R_OUT_LENGTH, reg(R_TEXT_START));
}

/** Room for so many bytes: the address where they go, or 0 with PENDING set. `commit` says how many were written. */
export function reserve(bytes: u32): u32 {
  const length = reg(R_OUT_LENGTH);
  if (bytes <= reg(R_OUT_CAPACITY) - length) return reg(R_OUT_BUFFER) + length;
  return growText(bytes);
}

// @ts-ignore: decorator
@inline
export function commit(bytes: u32): void {
  setReg(R_OUT_LENGTH, reg(R_OUT_LENGTH) + bytes);
}

function growText(bytes: u32): u32 {
  writeLines();
  const length = reg(R_OUT_LENGTH);
  const capacity = reg(R_OUT_CAPACITY);
  if (bytes <= capacity - length) return reg(R_OUT_BUFFER) + length;
  const wanted = max<u64>(<u64>capacity << 1, <u64>length + bytes);
  const object = allocate(wanted + BUFFER_HEADER, header(LAYOUT_BUFFER_RAW, CODE_BOOL), <u32>wanted);
  if (object == 0) return 0;
  memory.copy(object + BUFFER_HEADER, reg(R_OUT_BUFFER), length);
  setReg(R_OUT_OBJECT, object);
  setReg(R_OUT_BUFFER, object + BUFFER_HEADER);
  setReg(R_OUT_CAPACITY, <u32>wanted);
  return object + BUFFER_HEADER + length;
}

export function putByte(byte: u32): void {
  const at = reserve(1);
  if (at == 0) return;
  store<u8>(at, byte);
  commit(1);
}

export function putBytes(from: u32, bytes: u32): void {
  const at = reserve(bytes);
  if (at == 0) return;
  copyBytes(at, from, bytes);
  commit(bytes);
}

/** A static text (runtime/core-texts.ts). */
export function putStatic(text: usize): void {
  putBytes(<u32>text + 2, <u32>load<u16>(text));
}

/** A string, ropes included; allocates nothing but room for the text. */
export function putString(string: u32): void {
  const length = textLength(string);
  const at = reserve(length);
  if (at == 0) return;
  copyString(string, at);
  commit(length);
}

/** A static text in which bytes 1 to 3 stand for strings. */
export function putTemplate(template: usize, first: u32, second: u32, third: u32): void {
  const length = <u32>load<u16>(template);
  for (let i: u32 = 0; i < length; i++) {
    const byte = <u32>load<u8>(template + 2 + i);
    if (byte == 1) putString(first);
    else if (byte == 2) putString(second);
    else if (byte == 3) putString(third);
    else putByte(byte);
  }
}

/** The text as a new string; drops it. 0 with PENDING set if there is no room. */
export function textTake(): u32 {
  const start = reg(R_TEXT_START);
  const length = textSize();
  let string = reg(R_EMPTY_STRING);
  if (length != 0) {
    string = allocate(<u64>length + STRING_HEADER, header(LAYOUT_STRING, CODE_STRING), length);
    if (string != 0) {
      store<u32>(string, 0, 8);
      copyBytes(string + STRING_HEADER, reg(R_OUT_BUFFER) + start, length);
    }
  }
  setReg(R_OUT_LENGTH, start);
  return string;
}

// --- lines ----------------------------------------------------------------------------------------------------------

/** Hands complete lines to the host; what follows them moves to the front. */
export function writeLines(): void {
  const complete = reg(R_LINE_START);
  if (complete == 0) return;
  const buffer = reg(R_OUT_BUFFER);
  if (host_write(buffer, complete) != 0) setReg(R_PENDING, PENDING_HOST);
  const rest = reg(R_OUT_LENGTH) - complete;
  memory.copy(buffer, buffer + complete, rest);
  setReg(R_OUT_LENGTH, rest);
  setReg(R_TEXT_START, reg(R_TEXT_START) - complete);
  setReg(R_LINE_START, 0);
}

/** Writes all complete lines and gives back the room of a long one. */
export function flush(): void {
  writeLines();
  if (reg(R_OUT_OBJECT) != 0 && reg(R_OUT_LENGTH) == 0) useFixedBuffer();
}

function useFixedBuffer(): void {
  setReg(R_OUT_OBJECT, 0);
  setReg(R_OUT_BUFFER, reg(R_SCRATCH));
  setReg(R_OUT_CAPACITY, reg(R_SCRATCH_CAPACITY));
}

/** Starts a line; an error may have left part of another behind. */
export function out_begin(): void {
  setReg(R_OUT_LENGTH, reg(R_LINE_START));
}

/** Ends the line. */
export function out_end(): void {
  const at = reserve(1);
  if (at == 0) return;
  store<u8>(at, 10);
  commit(1);
  setReg(R_LINE_START, reg(R_OUT_LENGTH));
  if (reg(R_OUT_LENGTH) >= WRITE_AT || reg(R_OUT_OBJECT) != 0) flush();
}

/** `buffer` is the fixed one. */
export function initText(buffer: u32, capacity: u32): void {
  setReg(R_SCRATCH, buffer);
  setReg(R_SCRATCH_CAPACITY, capacity);
  setReg(R_OUT_LENGTH, 0);
  setReg(R_LINE_START, 0);
  setReg(R_TEXT_START, 0);
  useFixedBuffer();
}
