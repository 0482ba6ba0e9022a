import { describe, expect, test } from 'vitest';
import type { SlotMove } from '../../src/codegen/parallel-move.ts';
import { sequentialise } from '../../src/codegen/parallel-move.ts';

const SPARE = 99;

/** What every slot holds after the moves were done one after another; slot n begins with the value n. */
function run(moves: readonly SlotMove[]): Map<number, number> {
  const held = new Map<number, number>();
  for (const { dst, src } of moves) held.set(dst, held.get(src) ?? src);
  return held;
}

function expectParallel(moves: readonly SlotMove[]): void {
  const held = run(sequentialise(moves, SPARE));
  for (const { dst, src } of moves) expect(held.get(dst) ?? dst).toBe(src);
  const written = new Set(moves.map(({ dst }) => dst));
  for (const slot of held.keys()) expect(written.has(slot) || slot === SPARE).toBe(true);
}

describe('parallel moves', () => {
  test('a chain is done from its end, without the spare slot', () => {
    const moves = sequentialise(
      [
        { dst: 1, src: 0 },
        { dst: 2, src: 1 },
        { dst: 3, src: 2 },
      ],
      SPARE,
    );
    expect(moves).toEqual([
      { dst: 3, src: 2 },
      { dst: 2, src: 1 },
      { dst: 1, src: 0 },
    ]);
  });

  test('a swap goes through the spare slot', () => {
    expectParallel([
      { dst: 0, src: 1 },
      { dst: 1, src: 0 },
    ]);
  });

  test('a slot that is its own source stays', () => {
    expect(sequentialise([{ dst: 4, src: 4 }], SPARE)).toEqual([]);
  });

  test('a thousand random moves mean what they mean at once', () => {
    let seed = 20;
    const random = (n: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * n);
    };
    for (let round = 0; round < 1000; round++) {
      const size = 1 + random(8);
      const dsts = Array.from({ length: 8 }, (_, i) => i)
        .sort(() => random(3) - 1)
        .slice(0, size);
      expectParallel(dsts.map((dst) => ({ dst, src: random(9) })));
    }
  });
});
