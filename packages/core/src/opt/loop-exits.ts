/**
 * What a loop's variables hold behind it goes there with the branch that ends the loop, where one variable takes what another held:
 *
 *     b1(a, b):  c = add.i64 a, b  ...  br t, b1(b, c), b2()          b1(a, b):  c = add.i64 a, b  ...  br t, b1(b, c), b2(b, c)
 *     b2():  ret c                                               ->   b2(d, e):  ret e
 *
 * Selection makes the copies for the way back in front of the branch then, because the way out may read them there; the branch goes back by
 * itself, and a loop that counts is one to machine code as well. (Loop-closed SSA, for these values only.)
 */
import { HAS } from '../analysis/contents.ts';
import type { Cfg } from '../analysis/cfg.ts';
import { dominates } from '../analysis/dominators.ts';
import { type IsLiveInto, livenessOf } from '../analysis/liveness.ts';
import { isInside } from '../analysis/loops.ts';
import type { Analyses } from '../analysis/analyses.ts';
import { Forwarding, forwardInst, forwardTerm } from '../ir/edit.ts';
import type { Block, Edge, Func, ValueId } from '../ir/ir.ts';
import type { FuncPass } from './pass.ts';

/** A way out of a loop, and what it is to take along. */
interface Exit {
  readonly out: Edge;
  readonly values: readonly ValueId[];
}

export const loopExits: FuncPass = {
  name: 'loop-exits',
  doc: 'what variables that change places in a loop hold behind it are arguments of its exit',
  settles: true,
  needs: HAS.loops,
  makes: 0,
  run: (func, cx) => {
    const analyses = cx.analyses(func);
    const { cfg, uses, dominators } = analyses;
    if (analyses.loops.loops.length === 0) return false;
    const exits = exitsOf(func, analyses).filter(() => cx.may());
    const place = ({ out }: Exit): number => cfg.position[out.block] as number;
    // What is further from the entry first: what remains there comes through the exits in front of it.
    for (const exit of exits.sort((a, b) => place(b) - place(a))) {
      const forwarding = new Forwarding();
      const blocks = new Set<number>();
      const { params } = func.blocks.get(exit.out.block) as Block;
      for (const value of exit.values) {
        const param = func.values.add(func.values.get(value));
        params.push(param);
        forwarding.set(value, param);
        for (let u = uses.start[value] as number; u < (uses.start[value + 1] as number); u++) {
          const at = uses.block[u] as number;
          if (dominates(dominators, place(exit), at)) blocks.add(at);
        }
      }
      for (const at of blocks) {
        const { insts, term } = cfg.blocks[at] as Block;
        for (const inst of insts) forwardInst(inst, forwarding);
        forwardTerm(term, forwarding);
      }
      exit.out.args.push(...exit.values);
    }
    return exits.length > 0 && 'values';
  },
};

function exitsOf(func: Func, analyses: Analyses): Exit[] {
  const { cfg } = analyses;
  const exits: Exit[] = [];
  let live: IsLiveInto | null = null;
  cfg.blocks.forEach(({ term }, at) => {
    if (term.kind !== 'br') return;
    for (const [back, out] of [
      [term.then, term.else],
      [term.else, term.then],
    ] as const) {
      if ((cfg.position[back.block] as number) > at || !isOnlyWay(cfg, at, out) || !rotates(func, back)) continue;
      live ??= livenessOf(func, cfg);
      const values = valuesBehind(func, analyses, back, out, live);
      if (values.length > 0) exits.push({ out, values });
    }
  });
  return exits;
}

/** Whether a block is entered from there only, and lies further on. */
function isOnlyWay({ position, predStart }: Cfg, from: number, { block }: Edge): boolean {
  const at = position[block] as number;
  return at > from && (predStart[at + 1] as number) - (predStart[at] as number) === 1;
}

/** Whether a parameter of a loop's head gets what another one was. */
function rotates(func: Func, { block, args }: Edge): boolean {
  const { params } = func.blocks.get(block) as Block;
  return args.some((arg, i) => arg !== params[i] && params.includes(arg));
}

/** What comes back to a loop's head and is wanted behind an exit as well; nothing if what parameters were is lost or if it is wanted elsewhere. */
function valuesBehind(func: Func, analyses: Analyses, back: Edge, out: Edge, live: IsLiveInto): readonly ValueId[] {
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
