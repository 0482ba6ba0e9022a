/**
 * Which registers live across which blocks.
 *
 * For each register that some block reads before it writes it: backward from these blocks to those that write it (path exploration,
 * as in `analysis/liveness.ts`, for code that is no longer SSA). That costs as much as the result is large. A register that lives across
 * many blocks is given up there: all of these *far* ones together are solved as rows of bits, one row a block, by data flow.
 */
import type { LBlock, LBlockId, LFunc, LInst, VReg } from './lir.ts';
import { successors, visitInst, visitTerm } from './lir.ts';

export interface LiveAcross {
  /** Registers live at the end of each block, but for the far ones. */
  readonly liveOut: readonly (readonly VReg[])[];
  readonly far: FarRows | null;
  /** Registers a handler reads that are not its parameters. */
  readonly liveIntoHandler: ReadonlyMap<LBlockId, readonly VReg[]>;
}

export interface FarRows {
  readonly names: readonly VReg[];
  /** Length of a row. Bit g is for `names[g]`. */
  readonly words: number;
  /** A row for each block: what lives at its end. */
  readonly liveOut: Int32Array;
}

/** A register that lives across more blocks is far. */
export const NEAR = 96;

export function liveAcross(func: LFunc, near = NEAR): LiveAcross {
  const { blocks, handlers } = func;
  const count = blocks.length;
  if (count === 1) return { liveOut: [[]], far: null, liveIntoHandler: new Map() };
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
  const met: number[] = [];
  const left: number[] = [];
  const far: number[] = [];
  for (let g = 0; g < names.length; g++) {
    const reg = names[g] as VReg;
    for (const b of local.writers[g] as number[]) writes[b] = g;
    for (const b of local.readers[g] as number[]) open.push(b);
    met.length = 0;
    left.length = 0;
    for (let b = open.pop(); b !== undefined && left.length <= near; b = open.pop()) {
      if (inMark[b] === g) continue;
      inMark[b] = g;
      met.push(b);
      for (let e = preds.start[b] as number; e < (preds.start[b + 1] as number); e++) {
        const pred = preds.blocks[e] as number;
        if (outMark[pred] !== g) {
          outMark[pred] = g;
          left.push(pred);
        }
        if (writes[pred] !== g) open.push(pred);
      }
      // An error leaves the block at the top: whatever the handler reads is live there.
      if (handlers.get(b as LBlockId)?.params.has(reg) === false) {
        for (const from of throwers.get(b as LBlockId) ?? []) open.push(from);
      }
    }
    if (left.length > near) {
      open.length = 0;
      far.push(g);
      continue;
    }
    for (let i = 0; i < left.length; i++) (liveOut[left[i] as number] as VReg[]).push(reg);
    if (handlers.size === 0) continue;
    for (const b of met) {
      if (handlers.get(b as LBlockId)?.params.has(reg) === false) intoHandler.get(b as LBlockId)?.push(reg);
    }
  }
  const rows = far.length === 0 ? null : farRows(func, local, far, intoHandler);
  return { liveOut, far: rows, liveIntoHandler: intoHandler };
}

/** Backward data flow over the registers at those places of `local.names`. */
function farRows(
  { blocks, handlers }: LFunc,
  local: LocalUses,
  far: readonly number[],
  intoHandler: ReadonlyMap<LBlockId, VReg[]>,
): FarRows {
  const names = far.map((g) => local.names[g] as VReg);
  const words = (names.length + 31) >> 5;
  const liveIn = new Int32Array(blocks.length * words);
  const liveOut = new Int32Array(blocks.length * words);
  const written = new Int32Array(blocks.length * words);
  const mark = (rows: Int32Array, block: number, place: number): void => {
    const at = block * words + (place >> 5);
    rows[at] = (rows[at] as number) | (1 << (place & 31));
  };
  const place = new Map<VReg, number>();
  for (let i = 0; i < far.length; i++) {
    place.set(names[i] as VReg, i);
    for (const b of local.readers[far[i] as number] as number[]) mark(liveIn, b, i);
    for (const b of local.writers[far[i] as number] as number[]) mark(written, b, i);
  }
  /** By handler: a row that its parameters are missing from. */
  const passing = new Map<LBlockId, Int32Array>();
  for (const [id, { params }] of handlers) {
    const row = new Int32Array(words).fill(-1);
    for (const param of params) {
      const at = place.get(param);
      if (at !== undefined) row[at >> 5] = (row[at >> 5] as number) & ~(1 << (at & 31));
    }
    passing.set(id, row);
  }
  const targets = blocks.map((block) => successors(block));
  const throwsTo =
    handlers.size === 0 ? [] : blocks.map(({ insts }) => [...new Set(insts.map(({ handler }) => handler))]);
  for (let changed = true; changed; ) {
    changed = false;
    for (let b = blocks.length - 1; b >= 0; b--) {
      const row = b * words;
      for (const to of targets[b] as readonly LBlockId[]) {
        for (let w = 0; w < words; w++) {
          liveOut[row + w] = (liveOut[row + w] as number) | (liveIn[to * words + w] as number);
        }
      }
      for (let w = 0; w < words; w++) {
        const old = liveIn[row + w] as number;
        let now = old | ((liveOut[row + w] as number) & ~(written[row + w] as number));
        for (const handler of throwsTo[b] ?? []) {
          if (handler === null) continue;
          now |= (liveIn[handler * words + w] as number) & ((passing.get(handler) as Int32Array)[w] as number);
        }
        if (now === old) continue;
        liveIn[row + w] = now;
        changed = true;
      }
    }
  }
  for (const [id, { params }] of handlers) {
    for (let i = 0; i < names.length; i++) {
      const reg = names[i] as VReg;
      const lives = ((liveIn[id * words + (i >> 5)] as number) & (1 << (i & 31))) !== 0;
      if (lives && !params.has(reg)) intoHandler.get(id)?.push(reg);
    }
  }
  return { names, words, liveOut };
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
