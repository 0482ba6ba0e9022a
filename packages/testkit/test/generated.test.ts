/**
 * Generated programs in the modes of the matrix, for about a second: a few fixed seeds, then new ones for every run. Hours of
 * the same are `node tools/fuzz.mjs`.
 */
import { expect, test } from 'vitest';
import { judge } from '../src/differential.ts';
import { modesOf } from '../src/fuzz.ts';
import { generateProgram } from '../src/generate/program.ts';
import { seededRandom } from '../src/generate/random.ts';
import { MODES } from '../src/modes.ts';
import { mutate } from '../src/mutate.ts';
import { reduce } from '../src/reduce.ts';

const FIXED = [1, 2];
const ROTATING_MS = 300;

function check(seed: number): void {
  const { text } = generateProgram(seed, { size: 1 });
  const verdict = judge(text, modesOf(seed));
  if (verdict.kind === 'limit') return;
  expect(verdict, `seed ${seed}, size 1:\n${text}`).toMatchObject({ kind: 'agree' });
}

test.each(FIXED)('the engines agree on seed %d', (seed) => {
  check(seed);
});

test('the engines agree on new seeds', () => {
  const first = Date.now() % 2 ** 31;
  const end = Date.now() + ROTATING_MS;
  let seed = first;
  do {
    check(seed);
    seed += 1;
  } while (Date.now() < end);
  console.log(`generated programs: seeds ${first} to ${seed - 1}`);
});

test('a program depends on its seed alone, and both block styles are accepted', () => {
  for (let seed = 0; seed < 4; seed++) {
    expect(generateProgram(seed)).toEqual(generateProgram(seed));
    for (const style of ['colon', 'brace', 'mixed'] as const) {
      const verdict = judge(generateProgram(seed, { style, size: 1 }).text, MODES.slice(0, 1));
      expect(verdict, `seed ${seed}, ${style}`).not.toMatchObject({ kind: 'rejected' });
    }
  }
});

test('mutated programs are refused or run, and nothing is thrown', () => {
  const random = seededRandom(Date.now() % 2 ** 31);
  const source = generateProgram(7, { size: 1 }).text;
  for (let i = 0; i < 10; i++) {
    const text = mutate(random, source, [source]);
    const verdict = judge(text, MODES.slice(0, 1), { fuel: 100_000, timeMs: 500 });
    expect(verdict.kind, `${JSON.stringify(verdict)}\n${text}`).not.toBe('crash');
  }
});

test('reducing keeps what matters', () => {
  const text = 'a = 1\nif true:\n    b = 2\n    print(max([3, needle(4, "x")]), 5)\nelse:\n    c = 3\n';
  expect(reduce(text, (each) => each.includes('needle')).trim()).toBe('needle4');
});
