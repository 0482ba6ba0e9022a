/**
 * Which objects a function does not hand on at once. Most are, and then `object-families.ts` has nothing to look into.
 */
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import { builtin } from './dynamic-operands.ts';

/** Instructions that give an object which is only read, or filled where it is made, or goes on to another block. */
export function keptObjects({ blocks }: Func, gives: (inst: Inst) => boolean): readonly Inst[] {
  const objects = new Map<ValueId, { readonly inst: Inst; readonly home: Block }>();
  for (const home of blocks.values()) {
    const { insts, term } = home;
    for (const inst of insts) {
      const name = inst.op === 'rt' ? builtin(inst) : inst.op;
      const fills = name.startsWith('array.push') && objects.get(inst.args[0] as ValueId)?.home === home;
      for (let i = fills || isRead(name) ? 1 : 0; i < inst.args.length; i++) objects.delete(inst.args[i] as ValueId);
      if (inst.result !== null && gives(inst)) objects.set(inst.result, { inst, home });
    }
    if (term.kind === 'ret' && term.value !== null) objects.delete(term.value);
  }
  return [...objects.values()].map(({ inst }) => inst);
}

/** Whether an operation only reads its first operand. */
function isRead(name: string): boolean {
  if (name === 'enum.tag' || name === 'array.len') return true;
  return name.startsWith('field.get') || name.startsWith('payload.get') || name.startsWith('array.get');
}
