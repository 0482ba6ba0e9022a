import { expect, test } from 'vitest';
import { Pauses } from '../../../src/engine/vm/pauses.ts';

test('without a pause everything is zero', () => {
  const pauses = new Pauses();
  expect([pauses.count, pauses.longest, pauses.quantile(0.99)]).toEqual([0, 0, 0]);
});

test('a quantile is right to a fifth and never beyond the longest', () => {
  const pauses = new Pauses();
  for (let i = 1; i <= 1000; i++) pauses.add(i * 1e-6);
  expect(pauses.count).toBe(1000);
  expect(pauses.longest).toBeCloseTo(1e-3, 9);
  for (const share of [0.1, 0.5, 0.9, 0.99]) {
    const exact = share * 1e-3;
    expect(pauses.quantile(share)).toBeGreaterThanOrEqual(exact);
    expect(pauses.quantile(share)).toBeLessThanOrEqual(Math.min(1e-3, exact * 1.2));
  }
  expect(pauses.quantile(1)).toBe(pauses.longest);
});

test('pauses of no length and of hours have a class too', () => {
  const pauses = new Pauses();
  pauses.add(0);
  pauses.add(10_000);
  expect(pauses.quantile(0.5)).toBeLessThan(1e-6);
  expect(pauses.quantile(1)).toBe(10_000);
});
