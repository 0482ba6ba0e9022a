/**
 * Every opcode as its family in `ops/` defines it, in groups.
 *
 * Machine code is written while a program runs and takes from here what it meets (`definition.ts`). A definition holds closures and
 * takes microseconds to make, so a group makes its definitions when one is wanted. Numbers and places of operands, for which all
 * definitions have to be gone through, are in `definitions.ts`, or as data in `opcodes.ts`.
 */
import type { OpcodeGroup } from './opcode.ts';
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
export const FAMILY_GROUPS: Readonly<Record<string, readonly OpcodeGroup[]>> = {
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
