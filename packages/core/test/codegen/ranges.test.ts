import { describe, expect, test } from 'vitest';
import type { Range } from '../../src/codegen/ranges.ts';
import { addRange, joinRanges, rangesMeet } from '../../src/codegen/ranges.ts';
import { SlotHeap, SlotTable, WindowTops } from '../../src/codegen/slots.ts';

let seed = 7;
function random(n: number): number {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * n);
}

function randomRange(length: number): Range {
  const points = new Set<number>();
  const count = 2 * (1 + random(4));
  while (points.size < count) points.add(random(length));
  return [...points].sort((a, b) => a - b);
}

function positions(range: Range): Set<number> {
  const all = new Set<number>();
  for (let i = 0; i < range.length; i += 2) {
    for (let p = range[i] as number; p < (range[i + 1] as number); p++) all.add(p);
  }
  return all;
}

describe('live ranges', () => {
  test('meet exactly if they share a position', () => {
    for (let round = 0; round < 2000; round++) {
      const [a, b] = [randomRange(60), randomRange(60)];
      const shared = [...positions(a)].some((p) => positions(b).has(p));
      expect(rangesMeet(a, b)).toBe(shared);
      if (shared) continue;
      const joined = joinRanges(a, b);
      expect(positions(joined)).toEqual(new Set([...positions(a), ...positions(b)]));
      const added = [...a];
      addRange(added, b);
      expect(added).toEqual(joined);
      for (let i = 1; i + 1 < joined.length; i += 2) expect(joined[i]).toBeLessThan(joined[i + 1] as number);
    }
  });

  test('a slot table answers as a naive one does', () => {
    const table = new SlotTable();
    const windows = Array.from({ length: 700 }, (_, i) => 3 * i);
    const tops = new WindowTops(windows, 2100);
    const placed: { slot: number; range: Range }[] = [];
    for (let round = 0; round < 400; round++) {
      const range = randomRange(4000);
      const fits = (slot: number) => placed.every((p) => p.slot !== slot || !rangesMeet(p.range, range));
      let naive = 0;
      while (!fits(naive)) naive++;
      expect(table.firstFit(range, 1000)).toBe(naive);
      expect(table.firstFit(range, naive)).toBe(naive);
      table.place(naive, range);
      tops.place(naive, range);
      placed.push({ slot: naive, range });
      const window = random(700);
      const at = 2 * (windows[window] as number);
      const across = placed.filter(({ range: r }) =>
        r.some((start, i) => i % 2 === 0 && start <= at && (r[i + 1] as number) >= at + 2),
      );
      expect(tops.at(window)).toBe(Math.max(0, ...across.map(({ slot }) => slot + 1)));
    }
  });

  test('a heap of slots gives the largest key first', () => {
    const heap = new SlotHeap();
    const keys: number[] = [];
    for (let round = 0; round < 2000; round++) {
      if (random(3) > 0 || keys.length === 0) {
        const key = random(100);
        keys.push(key);
        heap.push(key, 1000 + key);
      } else {
        const largest = Math.max(...keys);
        expect(heap.key).toBe(largest);
        expect(heap.pop()).toBe(1000 + largest);
        keys.splice(keys.indexOf(largest), 1);
      }
    }
  });
});
