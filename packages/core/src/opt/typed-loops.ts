/**
 * A loop over dynamic values gets a version for values of one type, in front of which their types are tested:
 *
 *     b1(s: any, i):  v = rt array.get.any a, i             k = rt array.kind a;  br k = i64 and is #i64 s0, b5, b1
 *                     s' = rt dyn.add s, v             ->   b5: the same loop, with v = box.i64 (array.get.i64 a, i),
 *                     ...  br c, b1(s', i')                     which other passes make typed throughout
 *
 * The types are guesses: what the loop begins with or is combined with, what arrays were made for, or else i64 and f64 in turn. What is
 * guessed are the elements of arrays that do not change in the loop, words that do not change, and what the loop begins with. A loop
 * that could change what an array stores is left alone, and so is one that contains another.
 */
import { HAS } from '../analysis/contents.ts';
import { hasInst } from '../ir/edit.ts';
import { dynamicOperands } from './dynamic-operands.ts';
import { LoopVersions } from './loop-versions.ts';
import type { FuncPass } from './pass.ts';

export const typedLoops: FuncPass = {
  name: 'typed-loops',
  doc: 'loops over dynamic values have a version for values of one type',
  settles: true,
  needs: HAS.words | HAS.loops,
  run: (func, cx) => {
    if (!hasInst(func, (inst) => dynamicOperands(inst).length > 0)) return false;
    const analyses = cx.analyses(func);
    return analyses.loops.loops.length > 0 && new LoopVersions(func, analyses, cx).run();
  },
};
