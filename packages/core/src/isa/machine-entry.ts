/** The instruction that the machine puts before a function's code when there is machine code for it. */
import { encode } from './encode.ts';
import { opcode } from './opcodes.ts';

/** Words of a `tier.enter`: position in the machine's table. */
export function machineEntry(index: number): readonly number[] {
  const words: number[] = [];
  encode(words, opcode('tier.enter'), [index]);
  return words;
}
