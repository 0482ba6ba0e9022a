/**
 * An iterator over what is known to be an array becomes a position:
 *
 *     it = rt iter.any (box.ref a)                     b1(at):
 *     b1():  v = rt iter.next it               ->        v = rt array.get.any a, at;  next = at + 1
 *     ...    m = rt iter.more it;  br m, b1()            m = next < array.len a;  br m, b1(next)
 *
 * Nothing else may use the iterator, one instruction takes values from it, once in each round of the innermost loop around it, and the
 * iterator is made where that loop stands.
 */
import { HAS } from '../analysis/contents.ts';
import type { Func, Inst } from '../ir/ir.ts';
import { Iteration } from './iteration.ts';
import type { FuncPass } from './pass.ts';

export const arrayIteration: FuncPass = {
  name: 'array-iteration',
  doc: 'arrays that are known to be some are iterated over by position',
  needs: HAS.words,
  run: (func, cx) => {
    const found = iteratorsIn(func);
    if (found.length === 0) return false;
    return new Iteration(func, cx.analyses(func), cx).run(found);
  },
};

function iteratorsIn(func: Func): Inst[] {
  const found: Inst[] = [];
  for (const { insts } of func.blocks.values())
    for (const inst of insts) if (inst.op === 'rt' && inst.imm === 'iter.any') found.push(inst);
  return found;
}
