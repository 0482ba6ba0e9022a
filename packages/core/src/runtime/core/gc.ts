// The collector: precise, non-moving, incremental mark and lazy sweep.
//
// gc byte of an object: 0 white, 1 marked (black, or grey and on the mark stack), 2 marked but not traced because the
// mark stack was full; bit 7 belongs to whoever walks data and is zero between instructions. Everything below HEAP_BASE
// is permanently marked.
//
// A cycle: mark the roots, then trace in steps paid by allocation (each time so many bytes were taken, the next
// allocation asks for a step), at the end mark the roots again and finish at once; then free lists are emptied and
// blocks are swept when their class needs cells. Live data is never lost, because while marking
//   - a reference stored into a heap object is marked by the barrier (incremental update, Dijkstra et al.), so no traced object
//     ever holds a white one;
//   - frames, module variables and VM registers are stored to without a barrier, but marked again before the cycle ends;
//   - objects are allocated white, hold no white object unseen that way, and are found from the roots like others.
// All blocks are swept before the next cycle, so that every gc byte is 0 when it begins.
import {
  accounted, BLOCK_BYTES, BLOCK_CELLS, BLOCK_CLASS, BLOCK_COUNT, BLOCK_FREE, BLOCK_NEXT, BLOCK_PARTIAL, CHUNK_HEADER,
  classBytes, initChunks, OBJECT, releaseChunk, SIZE_MASK, storeFree, sweepNext, takeChunk,
} from './alloc';
import {
  ARRAY_BUFFER, ARRAY_SIZE, BUFFER_HEADER, CLASS_BLOCKS, CLASS_COUNT, CLASS_PARTIAL, CLASS_SWEEP, FIELD_KIND,
  FIELD_SIZE, FRAME_CALLER_FP, FRAME_CLOSURE, FRAME_FUNC, FRAME_RETURN_PC, FREE_LISTS, FUNC_CAPTURE_KINDS,
  FUNC_CAPTURES, FUNC_CLOSURE, FUNC_INFO_SIZE, FUNC_SAFEPOINT_COUNT, FUNC_SAFEPOINTS, KIND_ANY, KIND_REF,
  LAYOUT_ARRAY, LAYOUT_BOX, LAYOUT_BUFFER_ANY, LAYOUT_BUFFER_RAW, LAYOUT_BUFFER_REF, LAYOUT_CELL_ANY, LAYOUT_CELL_RAW,
  LAYOUT_CELL_REF, LAYOUT_CLOSURE, LAYOUT_ENUM, LAYOUT_ERROR, LAYOUT_ITERATOR, LAYOUT_RANGE, LAYOUT_ROPE,
  LAYOUT_STRING, LAYOUT_STRUCT, R_ALLOC_BYTES, R_COLLECTIONS, R_ERROR, R_FP, R_FULL_DONE, R_FULL_WANTED, R_FUNC_COUNT,
  R_FUNC_TABLE, R_GC_PHASE, R_GC_TRIGGER, R_GLOBAL_COUNT, R_GLOBAL_KINDS, R_GLOBALS, R_HEAP_BASE, R_HEAP_END,
  R_HEAP_LIMIT, R_HEAP_START, R_LIVE_BYTES, R_MARK_CAPACITY, R_MARK_OVERFLOW, R_MARK_STACK, R_MARK_TOP, R_OUT_OBJECT,
  R_PC, R_POISON, R_SORT_RESULT, R_SORT_SCRATCH, R_SORT_SOURCE, R_STACK_BASE, R_STRESS_GC, R_SWEEP_CURSOR,
  SAFEPOINT_MAP, SAFEPOINT_SIZE, SLOTS, STRING_HEADER, TYPE_COUNT, TYPE_MEMBERS,
  TYPE_TRACED, VARIANT_COUNT, VARIANT_FIELDS, VARIANT_TRACED,
} from './layout';
import { host_collecting } from './host';
import { bufferBytes } from './objects';
import { typeInfo, variantInfo } from './parts';
import { reg, setReg } from './vm';

