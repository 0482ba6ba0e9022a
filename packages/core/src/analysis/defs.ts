/**
 * Where each value is defined.
 */
import type { Func, Inst, ValueId } from '../ir/ir.ts';
import type { Cfg } from './cfg.ts';

export interface Defs {
  /** By value: the position of its block, or -1 if nothing reachable defines it. */
  readonly block: Int32Array;
  /** By value: index of its instruction in the block, or -1 for a parameter. */
  readonly index: Int32Array;
  /** By value: its instruction, if it is not a parameter. */
  readonly inst: readonly (Inst | undefined)[];
}

export function defsOf(func: Func, cfg: Cfg): Defs {
  const block = new Int32Array(func.values.size).fill(-1);
  const index = new Int32Array(func.values.size).fill(-1);
  const insts: (Inst | undefined)[] = new Array<Inst | undefined>(func.values.size);
  for (const [position, { params, insts: body }] of cfg.blocks.entries()) {
    for (const param of params) block[param] = position;
    for (let i = 0; i < body.length; i++) {
      const inst = body[i] as Inst;
      if (inst.result === null) continue;
      block[inst.result] = position;
      index[inst.result] = i;
      insts[inst.result] = inst;
    }
  }
  return { block, index, inst: insts };
}

/** Whether a value is defined by that operation; then its instruction. */
export function definedBy(defs: Defs, value: ValueId, op: Inst['op']): Inst | null {
  const inst = defs.inst[value];
  return inst !== undefined && inst.op === op ? inst : null;
}
