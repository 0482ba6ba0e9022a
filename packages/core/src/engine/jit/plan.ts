/**
 * A function as it is before it is written: what the translator finds out of its bytecode, and what others ask of that.
 */
import type { FuncIndex } from '../../isa/program.ts';
import type { Constants } from './constants.ts';
import type { Flow } from './flow.ts';
import type { Loop } from './loops.ts';
import type { Slots } from './slots.ts';

/** A function ready to be written, from one of its instructions on. */
export interface Plan {
  readonly func: FuncIndex;
  /** The pc at which it is entered: 0, or a poll at which frames stand that go on in it. */
  readonly entry: number;
  readonly flow: Flow;
  readonly slots: Slots;
  /** For each block the innermost loop that it is in. */
  readonly loops: readonly (Loop | null)[];
  /** Slots that hold constants when a frame comes in. */
  readonly constants: Constants;
}
