/**
 * What the types of a whole program decide about members found by name.
 *
 *     m = rt dyn.method, x, "area"        is nil, m  is 0 if no struct type has a field of that name: m is a method, or there was an error
 *
 * Only where no type can be added later.
 */
import { HAS } from '../analysis/contents.ts';
import type { FuncPass } from './pass.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import type { IrProgram, ValueId } from '../ir/ir.ts';

export const knownMembers: FuncPass = {
  name: 'known-members',
  doc: 'no test whether a member is a field where no type has a field of that name',
  settles: true,
  needs: HAS.members,
  run: (func, cx) => {
    const names = new Map<ValueId, string>();
    const methods = new Set<ValueId>();
    let changed = false;
    for (const { insts } of func.blocks.values()) {
      for (const { op, result, imm } of insts) if (op === 'const.str') names.set(result as ValueId, imm as string);
    }
    if (names.size === 0) return false;
    for (const { insts } of func.blocks.values()) {
      for (const { op, imm, args, result } of insts) {
        const name = op === 'rt' && imm === 'dyn.method' ? names.get(args[1] as ValueId) : undefined;
        if (name !== undefined && !isField(cx.program, name)) methods.add(result as ValueId);
      }
    }
    if (methods.size === 0) return false;
    for (const { insts } of func.blocks.values()) {
      for (const inst of insts) {
        if (inst.op !== 'is' || inst.imm !== TYPE_CODES.nil || !methods.has(inst.args[0] as ValueId)) continue;
        if (!cx.may()) continue;
        changed = true;
        inst.op = 'const.i32';
        inst.imm = 0;
        inst.args = [];
      }
    }
    return changed ? 'values' : false;
  },
};

function isField({ types }: IrProgram, name: string): boolean {
  return types.some((type) => type.kind === 'struct' && type.fields.some((field) => field.name === name));
}
