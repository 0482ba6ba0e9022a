/** What stands at the entry of functions: a poll, and in front of it the way to machine code. */
import { decode, encode } from './encode.ts';
import { opcode } from './opcodes.ts';

/** Words of a `tier.enter`: position in the machine's table. */
export function machineEntry(index: number): readonly number[] {
  const words: number[] = [];
  encode(words, opcode('tier.enter'), [index]);
  return words;
}

/** What the poll takes with which a function's code begins, and its length; nothing if there is none, or no code (a function that is not used). */
export function entryPoll(code: Uint32Array | readonly number[]): { readonly cost: number; readonly words: number } {
  if (code.length === 0) return { cost: 0, words: 0 };
  const { op, values } = decode(code, 0);
  const [cost] = values;
  return op === opcode('poll') && cost !== undefined ? { cost, words: op.words } : { cost: 0, words: 0 };
}
