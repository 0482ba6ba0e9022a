/**
 * The collector: programs in `heap/`, each under a memory limit that its first line names, with the counters that `--stats=gc,memory`
 * shows.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runTimed, summary } from '../measure.mjs';
import { PEERS } from '../peers.mjs';
import { table } from '../report.mjs';

const folder = fileURLToPath(new URL('../heap/', import.meta.url));

export const heap = {
  name: 'heap',
  title: "Allocation and collection (seconds, and the machine's own counters)",
  measure({ rounds, progress }) {
    const orus = PEERS.find((peer) => peer.name === 'orus');
    return readdirSync(folder)
      .sort()
      .map((name) => {
        progress(`heap: ${name}`);
        const file = join(folder, name);
        const [, limit = '1GiB'] = /limit: (\S+)/.exec(readFileSync(file, 'utf8')) ?? [];
        const options = ['--max-memory', limit, '--stats=gc,memory,time'];
        const runs = Array.from({ length: Math.min(rounds, 3) }, () => {
          const { wall, cpu, stdout, stderr } = runTimed([...orus.command(file), ...options]);
          const counters = Object.fromEntries(
            [...stderr.matchAll(/^(\S+) +([\d.]+)$/gm)].map(([, key, n]) => [key, Number(n)]),
          );
          return { wall, cpu, output: stdout.trim(), counters };
        });
        return {
          name: name.replace('.orus', ''),
          limit,
          output: runs[0].output,
          wall: summary(runs.map((run) => run.wall)),
          cpu: summary(runs.map((run) => run.cpu)),
          counters: runs.map((run) => run.counters),
        };
      });
  },
  report(rows) {
    const names = [...new Set(rows.flatMap(({ counters }) => Object.keys(counters[0])))].filter(
      (name) => !name.startsWith('time.'),
    );
    const most = (counters, name) => Math.max(...counters.map((each) => each[name] ?? Number.NaN));
    return table(
      ['program', 'limit', 'wall s', 'cpu s', ...names],
      rows.map(({ name, limit, wall, cpu, counters }) => [
        name,
        limit,
        wall.median.toFixed(2),
        cpu.median.toFixed(2),
        ...names.map((counter) => most(counters, counter)),
      ]),
    );
  },
};
