/**
 * Every program of `tests/run`, `tests/regress` and `examples` in every mode of the matrix.
 *
 * One test a program; its failure lists the modes and how each differs. Modes of one fuel group must agree in fuel.
 */
import { DeepHost } from '@orus/cli/deep-host';
import { afterAll, expect, test } from 'vitest';
import { differences, runInMode } from '../src/matrix.ts';
import { MODES } from '../src/modes.ts';
import { examples, knownFailures, runTests } from '../src/programs.ts';

const programs = [...runTests('tests/run'), ...runTests('tests/regress'), ...examples('examples')];
const known = knownFailures('tests/known-failures.txt');

let host: DeepHost | undefined;
function deepHost(): DeepHost {
  host ??= new DeepHost(new URL('../../cli/dist/deep-worker.cjs', import.meta.url));
  return host;
}
afterAll(() => host?.stop());

test.each(programs.map((program) => [program.name, program] as const))('%s', async (_, program) => {
  const failures: string[] = [];
  const fuel = new Map<string, { mode: string; used: number }>();
  for (const mode of MODES) {
    if (program.expected.slow.includes(mode.name)) continue;
    const found: string[] = [];
    try {
      const end = await runInMode(program, mode, deepHost);
      found.push(...differences(program.expected, end));
      const used = end.result.stats?.fuel;
      if (mode.fuel !== undefined && used !== undefined) {
        const first = fuel.get(mode.fuel);
        if (!first) fuel.set(mode.fuel, { mode: mode.name, used });
        else if (first.used !== used) found.push(`uses ${used} fuel, but ${first.used} in mode ${first.mode}`);
      }
    } catch (error) {
      found.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
    const reason = known.get(`${program.name} ${mode.name}`);
    if (reason === undefined) failures.push(...found.map((text) => `${mode.name}: ${text}`));
    else if (found.length === 0) failures.push(`${mode.name}: passes, but is listed as a known failure: ${reason}`);
  }
  expect(failures.join('\n'), 'modes that differ').toBe('');
});
