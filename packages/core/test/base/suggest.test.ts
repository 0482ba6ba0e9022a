import { expect, test } from 'vitest';
import { closest, editDistance } from '../../src/base/suggest.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', 'acb', 1],
  ['coutn', 'count', 1],
  ['kitten', 'sitting', 3],
  ['a', '', 1],
])('%j to %j', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test('a limit ends the comparison early', () => {
  expect(editDistance('abcdef', 'uvwxyz', 2)).toBe(3);
  expect(editDistance('a', 'abcdef', 2)).toBe(3);
});

test('the closest name, if any is close', () => {
  const names = ['count', 'counter', 'total', 'i', 'j', 'Point'];
  expect(closest('coutn', names)).toBe('count');
  expect(closest('point', names)).toBe('Point');
  expect(closest('tootal', names)).toBe('total');
  expect(closest('k', names)).toBeUndefined();
  expect(closest('xyz', names)).toBeUndefined();
  expect(closest('count', ['count'])).toBeUndefined();
  expect(closest('a'.repeat(100), ['a'.repeat(99)])).toBeUndefined();
});
