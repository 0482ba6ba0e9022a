/**
 * Which functions a collection may happen in: those whose instructions may ask for one, and their callers.
 *
 * Calls of such functions write the caller's references and the callee's header first; calls of the others write nothing.
 */
import type { FuncIndex } from '../../isa/program.ts';
import { safepointsOf } from '../../isa/select.ts';
import { calleeOf } from './slots.ts';
import type { Plan } from './plan.ts';

/** For each plan whether it collects; `outside` answers for functions without a plan. */
export function collectors(plans: readonly Plan[], outside: (func: FuncIndex) => boolean): boolean[] {
  const result = plans.map(asksItself);
  const position = new Map<FuncIndex, number>();
  plans.forEach(({ func, entry }, i) => {
    if (entry === 0) position.set(func, i);
  });
  for (let changed = true; changed; ) {
    changed = false;
    plans.forEach(({ flow }, i) => {
      if (result[i] === true) return;
      const callsOne = flow.insts.some((inst) => {
        const func = calleeOf(inst);
        if (func === null) return false;
        const callee = position.get(func);
        return callee === undefined ? outside(func) : result[callee];
      });
      if (!callsOne) return;
      result[i] = true;
      changed = true;
    });
  }
  return result;
}

/** A poll stops but does not collect; an error that is caught may. */
function asksItself({ flow }: Plan): boolean {
  return flow.blocks.some(({ start, end, handlers }) => {
    if (handlers.length > 0) return true;
    return flow.insts.slice(start, end).some((inst) => {
      const { op } = inst;
      if (calleeOf(inst) !== null || op.placed.some(({ kind }) => kind === 'cost')) return false;
      return op.traits.flow === 'call' || safepointsOf(inst).length > 0;
    });
  });
}
