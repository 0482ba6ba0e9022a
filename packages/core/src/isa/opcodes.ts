/**
 * The opcodes by name, by number and by the IR operation they mean.
 *
 * Rows of the table are text until somebody asks for them: a program uses a few dozen opcodes of more than two hundred, and
 * every start would pay for all. The text is derived from the definitions when the project is built (`opcode-table-text.ts`).
 */
import { Bug, present } from '../base/bug.ts';
import type { Opcode } from './opcode.ts';
import { OPCODE_NAMES, OPCODE_ROWS, OPCODES_BY_IR } from './opcode-table.ts';
import { readOpcodeRow } from './opcode-row.ts';

const NUMBERS: ReadonlyMap<string, number> = new Map(OPCODE_NAMES.split(' ').map((name, number) => [name, number]));

const rows: readonly string[] = OPCODE_ROWS.split('\n');
/** How many opcodes there are; their numbers are below. */
export const OPCODE_COUNT = rows.length;
/** Rows that were asked for. */
const known: Opcode[] = [];
const knownByIr = new Map<string, readonly Opcode[]>();

export function opcodeByNumber(number: number): Opcode {
  return known[number] ?? read(number);
}

function read(number: number): Opcode {
  const opcode = readOpcodeRow(present(rows[number], `opcode number ${number}`), number);
  known[number] = opcode;
  return opcode;
}

export function opcode(name: string): Opcode {
  const number = NUMBERS.get(name);
  if (number === undefined) throw new Bug(`opcode ${name} is missing`);
  return opcodeByNumber(number);
}

/** Whether there is an opcode of that name. */
export function hasOpcode(name: string): boolean {
  return NUMBERS.has(name);
}

/** Opcodes that mean an IR operation (or `rt:NAME`), the plain form first; none if nothing does. */
export function opcodesFor(ir: string): readonly Opcode[] {
  let found = knownByIr.get(ir);
  if (found === undefined) {
    // Every line is ` IR NUMBER NUMBER...`.
    const begin = OPCODES_BY_IR.indexOf(`\n${ir} `);
    const line = OPCODES_BY_IR.slice(begin + ir.length + 2, OPCODES_BY_IR.indexOf('\n', begin + 1));
    found = begin === -1 ? [] : line.split(' ').map((number) => opcodeByNumber(Number(number)));
    knownByIr.set(ir, found);
  }
  return found;
}