/**
 * A collection begins when this much is in use: what fits the caches of processors, so that cells are still there when they are used
 * again. Or eight times what the last one looked at, frames included, up to a few MiB, and three times what it left beyond.
 */
const MIN_TRIGGER: u32 = 768 << 10;
const FEW_MIB: u32 = 8 << 20;
const MIN_ROOM: u32 = 1 << 20;
/** Bytes allocated between two steps of marking, and slots looked at in each. */
const STEP_BYTES: u32 = 128 << 10;
const STEP_SLOTS: i32 = 64 << 10;
/** Slots of a buffer that are traced at a time; the rest waits on the mark stack. */
const PIECE: u32 = 256;
const FIRST_MARK_STACK: u32 = 64 << 10;
const POISON_BYTE: u8 = 0xdb;

// --- the interface --------------------------------------------------------------------------------------------------

/** Whether a collection or a step of one is due, for places that allocate without asking. */
export function gc_wanted(): u32 {
  return <u32>(reg(R_STRESS_GC) != 0 || reg(R_ALLOC_BYTES) >= min(reg(R_GC_TRIGGER), reg(R_HEAP_LIMIT)));
}

/** What an allocation asked for: a piece of marking, or a whole collection if the limit or STRESS_GC is the reason. */
export function gc_step(): void {
  host_collecting(1);
  step();
  host_collecting(0);
}

function step(): void {
  if (reg(R_FULL_WANTED) != 0 || reg(R_STRESS_GC) != 0 || reg(R_ALLOC_BYTES) >= reg(R_HEAP_LIMIT)) {
    gc_collect();
    return;
  }
  setReg(R_FULL_DONE, 0);
  if (reg(R_GC_PHASE) == 0) beginCycle();
  if (drain(STEP_SLOTS)) endCycle();
  else setReg(R_GC_TRIGGER, addClamped(reg(R_ALLOC_BYTES), STEP_BYTES));
}

/** A whole collection: afterwards ALLOC_BYTES is exactly what is reachable. */
export function gc_collect(): void {
  if (reg(R_GC_PHASE) != 0) {
    // What died since this cycle began would survive it.
    drain(i32.MAX_VALUE);
    endCycle();
  }
  beginCycle();
  endCycle();
  setReg(R_FULL_WANTED, 0);
  setReg(R_FULL_DONE, 1);
  if (reg(R_POISON) != 0) sweepEverything();
}

/**
 * Cold part of the store barrier: `word` (any word, or a zero-extended reference) was stored into a heap object
 * while marking.
 */
export function gc_barrier(object: u32, word: u64): void {
  markWord(word);
}

/** The barrier for stores that the core makes. */
// @ts-ignore: decorator
@inline
export function barrier(word: u64): void {
  if (load<u32>(R_GC_PHASE) != 0) markWord(word);
}

export function initCollector(): void {
  initChunks();
  setReg(R_GC_PHASE, 0);
  setReg(R_SWEEP_CURSOR, 0);
  setReg(R_MARK_STACK, 0);
  setReg(R_MARK_TOP, 0);
  setReg(R_MARK_CAPACITY, 0);
  setReg(R_MARK_OVERFLOW, 0);
  setReg(R_ALLOC_BYTES, 0);
  setReg(R_LIVE_BYTES, 0);
  setReg(R_COLLECTIONS, 0);
  setReg(R_FULL_WANTED, 0);
  setReg(R_FULL_DONE, 0);
  setReg(R_GC_TRIGGER, MIN_TRIGGER);
}

// --- the cycle ------------------------------------------------------------------------------------------------------

function beginCycle(): void {
  sweepEverything();
  if (reg(R_MARK_STACK) == 0) growMarkStack();
  setReg(R_LIVE_BYTES, 0);
  setReg(R_GC_PHASE, 1);
  markRoots();
}

