/**
 * Calls of function values that are known become direct calls.
 *
 *     f = closure.new f3        closure.has s1, f  is known        call.closure s1, f, x  is  call f3, x
 *
 *     g = closure.of f3, f        is  f                        closure.get 0, g           is what the function value was made with
 *
 * A function with captured values cannot be called directly, because it finds them in the running function value; such calls are
 * left to `inline`, as calls that know the signature.
 */
import { HAS } from '../analysis/contents.ts';
import { applyForwarding, Forwarding } from '../ir/edit.ts';
import type { FuncId, Inst, ValueId } from '../ir/ir.ts';
import { functionMade, knownCallee } from './known-callee.ts';
import type { FuncPass } from './pass.ts';

export const knownFunctions: FuncPass = {
  name: 'known-functions',
  doc: 'calls of known functions without captured values are direct',
  settles: true,
  needs: HAS.closures,
  run: (func, cx) => {
    const { program } = cx;
    const makers: (Inst | undefined)[] = [];
    let any = false;
    for (const { insts } of func.blocks.values()) {
      for (const inst of insts) {
        if (inst.result !== null) makers[inst.result] = inst;
        any ||= inst.op === 'closure.new';
      }
    }
    if (!any) return false;
    let changed = false;
    const forwarding = new Forwarding();
    for (const { insts } of func.blocks.values()) {
      for (const inst of insts) {
        if (inst.op === 'closure.has' || inst.op === 'closure.is') {
          const made = functionMade(inst.args[0] as ValueId, makers);
          if (made === null || !cx.may()) continue;
          inst.imm =
            (inst.op === 'closure.is' ? made.imm : program.funcs.get(made.imm as FuncId).sig) === inst.imm ? 1 : 0;
          inst.op = 'const.i32';
          inst.args = [];
        } else if (inst.op === 'closure.of' || inst.op.startsWith('closure.get.')) {
          const made = functionMade(inst.args[0] as ValueId, makers);
          if (made === null || (inst.op === 'closure.of' && inst.imm !== made.imm) || !cx.may()) continue;
          const known = inst.op === 'closure.of' ? made.result : made.args[inst.imm as number];
          forwarding.set(inst.result as ValueId, known as ValueId);
        } else if (inst.op === 'call.closure' || inst.op === 'call.boxed') {
          const known = knownCallee(inst, makers, program);
          if (known === null) continue;
          const { func: callee, made } = known;
          const isDirect = callee.captures.length === 0;
          if (!isDirect && inst.op === 'call.closure') continue;
          if (!cx.may()) continue;
          inst.op = isDirect ? 'call' : 'call.closure';
          inst.imm = isDirect ? callee.id : callee.sig;
          inst.args = isDirect ? inst.args.slice(1) : [made.result as ValueId, ...inst.args.slice(1)];
        } else {
          continue;
        }
        changed = true;
      }
    }
    if (forwarding.isEmpty) return changed ? 'values' : false;
    for (const block of func.blocks.values())
      block.insts = block.insts.filter(({ result }) => result === null || forwarding.get(result) === result);
    applyForwarding(func, forwarding);
    return true;
  },
};
