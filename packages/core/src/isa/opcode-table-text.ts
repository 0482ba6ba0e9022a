/**
 * The table of opcodes as text, from their definitions: what `tools/build.mjs` writes into `opcode-table.ts` and `opcodes.ts` reads.
 */
import { OPCODES } from './definitions.ts';
import { isaFingerprint } from './file/fingerprint.ts';
import type { DefinedOpcode, Opcode } from './opcode.ts';
import { FAMILY_GROUPS } from './families.ts';
import { letterOfGroup, opcodeRow } from './opcode-row.ts';

export interface OpcodeTableText {
  /** By number, separated by spaces. */
  readonly names: string;
  /** One line for each by number, see `opcode-row.ts`. */
  readonly rows: string;
  /** Of the instruction set, in digits; see `file/fingerprint.ts`. */
  readonly fingerprint: string;
  /** A letter for each by number: the group that makes its definition, see `definition.ts`. */
  readonly groups: string;
  /** ` IR NUMBER NUMBER...` in lines between newlines, plain forms first. */
  readonly byIr: string;
}

/** Names of opcodes with the number of the group that makes each. */
function groupNumbers(): Map<string, number> {
  const groups = Object.values(FAMILY_GROUPS).flat();
  return new Map(groups.flatMap((group, number) => group().map(({ name }) => [name, number])));
}

export function opcodeTableText(): OpcodeTableText {
  const groups = groupNumbers();
  const rows = OPCODES.map(opcodeRow).join('\n');
  return {
    names: OPCODES.map(({ name }) => name).join(' '),
    rows,
    fingerprint: isaFingerprint(rows).toString(),
    groups: OPCODES.map(({ name }) => letterOfGroup(groups.get(name) as number)).join(''),
    byIr: `\n${[...groupByIr()].map(([ir, list]) => [ir, ...list.map(({ number }) => number)].join(' ')).join('\n')}\n`,
  };
}

/** What of an opcode is data. */
export function dataOf({ name, traits, place, number, placed, words }: DefinedOpcode): Opcode {
  return { name, traits, place, number, placed, words };
}

function groupByIr(): Map<string, Opcode[]> {
  const map = new Map<string, Opcode[]>();
  for (const op of OPCODES) {
    for (const ir of op.ir) {
      const list = map.get(ir) ?? [];
      list.push(op);
      map.set(ir, list);
    }
  }
  for (const [ir, list] of map) list.sort((a, b) => rank(a, ir) - rank(b, ir));
  return map;
}

function rank(op: Opcode, ir: string): number {
  if (op.name === ir) return 0;
  return op.name.endsWith('.imm') || op.name.endsWith('.long') ? 2 : 1;
}