function endCycle(): void {
  markRoots();
  do {
    drain(i32.MAX_VALUE);
  } while (rescan());
  setReg(R_GC_PHASE, 0);
  for (let cls: u32 = 0; cls < CLASS_COUNT; cls++) {
    const at = cls << 2;
    store<u32>(FREE_LISTS + at, 0);
    store<u32>(CLASS_PARTIAL + at, 0);
    store<u32>(CLASS_SWEEP + at, load<u32>(CLASS_BLOCKS + at) != 0 ? CLASS_BLOCKS + at : 0);
  }
  setReg(R_SWEEP_CURSOR, reg(R_HEAP_START));
  const live = reg(R_LIVE_BYTES);
  setReg(R_ALLOC_BYTES, live);
  setReg(R_COLLECTIONS, reg(R_COLLECTIONS) + 1);
  setReg(R_GC_TRIGGER, nextTrigger(live));
}

/**
 * Some times what is live, but half-way to the limit if that is nearer, so that marking is done before the limit
 * forces it.
 */
function nextTrigger(live: u32): u32 {
  const fp = reg(R_FP);
  const base = reg(R_STACK_BASE);
  const seen = addClamped(live, fp > base ? fp - base : 0);
  const some = max<u32>(MIN_TRIGGER, seen < FEW_MIB >> 3 ? seen << 3 : FEW_MIB);
  const wanted = max<u32>(some, addClamped(live, addClamped(live, live)));
  const limit = reg(R_HEAP_LIMIT);
  const room = limit > live ? limit - live : 0;
  return min<u32>(wanted, addClamped(live, max<u32>(room >> 1, MIN_ROOM)));
}

function addClamped(a: u32, b: u32): u32 {
  const sum = a + b;
  return sum < a ? u32.MAX_VALUE : sum;
}

// --- roots ----------------------------------------------------------------------------------------------------------

function markRoots(): void {
  mark(reg(R_ERROR));
  mark(reg(R_OUT_OBJECT));
  mark(reg(R_SORT_SOURCE));
  mark(reg(R_SORT_RESULT));
  mark(reg(R_SORT_SCRATCH));
  const globals = reg(R_GLOBALS);
  const kinds = reg(R_GLOBAL_KINDS);
  for (let i: u32 = 0, n = reg(R_GLOBAL_COUNT); i < n; i++) {
    const kind = <u32>load<u8>(kinds + i);
    if (kind == KIND_REF || kind == KIND_ANY) markWord(load<u64>(globals + (i << 3)));
  }
  const funcs = reg(R_FUNC_TABLE);
  for (let i: u32 = 0, n = reg(R_FUNC_COUNT); i < n; i++) mark(load<u32>(funcs + i * FUNC_INFO_SIZE + FUNC_CLOSURE));
  let frame = reg(R_FP);
  let pc = reg(R_PC);
  while (frame != 0) {
    markFrame(frame, pc);
    // bit 0 tells where a run of the interpreter ends
    const back = load<u32>(frame + FRAME_RETURN_PC) & ~1;
    if (back == 0) break;
    pc = back - 4;
    frame = load<u32>(frame + FRAME_CALLER_FP);
  }
}

function markFrame(frame: u32, pc: u32): void {
  mark(load<u32>(frame + FRAME_CLOSURE));
  const func = reg(R_FUNC_TABLE) + load<u32>(frame + FRAME_FUNC) * FUNC_INFO_SIZE;
  const map = safepoint(func, pc);
  const count = <u32>load<u16>(map);
  for (let i: u32 = 0; i < count; i++) {
    const slot = <u32>load<u16>(map + 2 + (i << 1)) & 0x7fff;
    markWord(load<u64>(frame + (slot << 3)));
  }
}

