// Memory of the heap: chunks with boundary tags, and blocks of equal cells for small objects.
//
// HEAP_START .. HEAP_END is a sequence of chunks; the last one is a sentinel of 8 bytes that is always in use. Chunks
// are multiples of 16 bytes and begin at addresses that are 8 more than a multiple of 16, so what they hold begins at a
// multiple of 16:
//
//     0  u32  size | IN_USE | OBJECT       4  u32  size of the chunk before if that is free, else 0
//     8  what it holds: an object (OBJECT), a block of small objects or a table of the core
//        free:  8 u32 next, 12 u32 previous in its bin
//
// Bins hold free chunks by size, four to a doubling, with a bitmap of the bins that hold any (good fit, after TLSF by
// Masmano et al.).
//
// A block is a chunk of BLOCK_BYTES whose cells have one size (runtime/size-classes.ts):
//
//     8  u32 next block of the class   12 u32 next block with free cells   16 u32 first free cell
//    20  u32 number of free cells      24 u32 class                        32 cells
//
// A free cell has a header word 0 (layout 0 is no object) and the next free cell at 4.
//
// Accounting: ALLOC_BYTES is what survived the last collection plus every cell handed to a free list and every chunk
// taken for an object since, each by `accounted` size. `mayTake` compares it with the trigger and the limit. Near the
// limit and after a collection cells are handed out one by one, so that `Out of memory` is exactly "live + request >
// limit after a full collection".
import {
  BINS, CLASS_BLOCKS, CLASS_COUNT, CLASS_PARTIAL, CLASS_SWEEP, FREE_LISTS, PENDING_ERROR, R_ALLOC_BYTES,
  R_COLLECTING_OFF, R_ERROR, R_FULL_DONE, R_FULL_WANTED, R_GC_TRIGGER, R_HEAP_END, R_HEAP_LIMIT, R_HEAP_RESERVE,
  R_HEAP_START, R_PENDING, R_STRESS_GC, R_SWEEP_CURSOR, R_TRAP_ERRORS, SMALL_MAX, TRAP_OUT_OF_MEMORY,
} from './layout';
import { clearWords } from './memory';
import { sweepBlock, sweepEverything, sweepLarge } from './gc';
import { askCollection, reg, setReg } from './vm';

export const IN_USE: u32 = 1;
export const OBJECT: u32 = 2;
export const SIZE_MASK: u32 = ~15;
export const CHUNK_HEADER: u32 = 8;
const MIN_SPLIT: u32 = 64;
const MIN_GROWTH: u32 = 1 << 20;
const MAX_CHUNK: u64 = 0xffff0000;

export const BLOCK_BYTES: u32 = 16384;
export const BLOCK_NEXT: u32 = 8;
export const BLOCK_PARTIAL: u32 = 12;
export const BLOCK_FREE: u32 = 16;
export const BLOCK_COUNT: u32 = 20;
export const BLOCK_CLASS: u32 = 24;
export const BLOCK_CELLS: u32 = 32;

const BIN_COUNT: u32 = 112;
const BIN_MAP: u32 = BINS + 4 * BIN_COUNT;
/** How many chunks of the fitting bin are looked at before a larger bin is taken. */
const BIN_TRIES: u32 = 8;

// --- sizes ----------------------------------------------------------------------------------------------------------

export function classOf(bytes: u32): u32 {
  if (bytes <= 16) return 0;
  if (bytes <= 128) return ((bytes + 7) >> 3) - 2;
  if (bytes <= 256) return 15 + ((bytes - 129) >> 4);
  return 23 + ((bytes - 257) >> 5);
}

export function classBytes(cls: u32): u32 {
  if (cls < 15) return (cls + 2) << 3;
  if (cls < 23) return 144 + ((cls - 15) << 4);
  return 288 + ((cls - 23) << 5);
}

/** What an object counts against the limit: a function of its size alone. */
export function accounted(bytes: u32): u32 {
  if (bytes <= SMALL_MAX) return classBytes(classOf(bytes));
  return (bytes + CHUNK_HEADER + 15) & SIZE_MASK;
}

/** Bytes that an object asking for so many could use without counting for more. */
export function roomFor(bytes: u32): u32 {
  return bytes <= SMALL_MAX ? classBytes(classOf(bytes)) : accounted(bytes) - CHUNK_HEADER;
}

// --- allocation -----------------------------------------------------------------------------------------------------

/** An object with its header written and its body not cleared, or 0 with PENDING set. */
export function allocate(bytes: u64, head: u32, aux: u32): u32 {
  if (bytes > SMALL_MAX) return allocateLarge(bytes, head, aux);
  const cls = classOf(<u32>bytes);
  const list = FREE_LISTS + (cls << 2);
  let cell = load<u32>(list);
  if (cell == 0) {
    cell = allocateCell(cls);
    if (cell == 0) return 0;
  } else {
    store<u32>(list, load<u32>(cell, 4));
  }
  store<u32>(cell, head);
  store<u32>(cell, aux, 4);
  return cell;
}

