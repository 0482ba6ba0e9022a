/**
 * The opcode-layout test: the order of the interpreter's handlers alone can move a program by a factor, because the host's branch
 * predictor sees other addresses. Every kernel on the usual order and on shuffled ones.
 */
import { writeFileSync } from 'node:fs';
import { bundleTo } from '../bundled.mjs';
import { Workspace } from '../kernel-times.mjs';
import { checksumOf, sourceText } from '../kernels.mjs';
import { geometricMean, median, runTimed } from '../measure.mjs';
import { table } from '../report.mjs';

const LAYOUTS = 6;

export const layout = {
  name: 'layout',
  title: `Handlers of the interpreter in ${LAYOUTS} orders: milliseconds (the first is the usual order)`,
  async measure({ kernels, rounds, quick, progress }) {
    const workspace = new Workspace();
    try {
      const bundle = await bundleTo(workspace.path('layouts.mjs'), 'packages/testkit/src/layouts.ts');
      const runner = new URL('../layout-run.mjs', import.meta.url).pathname;
      const jobs = kernels.map((kernel) => {
        const file = workspace.path(`${kernel.name}.orus`);
        writeFileSync(file, sourceText(kernel.name, 'orus', quick ? kernel.quick : undefined));
        return { name: kernel.name, file, checksum: null, times: Array.from({ length: LAYOUTS }, () => []) };
      });
      for (let round = 1; round <= Math.min(rounds, 3); round++) {
        for (const job of jobs) {
          progress(`layouts, round ${round}: ${job.name}`);
          for (const [number, times] of job.times.entries()) {
            const { stdout } = runTimed([process.execPath, runner, bundle, job.file, String(number)]);
            const { ms, output } = JSON.parse(stdout);
            job.checksum ??= checksumOf(output);
            if (checksumOf(output) !== job.checksum)
              throw new Error(`${job.name} in layout ${number} prints ${output}`);
            times.push(ms);
          }
        }
      }
      return jobs.map(({ name, times }) => ({ name, times }));
    } finally {
      workspace.remove();
    }
  },
  /** The least of the rounds stands for a layout: noise of the machine only adds. */
  report(result) {
    const rows = result.map(({ name, times }) => {
      const best = times.map((of) => Math.min(...of));
      const sorted = [...best].sort((a, b) => a - b);
      return { name, best, low: sorted[0], middle: median(sorted), high: sorted.at(-1) };
    });
    const text = rows
      .sort((a, b) => b.high / b.low - a.high / a.low)
      .map(({ name, best, low, middle, high }) => [
        name,
        ...[best[0], low, middle, high].map((ms) => ms.toFixed(0)),
        (high / low).toFixed(2),
        (best[0] / middle).toFixed(2),
      ]);
    text.push([
      'geometric mean',
      ...['', '', '', ''],
      geometricMean(rows.map(({ high, low }) => high / low)).toFixed(2),
      geometricMean(rows.map(({ best, middle }) => best[0] / middle)).toFixed(2),
    ]);
    return table(['kernel', 'usual', 'min', 'median', 'max', 'max/min', 'usual/median'], text);
  },
};
