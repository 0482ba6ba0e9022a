/** The kernels on all peers, each kernel in its own size. */
import { timeKernels } from '../kernel-times.mjs';
import { kernelTable } from '../report.mjs';

export const kernels = {
  name: 'kernels',
  title: 'Kernels: time net of start-up (median ± median deviation), and time of Orus over time of the peer',
  measure({ kernels, peers, rounds, quick, progress, keep }) {
    return timeKernels(kernels, peers, {
      rounds,
      progress,
      keep,
      sizeFor: (kernel) => (quick ? kernel.quick : undefined),
    });
  },
  report(result, { peers }, clock) {
    return kernelTable(peers, result.kernels, clock);
  },
};
