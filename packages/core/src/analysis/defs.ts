/**
 * Where each value is defined.
 */
import { type Arrays, FRESH } from '../base/arrays.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import type { Cfg } from './cfg.ts';

export interface Defs {
  /** By value: the position of its block, or -1 if nothing reachable defines it. */
  readonly block: Int32Array;
  /** By value: index of its instruction in the block, or -1 for a parameter. */
  readonly index: Int32Array;
  /** By value: its instruction, if it is not a parameter. */
  readonly inst: readonly (Inst | undefined)[];
}

export function defsOf(func: Func, cfg: Cfg, arrays: Arrays = FRESH): Defs {
  const count = func.values.size;
  const home = arrays.i32(count, -1);
  const index = arrays.i32(count, -1);
  const insts = new Array<Inst | undefined>(count);
  const { blocks } = cfg;
  for (let position = 0; position < blocks.length; position++) {
    const { params, insts: body } = blocks[position] as Block;
    for (let i = 0; i < params.length; i++) home[params[i] as ValueId] = position;
    for (let i = 0; i < body.length; i++) {
      const inst = body[i] as Inst;
      const { result } = inst;
      if (result === null) continue;
      home[result] = position;
      index[result] = i;
      insts[result] = inst;
    }
  }
  return { block: home, index, inst: insts };
}

/** Whether a value is defined by that operation; then its instruction. */
export function definedBy(defs: Defs, value: ValueId, op: Inst['op']): Inst | null {
  const inst = defs.inst[value];
  return inst !== undefined && inst.op === op ? inst : null;
}
