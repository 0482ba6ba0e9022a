/**
 * What checked arithmetic costs where ranges are provable: programs with `i64`, whose overflow is an error, and the same text with `u64`,
 * which wraps.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Workspace } from '../kernel-times.mjs';
import { runTimed, summary } from '../measure.mjs';
import { EMPTY, PEERS } from '../peers.mjs';
import { table } from '../report.mjs';

const folder = fileURLToPath(new URL('../checked/', import.meta.url));

export const checked = {
  name: 'checked',
  title: 'Checked integers (i64) beside wrapping ones (u64), the same program otherwise',
  measure({ rounds, progress }) {
    const orus = PEERS.find((peer) => peer.name === 'orus');
    const workspace = new Workspace();
    try {
      const empty = { ...workspace.prepare('empty', orus, EMPTY.orus), wall: [], cpu: [] };
      const jobs = readdirSync(folder).map((file) => {
        const text = readFileSync(join(folder, file), 'utf8');
        const name = file.replace('.orus', '');
        const variant = (type) => ({
          ...workspace.prepare(`${name}-${type}`, orus, text.replace(/i64\b/g, type)),
          wall: [],
          cpu: [],
        });
        return { name, i64: variant('i64'), u64: variant('u64') };
      });
      for (let round = 1; round <= rounds; round++) {
        progress(`checked integers, round ${round}`);
        for (const run of [empty, ...jobs.flatMap(({ i64, u64 }) => [i64, u64])]) {
          const { stdout, wall, cpu } = runTimed(run.command, run);
          run.output ??= stdout;
          run.wall.push(wall);
          run.cpu.push(cpu);
        }
      }
      const start = { wall: summary(empty.wall).median, cpu: summary(empty.cpu).median };
      const net = (run, clock) => summary(run[clock].map((time) => Math.max(time - start[clock], 0.001)));
      return jobs.map(({ name, i64, u64 }) => {
        if (i64.output !== u64.output) throw new Error(`${name}: ${i64.output} with i64, ${u64.output} with u64`);
        const both = (run) => ({ wall: net(run, 'wall'), cpu: net(run, 'cpu') });
        return { name, i64: both(i64), u64: both(u64) };
      });
    } finally {
      workspace.remove();
    }
  },
  report(rows, _, clock) {
    return table(
      ['program', 'i64 ms', 'min', 'u64 ms', 'min', 'i64/u64 (medians)', '(minima)'],
      rows.map(({ name, i64, u64 }) => [
        name,
        ...[i64, u64].flatMap((each) => [each[clock].median, each[clock].min].map((time) => (time * 1000).toFixed(0))),
        (i64[clock].median / u64[clock].median).toFixed(2),
        (i64[clock].min / u64[clock].min).toFixed(2),
      ]),
    );
  },
};