/** The map of the safepoint with this pc. A frame without one would lose references: that is never passed over. */
function safepoint(func: u32, pc: u32): u32 {
  const table = load<u32>(func + FUNC_SAFEPOINTS);
  let low: u32 = 0;
  let high = load<u32>(func + FUNC_SAFEPOINT_COUNT);
  while (low < high) {
    const middle = (low + high) >> 1;
    const entry = table + middle * SAFEPOINT_SIZE;
    const at = load<u32>(entry);
    if (at == pc) return load<u32>(entry + SAFEPOINT_MAP);
    if (at < pc) low = middle + 1;
    else high = middle;
  }
  unreachable();
  return 0;
}

// --- marking --------------------------------------------------------------------------------------------------------

// @ts-ignore: decorator
@inline
function markWord(word: u64): void {
  if (word >> 48 == 0) mark(<u32>word);
}

/** Marks an object; one that holds references waits on the mark stack for being traced. */
// @ts-ignore: decorator
@inline
function mark(object: u32): void {
  if (object < reg(R_HEAP_BASE)) return;
  const gc = <u32>load<u8>(object);
  if ((gc & 3) == 0) markWhite(object, gc);
}

function markWhite(object: u32, gc: u32): void {
  store<u8>(object, gc | 1);
  switch (<u32>load<u8>(object, 1)) {
    case LAYOUT_STRING:
      count(STRING_HEADER + load<u32>(object, 4));
      return;
    case LAYOUT_BUFFER_RAW:
      count(bufferBytes(object));
      return;
    case LAYOUT_CELL_RAW:
    case LAYOUT_BOX:
      count(16);
      return;
    case LAYOUT_RANGE:
      count(32);
      return;
    case LAYOUT_BUFFER_REF:
    case LAYOUT_BUFFER_ANY:
      count(bufferBytes(object));
      break;
    case LAYOUT_STRUCT: {
      const info = typeInfo(object);
      if (load<u32>(info, TYPE_TRACED) != 0) break;
      count(SLOTS + (load<u32>(info, TYPE_COUNT) << 3));
      return;
    }
    case LAYOUT_ENUM: {
      const variant = variantInfo(object);
      if (load<u32>(variant, VARIANT_TRACED) != 0) break;
      count(SLOTS + (load<u32>(variant, VARIANT_COUNT) << 3));
      return;
    }
    default:
      break;
  }
  push(object, 0);
}

// @ts-ignore: decorator
@inline
function count(bytes: u32): void {
  setReg(R_LIVE_BYTES, reg(R_LIVE_BYTES) + accounted(bytes));
}

/** Entries are 8 bytes: an object and, for a buffer, the first slot that has not been traced. */
function push(object: u32, from: u32): void {
  if (reg(R_MARK_TOP) >= reg(R_MARK_STACK) + reg(R_MARK_CAPACITY) && !growMarkStack()) {
    store<u8>(object, (load<u8>(object) & 0x80) | 2);
    setReg(R_MARK_OVERFLOW, 1);
    return;
  }
  const top = reg(R_MARK_TOP);
  store<u32>(top, object);
  store<u32>(top, from, 4);
  setReg(R_MARK_TOP, top + 8);
}

function growMarkStack(): bool {
  const old = reg(R_MARK_STACK);
  const used = reg(R_MARK_TOP) - old;
  const capacity = old == 0 ? FIRST_MARK_STACK : reg(R_MARK_CAPACITY) << 1;
  const chunk = takeChunk(capacity + 16);
  if (chunk == 0) return false;
  const stack = chunk + CHUNK_HEADER;
  if (old != 0) {
    memory.copy(stack, old, used);
    releaseChunk(old - CHUNK_HEADER);
  }
  setReg(R_MARK_STACK, stack);
  setReg(R_MARK_TOP, stack + used);
  setReg(R_MARK_CAPACITY, capacity);
  return true;
}

