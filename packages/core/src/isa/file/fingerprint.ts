/**
 * The fingerprint of the instruction set: files made for another one are refused, because numbers in them mean something else.
 *
 * It covers all that gives numbers in bytecode their meaning: opcodes with their operands, built-ins, errors and type codes.
 */
import { BUILTINS } from '../../base/builtins.ts';
import { TYPE_CODES } from '../../base/kinds.ts';
import { TRAPS } from '../../base/traps.ts';
import { OPCODE_ROWS } from '../opcode-table.ts';
import { hashText } from './checksum.ts';

function fingerprint(): number {
  const builtins = Object.entries(BUILTINS).map(([name, { params, result }]) => `${name}(${params.join()})${result}`);
  const codes = Object.entries(TYPE_CODES).map(([name, code]) => `${name}=${code}`);
  return hashText([OPCODE_ROWS, ...builtins, ...Object.keys(TRAPS), ...codes].join('\n'));
}

export const ISA_FINGERPRINT = fingerprint();