/** The same with the body cleared. */
export function allocateCleared(bytes: u64, head: u32, aux: u32): u32 {
  const object = allocate(bytes, head, aux);
  if (object != 0) clearWords(object + 8, <u32>bytes - 8);
  return object;
}

/**
 * An object that is always granted, for errors that the machine raises by itself: what it takes beyond the limit is no
 * more than a few cells, since the next ordinary allocation collects. 0 only if memory cannot grow.
 */
export function allocateAlways(bytes: u32, head: u32, aux: u32): u32 {
  const cls = classOf(bytes);
  let cell = load<u32>(FREE_LISTS + (cls << 2));
  if (cell != 0) {
    store<u32>(FREE_LISTS + (cls << 2), load<u32>(cell, 4));
  } else {
    const block = blockWithRoom(cls);
    if (block == 0) return 0;
    cell = takeCells(block, 1);
    setReg(R_ALLOC_BYTES, reg(R_ALLOC_BYTES) + classBytes(cls));
  }
  store<u32>(cell, head);
  store<u32>(cell, aux, 4);
  return cell;
}

/**
 * Slow path of small allocation: a cell of the class with undefined contents, or 0 with PENDING set; refills the
 * free list.
 */
export function allocateCell(cls: u32): u32 {
  const size = classBytes(cls);
  if (!mayTake(size)) return 0;
  const block = blockWithRoom(cls);
  if (block == 0) {
    noRoom();
    return 0;
  }
  let wanted: u32 = 1;
  if (reg(R_COLLECTING_OFF) == 0 && reg(R_STRESS_GC) == 0) {
    wanted = load<u32>(block, BLOCK_COUNT);
    const room = (reg(R_HEAP_LIMIT) - reg(R_ALLOC_BYTES)) / size / 2;
    if (wanted > room) wanted = max<u32>(1, room);
  }
  setReg(R_ALLOC_BYTES, reg(R_ALLOC_BYTES) + wanted * size);
  const cell = takeCells(block, wanted);
  store<u32>(FREE_LISTS + (cls << 2), load<u32>(cell, 4));
  return cell;
}

/** Takes cells off a block, which stays among those with room if it keeps any; gives the first of a list. */
function takeCells(block: u32, wanted: u32): u32 {
  const first = load<u32>(block, BLOCK_FREE);
  const count = load<u32>(block, BLOCK_COUNT);
  let rest: u32 = 0;
  if (wanted != count) {
    let last = first;
    for (let i: u32 = 1; i < wanted; i++) last = load<u32>(last, 4);
    rest = load<u32>(last, 4);
    store<u32>(last, 0, 4);
    const partial = CLASS_PARTIAL + (load<u32>(block, BLOCK_CLASS) << 2);
    store<u32>(block, load<u32>(partial), BLOCK_PARTIAL);
    store<u32>(partial, block);
  }
  store<u32>(block, rest, BLOCK_FREE);
  store<u32>(block, count - wanted, BLOCK_COUNT);
  return first;
}

/** A block of the class with free cells, off the list of those; 0 if memory cannot grow. */
function blockWithRoom(cls: u32): u32 {
  const partial = CLASS_PARTIAL + (cls << 2);
  let block = load<u32>(partial);
  if (block != 0) {
    store<u32>(partial, load<u32>(block, BLOCK_PARTIAL));
    return block;
  }
  const cursor = CLASS_SWEEP + (cls << 2);
  while (load<u32>(cursor) != 0) {
    block = sweepNext(cls, true);
    if (block != 0) return block;
  }
  block = takeChunk(BLOCK_BYTES);
  if (block == 0) return 0;
  formatBlock(block, cls);
  const all = CLASS_BLOCKS + (cls << 2);
  store<u32>(block, load<u32>(all), BLOCK_NEXT);
  store<u32>(all, block);
  return block;
}

/**
 * Sweeps the next unswept block of a class: gives it if it has room, else 0. One that holds nothing is given if it will be filled at once
 * (`wanted`), else released.
 */
export function sweepNext(cls: u32, wanted: bool): u32 {
  const cursor = CLASS_SWEEP + (cls << 2);
  const link = load<u32>(cursor);
  const block = load<u32>(link);
  if (block == 0) {
    store<u32>(cursor, 0);
    return 0;
  }
  if (sweepBlock(block) == 0 && !wanted) {
    store<u32>(link, load<u32>(block, BLOCK_NEXT));
    releaseChunk(block);
    return 0;
  }
  store<u32>(cursor, block + BLOCK_NEXT);
  return load<u32>(block, BLOCK_COUNT) != 0 ? block : 0;
}

