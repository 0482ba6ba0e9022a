/**
 * Live ranges: where each virtual register holds a value that is still wanted, with holes.
 *
 * A range is a sorted list of half-open segments of positions (see `lir.ts`), kept flat: start, end, start, end, … Two registers
 * may share a slot exactly if their ranges do not meet. First which registers live across which blocks (`live-across.ts`), then one
 * backward walk a block (Wimmer and Franz, "Linear Scan Register Allocation on SSA Form", section 4.1, without the SSA shortcut). A register
 * that lives across many blocks is not entered into each of them: it stays *open* from one block to the one before it, and
 * gets its segment when it is written or no longer live.
 */
import { type Arrays, FRESH } from '../base/arrays.ts';
import type { LBlock, LBlockId, LFunc, LInst, VReg } from './lir.ts';
import { liveAcross, NEAR } from './live-across.ts';
import { visitInst, visitTerm } from './lir.ts';
import { OpenSegments } from './live-far.ts';

/** Sorted, disjoint, not touching: start, end, start, end, … */
export type Range = readonly number[];

export interface LiveRanges {
  /** By vreg; empty if it is never written or read. */
  readonly ranges: readonly Range[];
  /** Index of each block's first instruction. */
  readonly firstIndex: readonly number[];
}

/** The terminator of a branch reads its operands at an index of its own, after the block's instructions. */
export function blockLength(block: LBlock): number {
  return block.insts.length + 1;
}

/** `near` as in `live-across.ts`: it changes how ranges are found, not what they are. */
export function liveRanges(func: LFunc, arrays: Arrays = FRESH, near = NEAR): LiveRanges {
  const { blocks, kinds } = func;
  const firstIndex: number[] = [];
  let index = 0;
  for (const block of blocks) {
    firstIndex.push(index);
    index += blockLength(block);
  }
  const { liveOut, far, liveIntoHandler } = liveAcross(func, arrays, near);
  const building: number[][] = kinds.map(() => []);

  // Segments are added from high positions to low ones, so each list is reversed in the end: end, start, end, start, …
  const add = (reg: VReg, start: number, end: number): void => {
    const list = building[reg] as number[];
    const lastStart = list[list.length - 1];
    if (lastStart !== undefined && end >= lastStart) {
      list[list.length - 1] = Math.min(lastStart, start);
      if (end > (list[list.length - 2] as number)) list[list.length - 2] = end;
    } else {
      list.push(end, start);
    }
  };
  const open = far === null ? null : new OpenSegments(far, kinds.length, add);
  const use = (reg: VReg, start: number, end: number): void => {
    if (open === null || !open.has(reg)) add(reg, start, end);
  };
  const define = (reg: VReg, at: number, blockStart: number): void => {
    if (open?.has(reg) === true) return open.close(reg, at);
    const list = building[reg] as number[];
    const lastStart = list[list.length - 1];
    // Live from here to a use found before (then its segment began at the block's start), or never read.
    if (lastStart !== undefined && lastStart === blockStart) list[list.length - 1] = at;
    else add(reg, at, at + 1);
  };

  const handlers = func.handlers.size;
  let at = 0;
  let start = 0;
  const write = (reg: VReg): void => define(reg, at + 1, start);
  const read = (reg: VReg): void => use(reg, start, at + 1);
  const nothing = (): void => {};
  for (let b = blocks.length - 1; b >= 0; b--) {
    const block = blocks[b] as LBlock;
    const first = firstIndex[b] as number;
    start = 2 * first;
    const end = 2 * (first + blockLength(block));
    const out = liveOut[b] as readonly VReg[];
    for (let i = 0; i < out.length; i++) add(out[i] as VReg, start, end);
    open?.turn(b, end);
    at = 2 * (first + block.insts.length);
    visitTerm(block, read);
    const handlersSeen = handlers === 0 ? null : new Set<LBlockId>();
    for (let i = block.insts.length - 1; i >= 0; i--) {
      const inst = block.insts[i] as LInst;
      at = 2 * (first + i);
      visitInst(inst, nothing, write);
      visitInst(inst, read, nothing);
      const { keeps } = inst;
      for (let k = 0; k < keeps.length; k++) use(keeps[k] as VReg, start, at + 2);
      // What a handler reads besides its parameters is not written before the block ends: its last thrower says it all.
      if (inst.handler !== null && handlersSeen?.has(inst.handler) === false) {
        handlersSeen.add(inst.handler);
        for (const reg of liveIntoHandler.get(inst.handler) ?? []) use(reg, start, at + 2);
      }
    }
    const handler = func.handlers.get(b as LBlockId);
    if (handler !== undefined) define(handler.error, start, start);
  }
  open?.closeAll();
  return { ranges: building.map((list) => list.reverse()), firstIndex };
}

/** Whether two ranges meet; looks the segments of the shorter one up in the longer one. */
export function rangesMeet(a: Range, b: Range): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  for (let i = 0; i < short.length; i += 2) {
    const at = firstAfter(long, short[i] as number);
    if (at < long.length && (long[at] as number) < (short[i + 1] as number)) return true;
  }
  return false;
}

/** Where the first segment stands that ends after a position. */
function firstAfter(range: Range, position: number): number {
  let low = 0;
  let high = range.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((range[2 * middle + 1] as number) <= position) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}

/** Both together; they must not meet. */
export function joinRanges(a: Range, b: Range): number[] {
  const joined: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && (a[i] as number) < (b[j] as number));
    const start = (fromA ? a[i] : b[j]) as number;
    const end = (fromA ? a[i + 1] : b[j + 1]) as number;
    if (fromA) i += 2;
    else j += 2;
    if (joined.length > 0 && joined[joined.length - 1] === start) joined[joined.length - 1] = end;
    else joined.push(start, end);
  }
  return joined;
}

/** Adds a range to another in place; they must not meet. Costs what the added one holds, and moving what stands behind it. */
export function addRange(to: number[], added: Range): void {
  for (let i = 0; i < added.length; i += 2) {
    const start = added[i] as number;
    const end = added[i + 1] as number;
    const at = firstAfter(to, start);
    const joinsBefore = at > 0 && to[at - 1] === start;
    const joinsBehind = at < to.length && to[at] === end;
    if (joinsBefore && joinsBehind) to.splice(at - 1, 2);
    else if (joinsBefore) to[at - 1] = end;
    else if (joinsBehind) to[at] = start;
    else if (at === to.length) to.push(start, end);
    else to.splice(at, 0, start, end);
  }
}

/** Whether the range covers all of [start, end). */
export function rangeCovers(range: Range, start: number, end: number): boolean {
  for (let i = 0; i < range.length; i += 2) {
    if ((range[i] as number) <= start) {
      if ((range[i + 1] as number) >= end) return true;
    } else {
      return false;
    }
  }
  return false;
}
