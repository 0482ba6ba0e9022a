/**
 * A method called by name that few types have is called by its type:
 *
 *     m = rt dyn.method x, "area"                       br (is #t1 x), b1, b2
 *     f = rt any.func m                          ->     b1: o = unbox.ref #t1 x;  a = call f4, o;  jump b4(box.f64 a)
 *     r = call.boxed 1, f, x                            b2: the same with t2, and at last the call by name, for its error
 *                                                       b4(r): ...
 *
 * What stands for the call is the method's boxed entry, whose body may then be inlined. Only where no type can be added later and none has a
 * field of that name; and only if the arguments are made before the method is looked for.
 */
import { HAS } from '../analysis/contents.ts';
import type { Inst, ValueId } from '../ir/ir.ts';
import { MethodCalls } from './method-calls.ts';
import type { FuncPass } from './pass.ts';

export const methodCases: FuncPass = {
  name: 'method-cases',
  doc: 'methods called by name that few types have are called directly',
  needs: HAS.boxedCalls,
  run: (func, cx) => {
    const makers = new Map<ValueId, Inst>();
    let any = false;
    for (const { insts } of func.blocks.values()) {
      for (const inst of insts) {
        any ||= inst.op === 'rt' && inst.imm === 'dyn.method';
        if (inst.result !== null && (inst.op === 'const.str' || inst.op === 'rt')) makers.set(inst.result, inst);
      }
    }
    if (!any) return false;
    return new MethodCalls(func, cx, makers).run();
  },
};