/** Traces until the mark stack is empty (true) or so many slots have been looked at. */
function drain(budget: i32): bool {
  let left = budget;
  while (true) {
    const top = reg(R_MARK_TOP);
    if (top == reg(R_MARK_STACK)) return true;
    if (left <= 0) return false;
    setReg(R_MARK_TOP, top - 8);
    left -= <i32>trace(load<u32>(top - 8), load<u32>(top - 4));
  }
}

/** Marks what an object refers to; gives the number of slots looked at. */
function trace(object: u32, from: u32): u32 {
  switch (<u32>load<u8>(object, 1)) {
    case LAYOUT_ROPE:
      count(16);
      mark(load<u32>(object, 8));
      mark(load<u32>(object, 12));
      return 2;
    case LAYOUT_ARRAY:
      count(ARRAY_SIZE);
      mark(load<u32>(object, ARRAY_BUFFER));
      return 2;
    case LAYOUT_BUFFER_REF: {
      const end = pieceEnd(object, from);
      for (let i = from; i < end; i++) mark(load<u32>(object + BUFFER_HEADER + (i << 2)));
      return end - from + 1;
    }
    case LAYOUT_BUFFER_ANY: {
      const end = pieceEnd(object, from);
      for (let i = from; i < end; i++) markWord(load<u64>(object + BUFFER_HEADER + (i << 3)));
      return end - from + 1;
    }
    case LAYOUT_STRUCT: {
      const info = typeInfo(object);
      const slots = load<u32>(info, TYPE_TRACED);
      count(SLOTS + (load<u32>(info, TYPE_COUNT) << 3));
      markFields(object, load<u32>(info, TYPE_MEMBERS), slots);
      return slots + 1;
    }
    case LAYOUT_ENUM: {
      const variant = variantInfo(object);
      const slots = load<u32>(variant, VARIANT_TRACED);
      count(SLOTS + (load<u32>(variant, VARIANT_COUNT) << 3));
      markFields(object, load<u32>(variant, VARIANT_FIELDS), slots);
      return slots + 1;
    }
    case LAYOUT_CLOSURE: {
      const info = reg(R_FUNC_TABLE) + load<u32>(object, 4) * FUNC_INFO_SIZE;
      const slots = <u32>load<u16>(info + FUNC_CAPTURES);
      const kinds = load<u32>(info + FUNC_CAPTURE_KINDS);
      count(SLOTS + (slots << 3));
      for (let i: u32 = 0; i < slots; i++) markSlot(<u32>load<u8>(kinds + i), object + SLOTS + (i << 3));
      return slots + 1;
    }
    case LAYOUT_CELL_REF:
    case LAYOUT_CELL_ANY:
      count(16);
      markWord(load<u64>(object, 8));
      return 1;
    case LAYOUT_ERROR:
      count(16);
      mark(load<u32>(object, 8));
      return 1;
    case LAYOUT_ITERATOR:
      count(24);
      markWord(load<u64>(object, 16));
      return 1;
    default:
      // No object has another layout: memory is corrupt.
      unreachable();
      return 0;
  }
}

/** Where tracing a buffer stops for now; what is left waits on the stack. */
function pieceEnd(buffer: u32, from: u32): u32 {
  const capacity = load<u32>(buffer, 4);
  if (capacity - from <= PIECE) return capacity;
  push(buffer, from + PIECE);
  return from + PIECE;
}

function markFields(object: u32, fields: u32, slots: u32): void {
  for (let i: u32 = 0; i < slots; i++) {
    markSlot(<u32>load<u8>(fields + i * FIELD_SIZE + FIELD_KIND), object + SLOTS + (i << 3));
  }
}

// @ts-ignore: decorator
@inline
function markSlot(kind: u32, slot: u32): void {
  if (kind == KIND_REF || kind == KIND_ANY) markWord(load<u64>(slot));
}

