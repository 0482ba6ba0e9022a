/**
 * Which registers live across which blocks.
 *
 * For each register that some block reads before it writes it: backward from these blocks to those that write it (path exploration,
 * as in `analysis/liveness.ts`, for code that is no longer SSA). That costs as much as the result is large. A register that lives across
 * many blocks is given up there: see `live-far.ts`.
 */
import type { Arrays } from '../base/arrays.ts';
import type { LBlock, LBlockId, LFunc, VReg } from './lir.ts';
import { successors } from './lir.ts';
import { type FarRows, farRows } from './live-far.ts';
import { localUses } from './local-uses.ts';

export interface LiveAcross {
  /** Registers live at the end of each block, but for the far ones. */
  readonly liveOut: readonly (readonly VReg[])[];
  readonly far: FarRows | null;
  /** Registers a handler reads that are not its parameters. */
  readonly liveIntoHandler: ReadonlyMap<LBlockId, readonly VReg[]>;
}

/** A register that lives across more blocks is far. */
export const NEAR = 96;

export function liveAcross(func: LFunc, arrays: Arrays, near: number): LiveAcross {
  const { blocks, handlers } = func;
  const count = blocks.length;
  if (count === 1) return { liveOut: [[]], far: null, liveIntoHandler: new Map() };
  const local = localUses(func, arrays);
  const preds = predecessors(blocks, arrays);
  const throwers = throwersOf(func);

  const { names } = local;
  const liveOut: VReg[][] = blocks.map(() => []);
  const intoHandler = new Map<LBlockId, VReg[]>();
  for (const id of handlers.keys()) intoHandler.set(id, []);
  const inMark = arrays.i32(count, -1);
  const outMark = arrays.i32(count, -1);
  const writes = arrays.i32(count, -1);
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

function predecessors(
  blocks: readonly LBlock[],
  arrays: Arrays,
): { readonly start: Int32Array; readonly blocks: Int32Array } {
  const start = arrays.i32(blocks.length + 2);
  let edges = 0;
  for (const block of blocks) {
    for (const to of successors(block)) {
      start[to + 2] = (start[to + 2] as number) + 1;
      edges += 1;
    }
  }
  for (let b = 2; b < start.length; b++) start[b] = (start[b] as number) + (start[b - 1] as number);
  const preds = arrays.i32(edges);
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
