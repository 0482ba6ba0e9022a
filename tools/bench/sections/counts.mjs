/**
 * How many instructions each kernel executes in its full size, and which: the one figure of a kernel that no noise touches. With the
 * times of the section `kernels` it says whether a kernel executes too much, or too slowly what it executes.
 */
import { Workspace } from '../kernel-times.mjs';
import { sourceText } from '../kernels.mjs';
import { geometricMean, runTimed } from '../measure.mjs';
import { PEERS } from '../peers.mjs';
import { table } from '../report.mjs';

export const counts = {
  name: 'counts',
  title: 'Instructions executed',
  measure({ kernels, quick, progress }) {
    const orus = PEERS.find((peer) => peer.name === 'orus');
    const workspace = new Workspace();
    try {
      return kernels.map(({ name, quick: small }) => {
        progress(`instructions: ${name}`);
        const file = workspace.prepare(name, orus, sourceText(name, 'orus', quick ? small : undefined)).command.at(-1);
        const { stderr } = runTimed([...orus.command(file), '--engine', 'interp-count', '--stats=fuel,insts'], {
          timeout: 600_000,
        });
        const counters = Object.fromEntries(
          [...stderr.matchAll(/^(\S+) +(\d+)$/gm)].map(([, key, n]) => [key, Number(n)]),
        );
        return { name, counters };
      });
    } finally {
      workspace.remove();
    }
  },
  report(result, { sections }, clock) {
    const timed = new Map(sections.kernels?.kernels?.map((kernel) => [kernel.name, kernel.peers['orus']?.[clock]]));
    const rows = result.map(({ name, counters }) => {
      const total = counters['insts.total'];
      const time = timed.get(name)?.median;
      const top = Object.entries(counters)
        .filter(([key]) => key.startsWith('insts.op.'))
        .sort((a, b) => b[1] - a[1])
        .slice(0, 6)
        .map(([key, count]) => `${key.slice(9)} ${((100 * count) / total).toFixed(0)}%`);
      return { name, total, fuel: counters.fuel, each: time && (time * 1e9) / total, top: top.join(', ') };
    });
    const lines = rows
      .sort((a, b) => (b.each ?? 0) - (a.each ?? 0))
      .map(({ name, total, fuel, each, top }) => [
        name,
        (total / 1e6).toFixed(1),
        (fuel / 1e6).toFixed(1),
        each?.toFixed(2) ?? '',
        `  ${top}`,
      ]);
    const each = rows.map((row) => row.each).filter((value) => value !== undefined);
    if (each.length > 0) lines.push(['geometric mean', '', '', geometricMean(each).toFixed(2), '']);
    return table(['kernel', 'millions', 'fuel', 'ns each', '  most frequent'], lines).replace(/ +$/gm, '');
  },
};
