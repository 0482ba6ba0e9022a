/**
 * Bytecode files changed at random, for about a second: a few fixed seeds, then new ones for every run. More of the same is
 * `node tools/fuzz.mjs --bytecode`.
 */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { bytecodeCase, Corpus, judgeFile } from '../src/bytecode-fuzz.ts';

const corpus = new Corpus(
  ['examples/hello.orus', 'examples/tour.orus', 'examples/queens.orus'].map((path) => readFileSync(path, 'utf8')),
);
const FIXED = 20;
const ROTATING_MS = 700;

function check(seed: number): void {
  const { bytes, verdict } = bytecodeCase(seed, corpus);
  const detail = verdict.kind === 'crash' ? verdict.detail : '';
  expect(verdict.kind, `seed ${seed}, ${bytes.length} bytes: ${detail}`).not.toBe('crash');
}

test('changed bytecode files are refused or run', () => {
  for (let seed = 0; seed < FIXED; seed++) check(seed);
  const first = Date.now() % 2 ** 31;
  const end = Date.now() + ROTATING_MS;
  let seed = first;
  do {
    check(seed);
    seed += 1;
  } while (Date.now() < end);
  console.log(`changed bytecode files: seeds ${first} to ${seed - 1}`);
});

test('a case depends on its seed alone', () => {
  for (let seed = 0; seed < 5; seed++) expect(bytecodeCase(seed, corpus)).toEqual(bytecodeCase(seed, corpus));
});

test('what is no bytecode at all is refused', () => {
  const checks = { stressGc: false, slice: 1000 };
  expect(judgeFile(new Uint8Array(100), checks)).toMatchObject({ kind: 'refused', rule: 'damaged' });
});
