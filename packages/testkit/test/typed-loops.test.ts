/**
 * The kernels of the benchmark suite: their loops handle only values of known types, but for those that are about others.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkProgram } from '../../core/src/compile.ts';

const folder = join(import.meta.dirname, '../../../tools/bench/kernels');

/** Kernels with loops over values of unknown types. */
const DYNAMIC = ['dynamic-math', 'dynamic-shapes', 'integrate', 'merge-records', 'tokens'];

const loader = { load: () => null } as never;

test('only dynamic kernels have untyped loops', () => {
  const untyped = readdirSync(folder).filter((name) => {
    const path = join(folder, name, `${name}.orus`);
    const { diagnostics } = checkProgram(
      { path, text: readFileSync(path, 'utf8') },
      { loader, assertTypedLoops: true },
    );
    expect(diagnostics.map(({ code }) => code).filter((code) => code !== 'E2010')).toEqual([]);
    return diagnostics.length > 0;
  });
  expect(untyped.filter((name) => !DYNAMIC.includes(name))).toEqual([]);
});
