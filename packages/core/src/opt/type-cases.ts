/**
 * Values whose types only a run can tell are told apart where a loop uses them, and what follows is written once more for the likely type:
 *
 *     v = rt array.get.any a, i             b0: k = rt array.kind a;  br k = i64, b1, b2
 *     p = rt dyn.mul v, w           ->      b1: x = array.get.i64 a, i;  v' = box.i64 x;  ...  jump b3(u')
 *     u = unbox.i64 p                       b2: as it was;  jump b3(u)
 *     s' = addc.i64 s, u                    b3(u''): s' = addc.i64 s, u''
 *
 * Both reach up to the last instruction of the block that handles such values; other passes make the new one typed. This is the splitting
 * of Chambers and Ungar, "Iterative type analysis and extended message splitting" (1990), within a block. Loops of which
 * `typed-loops` makes versions are left to it.
 */
import { HAS } from '../analysis/contents.ts';
import { hasInst } from '../ir/edit.ts';
import type { Inst } from '../ir/ir.ts';
import { CaseBlocks } from './case-blocks.ts';
import { builtin, dynamicOperands } from './dynamic-operands.ts';
import { ACCESSES } from './element-accesses.ts';
import type { FuncPass } from './pass.ts';
import { FIELDS } from './struct-fields.ts';

export const typeCases: FuncPass = {
  name: 'type-cases',
  doc: 'in loops, operations on dynamic values are written once more for the likely types',
  settles: true,
  needs: HAS.words | HAS.loops,
  run: (func, cx) => {
    if (!hasInst(func, mayHaveCases)) return false;
    const analyses = cx.analyses(func);
    return analyses.loops.loops.length > 0 && new CaseBlocks(func, analyses, cx).run();
  },
};

function mayHaveCases(inst: Inst): boolean {
  const name = builtin(inst);
  return ACCESSES.has(name) || FIELDS.has(name) || dynamicOperands(inst).length > 0;
}
