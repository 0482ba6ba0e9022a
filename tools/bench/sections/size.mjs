/** Size of the bytecode: per line of source, for the large program and the kernels. */
import { importSource } from '../../build.mjs';
import { compileSource } from '../compile-source.mjs';
import { KERNELS, sourceText } from '../kernels.mjs';
import { table } from '../report.mjs';

export const size = {
  name: 'size',
  title: 'Size of bytecode',
  async measure({ quick }) {
    const { compileStages } = await importSource('packages/testkit/src/compile-stages.ts');
    const measured = (name, text) => {
      const { instructionBytes, constantBytes } = compileStages(text, () => 0);
      const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
      return { name, lines, source: text.length, instructionBytes, constantBytes };
    };
    return [
      ...KERNELS.map(({ name }) => measured(name, sourceText(name, 'orus'))),
      measured('the large program', compileSource(quick ? 1000 : 20_000)),
    ];
  },
  report(rows) {
    const total = rows.slice(0, -1).reduce(
      (sum, row) => ({
        name: 'all kernels',
        lines: sum.lines + row.lines,
        source: sum.source + row.source,
        instructionBytes: sum.instructionBytes + row.instructionBytes,
        constantBytes: sum.constantBytes + row.constantBytes,
      }),
      { lines: 0, source: 0, instructionBytes: 0, constantBytes: 0 },
    );
    const line = ({ name, lines, source, instructionBytes, constantBytes }) => [
      name,
      lines,
      source,
      instructionBytes,
      constantBytes,
      (instructionBytes / lines).toFixed(1),
      (instructionBytes / source).toFixed(2),
    ];
    return table(
      ['program', 'lines', 'source bytes', 'code bytes', 'constants', 'code/line', 'code/source'],
      [
        total,
        rows.at(-1),
        ...rows.slice(0, -1).sort((a, b) => b.instructionBytes / b.lines - a.instructionBytes / a.lines),
      ].map(line),
    );
  },
};
