/** Counts executed instructions, for the interpreter that is generated to report them. */
import { FAMILIES, OPCODES } from '../../isa/definitions.ts';

export class InstCounter {
  readonly #counts = new Float64Array(OPCODES.length);

  readonly count = (opcode: number): void => {
    this.#counts[opcode] = (this.#counts[opcode] ?? 0) + 1;
  };

  /** `insts.total`, `insts.family.NAME` and `insts.op.NAME`, most frequent first. */
  stats(): Record<string, number> {
    const byName = new Map(OPCODES.map((op) => [op.name, this.#counts[op.number] ?? 0]));
    const families = Object.entries(FAMILIES).map(
      ([family, ops]) => [family, ops.reduce((sum, op) => sum + (byName.get(op.name) ?? 0), 0)] as const,
    );
    const ranked = (entries: Iterable<readonly [string, number]>, prefix: string): [string, number][] =>
      [...entries]
        .filter(([, count]) => count > 0)
        .sort((a, b) => b[1] - a[1])
        .map(([name, count]) => [`insts.${prefix}.${name}`, count]);
    return {
      'insts.total': this.#counts.reduce((sum, count) => sum + count, 0),
      ...Object.fromEntries([...ranked(families, 'family'), ...ranked(byName, 'op')]),
    };
  }
}
