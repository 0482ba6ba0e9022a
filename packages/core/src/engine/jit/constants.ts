/**
 * Slots that hold constants where a frame comes in.
 *
 * What a frame brings in its window is unknown to the host's compiler, also a divisor or a bound that the function loaded before its loops. Where
 * every way to the poll has the same constant in a slot, machine code for that poll has it as a constant too.
 */
import type { BytecodeFunc, BytecodeProgram } from '../../isa/program.ts';
import type { Flow } from './flow.ts';
import { effectsOf } from './slots.ts';

/** By slot the instruction that loads the constant, as its position in the flow's instructions. */
export type Constants = ReadonlyMap<number, number>;

const NONE: Constants = new Map();

/** What is constant before an instruction, given by its position, that begins a block of the flow from the function's start. */
export function constantsAt(whole: Flow, at: number, func: BytecodeFunc, program: BytecodeProgram): Constants {
  const { blocks, insts } = whole;
  const entry = blocks.map((): Map<number, number> | null => null);
  entry[0] = new Map();
  /** Takes over what one more way into a block brings; whether that changed anything. */
  const flowsTo = (block: number, state: ReadonlyMap<number, number>): boolean => {
    const known = entry[block] as Map<number, number> | null;
    if (known === null) {
      entry[block] = new Map(state);
      return true;
    }
    const gone = [...known].filter(([slot, inst]) => state.get(slot) !== inst);
    for (const [slot] of gone) known.delete(slot);
    return gone.length > 0;
  };
  for (let changed = true; changed; ) {
    changed = false;
    blocks.forEach(({ start, end, succs, handlers }, i) => {
      const before = entry[i];
      if (!before) return;
      const state = new Map(before);
      // A handler is entered from anywhere in the block, the error in a slot.
      const kept = new Map(before);
      for (let inst = start; inst < end; inst++) {
        const decoded = insts[inst];
        const { def } = decoded === undefined ? { def: null } : effectsOf(decoded, func, program);
        if (decoded === undefined || def === null) continue;
        kept.delete(def.slot);
        if (decoded.op.name.startsWith('const.')) state.set(def.slot, inst);
        else state.delete(def.slot);
      }
      for (const { slot } of func.handlers) kept.delete(slot);
      for (const to of succs) changed = flowsTo(to, state) || changed;
      for (const to of handlers) changed = flowsTo(to, kept) || changed;
    });
  }
  return entry[blocks.findIndex(({ start }) => start === at)] ?? NONE;
}
