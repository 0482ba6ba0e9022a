/**
 * The dominator tree, by the simple version of Lengauer and Tarjan, "A Fast Algorithm for Finding Dominators in a Flowgraph"
 * (TOPLAS 1979): O(m log n), without native recursion.
 *
 * An exceptional edge leaves its block at the top (ir.ts). So a block that throws is two nodes here: its top, where edges arrive and
 * exceptional ones leave, and its body. `idom` then tells what is visible: block d dominates block b if what d's body
 * defines is visible throughout b.
 */
import { type Arrays, FRESH } from '../base/arrays.ts';
import type { Cfg } from './cfg.ts';

export interface Dominators {
  /** By position: the immediate dominator, -1 for the entry. */
  readonly idom: Int32Array;
  /** Positions in a preorder of the tree. */
  readonly preorder: Int32Array;
  /** By position: when a depth-first walk of the tree enters and leaves the block. */
  readonly enter: Int32Array;
  readonly leave: Int32Array;
}

export function dominates(tree: Dominators, a: number, b: number): boolean {
  return (
    (tree.enter[a] as number) <= (tree.enter[b] as number) && (tree.leave[a] as number) >= (tree.leave[b] as number)
  );
}

export function dominatorsOf(cfg: Cfg, arrays: Arrays = FRESH): Dominators {
  return walk(immediateDominators(cfg, arrays), arrays);
}

function immediateDominators(cfg: Cfg, arrays: Arrays): Int32Array {
  const count = cfg.blocks.length;
  if (count === 1) return arrays.i32(1, -1);
  // Nodes: a block's top is its position; the body of a block that throws comes behind all tops.
  const bodyOf = arrays.i32(count);
  const owner: number[] = [];
  for (let i = 0; i < count; i++) owner.push(i);
  for (let i = 0; i < count; i++) {
    const last = (cfg.succStart[i + 1] as number) - 1;
    const throws = last >= (cfg.succStart[i] as number) && cfg.succThrows[last] === 1;
    bodyOf[i] = throws ? owner.length : i;
    if (throws) owner.push(i);
  }
  const nodes = owner.length;

  // Depth-first numbering; everything below is in these numbers.
  const number = arrays.i32(nodes, -1);
  const vertex = arrays.i32(nodes);
  const parent = arrays.i32(nodes);
  let next = 0;
  const stack: number[] = [0, -1];
  while (stack.length > 0) {
    const from = stack.pop() as number;
    const node = stack.pop() as number;
    if (number[node] !== -1) continue;
    number[node] = next;
    vertex[next] = node;
    parent[next] = from;
    const me = next;
    next += 1;
    const block = owner[node] as number;
    const isBody = node === bodyOf[block];
    const isTop = node === block;
    for (let e = cfg.succStart[block] as number; e < (cfg.succStart[block + 1] as number); e++) {
      if (cfg.succThrows[e] === 1 ? isTop : isBody) stack.push(cfg.succs[e] as number, me);
    }
    if (isTop && !isBody) stack.push(bodyOf[block] as number, me);
  }

  const semi = arrays.i32(nodes);
  const label = arrays.i32(nodes);
  const ancestor = arrays.i32(nodes, -1);
  const dom = arrays.i32(nodes, -1);
  const bucketHead = arrays.i32(nodes, -1);
  const bucketNext = arrays.i32(nodes, -1);
  for (let i = 0; i < nodes; i++) {
    semi[i] = i;
    label[i] = i;
  }
  const path: number[] = [];
  const evaluate = (v: number): number => {
    if (ancestor[v] === -1) return v;
    for (let u = v; ancestor[ancestor[u] as number] !== -1; u = ancestor[u] as number) path.push(u);
    for (let u = path.pop(); u !== undefined; u = path.pop()) {
      const a = ancestor[u] as number;
      if ((semi[label[a] as number] as number) < (semi[label[u] as number] as number)) label[u] = label[a] as number;
      ancestor[u] = ancestor[a] as number;
    }
    return label[v] as number;
  };
  const consider = (w: number, pred: number): void => {
    const u = evaluate(pred);
    if ((semi[u] as number) < (semi[w] as number)) semi[w] = semi[u] as number;
  };
  for (let w = next - 1; w > 0; w--) {
    const node = vertex[w] as number;
    const block = owner[node] as number;
    if (node !== block) {
      consider(w, number[block] as number);
    } else {
      for (let e = cfg.predStart[block] as number; e < (cfg.predStart[block + 1] as number); e++) {
        const pred = cfg.preds[e] as number;
        consider(w, number[cfg.predThrows[e] === 1 ? pred : (bodyOf[pred] as number)] as number);
      }
    }
    const s = semi[w] as number;
    bucketNext[w] = bucketHead[s] as number;
    bucketHead[s] = w;
    const p = parent[w] as number;
    ancestor[w] = p;
    for (let v = bucketHead[p] as number; v !== -1; v = bucketNext[v] as number) {
      const u = evaluate(v);
      dom[v] = (semi[u] as number) < (semi[v] as number) ? u : p;
    }
    bucketHead[p] = -1;
  }
  for (let w = 1; w < next; w++) if (dom[w] !== semi[w]) dom[w] = dom[dom[w] as number] as number;

  // Back to blocks. Where only the top of a throwing block dominates, nothing of that block is visible: look further up.
  const idom = arrays.i32(count, -1);
  for (let w = 1; w < next; w++) {
    const node = vertex[w] as number;
    if (node >= count) continue;
    const above = vertex[dom[w] as number] as number;
    const block = owner[above] as number;
    idom[node] = above === bodyOf[block] ? block : (idom[block] as number);
  }
  return idom;
}

function walk(idom: Int32Array, arrays: Arrays): Dominators {
  const count = idom.length;
  const firstChild = arrays.i32(count, -1);
  const sibling = arrays.i32(count, -1);
  // Backward, so that children come in the order of their positions.
  for (let i = count - 1; i > 0; i--) {
    const up = idom[i] as number;
    sibling[i] = firstChild[up] as number;
    firstChild[up] = i;
  }
  const preorder = arrays.i32(count);
  const enter = arrays.i32(count);
  const leave = arrays.i32(count);
  let clock = 0;
  let seen = 0;
  for (let at = 0; at !== -1; ) {
    preorder[seen] = at;
    seen += 1;
    enter[at] = clock;
    clock += 1;
    const child = firstChild[at] as number;
    if (child !== -1) {
      at = child;
      continue;
    }
    for (;;) {
      leave[at] = clock;
      clock += 1;
      if (sibling[at] !== -1) {
        at = sibling[at] as number;
        break;
      }
      at = idom[at] as number;
      if (at === -1) break;
    }
  }
  return { idom, preorder, enter, leave };
}
