/**
 * Intervals against what operations do: members of random intervals, through `fold`, give members of the interval claimed.
 */
import { describe, expect, test } from 'vitest';
import { decide, Interval, transferOf } from '../../src/analysis/interval.ts';
import { OP_NAMES, opDef, type Scalar } from '../../src/ir/ops.ts';

const EDGES32 = [
  -(2 ** 31),
  -(2 ** 31) + 1,
  -65536,
  -100,
  -2,
  -1,
  0,
  1,
  2,
  7,
  31,
  32,
  100,
  65535,
  2 ** 31 - 2,
  2 ** 31 - 1,
];
const EDGES64 = [
  ...EDGES32.map(BigInt),
  ...[-(1n << 63n), -(1n << 63n) + 1n, -(1n << 53n), 1n - (1n << 53n), (1n << 53n) - 1n, 1n << 53n, (1n << 62n) + 1n],
  ...[(1n << 63n) - 2n, (1n << 63n) - 1n, 63n, 64n],
];

/** A small generator, so that a failure can be repeated. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** The interval of two integers in the form of the analysis, and some members. */
function interval(pick: (below: number) => number, kind: string): { lo: number; hi: number; members: Scalar[] } {
  const edges: readonly Scalar[] = kind === 'i64' ? EDGES64 : EDGES32;
  const x = edges[pick(edges.length)] as Scalar;
  const y = pick(3) === 0 ? x : (edges[pick(edges.length)] as Scalar);
  const [low, high] = x < y ? [x, y] : [y, x];
  const bounds = new Interval();
  bounds.constant(low);
  const { lo } = bounds;
  bounds.constant(high);
  return { lo, hi: bounds.hi, members: [low, high, ...edges.filter((edge) => edge > low && edge < high)] };
}

function within(value: Scalar, { lo, hi }: Interval): boolean {
  const [low, high] = [lo, hi].map((end) => (Number.isFinite(end) ? BigInt(end) : end)) as [bigint, bigint];
  return BigInt(value) >= low && BigInt(value) <= high;
}

/** Exact results, where wrapping would show. */
const EXACT: Readonly<Record<string, (a: bigint, b: bigint) => bigint>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
};

const tested = OP_NAMES.filter((name) => transferOf(name) !== undefined && opDef(name).fold !== null);

describe('transfer functions', () => {
  test('there are many', () => expect(tested.length).toBeGreaterThan(45));

  test.each(tested)('%s', (name) => {
    const def = opDef(name);
    const fold = def.fold as (...args: Scalar[]) => Scalar | undefined;
    const kinds = def.args as readonly string[];
    if (kinds.includes('f64')) return;
    const pick = random(name.length * 7919);
    const exact = EXACT[name.slice(0, 3)];
    for (let round = 0; round < 400; round++) {
      const operands = kinds.map((kind) => interval(pick, kind));
      const [a, b = a, c = b] = operands as [(typeof operands)[0], (typeof operands)[0]?, (typeof operands)[0]?];
      const out = new Interval();
      transferOf(name)?.(out, a.lo, a.hi, b.lo, b.hi, c.lo, c.hi);
      for (let sample = 0; sample < 30; sample++) {
        const args = operands.map(({ members }) => members[pick(members.length)] as Scalar);
        const result = fold(...args);
        const text = `${name}(${args.join()}) with [${operands.map(({ lo, hi }) => `${lo}, ${hi}`).join('] [')}]`;
        if (result !== undefined && !within(result, out))
          throw new Error(`${text} = ${result}, not in [${out.lo}, ${out.hi}]`);
        if (!out.fits || exact === undefined) continue;
        const [x, y] = args.map(BigInt) as [bigint, bigint];
        if (result === undefined || BigInt(result) !== exact(x, y)) throw new Error(`${text} does not fit`);
      }
    }
  });
});

test('orders of intervals', () => {
  expect(decide('lt_s', 0, 4, 5, 9)).toBe(1);
  expect(decide('lt_s', 5, 9, 0, 5)).toBe(0);
  expect(decide('lt_s', 0, 5, 5, 9)).toBe(-1);
  expect(decide('lt_u', 0, 4, -9, -1)).toBe(1);
  expect(decide('eq', 0, 4, 5, 9)).toBe(0);
  expect(decide('ne', 3, 3, 3, 3)).toBe(0);
});
