/**
 * What more of the same work costs: every kernel does its work once and four times, and a third of the difference is left when start,
 * compilation and warming up are taken off.
 */
import { timeKernels } from '../kernel-times.mjs';
import { geometricMean } from '../measure.mjs';
import { milliseconds, table } from '../report.mjs';

const TIMES = [1, 4];

/** What is set against what, if both were timed. */
const RATIOS = [
  ['orus', 'lua'],
  ['orus', 'luajit-off'],
  ['orus-jit', 'luajit'],
  ['orus-jit', 'node'],
  ['orus-jit', 'gcc'],
  ['orus-jit', 'orus'],
  ['orus', 'orus-tree'],
];

export const steady = {
  name: 'steady',
  title: 'Kernels: time of further rounds, without start and warming up, and of Orus over that of the peer',
  measure({ kernels, peers, rounds, quick, progress, keep }) {
    const sizeFor = (kernel) => (quick ? kernel.quick : undefined);
    return timeKernels(kernels, peers, { rounds, progress, keep, sizeFor, times: TIMES });
  },
  report(result, { peers }, clock) {
    const names = peers.map(({ name }) => name);
    const ratios = RATIOS.filter((pair) => pair.every((name) => names.includes(name)));
    const [few, many] = TIMES.map((times) => result.kernels.filter((kernel) => kernel.times === times));
    const rows = few.map(({ name, peers }, i) => {
      const slope = (peer) => (many[i].peers[peer][clock].min - peers[peer][clock].min) / (TIMES[1] - TIMES[0]);
      // What a compiler has folded away, or noise has hidden, gives no ratio.
      const over = ([own, other]) => (slope(own) > 0 && slope(other) > 0.0005 ? slope(own) / slope(other) : null);
      return { name, times: names.map(slope), ratios: ratios.map(over) };
    });
    const text = rows.map((row) => [
      row.name,
      ...row.times.map(milliseconds),
      ...row.ratios.map((ratio) => ratio?.toFixed(2) ?? '-'),
    ]);
    const means = ratios.map((_, i) => geometricMean(rows.flatMap((row) => row.ratios[i] ?? [])).toFixed(2));
    text.push(['geometric mean', ...names.map(() => ''), ...means]);
    return table(
      ['kernel', ...names.map((name) => `${name} ms`), ...ratios.map(([own, other]) => `${own} / ${other}`)],
      text,
    );
  },
};
