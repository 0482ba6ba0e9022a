/** Which functions may be active many times at once. */
import { expect, test } from 'vitest';
import { nestingOf, reachOf } from '../../../src/engine/vm/nesting.ts';
import type { BytecodeFunc } from '../../../src/isa/program.ts';

const funcs = (...frames: number[]) => ({ funcs: frames.map((frame) => ({ frame }) as BytecodeFunc) });

const HEADER = 3;
const to = (callee: number, window = 5, deeper = 1) => ({ callee, window, deeper });

test('what is in no cycle is active once', () => {
  // main calls a, which calls b
  expect(nestingOf(funcs(50, 20, 10), [[to(1), to(1)], [to(2)], []])).toEqual({
    perCall: 0,
    once: 80 + 3 * HEADER,
    many: new Set(),
  });
});

test('a function that calls itself, and those that lead there and away', () => {
  const calls = [[to(1, 45)], [to(1, 12), to(2, 19)], []];
  expect(nestingOf(funcs(50, 20, 10), calls)).toEqual({ perCall: 12, once: 60 + 2 * HEADER, many: new Set([1]) });
});

test('inlined calls count', () => {
  expect(nestingOf(funcs(30), [[to(0, 20, 2), to(0, 7, 1)]])).toEqual({ perCall: 10, once: 0, many: new Set([0]) });
});

test('functions that call one another, and what lies between two cycles', () => {
  const calls = [[to(1)], [to(2, 4)], [to(1, 3), to(3, 6)], [to(4, 28)], [to(4)]];
  expect(nestingOf(funcs(90, 5, 6, 30, 7), calls)).toEqual({
    perCall: 28,
    once: 90 + HEADER,
    many: new Set([1, 2, 3, 4]),
  });
});

test('whoever calls function values may call anything', () => {
  expect(nestingOf(funcs(50, 20), [[to(1)], null])).toEqual({ perCall: 50 + HEADER, once: 0, many: null });
});

test('how far windows lie behind one another', () => {
  const calls = [[to(1, 45)], [to(1, 12), to(2, 19)], []];
  const nesting = nestingOf(funcs(50, 20, 10), calls);
  // Any number of calls of the second, and on top of them the last, from the end of a frame.
  expect(reachOf(nesting, 50)).toEqual({ perLevel: 12, once: 60 + 2 * HEADER + 50 });
  // Any function may follow an adapter, with a frame that does not count.
  expect(reachOf(nestingOf(funcs(50, 20), [[to(1)], null]), 50)).toEqual({
    perLevel: 2 * (50 + HEADER),
    once: 50 + HEADER,
  });
});
