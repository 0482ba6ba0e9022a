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
import type { Block, Edge, Func } from '../ir/ir.ts';
import { type Latch, takeAlong } from './exit-arguments.ts';
import type { FuncPass } from './pass.ts';

export const loopExits: FuncPass = {
  name: 'loop-exits',
  doc: 'what variables that change places in a loop hold behind it are arguments of its exit',
  settles: true,
  needs: HAS.loops,
  makes: 0,
  run: (func, cx) => {
    const analyses = cx.analyses(func);
    const { cfg, loops } = analyses;
    if (loops.loops.length === 0) return false;
    const latches: Latch[] = [];
    cfg.blocks.forEach(({ term }, at) => {
      if (term.kind !== 'br') return;
      const backs = [term.then, term.else].filter(
        (to) => (cfg.position[to.block] as number) <= at && rotates(func, to),
      );
      for (const back of backs) latches.push({ at, back, out: back === term.then ? term.else : term.then });
    });
    return latches.length > 0 && takeAlong(func, analyses, latches, () => cx.may()) && 'values';
  },
};

/** Whether a parameter of a loop's head gets what another one was. */
function rotates(func: Func, { block, args }: Edge): boolean {
  const { params } = func.blocks.get(block) as Block;
  return args.some((arg, i) => arg !== params[i] && params.includes(arg));
}
