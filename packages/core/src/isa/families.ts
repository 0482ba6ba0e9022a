/**
 * Every opcode as its family in `ops/` defines it.
 *
 * Machine code is written while a program runs and takes from here what it meets, by name. Numbers and places of operands, for which all
 * definitions have to be gone through, are in `definitions.ts`, or as data in `opcodes.ts`.
 */
import { present } from '../base/bug.ts';
import type { OpcodeDef } from './opcode.ts';
import { arith } from './ops/arith.ts';
import { arrays } from './ops/arrays.ts';
import { calls } from './ops/calls.ts';
import { compare } from './ops/compare.ts';
import { control } from './ops/control.ts';
import { convert } from './ops/convert.ts';
import { dynamic } from './ops/dynamic.ts';
import { moves } from './ops/moves.ts';
import { objects } from './ops/objects.ts';
import { strings } from './ops/strings.ts';

/** Families in the order of the reference, and with it of the interpreter's handlers. */
export const FAMILIES: Readonly<Record<string, readonly OpcodeDef[]>> = {
  moves,
  dynamic,
  objects,
  strings,
  arrays,
  arith,
  convert,
  compare,
  control,
  calls,
};

const byName = new Map<string, OpcodeDef>();

export function definitionOf(name: string): OpcodeDef {
  if (byName.size === 0)
    for (const family of Object.values(FAMILIES)) for (const def of family) byName.set(def.name, def);
  return present(byName.get(name), `definition of ${name}`);
}
