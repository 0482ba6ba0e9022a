/**
 * The definition of an opcode, for who writes machine code while a program runs: no more of them are made than its group has.
 *
 * Which group that is, is part of the table that the build derives from the definitions (`opcode-table-text.ts`).
 */
import { present } from '../base/bug.ts';
import { FAMILY_GROUPS } from './families.ts';
import type { Opcode, OpcodeDef } from './opcode.ts';
import { OPCODE_GROUPS } from './opcode-table.ts';
import { groupOfLetter } from './opcode-row.ts';

const groups = Object.values(FAMILY_GROUPS).flat();
const known = new Map<string, OpcodeDef>();

export function definitionOf({ name, number }: Opcode): OpcodeDef {
  const found = known.get(name);
  if (found !== undefined) return found;
  const make = present(groups[groupOfLetter(OPCODE_GROUPS, number)], `definitions with ${name}`);
  for (const def of make()) known.set(def.name, def);
  return present(known.get(name), `definition of ${name}`);
}
