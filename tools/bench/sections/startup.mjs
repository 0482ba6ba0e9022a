/** What starting costs above a bare `node`: `orus --version`, and a program that prints one line. */
import { Workspace } from '../kernel-times.mjs';
import { runTimed, summary } from '../measure.mjs';
import { PEERS } from '../peers.mjs';
import { table } from '../report.mjs';

const HELLO = 'print("hello")\n';

export const startup = {
  name: 'startup',
  title: 'Start-up in milliseconds, whole processes in turn',
  measure({ rounds, progress }) {
    const workspace = new Workspace();
    try {
      const [orus, again, node] = ['orus', 'orus-again', 'node'].map((name) =>
        PEERS.find((peer) => peer.name === name),
      );
      const jobs = [
        { name: 'node, empty script', ...workspace.prepare('empty', { ...node, name: 'cjs' }, '') },
        { name: 'orus --version', command: [...orus.command('').slice(0, 2), '--version'] },
        { name: 'orus, print("hello")', ...workspace.prepare('hello', orus, HELLO) },
        { name: 'orus, print("hello") again', ...workspace.prepare('hello', again, HELLO) },
        { name: 'node, console.log("hello")', ...workspace.prepare('hello', node, 'console.log("hello");\n') },
      ].map((job) => ({ ...job, wall: [], cpu: [] }));
      for (let round = 0; round < 5 * rounds; round++) {
        progress(`start-up, round ${round}`);
        for (const job of jobs) {
          const { wall, cpu } = runTimed(job.command, job);
          job.wall.push(wall);
          job.cpu.push(cpu);
        }
      }
      return jobs.map(({ name, wall, cpu }) => ({ name, wall: summary(wall), cpu: summary(cpu) }));
    } finally {
      workspace.remove();
    }
  },
  report(rows) {
    const [bare] = rows;
    const ms = (seconds) => (seconds * 1000).toFixed(0);
    return table(
      ['command', 'wall median', 'wall min', 'cpu median', 'cpu min', 'above node (wall median)', '(wall min)'],
      rows.map(({ name, wall, cpu }) => [
        name,
        ...[wall.median, wall.min, cpu.median, cpu.min].map(ms),
        ms(wall.median - bare.wall.median),
        ms(wall.min - bare.wall.min),
      ]),
    );
  },
};
