/** The large programs that compilers are measured with are programs: without mistakes, the same each time, and they run to the end. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { collectingHost } from '@orus/cli/hosts';
import { checkProgram } from '@orus/core/compile';
import { DEFAULT_CHECKS, DEFAULT_LIMITS } from '@orus/core/engine/engine';
import { interpEngine } from '@orus/core/engine/interp/interp';
import { expect, test } from 'vitest';

const tool = join(import.meta.dirname, '../../../tools/bench/compile-source.mjs');
const { compileSource } = (await import(pathToFileURL(tool).href)) as { compileSource(lines: number): string };

test('a program of the wanted length, always the same', () => {
  const text = compileSource(1000);
  expect(Math.abs(text.split('\n').length - 1000)).toBeLessThan(30);
  expect(compileSource(1000)).toBe(text);
});

test('it compiles without a word and runs to its end', () => {
  const loader = { resolve: () => ({ tried: [] }) };
  const { diagnostics, prepared } = checkProgram({ path: 'large.orus', text: compileSource(1000) }, { loader });
  expect(diagnostics).toEqual([]);
  const host = collectingHost(new Uint8Array());
  const outcome = prepared && interpEngine.create(prepared, host, DEFAULT_LIMITS, DEFAULT_CHECKS).run();
  expect(outcome?.status).toBe('done');
});
