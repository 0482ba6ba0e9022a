/**
 * A branch that only chooses between two numbers is a selection:
 *
 *     br c, b1(x, z), b1(y, z)      ->      v = select.i64 c, x, y
 *                                           jump b1(v, z)
 *
 * Processors guess where branches go, and which of two numbers is less they often guess wrong. Only integers: hosts select doubles with a
 * branch. And only one: two that are chosen at once mostly say where to go on reading, which a guess does ahead of the answer.
 */
import { newInst } from '../ir/edit.ts';
import type { Edge, Func, ValueId } from '../ir/ir.ts';
import type { FuncPass } from './pass.ts';

export const selects: FuncPass = {
  name: 'selects',
  doc: 'no branch leads to one block with two values of an integer',
  settles: true,
  makes: 0,
  run: (func, cx) => {
    let changed = false;
    for (const block of func.blocks.values()) {
      const { term, insts } = block;
      // What stands behind a poll is one instruction with it.
      if (term.kind !== 'br' || insts.at(-1)?.op === 'poll') continue;
      const at = onlyDifference(func, term.then, term.else);
      if (at === -1 || !cx.may()) continue;
      const { cond, then, span } = term;
      const kind = func.values.get(then.args[at] as ValueId) as 'i32' | 'i64';
      const args = [cond, then.args[at] as ValueId, term.else.args[at] as ValueId];
      const inst = newInst(func, { span, inlined: [] }, `select.${kind}`, args, null, kind);
      insts.push(inst);
      block.term = {
        kind: 'jump',
        to: { block: then.block, args: then.args.map((arg, i) => (i === at ? (inst.result as ValueId) : arg)) },
        span,
      };
      changed = true;
    }
    return changed;
  },
};

/** The position of the one argument in which two edges to one block differ, if it is an integer; else -1. */
function onlyDifference(func: Func, a: Edge, b: Edge): number {
  if (a.block !== b.block) return -1;
  const differs = (i: number): boolean => a.args[i] !== b.args[i];
  const at = a.args.findIndex((_, i) => differs(i));
  if (at === -1 || a.args.some((_, i) => i > at && differs(i))) return -1;
  const kind = func.values.get(a.args[at] as ValueId);
  return kind === 'i32' || kind === 'i64' ? at : -1;
}
