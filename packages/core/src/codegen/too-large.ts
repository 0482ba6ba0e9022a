/**
 * What stands for a function that does not fit the machine: it raises a memory error when it is called.
 *
 * The slots of a frame have numbers below 2^15 (`MAX_FRAME`), and each place where a collection may happen has a table of the
 * references that live there. A function that keeps more values than that at once, or so many references across so many
 * places that the tables alone would take hundreds of megabytes, cannot run; what does not call it can.
 */
import { TRAP_KIND_NAMES } from '../base/traps.ts';
import { FuncBuilder } from '../ir/builder.ts';
import type { Func } from '../ir/ir.ts';
import type { CallTypes } from '../ir/result-kind.ts';
import { MAX_FRAME } from '../isa/program.ts';

/** References that the tables of one function name in all. */
export const MAX_SAFEPOINT_ENTRIES = 2 ** 25;

/** The same function, doing nothing but failing. */
export function failingFunc(func: Func, calls: CallTypes): Func {
  // Nothing that fits can call it with more.
  const b = new FuncBuilder({ ...func, params: func.params.slice(0, MAX_FRAME >> 1) }, calls);
  const message = `Function '${func.displayName}' is too large: it keeps too many values at once`;
  b.effect('poll', [], 1);
  b.effect('rt', [b.i32(TRAP_KIND_NAMES.indexOf('memory')), b.inst('const.str', [], message)], 'raise');
  b.unreachable();
  return b.finish();
}