/** After the mark stack overflowed: traces every object that could not be pushed. False if there was none. */
function rescan(): bool {
  if (reg(R_MARK_OVERFLOW) == 0) return false;
  setReg(R_MARK_OVERFLOW, 0);
  const end = reg(R_HEAP_END) - CHUNK_HEADER;
  for (let chunk = reg(R_HEAP_START); chunk < end; chunk += load<u32>(chunk) & SIZE_MASK) {
    if ((load<u32>(chunk) & OBJECT) != 0) retrace(chunk + CHUNK_HEADER);
  }
  for (let cls: u32 = 0; cls < CLASS_COUNT; cls++) {
    const size = classBytes(cls);
    for (let block = load<u32>(CLASS_BLOCKS + (cls << 2)); block != 0; block = load<u32>(block, BLOCK_NEXT)) {
      const last = block + BLOCK_BYTES - size;
      for (let cell = block + BLOCK_CELLS; cell <= last; cell += size) retrace(cell);
    }
  }
  return true;
}

function retrace(object: u32): void {
  const gc = load<u8>(object);
  if ((gc & 3) != 2 || load<u8>(object, 1) == 0) return;
  store<u8>(object, (gc & 0x80) | 1);
  trace(object, 0);
  drain(i32.MAX_VALUE);
}

// --- sweeping -------------------------------------------------------------------------------------------------------

/** Frees the white cells of a block and whitens the others; gives the number of those. The free list ascends. */
export function sweepBlock(block: u32): u32 {
  const size = classBytes(load<u32>(block, BLOCK_CLASS));
  const first = block + BLOCK_CELLS;
  let live: u32 = 0;
  let freed: u32 = 0;
  let next: u32 = 0;
  for (let cell = first + ((BLOCK_BYTES - BLOCK_CELLS) / size - 1) * size; cell >= first; cell -= size) {
    if ((load<u8>(cell) & 3) != 0) {
      store<u8>(cell, 0);
      live++;
    } else {
      storeFree(cell, next);
      next = cell;
      freed++;
    }
  }
  store<u32>(block, next, BLOCK_FREE);
  store<u32>(block, freed, BLOCK_COUNT);
  if (reg(R_POISON) != 0) {
    for (let cell = next; cell != 0; cell = load<u32>(cell, 4)) memory.fill(cell + 8, POISON_BYTE, size - 8);
  }
  return live;
}

/** Looks at so many more chunks and frees those that hold an unmarked object. */
export function sweepLarge(chunks: u32): void {
  let left = chunks;
  const end = reg(R_HEAP_END) - CHUNK_HEADER;
  while (true) {
    const chunk = reg(R_SWEEP_CURSOR);
    if (chunk == 0) return;
    if (chunk >= end) {
      setReg(R_SWEEP_CURSOR, 0);
      return;
    }
    if (left == 0) return;
    left--;
    const word = load<u32>(chunk);
    setReg(R_SWEEP_CURSOR, chunk + (word & SIZE_MASK));
    if ((word & OBJECT) == 0) continue;
    const object = chunk + CHUNK_HEADER;
    if ((load<u8>(object) & 3) != 0) {
      store<u8>(object, 0);
    } else {
      if (reg(R_POISON) != 0) memory.fill(object, POISON_BYTE, (word & SIZE_MASK) - CHUNK_HEADER);
      releaseChunk(chunk);
    }
  }
}

/** Finishes sweeping. */
export function sweepEverything(): void {
  sweepLarge(u32.MAX_VALUE);
  for (let cls: u32 = 0; cls < CLASS_COUNT; cls++) {
    const partial = CLASS_PARTIAL + (cls << 2);
    while (load<u32>(CLASS_SWEEP + (cls << 2)) != 0) {
      const block = sweepNext(cls, false);
      if (block == 0) continue;
      store<u32>(block, load<u32>(partial), BLOCK_PARTIAL);
      store<u32>(partial, block);
    }
  }
}
