/**
 * Coalescing: the two sides of a copy become one register where their live ranges do not meet.
 *
 * Aggressive, in the sense of Chaitin: copies in the deepest loops first. What remains is a real move.
 */
import type { Kind } from '../base/kinds.ts';
import type { Copy, LFunc, LInst, VReg } from './lir.ts';
import type { LiveRanges, Range } from './ranges.ts';
import { addRange, joinRanges, rangesMeet } from './ranges.ts';

export interface Classes {
  /** The register that stands for a register's class. */
  find(reg: VReg): VReg;
  /** By representative. */
  rangeOf(reg: VReg): Range;
  /** `any` if some member is: a collector may then treat all as `any`, which covers references too. */
  kindOf(reg: VReg): Kind;
  /** Copies whose two sides became one. */
  readonly removed: number;
  readonly remaining: number;
}

/** A range with so many times the segments of another is changed in place. */
const FEW = 8;
const NOTHING: Range = [];

export function coalesce(func: LFunc, live: LiveRanges): Classes {
  const parent: VReg[] = func.kinds.map((_, i) => i as VReg);
  const ranges: Range[] = [...live.ranges];
  const kinds: Kind[] = [...func.kinds];
  const find = (reg: VReg): VReg => {
    let root = parent[reg] as VReg;
    if (root === reg || parent[root] === root) return root;
    while (parent[root] !== root) root = parent[root] as VReg;
    for (let at = reg; at !== root; ) {
      const next = parent[at] as VReg;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  /** Ranges made here: they may change. */
  const own: (number[] | undefined)[] = [];
  const join = (into: VReg, from: VReg): void => {
    const a = ranges[into] as Range;
    const b = ranges[from] as Range;
    // Where many small ranges come into one large one, each costs only itself.
    const large = a.length > FEW * b.length ? own[into] : b.length > FEW * a.length ? own[from] : undefined;
    const joined = large ?? joinRanges(a, b);
    if (large !== undefined) addRange(large, large === a ? b : a);
    own[from] = undefined;
    own[into] = joined;
    ranges[into] = joined;
    ranges[from] = NOTHING;
  };
  const byDepth: { readonly copies: readonly Copy[]; readonly depth: number }[] = [];
  for (const { insts, depth } of func.blocks) {
    for (let i = 0; i < insts.length; i++) {
      const inst = insts[i] as LInst;
      if (inst.kind === 'copies') byDepth.push({ copies: inst.copies, depth });
    }
  }
  byDepth.sort((a, b) => b.depth - a.depth);
  let removed = 0;
  let remaining = 0;
  for (const { copies } of byDepth) {
    for (const { dst, src } of copies) {
      const a = find(dst);
      const b = find(src);
      if (a === b) {
        removed++;
        continue;
      }
      const rangeA = ranges[a] as Range;
      const rangeB = ranges[b] as Range;
      if (rangesMeet(rangeA, rangeB)) {
        remaining++;
        continue;
      }
      parent[b] = a;
      join(a, b);
      if (kinds[b] === 'any') kinds[a] = 'any';
      else if (kinds[a] !== 'any' && kinds[b] === 'ref') kinds[a] = 'ref';
      removed++;
    }
  }
  return {
    find,
    rangeOf: (reg) => ranges[find(reg)] as Range,
    kindOf: (reg) => kinds[find(reg)] as Kind,
    removed,
    remaining,
  };
}
