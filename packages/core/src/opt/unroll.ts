/**
 * Loops within loops that make a few rounds, and it is known how many, have their rounds written one after the other:
 *
 *     b1(i):  ...  j = add.i64 i, 1                     b1'(i'):  ...  jump b1''(j')
 *             br (lt_s.i64 j, 3), b1(j), b2()     ->    b1''(..): ...  jump b1'''(j'')   ...   b1(i), which nothing comes to
 *
 * The loop stays behind them as it was, so nothing depends on the count being right: `constants` finds that the tests between the rounds
 * hold and that the last one does not, and takes the loop away. What is in the rounds has constant indices then.
 */
import { HAS } from '../analysis/contents.ts';
import type { FuncPass } from './pass.ts';
import { unrollLoops } from './unrolled-loops.ts';

export const unroll: FuncPass = {
  name: 'unroll',
  doc: 'loops within loops that are known to make a few rounds have them one after the other',
  needs: HAS.loops,
  run: (func, cx) => {
    const { loops } = cx.analyses(func).loops;
    return loops.some(({ depth }) => depth > 1) && unrollLoops(func, cx);
  },
};
