/** The instruction that the machine puts before a function's code when there is machine code for it. */
import { encode } from './encode.ts';
import { opcode } from './opcodes.ts';

/** Words of a `tier.enter`: position in the machine's table, and whether calls of the function are counted. */
export function machineEntry(index: number, counted: boolean): readonly number[] {
  const words: number[] = [];
  encode(words, opcode('tier.enter'), [index, counted ? 1 : 0]);
  return words;
}
