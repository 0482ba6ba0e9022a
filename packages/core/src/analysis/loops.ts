/**
 * Natural loops and how they nest.
 *
 * An edge to a block that dominates its source closes a loop. Headers are taken innermost first (reverse postorder backward);
 * loops found before are collapsed into their headers by union-find, as in Havlak's algorithm, so that the whole is almost
 * linear. Cycles without such an edge (irreducible ones, which lowering never makes) are no loops here.
 */
import { type Arrays, FRESH } from '../base/arrays.ts';
import type { Cfg } from './cfg.ts';
import { dominates, type Dominators } from './dominators.ts';

export interface Loop {
  /** Position of the header. */
  readonly header: number;
  /** Positions of blocks that jump back to it. */
  readonly latches: readonly number[];
  /** Index of the next loop outside, or -1. */
  parent: number;
  /** 1 for an outermost loop. */
  depth: number;
}

export interface Loops {
  /** Inner loops before the loops around them. */
  readonly loops: readonly Loop[];
  /** By position: index of the innermost loop that contains the block, or -1. */
  readonly loopOf: Int32Array;
}

/** Whether a loop is another one or within it; -1 is no loop. */
export function isInside(loops: readonly Loop[], loop: number, outer: number): boolean {
  for (let at = loop; at !== -1; at = (loops[at] as Loop).parent) if (at === outer) return true;
  return false;
}

export function loopsOf(cfg: Cfg, tree: Dominators, arrays: Arrays = FRESH): Loops {
  const count = cfg.blocks.length;
  const loops: Loop[] = [];
  const loopOf = arrays.i32(count, -1);
  /** The header of the outermost loop found so far around a block, as a union-find forest. */
  const collapsed = arrays.i32(count);
  for (let i = 0; i < count; i++) collapsed[i] = i;
  const find = (block: number): number => {
    let root = block;
    while (collapsed[root] !== root) root = collapsed[root] as number;
    for (let at = block; at !== root; ) {
      const next = collapsed[at] as number;
      collapsed[at] = root;
      at = next;
    }
    return root;
  };
  for (let header = count - 1; header >= 0; header--) {
    const latches: number[] = [];
    for (let e = cfg.predStart[header] as number; e < (cfg.predStart[header + 1] as number); e++) {
      const pred = cfg.preds[e] as number;
      // What a block dominates comes behind it in reverse postorder.
      if (pred >= header && dominates(tree, header, pred)) latches.push(pred);
    }
    if (latches.length === 0) continue;
    const index = loops.length;
    const loop: Loop = { header, latches: [...new Set(latches)], parent: -1, depth: 0 };
    loops.push(loop);
    loopOf[header] = index;
    const open = latches.map(find);
    for (let block = open.pop(); block !== undefined; block = open.pop()) {
      if (find(block) === header) continue;
      collapsed[block] = header;
      const inner = loopOf[block] as number;
      if (inner === -1) loopOf[block] = index;
      else (loops[inner] as Loop).parent = index;
      for (let e = cfg.predStart[block] as number; e < (cfg.predStart[block + 1] as number); e++) {
        const pred = find(cfg.preds[e] as number);
        if (pred !== header && dominates(tree, header, pred)) open.push(pred);
      }
    }
  }
  for (let i = loops.length - 1; i >= 0; i--) {
    const loop = loops[i] as Loop;
    loop.depth = loop.parent === -1 ? 1 : (loops[loop.parent] as Loop).depth + 1;
  }
  return { loops, loopOf };
}
