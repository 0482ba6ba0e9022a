/**
 * What an error costs from where it is raised to where it is caught: in one function, and through ten frames. Each program times a loop
 * that fails in every round, and the same loop without errors, after a warm-up, thirty times, and prints the least. The time of a failing round, its calls included, is the
 * figure; the other says what it would have been without the error.
 */
import { existsSync, readFileSync } from 'node:fs';
import { Workspace } from '../kernel-times.mjs';
import { runTimed, summary } from '../measure.mjs';
import { findPeers } from '../peers.mjs';
import { table } from '../report.mjs';

const PROGRAMS = ['near', 'deep'];
const folder = new URL('../throws/', import.meta.url);

export const throws = {
  name: 'throws',
  title: "Nanoseconds from raising an error to its handler, by the programs' own clocks",
  measure({ rounds, progress }) {
    const { here } = findPeers(['orus', 'orus-tree', 'lua', 'luajit-off', 'luajit', 'node']);
    const workspace = new Workspace();
    try {
      const jobs = here.map((peer) => ({
        name: peer.name,
        runs: PROGRAMS.map((program) => {
          const language = peer.language === 'luajit' ? 'lua' : peer.language;
          const file = new URL(`${program}.${language}`, folder);
          if (!existsSync(file)) throw new Error(`there is no ${file.pathname}`);
          return {
            program,
            ...workspace.prepare(program, peer, readFileSync(file, 'utf8')),
            failing: [],
            passing: [],
          };
        }),
      }));
      for (let round = 1; round <= rounds; round++) {
        progress(`throws, round ${round}`);
        for (const { runs } of jobs)
          for (const run of runs) {
            const [failing, passing] = runTimed(run.command, run).stdout.trim().split(/\s+/).map(Number);
            run.failing.push(failing);
            run.passing.push(passing);
          }
      }
      return jobs.map(({ name, runs }) => ({
        name,
        ...Object.fromEntries(
          runs.map(({ program, failing, passing }) => [
            program,
            { failing: summary(failing), passing: summary(passing) },
          ]),
        ),
      }));
    } finally {
      workspace.remove();
    }
  },
  report(rows) {
    const lua = rows.find((row) => row.name === 'lua');
    const ns = ({ failing, passing }) => [failing.median, failing.min, passing.median].map((each) => each.toFixed(0));
    const ratio = (row, program) => (lua ? (row[program].failing.median / lua[program].failing.median).toFixed(2) : '');
    return table(
      ['peer', 'one function', 'min', 'no error', '/ lua', 'ten frames', 'min', 'no error', '/ lua'],
      rows.map((row) => [row.name, ...ns(row.near), ratio(row, 'near'), ...ns(row.deep), ratio(row, 'deep')]),
    );
  },
};
