/**
 * An opcode as a line of text, which takes a quarter of the room of JSON:
 *
 *     add.i64.imm hot next none - 1 dst:def:i64:reg8:1 lhs:use:i64:reg8:2 rhs:imm:i64:s8:3
 *     name, place, flow, safepoint, whether it traps, length in words, operands
 */
import type { Flow, Opcode, PlacedOperand, Placement, SafepointClass } from './opcode.ts';

export function opcodeRow({ name, place, traits, words, placed }: Opcode): string {
  const operands = placed.map((each) => [each.name, each.role, each.kind, each.field, each.at].join(':'));
  return [name, place, traits.flow, traits.safepoint, traits.traps ? 'traps' : '-', words, ...operands].join(' ');
}

/** The opcode of that number, whose row `opcodeRow` wrote; casts undo what that did. */
export function readOpcodeRow(row: string, number: number): Opcode {
  const [name = '', place, flow, safepoint, traps, words, ...operands] = row.split(' ');
  const placed = operands.map((text) => {
    const [operand, role, kind, field, at] = text.split(':');
    return { name: operand, role, kind, field, at: Number(at) } as PlacedOperand;
  });
  const traits = { traps: traps === 'traps', safepoint: safepoint as SafepointClass, flow: flow as Flow };
  return { name, traits, place: place as Placement, number, placed, words: Number(words) };
}

/** Letters that stand for the numbers of groups, see `definition.ts`. */
const FIRST_LETTER = 0x30;

export function letterOfGroup(group: number): string {
  return String.fromCharCode(FIRST_LETTER + group);
}

/** The group of an opcode, of the letters of all by number. */
export function groupOfLetter(letters: string, number: number): number {
  return letters.charCodeAt(number) - FIRST_LETTER;
}
