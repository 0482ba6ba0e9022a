/**
 * Built-ins that get at elements of arrays of whatever type, and the typed instructions that stand for them where the type is known.
 */
import { rawKind } from '../analysis/dynamic-types.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import type { Inst, ValueId } from '../ir/ir.ts';
import type { OpName } from '../ir/ops.ts';
import { builtin } from './dynamic-operands.ts';
import type { Emitter } from './emitter.ts';

export type Access = 'get' | 'set' | 'push';

/** Of `any.get` and `any.set` the array and the index are words; of all, elements are. */
export const ACCESSES: ReadonlyMap<string, Access> = new Map([
  ['array.get.any', 'get'],
  ['any.get', 'get'],
  ['array.set.any', 'set'],
  ['any.set', 'set'],
  ['array.push.any', 'push'],
]);

/** Whether the array and the index of an access are words. */
export function takesWords(inst: Inst): boolean {
  return builtin(inst).startsWith('any.');
}

/**
 * Writes an access to an array that stores raw values of a type: `inst` with `array` for its first operand. An index that is a word is an
 * i64, and what is stored is of the type.
 */
export function typedAccess(e: Emitter, inst: Inst, array: ValueId, code: number): void {
  const access = ACCESSES.get(builtin(inst)) as Access;
  const op = `array.${access}.${rawKind(code)}` as OpName;
  const [, second, third] = inst.args as [ValueId, ValueId, ValueId];
  if (access === 'push') {
    e.effect(op, [array, e.unbox(second, code)], code);
    return;
  }
  const index = takesWords(inst) ? e.unbox(second, TYPE_CODES.i64) : second;
  if (access === 'get') e.finalBox(e.op(op, [array, index], code), code);
  else e.effect(op, [array, index, e.unbox(third, code)], code);
}
