/**
 * Operations on dynamic values whose meaning their operands' types decide.
 */
import type { Inst, ValueId } from '../ir/ir.ts';

export const ARITHMETIC = /^dyn\.(add|sub|mul|div|rem|and|or|xor|shl|shr|neg|bitnot)$/;
const ORDER = /^(dyn\.(lt|le|gt|ge)|equal\.any)$/;

/** The name of the built-in that an instruction calls, else nothing. */
export function builtin(inst: Inst | undefined): string {
  return inst?.op === 'rt' ? (inst.imm as string) : '';
}

/** The operands of an operation on dynamic values that decide what it does. */
export function dynamicOperands(inst: Inst): readonly ValueId[] {
  const name = builtin(inst);
  if (name !== 'equal.any' && !name.startsWith('dyn.')) return [];
  if (!ARITHMETIC.test(name) && !ORDER.test(name)) return [];
  return inst.args.slice(0, name === 'dyn.neg' || name === 'dyn.bitnot' ? 1 : 2);
}
