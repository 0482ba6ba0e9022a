import { expect, test } from 'vitest';
import { Arena } from '../../src/base/arrays.ts';

test('arrays from an arena are filled, apart from each other, and taken back', () => {
  const arena = new Arena();
  const a = arena.i32(3, -1);
  const b = arena.u8(5);
  const c = arena.i32(2);
  b.fill(7);
  expect([...a, ...c]).toEqual([-1, -1, -1, 0, 0]);
  c.fill(9);
  expect([...a, ...b]).toEqual([-1, -1, -1, 7, 7, 7, 7, 7]);
  // Larger than the buffer: what was handed out stays as it is.
  const large = arena.i32(100_000, 4);
  expect(large.every((x) => x === 4)).toBe(true);
  expect([...c]).toEqual([9, 9]);
  arena.reset();
  expect([...arena.i32(4), ...arena.u8(3)]).toEqual([0, 0, 0, 0, 0, 0, 0]);
});
