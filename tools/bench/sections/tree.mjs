/** The tree walker and the interpreter side by side. */
import { timeKernels } from '../kernel-times.mjs';
import { findPeers } from '../peers.mjs';
import { geometricMean } from '../measure.mjs';
import { milliseconds, table } from '../report.mjs';

export const tree = {
  name: 'tree',
  title: 'Tree walker and interpreter',
  measure({ kernels, rounds, quick, progress }) {
    const { here } = findPeers(['orus', 'orus-tree']);
    const sizeFor = (kernel) => (quick ? kernel.quick : undefined);
    return timeKernels(kernels, here, { rounds: Math.min(rounds, 3), progress, sizeFor });
  },
  report(result, _, clock) {
    const rows = result.kernels.map(({ name, size, peers }) => {
      const [interp, walker] = [peers['orus'][clock].median, peers['orus-tree'][clock].median];
      return { name, size, interp, walker, ratio: walker / interp };
    });
    const text = rows
      .sort((a, b) => a.ratio - b.ratio)
      .map(({ name, size, interp, walker, ratio }) => [
        name,
        size,
        milliseconds(interp),
        milliseconds(walker),
        ratio.toFixed(1),
      ]);
    text.push(['geometric mean', '', '', '', geometricMean(rows.map(({ ratio }) => ratio)).toFixed(1)]);
    return table(['kernel', 'size', 'interp ms', 'tree ms', 'tree/interp'], text);
  },
};
