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
  const tally = (values: readonly ValueId[]): void => {
    for (let i = 0; i < values.length; i++) {
      const slot = (values[i] as number) + 2;
      start[slot] = (start[slot] as number) + 1;
    }
  };
  const { blocks } = cfg;
  for (let position = 0; position < blocks.length; position++) {
    const { insts, term } = blocks[position] as Block;
    for (let i = 0; i < insts.length; i++) {
      const { args, exc } = insts[i] as Inst;
      tally(args);
      if (exc !== null) tally(exc.args);
    }
    operandsOfTerm(term, tally);
  }
  for (let value = 2; value <= count + 1; value++) {
    start[value] = (start[value] as number) + (start[value - 1] as number);
  }
  const total = start[count + 1] as number;
  const block = arrays.i32(total);
  const index = arrays.i32(total);
  let here = 0;
  let at = 0;
  const note = (values: readonly ValueId[]): void => {
    for (let i = 0; i < values.length; i++) {
      const slot = (values[i] as number) + 1;
      const place = start[slot] as number;
      start[slot] = place + 1;
      block[place] = here;
      index[place] = at;
    }
  };
  for (here = 0; here < blocks.length; here++) {
    const { insts, term } = blocks[here] as Block;
    for (at = 0; at < insts.length; at++) {
      const { args, exc } = insts[at] as Inst;
      note(args);
      if (exc !== null) note(exc.args);
    }
    operandsOfTerm(term, note);
  }
  return { start, block, index };
}

function operandsOfTerm(term: Block['term'], visit: (values: readonly ValueId[]) => void): void {
  switch (term.kind) {
    case 'jump':
      return visit(term.to.args);
    case 'br':
      visit([term.cond]);
      visit(term.then.args);
      return visit(term.else.args);
    case 'ret':
      if (term.value !== null) visit([term.value]);
      return;
    case 'trap':
      if (term.exc !== null) visit(term.exc.args);
      return;
    default:
  }
}
