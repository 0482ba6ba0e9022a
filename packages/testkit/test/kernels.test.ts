/**
 * Every kernel of the benchmark suite prints its checksum in a quick run: on the interpreter, and in the other languages where they
 * are installed. The sources of one kernel have one size.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectingHost } from '@orus/cli/hosts';
import { checkProgram } from '@orus/core/compile';
import { DEFAULT_CHECKS, DEFAULT_LIMITS } from '@orus/core/engine/engine';
import { interpEngine } from '@orus/core/engine/interp/interp';
import { afterAll, describe, expect, test } from 'vitest';
import {
  checksumOf,
  KERNELS,
  kernelFolder,
  type KernelLanguage,
  sizeOf,
  sourceText,
} from '../../../tools/bench/kernels.mjs';

const folder = mkdtempSync(join(tmpdir(), 'orus-kernels-'));
afterAll(() => rmSync(folder, { recursive: true }));

function run(command: string, ...args: string[]): string {
  const { stdout, stderr, error, status } = spawnSync(command, args, { encoding: 'utf8', timeout: 60_000 });
  if (error) throw error;
  return status === 0 ? checksumOf(stdout) : stderr;
}

const OTHERS: readonly { language: KernelLanguage; ending: string; needs: string; run(file: string): string }[] = [
  { language: 'js', ending: 'mjs', needs: process.execPath, run: (file) => run(process.execPath, file) },
  { language: 'lua', ending: 'lua', needs: 'lua5.4', run: (file) => run('lua5.4', file) },
  { language: 'luajit', ending: 'luajit.lua', needs: 'luajit', run: (file) => run('luajit', file) },
  {
    language: 'c',
    ending: 'c',
    needs: 'gcc',
    run: (file) => run('gcc', '-O2', '-Wall', '-Werror', '-o', `${file}.out`, file, '-lm') || run(`${file}.out`),
  },
];

const installed = (command: string): boolean => !spawnSync(command, ['-v']).error;

test('every folder of kernels is in the table', () => {
  expect(readdirSync(kernelFolder).sort()).toEqual(KERNELS.map(({ name }) => name).sort());
});

test.each(KERNELS)('$name has one size', ({ name }) => {
  const sizes = (['orus', 'lua', 'luajit', 'js', 'c'] as const).map((language) => sizeOf(name, language));
  expect(new Set(sizes).size).toBe(1);
});

/** How often kernels do their work, and those that are tried so. */
const TIMES = [
  { times: 1, kernels: KERNELS },
  { times: 2, kernels: KERNELS.slice(0, 5) },
];
const CASES = TIMES.flatMap(({ times, kernels }) =>
  kernels.map((kernel) => ({ ...kernel, times, printed: Array(times).fill(kernel.checksum).join(' ') })),
);

describe('orus', () => {
  test.each(CASES)('$name, $times times', ({ name, quick, times, printed }) => {
    const source = { path: `${name}.orus`, text: sourceText(name, 'orus', quick, times) };
    const { prepared, diagnostics } = checkProgram(source, { loader: { resolve: () => ({ tried: [] }) } });
    expect(diagnostics).toEqual([]);
    const host = collectingHost(new Uint8Array());
    const outcome = prepared && interpEngine.create(prepared, host, DEFAULT_LIMITS, DEFAULT_CHECKS).run();
    expect(outcome).toEqual({ status: 'done' });
    expect(checksumOf(Buffer.from(host.stdout()).toString())).toBe(printed);
  });
});

for (const { language, ending, needs, run } of OTHERS) {
  describe.skipIf(!installed(needs))(`${language} (skipped without ${needs})`, () => {
    test.each(CASES)('$name, $times times', ({ name, quick, times, printed }) => {
      const file = join(folder, `${name}-${times}.${ending}`);
      writeFileSync(file, sourceText(name, language, quick, times));
      expect(run(file)).toBe(printed);
    });
  });
}
