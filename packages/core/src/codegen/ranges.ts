/**
 * Live ranges: where each virtual register holds a value that is still wanted, with holes.
 *
 * A range is a sorted list of half-open segments of positions (see `lir.ts`), kept flat: start, end, start, end, … Two registers
 * may share a slot exactly if their ranges do not meet. Backward data flow over the registers that live across blocks, then one
 * backward walk a block (Wimmer and Franz, "Linear Scan Register Allocation on SSA Form", section 4.1, without the SSA shortcut).
 */
import type { LBlock, LBlockId, LFunc, LInst, VReg } from './lir.ts';
import { successors, visitInst } from './lir.ts';

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

export function liveRanges(func: LFunc): LiveRanges {
  const { blocks, kinds } = func;
  const firstIndex: number[] = [];
  let index = 0;
  for (const block of blocks) {
    firstIndex.push(index);
    index += blockLength(block);
  }
  const { liveOut, liveIntoHandler } = solve(func);
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
  const define = (reg: VReg, at: number, blockStart: number): void => {
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
  const read = (reg: VReg): void => add(reg, start, at + 1);
  const nothing = (): void => {};
  for (let b = blocks.length - 1; b >= 0; b--) {
    const block = blocks[b] as LBlock;
    const first = firstIndex[b] as number;
    start = 2 * first;
    const end = 2 * (first + blockLength(block));
    const out = liveOut[b] as readonly VReg[];
    for (let i = 0; i < out.length; i++) add(out[i] as VReg, start, end);
    at = 2 * (first + block.insts.length);
    visitTerm(block, read);
    const handlersSeen = handlers === 0 ? null : new Set<LBlockId>();
    for (let i = block.insts.length - 1; i >= 0; i--) {
      const inst = block.insts[i] as LInst;
      at = 2 * (first + i);
      visitInst(inst, nothing, write);
      visitInst(inst, read, nothing);
      const { keeps } = inst;
      for (let k = 0; k < keeps.length; k++) add(keeps[k] as VReg, start, at + 2);
      // What a handler reads besides its parameters is not written before the block ends: its last thrower says it all.
      if (inst.handler !== null && handlersSeen?.has(inst.handler) === false) {
        handlersSeen.add(inst.handler);
        for (const reg of liveIntoHandler.get(inst.handler) ?? NOBODY) add(reg, start, at + 2);
      }
    }
    const handler = func.handlers.get(b as LBlockId);
    if (handler !== undefined) define(handler.error, start, start);
  }
  return { ranges: building.map((list) => list.reverse()), firstIndex };
}

function visitTerm(block: LBlock, read: (reg: VReg) => void): void {
  if (block.term.kind === 'branch') for (const reg of block.term.test.regs) read(reg);
}

interface Solution {
  /** Registers live at the end of each block. */
  readonly liveOut: readonly (readonly VReg[])[];
  /** Registers a handler reads that are not its parameters. */
  readonly liveIntoHandler: ReadonlyMap<LBlockId, readonly VReg[]>;
}

const NOBODY: readonly VReg[] = [];

/**
 * For each register that some block reads before it writes it: backward from these blocks to those that write it (path exploration,
 * as in `analysis/liveness.ts`, for code that is no longer SSA). The work is the size of the result.
 */
function solve(func: LFunc): Solution {
  const { blocks, handlers } = func;
  const count = blocks.length;
  if (count === 1) return { liveOut: [NOBODY], liveIntoHandler: new Map() };
  const local = localUses(func);
  const preds = predecessors(blocks);
  const throwers = throwersOf(func);

  const { names } = local;
  const liveOut: VReg[][] = blocks.map(() => []);
  const intoHandler = new Map<LBlockId, VReg[]>();
  for (const id of handlers.keys()) intoHandler.set(id, []);
  const inMark = new Int32Array(count).fill(-1);
  const outMark = new Int32Array(count).fill(-1);
  const writes = new Int32Array(count).fill(-1);
  const open: number[] = [];
  for (let g = 0; g < names.length; g++) {
    const reg = names[g] as VReg;
    for (const b of local.writers[g] as number[]) writes[b] = g;
    for (const b of local.readers[g] as number[]) open.push(b);
    for (let b = open.pop(); b !== undefined; b = open.pop()) {
      if (inMark[b] === g) continue;
      inMark[b] = g;
      for (let e = preds.start[b] as number; e < (preds.start[b + 1] as number); e++) {
        const pred = preds.blocks[e] as number;
        if (outMark[pred] !== g) {
          outMark[pred] = g;
          (liveOut[pred] as VReg[]).push(reg);
        }
        if (writes[pred] !== g) open.push(pred);
      }
      // An error leaves the block at the top: whatever the handler reads is live there.
      const handler = handlers.get(b as LBlockId);
      if (handler === undefined || handler.params.has(reg)) continue;
      intoHandler.get(b as LBlockId)?.push(reg);
      for (const from of throwers.get(b as LBlockId) ?? []) open.push(from);
    }
  }
  return { liveOut, liveIntoHandler: intoHandler };
}

interface LocalUses {
  /** Registers that some block reads before it writes them. */
  readonly names: readonly VReg[];
  /** By place in `names`: the blocks that do so, and those that write the register. */
  readonly readers: readonly (readonly number[])[];
  readonly writers: readonly (readonly number[])[];
}

function localUses(func: LFunc): LocalUses {
  const { blocks, kinds, handlers } = func;
  /** By register: one more than its place in `names`, 0 if it has none. */
  const places = new Int32Array(kinds.length);
  /** By register: one more than the block that was last seen to write it, or to read it before. */
  const written = new Int32Array(kinds.length);
  const exposed = new Int32Array(kinds.length);
  const names: VReg[] = [];
  const readers: number[][] = [];
  let here = 0;
  const read = (reg: VReg): void => {
    if (written[reg] === here + 1 || exposed[reg] === here + 1) return;
    exposed[reg] = here + 1;
    const place = places[reg] as number;
    if (place === 0) {
      names.push(reg);
      readers.push([here]);
      places[reg] = names.length;
    } else (readers[place - 1] as number[]).push(here);
  };
  const write = (reg: VReg): void => {
    written[reg] = here + 1;
  };
  for (here = 0; here < blocks.length; here++) {
    const block = blocks[here] as LBlock;
    const handler = handlers.get(here as LBlockId);
    if (handler !== undefined) write(handler.error);
    const { insts } = block;
    for (let i = 0; i < insts.length; i++) {
      const inst = insts[i] as LInst;
      const { keeps } = inst;
      for (let k = 0; k < keeps.length; k++) read(keeps[k] as VReg);
      visitInst(inst, read, write);
    }
    visitTerm(block, read);
  }
  const writers: number[][] = names.map(() => []);
  const noteWriter = (reg: VReg): void => {
    const place = places[reg] as number;
    if (place === 0) return;
    const list = writers[place - 1] as number[];
    if (list[list.length - 1] !== here) list.push(here);
  };
  const ignore = (): void => {};
  for (here = 0; here < blocks.length; here++) {
    const handler = handlers.get(here as LBlockId);
    if (handler !== undefined) noteWriter(handler.error);
    const { insts } = blocks[here] as LBlock;
    for (let i = 0; i < insts.length; i++) visitInst(insts[i] as LInst, ignore, noteWriter);
  }
  return { names, readers, writers };
}

function predecessors(blocks: readonly LBlock[]): { readonly start: Int32Array; readonly blocks: Int32Array } {
  const start = new Int32Array(blocks.length + 2);
  let edges = 0;
  for (const block of blocks) {
    for (const to of successors(block)) {
      start[to + 2] = (start[to + 2] as number) + 1;
      edges += 1;
    }
  }
  for (let b = 2; b < start.length; b++) start[b] = (start[b] as number) + (start[b - 1] as number);
  const preds = new Int32Array(edges);
  for (let b = 0; b < blocks.length; b++) {
    for (const to of successors(blocks[b] as LBlock)) {
      const at = start[to + 1] as number;
      preds[at] = b;
      start[to + 1] = at + 1;
    }
  }
  return { start, blocks: preds };
}

/** By handler: the blocks that throw to it. */
function throwersOf(func: LFunc): ReadonlyMap<LBlockId, readonly number[]> {
  const throwers = new Map<LBlockId, number[]>();
  if (func.handlers.size === 0) return throwers;
  for (let b = 0; b < func.blocks.length; b++) {
    for (const { handler } of (func.blocks[b] as LBlock).insts) {
      if (handler === null) continue;
      const list = throwers.get(handler);
      if (list === undefined) throwers.set(handler, [b]);
      else if (list[list.length - 1] !== b) list.push(b);
    }
  }
  return throwers;
}

/** Whether two ranges meet; looks the segments of the shorter one up in the longer one. */
export function rangesMeet(a: Range, b: Range): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  for (let i = 0; i < short.length; i += 2) {
    const start = short[i] as number;
    const end = short[i + 1] as number;
    // First segment of `long` that ends after `start`.
    let low = 0;
    let high = long.length >> 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((long[2 * middle + 1] as number) <= start) low = middle + 1;
      else high = middle;
    }
    if (2 * low < long.length && (long[2 * low] as number) < end) return true;
  }
  return false;
}

/** Both together; they must not meet. */
export function joinRanges(a: Range, b: Range): Range {
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
