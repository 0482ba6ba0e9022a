/** What the benchmark suite makes of times: ratios, means, the table and the chart. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const tool = (name: string): Promise<Record<string, (...args: unknown[]) => unknown>> =>
  import(pathToFileURL(join(import.meta.dirname, '../../../tools/bench', name)).href);
const { kernelTable, meansOf, ratiosOf } = await tool('report.mjs');
const { chart } = await tool('chart.mjs');
const { steady } = (await tool('sections/steady.mjs')) as unknown as {
  steady: { report(...args: unknown[]): string };
};
const { summary, geometricMean } = await tool('measure.mjs');

const time = (...seconds: number[]): unknown => ({ wall: summary?.(seconds), cpu: summary?.(seconds) });
const peers = [
  { name: 'orus', about: 'Orus', language: 'orus' },
  { name: 'lua', about: 'Lua 5.4', language: 'lua' },
];
const kernels = [
  { name: 'slow', peers: { orus: time(0.4, 0.5, 0.6), lua: time(0.25, 0.25, 0.25) } },
  { name: 'fast', peers: { orus: time(0.1, 0.1, 0.1), lua: time(0.8, 0.8, 0.8) } },
];

test('a summary has the median and how far the others are from it', () => {
  expect(summary?.([3, 1, 2, 10])).toEqual({ median: 2.5, min: 1, max: 10, mad: 1, values: [3, 1, 2, 10] });
  expect(geometricMean?.([1, 4])).toBe(2);
});

test('ratios are the time of Orus over that of the peer', () => {
  expect(ratiosOf?.(kernels[0], 'orus', 'wall')).toEqual({ orus: 1, lua: 2 });
  expect(meansOf?.(kernels, 'orus', 'wall')).toEqual({ orus: 1, lua: expect.closeTo(0.5) });
});

test('the table has the worst kernel first', () => {
  const lines = String(kernelTable?.(peers, kernels, 'wall')).split('\n');
  expect(lines.map((line) => line.replace(/ +/g, ' ').trim()).filter((line) => !line.startsWith('-'))).toEqual([
    'kernel orus ms lua ms / lua',
    'slow 500 ±20% 250 ± 0% 2.00',
    'fast 100 ± 0% 800 ± 0% 0.13',
    'geometric mean 0.50',
  ]);
});

test('further rounds cost a third of what four cost above one', () => {
  const round = (name: string, times: number, orus: number, lua: number): unknown => ({
    name,
    times,
    peers: { orus: time(orus), lua: time(lua) },
  });
  const measured = [
    round('slow', 1, 0.3, 0.4),
    round('slow', 4, 0.6, 1),
    round('gone', 1, 1, 1),
    round('gone', 4, 2, 1),
  ];
  const lines = steady.report({ kernels: measured }, { peers }, 'wall').split('\n');
  expect(lines.map((line) => line.replace(/ +/g, ' ').trim()).filter((line) => !line.startsWith('-'))).toEqual([
    'kernel orus ms lua ms orus / lua',
    'slow 100.0 200 0.50',
    'gone 333 0.00 -',
    'geometric mean 0.50',
  ]);
});

test('the chart has a mark for every time and colours for both modes', () => {
  const svg = String(chart?.({ peers, sections: { kernels: { kernels } } }, 'wall'));
  expect(svg).toContain('prefers-color-scheme: dark');
  for (const title of ['slow, Orus: 0.50', 'fast, Orus: 8.00', 'geometric mean, Orus: 2.00'])
    expect(svg).toContain(`<title>${title}</title>`);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
  expect(svg.match(/<(\w+)[^>]*[^/]>/g)?.length).toBeGreaterThan(10);
});
