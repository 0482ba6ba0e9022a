/**
 * Results that callers only take apart come in parts: the first in the result itself, the others in module variables.
 *
 *     fn divmod(a, b):                              func "divmod"
 *         return [a / b, a % b]                       global.set.i64 g1, remainder
 *                                                     ret quotient
 *     q, r = divmod(x, y)                             q = call divmod, x, y
 *                                                     r = global.get.i64 g1
 *
 * A function qualifies if it makes whatever it returns, or gets it from a function that qualifies, and does nothing else with it than
 * read it (the constructed products of Baker-Finch, Glynn and Peyton Jones). Calls whose result is only read lead to a copy of it that
 * hands over parts; it is also what becomes of such calls in the copy. Other callers have the function as it is.
 *
 * Nothing runs between the return and the caller's reads, so all functions share the variables. References go in them as words, and the caller
 * takes them out and leaves nil: nothing lives longer for it.
 */
import { callGraphOf } from '../analysis/call-graph.ts';
import { HAS, namedFunc } from '../analysis/contents.ts';
import type { Func, FuncId, IrProgram } from '../ir/ir.ts';
import { keptObjects } from './kept-objects.ts';
import type { PassContext, ProgramPass } from './pass.ts';
import { Results } from './result-parts.ts';

export const splitResults: ProgramPass = {
  name: 'split-results',
  doc: 'results that are only taken apart come in parts',
  runProgram: (program, cx) => {
    const candidates = makersCalled(program, cx);
    return candidates.size > 0 && new Results(program, cx).run(candidates);
  },
};

/** Functions that make what they return, as it seems, and are called for its parts in a function that has loops or calls itself. */
function makersCalled(program: IrProgram, cx: PassContext): Set<Func> {
  const { funcs } = program;
  const { recursive } = callGraphOf(program, cx.contents);
  const isMaker = (id: FuncId): boolean => {
    const func = funcs.get(id);
    const makes = (cx.contents(func).families & HAS.objects) !== 0;
    return makes && func.result === 'ref' && func.captures.length === 0;
  };
  const makers = new Set<Func>();
  for (const caller of funcs.values()) {
    const { families, named } = cx.contents(caller);
    const repeats = (families & HAS.loops) !== 0 || recursive[caller.id] === 1;
    if (!repeats || !named.some((name) => name >= 0 && isMaker(namedFunc(name)))) continue;
    const calls = keptObjects(caller, ({ op, imm }) => op === 'call' && isMaker(imm as FuncId));
    for (const { imm } of calls) makers.add(funcs.get(imm as FuncId));
  }
  return makers;
}
