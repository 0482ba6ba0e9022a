/** The public face is enough to embed the engine. */
import { expect, test } from 'vitest';
import { checkProgram, DEFAULT_CHECKS, DEFAULT_LIMITS, ENGINES, interpEngine, Renderer } from '../src/index.ts';

const loader = { resolve: () => ({ tried: [] }) };

function run(text: string, limits = DEFAULT_LIMITS) {
  const { diagnostics, prepared } = checkProgram({ path: 'a.orus', text }, { loader });
  let output = '';
  const host = {
    write: (bytes: Uint8Array) => {
      output += new TextDecoder().decode(bytes);
    },
    readLine: () => null,
    now: () => 0,
  };
  const outcome = prepared && interpEngine.create(prepared, host, limits, DEFAULT_CHECKS).run();
  return { diagnostics, outcome, output };
}

test('a program runs', () => {
  expect(run('print("1 + 1 =", 1 + 1)')).toMatchObject({ outcome: { status: 'done' }, output: '1 + 1 = 2\n' });
});

test('a mistake is data, and can be shown', () => {
  const text = 'print(coutn)';
  const { diagnostics, files, prepared } = checkProgram({ path: 'a.orus', text }, { loader });
  expect(prepared).toBeNull();
  expect(diagnostics.map(({ code }) => code)).toEqual(['E1010']);
  const renderer = new Renderer(files.values(), 'human');
  expect(diagnostics.map((report) => renderer.render(report)).join('')).toContain('a.orus:1:7');
});

test('a program that never ends is stopped, and two programs live side by side', () => {
  const limits = { ...DEFAULT_LIMITS, fuel: 10_000 };
  expect(run('while true: pass', limits).outcome).toMatchObject({ status: 'limit', limit: 'fuel' });
  expect(run('print(2)').output).toBe('2\n');
});

test('every engine is listed', () => {
  expect(ENGINES.map(({ name }) => name)).toEqual(expect.arrayContaining(['interp', 'ir', 'tree']));
});
