import { describe, expect, test } from 'vitest';
import { f64, i64 } from '../../src/base/scalar.ts';
import type { TestShape } from '../../src/codegen/test-select.ts';
import { invertTest, shapeTest } from '../../src/codegen/test-select.ts';
import type { OpName } from '../../src/ir/ops.ts';
import { hasOpcode } from '../../src/isa/opcodes.ts';

const EDGES = [-(2n ** 63n), -32769n, -32768n, -1n, 0n, 1n, 32766n, 32767n, 32768n, 2n ** 63n - 1n];
const INTEGER = {
  eq: i64.eq,
  ne: i64.ne,
  lt_s: i64.ltS,
  le_s: i64.leS,
  lt_u: i64.ltU,
  le_u: i64.leU,
} as const;
const ORDERS: Readonly<Record<string, (a: bigint, b: bigint) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt_s: (a, b) => a < b,
  le_s: (a, b) => a <= b,
  ge_s: (a, b) => a >= b,
  lt_u: (a, b) => BigInt.asUintN(64, a) < BigInt.asUintN(64, b),
  le_u: (a, b) => BigInt.asUintN(64, a) <= BigInt.asUintN(64, b),
};

/** What the test says when its registers hold their own names. */
function holds(shape: TestShape<bigint>): boolean {
  const order = shape.name.split('.')[0] ?? '';
  const [a, b] = shape.imm === null ? shape.regs : [...shape.regs, BigInt(shape.imm)];
  return (ORDERS[order] as (a: bigint, b: bigint) => boolean)(a as bigint, b as bigint);
}

describe('fused comparisons', () => {
  for (const [name, fold] of Object.entries(INTEGER)) {
    test(`${name} means itself in every form, negated or not, and its opposite inverted`, () => {
      for (const left of EDGES) {
        for (const right of EDGES) {
          for (const negate of [false, true]) {
            for (const constants of [[], [left], [right], [left, right]]) {
              const known = (v: bigint) => (constants.includes(v) ? v : null);
              const shape = shapeTest(`${name}.i64` as OpName, left, right, negate, known);
              expect(hasOpcode(`br.${shape.name}${shape.imm === null ? '' : '.imm'}`)).toBe(true);
              const wanted = (fold(left, right) === 1) !== negate;
              expect(holds(shape)).toBe(wanted);
              const inverse = invertTest(shape);
              expect(inverse === null || holds(inverse)).toBe(inverse === null || !wanted);
            }
          }
        }
      }
    });
  }

  test('floats keep their meaning with NaN', () => {
    const meaning: Readonly<Record<string, (a: number, b: number) => number>> = {
      eq: f64.eq,
      ne: f64.ne,
      lt: f64.lt,
      le: f64.le,
      nlt: (a, b) => 1 - f64.lt(a, b),
      nle: (a, b) => 1 - f64.le(a, b),
    };
    for (const name of ['eq', 'ne', 'lt', 'le']) {
      for (const [a, b] of [
        [1, 2],
        [2, 1],
        [1, 1],
        [Number.NaN, 1],
        [1, Number.NaN],
      ] as const) {
        for (const negate of [false, true]) {
          const shape = shapeTest(`${name}.f64` as OpName, a, b, negate, () => null);
          const said = (s: TestShape<number>) => meaning[s.name.split('.')[0] ?? '']?.(s.regs[0] ?? 0, s.regs[1] ?? 0);
          const wanted = (meaning[name] as (a: number, b: number) => number)(a, b) !== (negate ? 1 : 0) ? 1 : 0;
          expect(said(shape)).toBe(wanted);
          const inverse = invertTest(shape);
          if (inverse !== null) expect(said(inverse)).toBe(1 - wanted);
        }
      }
    }
  });
});
