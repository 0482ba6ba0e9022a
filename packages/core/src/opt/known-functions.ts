/**
 * Calls of function values that are known become direct calls.
 *
 *     f = closure.new f3        closure.has s1, f  is known        call.closure s1, f, x  is  call f3, x
 *
 * A function with captured values cannot be called directly, because it finds them in the running function value; such calls are
 * left to `inline`.
 */
import { HAS } from '../analysis/contents.ts';
import type { FuncId, Inst, IrProgram } from '../ir/ir.ts';
import type { FuncPass } from './pass.ts';

export const knownFunctions: FuncPass = {
  name: 'known-functions',
  doc: 'calls of known functions without captured values are direct',
  settles: true,
  needs: HAS.closures,
  run: (func, cx) => {
    const made = new Map<number, FuncId>();
    for (const block of func.blocks.values()) {
      for (const { op, result, imm } of block.insts)
        if (op === 'closure.new') made.set(result as number, imm as FuncId);
    }
    if (made.size === 0) return false;
    let changed = false;
    for (const block of func.blocks.values()) {
      for (const inst of block.insts) {
        if (inst.op !== 'closure.has' && inst.op !== 'call.closure') continue;
        const target = made.get(inst.args[0] as number);
        if (target === undefined || !isBetter(inst, target, cx.program) || !cx.may()) continue;
        changed = true;
        if (inst.op === 'call.closure') {
          inst.op = 'call';
          inst.imm = target;
          inst.args = inst.args.slice(1);
        } else {
          inst.op = 'const.i32';
          inst.imm = cx.program.funcs.get(target).sig === inst.imm ? 1 : 0;
          inst.args = [];
        }
      }
    }
    return changed ? 'values' : false;
  },
};

function isBetter(inst: Inst, target: FuncId, program: IrProgram): boolean {
  const { captures, sig } = program.funcs.get(target);
  return inst.op === 'closure.has' || (captures.length === 0 && sig === inst.imm);
}
