/**
 * The table of opcodes with numbers and places of operands, derived from the families in `ops/`.
 *
 * Numbers put hot opcodes first, so that the interpreter's jump tables stay short; they are stable within one build only.
 */
import { Bug, present } from '../base/bug.ts';
import type { Field, Operand } from './operand.ts';
import type { Opcode, OpcodeDef, PlacedOperand, Placement } from './opcode.ts';
import { arith } from './ops/arith.ts';
import { arrays } from './ops/arrays.ts';
import { calls } from './ops/calls.ts';
import { compare } from './ops/compare.ts';
import { control } from './ops/control.ts';
import { convert } from './ops/convert.ts';
import { dynamic } from './ops/dynamic.ts';
import { moves } from './ops/moves.ts';
import { objects } from './ops/objects.ts';

/** Families in the order of the reference, and with it of the interpreter's handlers. */
export const FAMILIES: Readonly<Record<string, readonly OpcodeDef[]>> = {
  moves,
  dynamic,
  objects,
  arrays,
  arith,
  convert,
  compare,
  control,
  calls,
};

const MAX_OPCODES = 256;

const RANK: Readonly<Record<Placement, number>> = { hot: 0, inline: 1, outside: 2 };

function isWide(field: Field): boolean {
  return field === 's16' || field === 'u16' || field === 'reg16';
}

/** Every start builds this table: fields are named one by one because copying whole objects takes several times as long. */
function place(def: OpcodeDef, number: number): Opcode {
  let byte = 1;
  let word = 1;
  const placed: PlacedOperand[] = [];
  for (const name in def.operands) {
    const { role, kind, field } = def.operands[name] as Operand;
    let at: number;
    if (field === 'word') at = word++;
    else if (isWide(field)) {
      if (byte > 2) throw new Bug(`${def.name}: no room for a 16-bit field`);
      at = 2;
      byte = 4;
    } else {
      if (byte > 3) throw new Bug(`${def.name}: more than three byte fields`);
      at = byte++;
    }
    placed.push({ name, role, kind, field, at });
  }
  const { name, doc, operands, traits, place: placement, ir, fold, emit } = def;
  return { name, doc, operands, traits, place: placement, ir, fold, emit, number, placed, words: word };
}

/** All opcodes by number. */
export const OPCODES: readonly Opcode[] = Object.values(FAMILIES)
  .flat()
  .map((def, index) => ({ def, index }))
  .sort((a, b) => RANK[a.def.place] - RANK[b.def.place] || a.index - b.index)
  .map(({ def }, number) => place(def, number));

const BY_NAME: ReadonlyMap<string, Opcode> = new Map(OPCODES.map((op) => [op.name, op]));

if (OPCODES.length > MAX_OPCODES) throw new Bug(`${OPCODES.length} opcodes do not fit in a byte`);
if (BY_NAME.size !== OPCODES.length) throw new Bug('two opcodes with one name');

export function opcode(name: string): Opcode {
  return present(BY_NAME.get(name), `opcode ${name}`);
}

export function opcodeByNumber(number: number): Opcode {
  return present(OPCODES[number], `opcode number ${number}`);
}

/** Whether there is an opcode of that name. */
export function hasOpcode(name: string): boolean {
  return BY_NAME.has(name);
}
