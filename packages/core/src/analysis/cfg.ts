/**
 * The control-flow graph of a function in dense form: blocks by position in reverse postorder, edges in flat arrays.
 *
 * Passes work with positions; block ids appear only at their borders. Unreachable blocks have no position. A block that throws to
 * a handler from several instructions has one exceptional edge to it here.
 */
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

export function cfgOf(func: Func): Cfg {
  const count = func.nextBlock;
  // Successors of each block met, in one flat list: normal ones first, in order, a block twice if both branches lead there; then handlers,
  // each once.
  const flat: BlockId[] = [];
  const first = new Int32Array(count).fill(-1);
  const middle = new Int32Array(count);
  const last = new Int32Array(count);
  const cursor = new Int32Array(count);
  const postorder: BlockId[] = [];
  const stack: BlockId[] = [];
  const open = (id: BlockId): void => {
    const block = func.blocks.get(id) as Block;
    first[id] = flat.length;
    const { term } = block;
    if (term.kind === 'jump') flat.push(term.to.block);
    else if (term.kind === 'br') flat.push(term.then.block, term.else.block);
    middle[id] = flat.length;
    for (const inst of block.insts) if (inst.exc !== null) addHandler(flat, middle[id] as number, inst.exc.block);
    if (term.kind === 'trap' && term.exc !== null) addHandler(flat, middle[id] as number, term.exc.block);
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
      postorder.push(id);
      stack.pop();
      continue;
    }
    const to = flat[at] as BlockId;
    if (first[to] === -1) open(to);
  }
  const ids = postorder.reverse();
  const position = new Int32Array(count).fill(-1);
  for (let i = 0; i < ids.length; i++) position[ids[i] as BlockId] = i;

  const edges = flat.length;
  const succStart = new Int32Array(ids.length + 1);
  const succs = new Int32Array(edges);
  const succThrows = new Uint8Array(edges);
  const predStart = new Int32Array(ids.length + 1);
  let next = 0;
  for (let i = 0; i < ids.length; i++) {
    const id = ids[i] as BlockId;
    for (let at = first[id] as number; at < (last[id] as number); at++) {
      const there = position[flat[at] as BlockId] as number;
      succs[next] = there;
      succThrows[next] = at >= (middle[id] as number) ? 1 : 0;
      next += 1;
      predStart[there + 1] = (predStart[there + 1] as number) + 1;
    }
    succStart[i + 1] = next;
  }
  for (let i = 0; i < ids.length; i++) predStart[i + 1] = (predStart[i + 1] as number) + (predStart[i] as number);
  const preds = new Int32Array(edges);
  const predThrows = new Uint8Array(edges);
  const fill = predStart.slice();
  for (let i = 0; i < ids.length; i++) {
    for (let e = succStart[i] as number; e < (succStart[i + 1] as number); e++) {
      const there = succs[e] as number;
      const slot = fill[there] as number;
      fill[there] = slot + 1;
      preds[slot] = i;
      predThrows[slot] = succThrows[e] as number;
    }
  }
  const blocks = ids.map((id) => func.blocks.get(id) as Block);
  return { ids, blocks, position, succStart, succs, succThrows, predStart, preds, predThrows };
}

/** Adds a handler that is not among those added from `from` on; they are few. */
function addHandler(flat: BlockId[], from: number, handler: BlockId): void {
  for (let i = flat.length - 1; i >= from; i--) if (flat[i] === handler) return;
  flat.push(handler);
}
