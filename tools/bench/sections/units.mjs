/** Writing machine code: what it takes per 100 instructions of bytecode once the compiler is warm, and how large it is. */
import { importSource } from '../../build.mjs';
import { KERNELS, sourceText } from '../kernels.mjs';
import { table } from '../report.mjs';

export const units = {
  name: 'units',
  title: 'Writing machine code (a program as one unit, compiler warm)',
  async measure({ quick }) {
    const { unitCosts } = await importSource('packages/testkit/src/unit-costs.ts');
    return KERNELS.map(({ name }) => {
      const costs = unitCosts(sourceText(name, 'orus'), quick ? 20 : 300, () => performance.now());
      return { name, ...costs };
    });
  },
  report(rows) {
    const per100 = (ms, { instructions }) => ((ms / instructions) * 100).toFixed(3);
    return table(
      ['kernel', 'functions', 'instructions', 'bytes', 'bytes/inst', 'written ms', 'ms/100 inst', 'bytecode ms/100'],
      rows.map((row) => [
        row.name,
        row.functions,
        row.instructions,
        row.bytes,
        (row.bytes / row.instructions).toFixed(0),
        row.translateMs.toFixed(2),
        per100(row.translateMs, row),
        per100(row.compileMs, row),
      ]),
    );
  },
};