/** Makes a cell a free one, before the next of its list. */
// @ts-ignore: decorator
@inline
export function storeFree(cell: u32, next: u32): void {
  store<u64>(cell, <u64>next << 32);
}

function formatBlock(block: u32, cls: u32): void {
  const size = classBytes(cls);
  const count = (BLOCK_BYTES - BLOCK_CELLS) / size;
  const first = block + BLOCK_CELLS;
  let next: u32 = 0;
  for (let cell = first + (count - 1) * size; cell >= first; cell -= size) {
    storeFree(cell, next);
    next = cell;
  }
  store<u32>(block, 0, BLOCK_PARTIAL);
  store<u32>(block, first, BLOCK_FREE);
  store<u32>(block, count, BLOCK_COUNT);
  store<u32>(block, cls, BLOCK_CLASS);
}

function allocateLarge(bytes: u64, head: u32, aux: u32): u32 {
  if (bytes > MAX_CHUNK) {
    // More than any memory holds; whether the limit or the machine says so makes no difference.
    if (mayTake(MAX_CHUNK)) outOfMemory();
    return 0;
  }
  const size = accounted(<u32>bytes);
  if (!mayTake(size)) return 0;
  sweepLarge(64);
  const chunk = takeChunk(size);
  if (chunk == 0) {
    noRoom();
    return 0;
  }
  store<u32>(chunk, load<u32>(chunk) | OBJECT);
  setReg(R_ALLOC_BYTES, reg(R_ALLOC_BYTES) + size);
  // Where sweeping has not come by yet, an object must look like a survivor; sweeping whitens it.
  const cursor = reg(R_SWEEP_CURSOR);
  store<u32>(chunk, cursor != 0 && chunk >= cursor ? head | 1 : head, CHUNK_HEADER);
  store<u32>(chunk, aux, CHUNK_HEADER + 4);
  return chunk + CHUNK_HEADER;
}

/** Whether so many bytes may be taken now; if not, a collection is asked for or the program is out of memory. */
function mayTake(bytes: u64): bool {
  const used = <u64>reg(R_ALLOC_BYTES);
  const fits = used + bytes <= <u64>reg(R_HEAP_LIMIT);
  if (reg(R_COLLECTING_OFF) == 0) {
    setReg(R_FULL_DONE, 0);
    if (fits && reg(R_STRESS_GC) == 0 && used < <u64>reg(R_GC_TRIGGER)) return true;
    if (!fits) setReg(R_FULL_WANTED, 1);
    askCollection();
    return false;
  }
  if (fits) return true;
  noRoom();
  return false;
}

/**
 * The limit is reached or memory cannot grow: a whole collection first, if the last step was not one, then the
 * error.
 */
function noRoom(): void {
  if (reg(R_FULL_DONE) != 0) {
    outOfMemory();
    return;
  }
  setReg(R_FULL_WANTED, 1);
  askCollection();
}

/** What catches the first such error of a run has a little more, so that it can say so. */
export function outOfMemory(): void {
  setReg(R_HEAP_LIMIT, reg(R_HEAP_LIMIT) + reg(R_HEAP_RESERVE));
  setReg(R_HEAP_RESERVE, 0);
  setReg(R_ERROR, load<u32>(reg(R_TRAP_ERRORS) + (TRAP_OUT_OF_MEMORY << 2)));
  setReg(R_PENDING, PENDING_ERROR);
}

// --- chunks ---------------------------------------------------------------------------------------------------------

/** A chunk in use of at least so many bytes (a multiple of 16, header included), or 0 if memory cannot grow. */
export function takeChunk(size: u32): u32 {
  let chunk = findChunk(size);
  if (chunk == 0) {
    sweepLarge(u32.MAX_VALUE);
    chunk = findChunk(size);
    if (chunk == 0 && grow(size)) chunk = findChunk(size);
    if (chunk == 0) {
      sweepEverything();
      chunk = findChunk(size);
    }
    if (chunk == 0) return 0;
  }
  unlink(chunk);
  const whole = load<u32>(chunk);
  const rest = whole - size;
  if (rest >= MIN_SPLIT) {
    store<u32>(chunk, size | IN_USE);
    addFree(chunk + size, rest);
  } else {
    store<u32>(chunk, whole | IN_USE);
    store<u32>(chunk + whole, 0, 4);
  }
  return chunk;
}

