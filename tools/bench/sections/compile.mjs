/**
 * Compile speed: a large program (compile-source.mjs), several times in one process, so that the host has compiled the compiler. The first
 * time is shown too: it is what a user of a single large program meets.
 */
import { compileSource } from '../compile-source.mjs';
import { importSource } from '../../build.mjs';
import { median } from '../measure.mjs';
import { table } from '../report.mjs';

/** Milliseconds of this process, all threads. */
function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export const compile = {
  name: 'compile',
  title: 'Compile speed, in one process',
  async measure({ rounds, quick, progress, clock }) {
    const { compileStages } = await importSource('packages/testkit/src/compile-stages.ts');
    const text = compileSource(quick ? 1000 : 50_000);
    const runs = [];
    for (let round = 0; round <= Math.max(rounds, 2); round++) {
      progress(`compile speed, round ${round}`);
      runs.push(compileStages(text, clock === 'cpu' ? processorTime : () => performance.now()));
    }
    return { lines: text.split('\n').length, clock, runs };
  },
  report({ lines, clock, runs }) {
    const warm = runs.slice(1);
    const speed = (ms) => `${Math.round(lines / ms)}k`;
    const row = (name, of) => {
      const ms = median(warm.map(of));
      const best = Math.min(...warm.map(of));
      return [name, of(runs[0]).toFixed(0), ms.toFixed(0), best.toFixed(0), speed(ms), speed(best)];
    };
    const all = (run) => Object.values(run.stages).reduce((sum, ms) => sum + ms, 0);
    const rows = Object.keys(warm[0].stages).map((stage) => row(stage, (run) => run.stages[stage]));
    rows.push(row('all', all));
    const passes = Object.keys(warm[0].passes)
      .map((name) => [name, median(warm.map((run) => run.passes[name]))])
      .sort((a, b) => b[1] - a[1])
      .slice(0, 10)
      .map(([name, ms]) => [name, ms.toFixed(0)]);
    return [
      `${lines} lines, ${runs[0].functions} functions, ${runs[0].instructionBytes} bytes of code; ${clock} time`,
      table(['stage', 'first ms', 'median ms', 'best ms', 'lines/s', 'best'], rows),
      table(['slowest passes', 'ms'], passes),
    ].join('\n\n');
  },
};
