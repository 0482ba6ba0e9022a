/**
 * Makes one test of every program: it runs in all of some modes, and a failure lists the modes and how each differs.
 */
import { DeepHost } from '@orus/cli/deep-host';
import { afterAll, expect, test } from 'vitest';
import { differences, runInMode } from '../src/matrix.ts';
import type { Mode } from '../src/modes.ts';
import { examples, knownFailures, runTests, type TestProgram } from '../src/programs.ts';

export function testInModes(modes: readonly Mode[]): void {
  const programs = [...runTests('tests/run'), ...runTests('tests/regress'), ...examples('examples')];
  const known = knownFailures('tests/known-failures.txt');
  let host: DeepHost | undefined;
  const deepHost = (): DeepHost => {
    host ??= new DeepHost(new URL('../../cli/dist/deep-worker.cjs', import.meta.url));
    return host;
  };
  afterAll(() => host?.stop());

  test.each(programs.map((program) => [program.name, program] as const))(
    '%s',
    { timeout: 120_000 },
    async (_, program) => {
      const failures = await failuresOf(program, modes, known, deepHost);
      expect(failures.join('\n'), 'modes that differ').toBe('');
    },
  );
}

async function failuresOf(
  program: TestProgram,
  modes: readonly Mode[],
  known: ReadonlyMap<string, string>,
  deepHost: () => DeepHost,
): Promise<string[]> {
  const failures: string[] = [];
  const fuel = new Map<string, { readonly mode: string; readonly used: number }>();
  for (const mode of modes) {
    if (program.expected.slow.includes(mode.name)) continue;
    const usual = fuel.get('optimised')?.used ?? 0;
    if (usual > mode.maxFuel) continue;
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
  return failures;
}
