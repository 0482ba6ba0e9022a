/** The results as a text table. Times are net of start-up; ratios say how many times the other peer's time Orus needs. */
import { geometricMean } from './measure.mjs';

/** Rows of cells, the first left, the others right, under a line of headings. */
export function table(headings, rows) {
  const all = [headings, ...rows];
  const widths = headings.map((_, i) => Math.max(...all.map((row) => String(row[i] ?? '').length)));
  const lines = all.map((row) =>
    row
      .map((cell, i) => (i === 0 ? String(cell).padEnd(widths[i]) : String(cell ?? '').padStart(widths[i])))
      .join('  '),
  );
  return [lines[0], widths.map((width) => '-'.repeat(width)).join('  '), ...lines.slice(1)].join('\n');
}

export const milliseconds = (seconds) => (seconds * 1000).toFixed(seconds < 0.01 ? 2 : seconds < 0.1 ? 1 : 0);

/** The peer that the others are set against: the first that is Orus. */
export function subjectOf(peers) {
  return (peers.find((peer) => peer.language === 'orus') ?? peers[0]).name;
}

/** Time of the subject over time of each peer, for one kernel. */
export function ratiosOf(kernel, subject, clock) {
  const own = kernel.peers[subject][clock].median;
  return Object.fromEntries(Object.entries(kernel.peers).map(([name, times]) => [name, own / times[clock].median]));
}

/** Geometric means over kernels of the subject's time over each peer's. */
export function meansOf(kernels, subject, clock) {
  const names = Object.keys(kernels[0].peers);
  return Object.fromEntries(
    names.map((name) => [name, geometricMean(kernels.map((kernel) => ratiosOf(kernel, subject, clock)[name]))]),
  );
}

/** Medians in milliseconds with their spread, and the ratios, worst kernels (against the second peer) first. */
export function kernelTable(peers, kernels, clock) {
  const subject = subjectOf(peers);
  const others = peers.map((peer) => peer.name).filter((name) => name !== subject);
  const by = others[0] ?? subject;
  const sorted = [...kernels].sort((a, b) => ratiosOf(b, subject, clock)[by] - ratiosOf(a, subject, clock)[by]);
  const spread = ({ median, mad }) => `${milliseconds(median)} ±${((100 * mad) / median).toFixed(0).padStart(2)}%`;
  const rows = sorted.map((kernel) => {
    const ratios = ratiosOf(kernel, subject, clock);
    return [
      kernel.name,
      ...[subject, ...others].map((name) => spread(kernel.peers[name][clock])),
      ...others.map((name) => ratios[name].toFixed(2)),
    ];
  });
  const means = meansOf(kernels, subject, clock);
  rows.push(['geometric mean', ...[subject, ...others].map(() => ''), ...others.map((name) => means[name].toFixed(2))]);
  const headings = [
    'kernel',
    ...[subject, ...others].map((name) => `${name} ms`),
    ...others.map((name) => `/ ${name}`),
  ];
  return table(headings, rows);
}
