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

export function cfgOf(func: Func, arrays: Arrays = FRESH): Cfg {
  const count = func.nextBlock;
  // Successors of each block met, in one flat list: normal ones first, in order, a block twice if both branches lead there; then handlers,
  // each once.
  const flat: BlockId[] = [];
  const first = arrays.i32(count, -1);
  const middle = arrays.i32(count);
  const last = arrays.i32(count);
  const cursor = arrays.i32(count);
  /** By handler: one more than the block that was last found to throw to it. */
  const thrower = arrays.i32(count);
  const ids: BlockId[] = [];
  const blocks: Block[] = [];
  const stack: BlockId[] = [];
  const open = (id: BlockId): void => {
    const block = func.blocks.get(id) as Block;
    first[id] = flat.length;
    const { insts, term } = block;
    if (term.kind === 'jump') flat.push(term.to.block);
    else if (term.kind === 'br') flat.push(term.then.block, term.else.block);
    middle[id] = flat.length;
    for (let i = 0; i < insts.length; i++) {
      const exc = (insts[i] as Block['insts'][number]).exc;
      if (exc === null || thrower[exc.block] === id + 1) continue;
      thrower[exc.block] = id + 1;
      flat.push(exc.block);
    }
    if (term.kind === 'trap' && term.exc !== null && thrower[term.exc.block] !== id + 1) flat.push(term.exc.block);
    last[id] = flat.length;
    cursor[id] = flat.length;
    stack.push(id);
  };
  open(func.entry);
  while (stack.length > 0) {
    const id = stack[stack.length - 1] as BlockId;
    // Backward, so that the first successor comes first in reverse postorder.
    const at = (cursor[id] as number) - 1;
    cursor[id] = at;
    if (at < (first[id] as number)) {
      ids.push(id);
      stack.pop();
      continue;
    }
    const to = flat[at] as BlockId;
    if (first[to] === -1) open(to);
  }
  ids.reverse();
  const size = ids.length;
  const position = arrays.i32(count, -1);
  for (let i = 0; i < size; i++) {
    const id = ids[i] as BlockId;
    position[id] = i;
    blocks.push(func.blocks.get(id) as Block);
  }

  const edges = flat.length;
  const succStart = arrays.i32(size + 1);
  const succs = arrays.i32(edges);
  const succThrows = arrays.u8(edges);
  const predStart = arrays.i32(size + 2);
  let next = 0;
  for (let i = 0; i < size; i++) {
    const id = ids[i] as BlockId;
    for (let at = first[id] as number; at < (last[id] as number); at++) {
      const there = position[flat[at] as BlockId] as number;
      succs[next] = there;
      succThrows[next] = at >= (middle[id] as number) ? 1 : 0;
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
