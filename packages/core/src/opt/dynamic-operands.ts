/**
 * Operations on dynamic values whose meaning their operands' types decide.
 */
import type { Defs } from '../analysis/defs.ts';
import { integerOf } from '../analysis/dynamic-types.ts';
import { CONSTANT, type Knowledge } from '../analysis/propagate.ts';
import type { BuiltinName } from '../base/builtins.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import type { Inst, ValueId } from '../ir/ir.ts';
import type { Imm, Scalar } from '../ir/ops.ts';

export const ARITHMETIC = /^dyn\.(add|sub|mul|div|rem|and|or|xor|shl|shr|neg|bitnot)$/;
const ORDER = /^(dyn\.(lt|le|gt|ge)|equal\.any)$/;

/** The name of the built-in that an instruction calls, else nothing. */
export function builtin(inst: Inst | undefined): string {
  return inst?.op === 'rt' ? (inst.imm as string) : '';
}

/** Built-ins that only show a word or compare it, whatever it is. */
const INDIFFERENT: ReadonlySet<unknown> = new Set<BuiltinName>(['out.value', 'out.radix', 'out.decimals', 'assert.eq']);

export function isIndifferent(name: Imm): boolean {
  return INDIFFERENT.has(name);
}

/** The operands of an operation on dynamic values that decide what it does. */
export function dynamicOperands(inst: Inst): readonly ValueId[] {
  const name = builtin(inst);
  if (name !== 'equal.any' && !name.startsWith('dyn.')) return [];
  if (!ARITHMETIC.test(name) && !ORDER.test(name)) return [];
  return inst.args.slice(0, name === 'dyn.neg' || name === 'dyn.bitnot' ? 1 : 2);
}

/** The integer in a word that was boxed from a constant. */
export function integerIn(word: ValueId, makers: Defs['inst'], known: Knowledge): bigint | null {
  const maker = makers[word];
  if (maker === undefined || (maker.op !== 'box.i32' && maker.op !== 'box.i64')) return null;
  const raw = maker.args[0] as ValueId;
  if (maker.imm === TYPE_CODES.bool || known.state[raw] !== CONSTANT) return null;
  return integerOf(maker.imm as number, known.constant[raw] as Scalar);
}
