/**
 * Takes values along out of a loop, as arguments of its exit: see `loop-exits.ts`, which asks first whether a loop has any need of it.
 */
import type { Analyses } from '../analysis/analyses.ts';
import type { Cfg } from '../analysis/cfg.ts';
import { dominates } from '../analysis/dominators.ts';
import { type IsLiveInto, livenessOf } from '../analysis/liveness.ts';
import { isInside } from '../analysis/loops.ts';
import { Forwarding, forwardInst, forwardTerm } from '../ir/edit.ts';
import type { Block, Edge, Func, ValueId } from '../ir/ir.ts';

/** A branch back to a loop's head, the position of its block, and its two ways. */
export interface Latch {
  readonly at: number;
  readonly back: Edge;
  readonly out: Edge;
}

/** Gives whether anything changed. */
export function takeAlong(func: Func, analyses: Analyses, latches: readonly Latch[], may: () => boolean): boolean {
  const { cfg, uses, dominators } = analyses;
  const live = livenessOf(func, cfg);
  const exits = latches
    .filter(({ at, out }) => isOnlyWay(cfg, at, out))
    .map((latch) => ({ out: latch.out, values: valuesBehind(func, analyses, latch, live) }))
    .filter(({ values }) => values.length > 0 && may());
  const place = (out: Edge): number => cfg.position[out.block] as number;
  // What is further from the entry first: what remains there comes through the exits in front of it.
  for (const { out, values } of exits.sort((a, b) => place(b.out) - place(a.out))) {
    const forwarding = new Forwarding();
    const blocks = new Set<number>();
    const { params } = func.blocks.get(out.block) as Block;
    for (const value of values) {
      const param = func.values.add(func.values.get(value));
      params.push(param);
      forwarding.set(value, param);
      for (let u = uses.start[value] as number; u < (uses.start[value + 1] as number); u++) {
        const at = uses.block[u] as number;
        if (dominates(dominators, place(out), at)) blocks.add(at);
      }
    }
    for (const at of blocks) {
      const { insts, term } = cfg.blocks[at] as Block;
      for (const inst of insts) forwardInst(inst, forwarding);
      forwardTerm(term, forwarding);
    }
    out.args.push(...values);
  }
  return exits.length > 0;
}

/** Whether a block is entered from there only, and lies further on. */
function isOnlyWay({ position, predStart }: Cfg, from: number, { block }: Edge): boolean {
  const at = position[block] as number;
  return at > from && (predStart[at + 1] as number) - (predStart[at] as number) === 1;
}

/** What comes back to a loop's head and is wanted behind an exit as well; nothing if what parameters were is lost or if it is wanted elsewhere. */
function valuesBehind(func: Func, analyses: Analyses, { back, out }: Latch, live: IsLiveInto): readonly ValueId[] {
  const { cfg, defs, uses, dominators, loops: nest } = analyses;
  const header = cfg.position[back.block] as number;
  const loop = nest.loopOf[header] as number;
  const inLoop = (at: number): boolean => isInside(nest.loops, nest.loopOf[at] as number, loop);
  const { params } = func.blocks.get(back.block) as Block;
  const changing = params.filter((param, i) => back.args[i] !== param);
  if (changing.some((param) => live(param, out.block) && !back.args.includes(param))) return [];
  const passed = [...new Set(back.args.filter((arg, i) => arg !== params[i]))];
  const values = passed.filter((value) => inLoop(defs.block[value] as number) && live(value, out.block));
  const place = cfg.position[out.block] as number;
  for (const value of values) {
    for (let u = uses.start[value] as number; u < (uses.start[value + 1] as number); u++) {
      const at = uses.block[u] as number;
      if (!inLoop(at) && !dominates(dominators, place, at)) return [];
    }
  }
  return values;
}
