/**
 * Every opcode as its family in `ops/` defines it, with its number and the places of its operands.
 *
 * Numbers put hot opcodes first, so that the interpreter's jump tables stay short; they are stable within one build only. What
 * generates code and documents reads this. Compiling and loading a program takes the data alone, from `opcodes.ts`.
 */
import { Bug } from '../base/bug.ts';
import { FAMILY_GROUPS } from './families.ts';
import type { Field, Operand } from './operand.ts';
import type { DefinedOpcode, OpcodeDef, PlacedOperand, Placement } from './opcode.ts';

const MAX_OPCODES = 256;

const RANK: Readonly<Record<Placement, number>> = { hot: 0, inline: 1, outside: 2 };

function isWide(field: Field): boolean {
  return field === 's16' || field === 'u16' || field === 'reg16';
}

function place(def: OpcodeDef, number: number): DefinedOpcode {
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
  return { ...def, number, placed, words: word };
}

/** All definitions by family, in the order of the reference, and with it of the interpreter's handlers. */
export const FAMILIES: Readonly<Record<string, readonly OpcodeDef[]>> = Object.fromEntries(
  Object.entries(FAMILY_GROUPS).map(([name, groups]) => [name, groups.flatMap((group) => group())]),
);

/** All opcodes by number. */
export const OPCODES: readonly DefinedOpcode[] = Object.values(FAMILIES)
  .flat()
  .map((def, index) => ({ def, index }))
  .sort((a, b) => RANK[a.def.place] - RANK[b.def.place] || a.index - b.index)
  .map(({ def }, number) => place(def, number));

if (OPCODES.length > MAX_OPCODES) throw new Bug(`${OPCODES.length} opcodes do not fit in a byte`);
if (new Set(OPCODES.map(({ name }) => name)).size !== OPCODES.length) throw new Bug('two opcodes with one name');
