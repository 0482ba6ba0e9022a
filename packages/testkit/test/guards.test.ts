/**
 * What machine code takes for granted, made wrong at one place after another: the result stays the same, and wherever the program stops
 * each frame holds what it holds when the interpreter is stopped there. Polls are compared everywhere, guards for some programs and
 * places that follow from the day; with `ORUS_ALL=1`, and in `node tools/guards.mjs`, for all of them.
 */
import { expect, test } from 'vitest';
import { allPrograms, GuardTally, testGuards } from '../src/guards.ts';

const step = process.env['ORUS_QUICK'] === '1' ? 40 : process.env['ORUS_ALL'] === '1' ? 1 : 8;
const PLACES = 4;
const seed = Math.floor(Date.now() / 86_400_000);

const tally = new GuardTally();

test.each(
  allPrograms()
    .filter((_, i) => (i + seed) % step === 0)
    .map((program) => [program.name, program] as const),
)('%s', { timeout: 60_000 }, (_, program) => {
  expect(testGuards(program, { places: step === 1 ? Infinity : PLACES, seed, tally })).toEqual([]);
});

test('guards failed, and machine code was stopped', () => {
  console.log(tally.text());
  expect(tally.failed).toBeGreaterThan(0);
  expect(tally.stops).toBeGreaterThan(tally.programs);
});
