/**
 * Where each value is used: the instructions and terminators that have it among their operands or among the arguments of an edge.
 */
import { type Arrays, FRESH } from '../base/arrays.ts';
import type { Block, Func, Inst, ValueId } from '../ir/ir.ts';
import type { Cfg } from './cfg.ts';

export interface Uses {
  /** The uses of value v: from `start[v]` up to `start[v + 1]`, in the order of the code; twice in one instruction is two uses. */
  readonly start: Int32Array;
  /** Position of the block. */
  readonly block: Int32Array;
  /** Index of the instruction in the block; the number of instructions for the terminator. */
  readonly index: Int32Array;
}

export function usesOf(func: Func, cfg: Cfg, arrays: Arrays = FRESH): Uses {
  const count = func.values.size;
  // One place further on while the lists are filled: what is filled in moves each start to where the next list begins.
  const start = arrays.i32(count + 2);
  const { blocks } = cfg;
  for (let position = 0; position < blocks.length; position++) {
    const { insts, term } = blocks[position] as Block;
    for (let i = 0; i < insts.length; i++) {
      const { args, exc } = insts[i] as Inst;
      if (args.length > 0) tally(start, args);
      if (exc !== null) tally(start, exc.args);
    }
    switch (term.kind) {
      case 'jump':
        tally(start, term.to.args);
        break;
      case 'br':
        start[term.cond + 2] = (start[term.cond + 2] as number) + 1;
        tally(start, term.then.args);
        tally(start, term.else.args);
        break;
      case 'ret':
        if (term.value !== null) start[term.value + 2] = (start[term.value + 2] as number) + 1;
        break;
      case 'trap':
        if (term.exc !== null) tally(start, term.exc.args);
        break;
      default:
    }
  }
  for (let value = 2; value <= count + 1; value++) {
    start[value] = (start[value] as number) + (start[value - 1] as number);
  }
  const total = start[count + 1] as number;
  const uses: Uses = { start, block: arrays.i32(total), index: arrays.i32(total) };
  for (let here = 0; here < blocks.length; here++) {
    const { insts, term } = blocks[here] as Block;
    const { length } = insts;
    for (let at = 0; at < length; at++) {
      const { args, exc } = insts[at] as Inst;
      if (args.length > 0) noteAll(uses, args, here, at);
      if (exc !== null) noteAll(uses, exc.args, here, at);
    }
    switch (term.kind) {
      case 'jump':
        noteAll(uses, term.to.args, here, length);
        break;
      case 'br':
        note(uses, term.cond, here, length);
        noteAll(uses, term.then.args, here, length);
        noteAll(uses, term.else.args, here, length);
        break;
      case 'ret':
        if (term.value !== null) note(uses, term.value, here, length);
        break;
      case 'trap':
        if (term.exc !== null) noteAll(uses, term.exc.args, here, length);
        break;
      default:
    }
  }
  return uses;
}

function tally(start: Int32Array, values: readonly ValueId[]): void {
  for (let i = 0; i < values.length; i++) {
    const slot = (values[i] as number) + 2;
    start[slot] = (start[slot] as number) + 1;
  }
}

function note({ start, block, index }: Uses, value: ValueId, here: number, at: number): void {
  const place = start[value + 1] as number;
  start[value + 1] = place + 1;
  block[place] = here;
  index[place] = at;
}

function noteAll(uses: Uses, values: readonly ValueId[], here: number, at: number): void {
  for (let i = 0; i < values.length; i++) note(uses, values[i] as ValueId, here, at);
}