/** Gives a chunk back; it joins free neighbours. */
export function releaseChunk(chunk: u32): void {
  let start = chunk;
  let size = load<u32>(chunk) & SIZE_MASK;
  const cursor = reg(R_SWEEP_CURSOR);
  const before = load<u32>(chunk, 4);
  if (before != 0) {
    start -= before;
    unlink(start);
    if (cursor == chunk) setReg(R_SWEEP_CURSOR, start);
    size += before;
  }
  const after = start + size;
  const next = load<u32>(after);
  if ((next & IN_USE) == 0) {
    unlink(after);
    if (cursor == after) setReg(R_SWEEP_CURSOR, start);
    size += next;
  }
  addFree(start, size);
}

/** Makes the chunk free and tells the next one its size. */
function addFree(chunk: u32, size: u32): void {
  store<u32>(chunk, size);
  store<u32>(chunk, 0, 4);
  store<u32>(chunk + size, size, 4);
  const bin = binOf(size);
  const head = load<u32>(BINS + (bin << 2));
  store<u32>(chunk, head, 8);
  store<u32>(chunk, 0, 12);
  if (head != 0) store<u32>(head, chunk, 12);
  store<u32>(BINS + (bin << 2), chunk);
  const word = BIN_MAP + ((bin >> 5) << 2);
  store<u32>(word, load<u32>(word) | (1 << (bin & 31)));
}

function unlink(chunk: u32): void {
  const next = load<u32>(chunk, 8);
  const previous = load<u32>(chunk, 12);
  if (next != 0) store<u32>(next, previous, 12);
  if (previous != 0) {
    store<u32>(previous, next, 8);
    return;
  }
  const bin = binOf(load<u32>(chunk));
  store<u32>(BINS + (bin << 2), next);
  if (next == 0) {
    const word = BIN_MAP + ((bin >> 5) << 2);
    store<u32>(word, load<u32>(word) & ~(1 << (bin & 31)));
  }
}

/** Sizes from 16 up, four bins to a doubling. */
function binOf(size: u32): u32 {
  const log = 31 - clz(size);
  return ((log - 4) << 2) + ((size >> (log - 2)) & 3);
}

/** A free chunk of at least so many bytes, still in its bin. */
function findChunk(size: u32): u32 {
  const bin = binOf(size);
  let chunk = load<u32>(BINS + (bin << 2));
  for (let tries: u32 = 0; chunk != 0 && tries < BIN_TRIES; tries++) {
    if (load<u32>(chunk) >= size) return chunk;
    chunk = load<u32>(chunk, 8);
  }
  // Every chunk in a higher bin is large enough.
  let word = (bin + 1) >> 5;
  let bits = load<u32>(BIN_MAP + (word << 2)) & (<u32>-1 << ((bin + 1) & 31));
  while (bits == 0) {
    if (++word >= (BIN_COUNT + 31) >> 5) break;
    bits = load<u32>(BIN_MAP + (word << 2));
  }
  if (bits != 0) return load<u32>(BINS + (((word << 5) + ctz(bits)) << 2));
  // The rest of the fitting bin, before memory grows.
  while (chunk != 0) {
    if (load<u32>(chunk) >= size) return chunk;
    chunk = load<u32>(chunk, 8);
  }
  return 0;
}

/** Grows the memory so that a chunk of this size fits, generously if it can. */
function grow(size: u32): bool {
  const end = reg(R_HEAP_END);
  const generous = max<u32>(MIN_GROWTH, (end - reg(R_HEAP_START)) >> 3);
  return growBy(end, <u64>size + generous) || growBy(end, <u64>size);
}

function growBy(end: u32, bytes: u64): bool {
  const target = (<u64>end + bytes + 16 + 0xffff) & ~0xffff;
  if (target > 0xffff0000) return false;
  const pages = <i32>((target - <u64>end) >> 16);
  if (memory.grow(pages) < 0) return false;
  setReg(R_HEAP_END, <u32>target);
  // The sentinel becomes the header of the new space.
  const sentinel = end - CHUNK_HEADER;
  store<u32>(<u32>target - CHUNK_HEADER, IN_USE);
  store<u32>(sentinel, (<u32>target - end) | IN_USE);
  releaseChunk(sentinel);
  return true;
}

/**
 * Makes HEAP_START .. HEAP_END one free chunk. HEAP_START is 8 more than a multiple of 16, HEAP_END a multiple of
 * 64 KiB.
 */
export function initChunks(): void {
  const start = reg(R_HEAP_START);
  const sentinel = reg(R_HEAP_END) - CHUNK_HEADER;
  store<u32>(sentinel, IN_USE);
  addFree(start, sentinel - start);
  for (let cls: u32 = 0; cls < CLASS_COUNT; cls++) {
    store<u32>(FREE_LISTS + (cls << 2), 0);
    store<u32>(CLASS_BLOCKS + (cls << 2), 0);
    store<u32>(CLASS_SWEEP + (cls << 2), 0);
    store<u32>(CLASS_PARTIAL + (cls << 2), 0);
  }
}
