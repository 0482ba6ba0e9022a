/**
 * The fingerprint of the instruction set: files made for another one are refused, because numbers in them mean something else.
 *
 * It covers all that gives numbers in bytecode their meaning: opcodes with their operands, built-ins, errors and type codes. The build makes it
 * (`opcode-table.ts`).
 */
import { BUILTINS } from '../../base/builtins.ts';
import { hashText } from '../../base/hash-text.ts';
import { TYPE_CODES } from '../../base/kinds.ts';
import { TRAPS } from '../../base/traps.ts';

/** `rows` says what the opcodes are. */
export function isaFingerprint(rows: string): number {
  const builtins = Object.entries(BUILTINS).map(([name, { params, result }]) => `${name}(${params.join()})${result}`);
  const codes = Object.entries(TYPE_CODES).map(([name, code]) => `${name}=${code}`);
  return hashText([rows, ...builtins, ...Object.keys(TRAPS), ...codes].join('\n'));
}
