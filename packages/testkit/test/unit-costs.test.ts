/**
 * What writing machine code costs, by count and by ratio. In milliseconds: `npm run bench -- --sections units`, docs/performance.md.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { unitCosts } from '../src/unit-costs.ts';

const kernel = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../../../tools/bench/kernels/${name}/${name}.orus`), 'utf8');

// The host's optimising compiler takes about a millisecond for a kilobyte.
test.each([
  ['nbody', 40],
  ['spectral', 50],
  ['tak', 80],
  ['queens', 90],
  ['dynamic-math', 110],
])('%s: at most %i bytes of WebAssembly for an instruction', (name, most) => {
  const { bytes, instructions } = unitCosts(kernel(name), 1, () => 0);
  expect(bytes / instructions).toBeLessThan(most);
});

test('a unit of 100 instructions is written faster than its source is compiled to bytecode', () => {
  const { instructions, translateMs, compileMs } = unitCosts(kernel('tak'), 100, () => performance.now());
  expect(instructions).toBeGreaterThanOrEqual(100);
  expect(translateMs).toBeLessThan(compileMs);
});
