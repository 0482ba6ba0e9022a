/** When machine code is made, from what a user or an earlier run says. */
import { expect, test } from 'vitest';
import { DEFAULT_TUNING, tuningFor } from '../../../src/engine/jit/tuning.ts';

test('a program of which nothing is known gets some patience', () => {
  expect(tuningFor({})).toEqual(DEFAULT_TUNING);
  expect(DEFAULT_TUNING.patienceMs).toBeGreaterThan(0);
});

test('one that ran long the last time gets none, one that did not gets more', () => {
  expect(tuningFor({ lastFuel: 100_000_000 })).toMatchObject({ threshold: 2, patienceMs: 0, patienceSlices: 0 });
  const { patienceMs, patienceSlices } = tuningFor({ lastFuel: 1_000_000 });
  expect(patienceMs).toBe(DEFAULT_TUNING.patienceMs);
  expect(patienceSlices).toBeGreaterThan(DEFAULT_TUNING.patienceSlices);
});

test('what the user says wins', () => {
  expect(tuningFor({ threshold: 7, lastFuel: 1 })).toMatchObject({ threshold: 7, patienceMs: 0 });
  expect(tuningFor({ when: 'eager', lastFuel: 1 })).toMatchObject({ threshold: 0 });
});
