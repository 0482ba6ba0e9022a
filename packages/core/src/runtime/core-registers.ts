/**
 * The VM registers that the runtime core keeps for itself (`CORE0` and so on in the layout table), by the name it gives them.
 */
import { VM_REGS, type VmWord } from './layout.ts';

const NAMES = [
  'HEAP_START', //    first chunk: what lies between HEAP_BASE and here is the core's own (tables, buffers)
  'FULL_WANTED', //   the next step must be a whole collection: the limit was reached
  'FULL_DONE', //     the last step was a whole collection and nothing was allocated by another instruction since
  'MARK_OVERFLOW', // some marked objects could not be pushed: their gc byte is 2
  'LINE_START', //    complete lines end here in the output buffer
  'TEXT_START', //    the text that the running built-in makes begins here in the output buffer
  'OUT_OBJECT', //    the heap object whose bytes OUT_BUFFER names, 0 while it is the fixed buffer
  'INPUT_STATE', //   1: the prompt is out and a line was asked for
  'POWERS', //        table of powers of ten, 0 until it is first needed
  'POISON', //        non-zero: freed cells are overwritten and swept at once (tests)
  'WORK', //          units of work that the running built-in has done and not paid
  'SORT_SOURCE', //   the array that is being sorted in steps, 0 if none is
  'SORT_RESULT', //   the array that its elements go to
  'SORT_SCRATCH', //  the other buffer, how far the work is at its head
] as const;

export type CoreRegister = (typeof NAMES)[number];

/** Address by name. */
export const CORE_REGS = Object.fromEntries(NAMES.map((name, i) => [name, VM_REGS[`CORE${i}` as VmWord]])) as Readonly<
  Record<CoreRegister, number>
>;

/** What belongs to the built-in that is running, across its stops: zero where a run begins. */
export const CALL_REGISTERS: readonly CoreRegister[] = [
  'INPUT_STATE',
  'WORK',
  'SORT_SOURCE',
  'SORT_RESULT',
  'SORT_SCRATCH',
];

/** u64: what the built-in that stopped for fuel needs in all, as far as it knows. */
export const FUEL_WANTED = VM_REGS.CORE14;
