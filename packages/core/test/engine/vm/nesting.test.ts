/** Which functions may be active many times at once. */
import { expect, test } from 'vitest';
import { nestingOf } from '../../../src/engine/vm/nesting.ts';
import type { BytecodeFunc } from '../../../src/isa/program.ts';

const funcs = (...frames: number[]) => ({ funcs: frames.map((frame) => ({ frame }) as BytecodeFunc) });

test('what is in no cycle is active once', () => {
  // main calls a, which calls b
  expect(nestingOf(funcs(50, 20, 10), [[1, 1], [2], []])).toEqual({ deep: null, once: [50, 20, 10] });
});

test('a function that calls itself, and those that lead there and away', () => {
  expect(nestingOf(funcs(50, 20, 10), [[1], [1, 2], []])).toEqual({ deep: 20, once: [50, 10] });
});

test('functions that call one another, and what lies between two cycles', () => {
  const calls = [[1], [2], [1, 3], [4], [4]];
  expect(nestingOf(funcs(90, 5, 6, 30, 7), calls)).toEqual({ deep: 30, once: [90] });
});

test('whoever calls function values may call anything', () => {
  expect(nestingOf(funcs(50, 20), [[1], null])).toEqual({ deep: 50, once: [] });
});
