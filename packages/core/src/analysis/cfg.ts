/**
 * The control-flow graph of a function in dense form: blocks by position in reverse postorder, edges in flat arrays.
 *
 * Passes work with positions; block ids appear only at their borders. Unreachable blocks have no position. A block that throws to
 * a handler from several instructions has one exceptional edge to it here.
 */
import { type Arrays, FRESH } from '../base/arrays.ts';
import type { Block, BlockId, Func } from '../ir/ir.ts';

export interface Cfg {
  /** By position; the entry is at 0. */
  readonly ids: readonly BlockId[];
  readonly blocks: readonly Block[];
  /** By block id: its position, or -1. */
  readonly position: Int32Array;
  /** Successors of block i: `succs[succStart[i]]` up to `succStart[i + 1]`; `succThrows` marks exceptional edges. */
  readonly succStart: Int32Array;
  readonly succs: Int32Array;
  readonly succThrows: Uint8Array;
  readonly predStart: Int32Array;
  readonly preds: Int32Array;
  readonly predThrows: Uint8Array;
}

/** Scratch space of `cfgOf`. One function is looked at at a time, and nothing of it lasts; cleared, an array would grow anew. */
let scratch = new Int32Array(0);
const flat: BlockId[] = [];
const stack: BlockId[] = [];

export function cfgOf(func: Func, arrays: Arrays = FRESH): Cfg {
  const { nextBlock: count, catches } = func;
  if (scratch.length < 5 * count) scratch = new Int32Array(10 * count);
  // By block id: where its successors begin in `flat` (or -1), where the handlers among them do, where they end, and how far the walk is.
  const [first, middle, last, cursor] = [0, count, 2 * count, 3 * count];
  /** By handler: one more than the block that was last found to throw to it. */
  const thrower = 4 * count;
  const table = scratch;
  for (let i = 0; i < count; i++) {
    table[i] = -1;
    table[thrower + i] = 0;
  }
  let edges = 0;
  let depth = 0;
  const ids: BlockId[] = [];
  for (let next: BlockId | -1 = func.entry; ; ) {
    if (next !== -1) {
      // Successors of each block met: normal ones first, in order, a block twice if both branches lead there; then handlers, each once.
      const id: BlockId = next;
      next = -1;
      const { insts, term } = func.blocks.get(id) as Block;
      table[first + id] = edges;
      if (term.kind === 'jump') flat[edges++] = term.to.block;
      else if (term.kind === 'br') {
        flat[edges++] = term.then.block;
        flat[edges++] = term.else.block;
      }
      table[middle + id] = edges;
      for (let i = 0; catches && i < insts.length; i++) {
        const exc = (insts[i] as Block['insts'][number]).exc;
        if (exc === null || table[thrower + exc.block] === id + 1) continue;
        table[thrower + exc.block] = id + 1;
        flat[edges++] = exc.block;
      }
      if (term.kind === 'trap' && term.exc !== null && table[thrower + term.exc.block] !== id + 1) {
        flat[edges++] = term.exc.block;
      }
      table[last + id] = edges;
      table[cursor + id] = edges;
      stack[depth++] = id;
      continue;
    }
    if (depth === 0) break;
    const id = stack[depth - 1] as BlockId;
    // Backward, so that the first successor comes first in reverse postorder.
    const at = (table[cursor + id] as number) - 1;
    table[cursor + id] = at;
    if (at < (table[first + id] as number)) {
      ids.push(id);
      depth -= 1;
      continue;
    }
    const to = flat[at] as BlockId;
    if (table[first + to] === -1) next = to;
  }
  ids.reverse();
  const blocks = ids.map((id) => func.blocks.get(id) as Block);
  const size = ids.length;
  const position = arrays.i32(count, -1);
  for (let i = 0; i < size; i++) position[ids[i] as BlockId] = i;

  const succStart = arrays.i32(size + 1);
  const succs = arrays.i32(edges);
  const succThrows = arrays.u8(edges);
  const predStart = arrays.i32(size + 2);
  let next = 0;
  for (let i = 0; i < size; i++) {
    const id = ids[i] as BlockId;
    const normal = table[middle + id] as number;
    const end = table[last + id] as number;
    for (let at = table[first + id] as number; at < end; at++) {
      const there = position[flat[at] as BlockId] as number;
      succs[next] = there;
      succThrows[next] = at >= normal ? 1 : 0;
      next += 1;
      predStart[there + 2] = (predStart[there + 2] as number) + 1;
    }
    succStart[i + 1] = next;
  }
  // One place further on while the lists are filled: what is filled in moves each start to where the next list begins.
  for (let i = 2; i <= size; i++) predStart[i] = (predStart[i] as number) + (predStart[i - 1] as number);
  const preds = arrays.i32(edges);
  const predThrows = arrays.u8(edges);
  for (let i = 0; i < size; i++) {
    for (let e = succStart[i] as number; e < (succStart[i + 1] as number); e++) {
      const there = succs[e] as number;
      const slot = predStart[there + 1] as number;
      predStart[there + 1] = slot + 1;
      preds[slot] = i;
      predThrows[slot] = succThrows[e] as number;
    }
  }
  return { ids, blocks, position, succStart, succs, succThrows, predStart, preds, predThrows };
}
