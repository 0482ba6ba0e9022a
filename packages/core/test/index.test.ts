/** The public face is enough to embed the engine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
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

test('limits are numbers that are not negative, for every engine', () => {
  const host = { write: () => undefined, readLine: () => null, now: () => 0 };
  const { prepared } = checkProgram({ path: 'a.orus', text: 'print(1)' }, { loader });
  for (const engine of ENGINES) {
    for (const name of ['fuel', 'memory', 'depth', 'timeMs'] as const) {
      for (const wrong of [NaN, -1]) {
        const create = () =>
          prepared && engine.create(prepared, host, { ...DEFAULT_LIMITS, [name]: wrong }, DEFAULT_CHECKS);
        expect(create, `${engine.name}, ${name} ${wrong}`).toThrow(RangeError);
      }
    }
  }
});

test('fuel need not be a whole number', () => {
  const host = { write: () => undefined, readLine: () => null, now: () => 0 };
  const { prepared } = checkProgram({ path: 'a.orus', text: 'while true: pass' }, { loader });
  for (const engine of ENGINES) {
    const outcome = prepared && engine.create(prepared, host, { ...DEFAULT_LIMITS, fuel: 99.5 }, DEFAULT_CHECKS).run();
    expect(outcome, engine.name).toMatchObject({ status: 'limit', limit: 'fuel' });
  }
});

test('a loader that looks nowhere is said to have no modules', () => {
  const { diagnostics } = checkProgram({ path: 'a.orus', text: 'use m' }, { loader });
  expect(diagnostics.map(({ help }) => help)).toEqual(['there are no modules here']);
});

test('every engine is listed', () => {
  expect(ENGINES.map(({ name }) => name)).toEqual(expect.arrayContaining(['interp', 'ir', 'tree']));
});

test('the example of docs/embedding.md works', async () => {
  const path = join(import.meta.dirname, 'embedding-example.mjs');
  const page = readFileSync(join(import.meta.dirname, '../../../docs/embedding.md'), 'utf8');
  expect(page).toContain(`\`\`\`js\n${readFileSync(path, 'utf8')}\`\`\``);
  const example: { run(text: string): { output: string; end: string } } = await import(path);
  expect(example.run('print(6 * 7)')).toEqual({ output: '42\n', end: 'done' });
  expect(example.run('while true: pass').end).toBe('stopped: fuel');
  expect(example.run('print("é")\nprint([1][2])')).toEqual({ output: 'é\n', end: 'error: Array index out of bounds' });
  expect(example.run('use m').end).toContain('E3003');
});
