/**
 * The control-flow graph of a function in dense form: blocks by position in reverse postorder, edges in flat arrays.
 *
 * Passes work with positions; block ids appear only at their borders. Unreachable blocks have no position. A block that throws to
 * a handler from several instructions has one exceptional edge to it here.
 */
import type { Block, BlockId, Func } from '../ir/ir.ts';
import { forEachEdge } from '../ir/edit.ts';

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

export function cfgOf(func: Func): Cfg {
  const count = func.nextBlock;
  const seen = new Uint8Array(count);
  const postorder: BlockId[] = [];
  const successors = new Map<BlockId, Successors>();
  const stack: { readonly id: BlockId; readonly to: Successors; next: number }[] = [];
  const open = (id: BlockId): void => {
    seen[id] = 1;
    const to = successorsOf(func.blocks.get(id) as Block);
    successors.set(id, to);
    stack.push({ id, to, next: to.ids.length });
  };
  open(func.entry);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    // Backward, so that the first successor comes first in reverse postorder.
    top.next -= 1;
    const to = top.to.ids[top.next];
    if (to === undefined) {
      postorder.push(top.id);
      stack.pop();
    } else if (seen[to] === 0) {
      open(to);
    }
  }
  const ids = postorder.reverse();
  const position = new Int32Array(count).fill(-1);
  for (const [i, id] of ids.entries()) position[id] = i;

  const succStart = new Int32Array(ids.length + 1);
  const predStart = new Int32Array(ids.length + 1);
  for (const [i, id] of ids.entries()) {
    const to = successors.get(id) as Successors;
    succStart[i + 1] = (succStart[i] as number) + to.ids.length;
    for (const target of to.ids) bump(predStart, (position[target] as number) + 1, 1);
  }
  for (let i = 0; i < ids.length; i++) bump(predStart, i + 1, predStart[i] as number);
  const edges = succStart[ids.length] as number;
  const succs = new Int32Array(edges);
  const succThrows = new Uint8Array(edges);
  const preds = new Int32Array(edges);
  const predThrows = new Uint8Array(edges);
  const fill = predStart.slice();
  let at = 0;
  for (const [i, id] of ids.entries()) {
    const to = successors.get(id) as Successors;
    for (const [k, target] of to.ids.entries()) {
      const there = position[target] as number;
      const throws = k >= to.normal ? 1 : 0;
      succs[at] = there;
      succThrows[at] = throws;
      at += 1;
      const slot = fill[there] as number;
      fill[there] = slot + 1;
      preds[slot] = i;
      predThrows[slot] = throws;
    }
  }
  const blocks = ids.map((id) => func.blocks.get(id) as Block);
  return { ids, blocks, position, succStart, succs, succThrows, predStart, preds, predThrows };
}

function bump(array: Int32Array, at: number, by: number): void {
  array[at] = (array[at] as number) + by;
}

interface Successors {
  /** Normal ones first, in order, a block twice if both branches lead there; then handlers, each once. */
  readonly ids: readonly BlockId[];
  readonly normal: number;
}

function successorsOf(block: Block): Successors {
  const ids: BlockId[] = [];
  const handlers: BlockId[] = [];
  forEachEdge(block, (edge, throws) => {
    if (!throws) ids.push(edge.block);
    else if (handlers.at(-1) !== edge.block && !handlers.includes(edge.block)) handlers.push(edge.block);
  });
  return { ids: [...ids, ...handlers], normal: ids.length };
}
