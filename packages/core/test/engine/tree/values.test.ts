/** Texts, equality and conversions of single values, against the tables of the specification. */
import { expect, test } from 'vitest';
import { IdMap } from '../../../src/base/id-map.ts';
import { DEFAULT_LIMITS } from '../../../src/engine/engine.ts';
import { cast, convertExactly } from '../../../src/engine/tree/convert.ts';
import { equal, equalStrictly } from '../../../src/engine/tree/equality.ts';
import { GuestError } from '../../../src/engine/tree/errors.ts';
import { Machine } from '../../../src/engine/tree/machine.ts';
import { makeShapes } from '../../../src/engine/tree/shapes.ts';
import { textOf } from '../../../src/engine/tree/text.ts';
import type { EnumType, Member, Site, StructType, Value } from '../../../src/engine/tree/value.ts';
import {
  ArrayValue,
  EnumValue,
  ErrorValue,
  F64,
  RangeValue,
  Rep,
  StructValue,
  U32,
  U64,
} from '../../../src/engine/tree/value.ts';
import type { Program, Type, TypeId } from '../../../src/hir/hir.ts';
import { span, TreeBuilder } from '../../hir/tree-builder.ts';

const site: Site = { func: 'test', span };
const host = { write: () => {}, readLine: () => null, now: () => 0 };
const machine = new Machine(host, { ...DEFAULT_LIMITS, depth: 100 });
const program: Program = new TreeBuilder().program([]);
const shape = makeShapes({ ...program, types: new IdMap() }, true);

const member = (name: string): Member => ({ name, rep: Rep.self, shape: shape({ kind: 'any' }) });
const point: StructType = {
  id: 0 as TypeId,
  name: 'Point',
  fields: [member('x'), member('y')],
  fieldIndex: new Map(),
  methods: new Map(),
};
const event: EnumType = {
  id: 1 as TypeId,
  name: 'Event',
  variants: [
    { name: 'Idle', payload: [] },
    { name: 'Key', payload: [member('a'), member('b')] },
  ],
};
const list = (...items: Value[]) => new ArrayValue(Rep.self, items);
const key = (...payload: Value[]) => new EnumValue(event, 1, payload);
const pair = (...fields: Value[]) => new StructValue(point, fields);

function attempt(run: () => unknown): unknown {
  try {
    return run();
  } catch (thrown) {
    if (thrown instanceof GuestError) return thrown.error.message;
    throw thrown;
  }
}

test.each<[Value, string, string, string, string]>([
  // value, classic display, classic inspection, modern display, modern inspection
  [new F64(0.1), '0.10000000000000001', '0.1', '0.1', '0.1'],
  ['a"b\n\0', 'a"b\n\0', '"a\\"b\\n\0"', 'a"b\n\0', '"a\\"b\\n\\0"'],
  [list(1, 'x', list()), '1, x, ', '[1, "x", []]', '[1, "x", []]', '[1, "x", []]'],
  [pair(1n, 'q'), '1, q', '[1, "q"]', 'Point{x: 1, y: "q"}', 'Point{x: 1, y: "q"}'],
  [key(65, 'z'), 'Event.Key(65, z)', 'Event.Key(65, "z")', 'Event.Key(65, "z")', 'Event.Key(65, "z")'],
  [new EnumValue(event, 0, []), 'Event.Idle', 'Event.Idle', 'Event.Idle', 'Event.Idle'],
  [new ErrorValue('value', 'bad'), 'Error: bad', 'Error(bad)', 'Error: bad', 'Error: bad'],
  [new RangeValue(1n, 5n, 1n), 'range(1..5)', '<range>', 'range(1..5)', 'range(1..5)'],
  [new RangeValue(9n, 0n, -2n), 'range(9..0 step=-2)', '<range>', 'range(9..0 step=-2)', 'range(9..0 step=-2)'],
  [null, 'nil', 'nil', 'nil', 'nil'],
  [
    new U64(2n ** 64n - 1n),
    '18446744073709551615',
    '18446744073709551615',
    '18446744073709551615',
    '18446744073709551615',
  ],
])('texts of %o', (value, ...texts) => {
  const forms = (['classic', 'modern'] as const).flatMap((style) =>
    (['display', 'inspect'] as const).map((form) => textOf(machine, value, style, form, site)),
  );
  expect(forms).toEqual(texts);
});

test('cyclic data', () => {
  const cycle = list(1);
  cycle.items.push(pair(cycle, 2));
  expect(textOf(machine, cycle, 'modern', 'display', site)).toBe('[1, Point{x: ..., y: 2}]');
  expect(attempt(() => textOf(machine, cycle, 'classic', 'display', site))).toBe('Stack overflow');
  const other = list(1);
  other.items.push(pair(other, 2));
  expect(equal(machine, cycle, other, 'modern', site)).toBe(true);
  other.items.push(3);
  expect(equal(machine, cycle, other, 'modern', site)).toBe(false);
});

test.each<[Value, Value, boolean, boolean]>([
  // a, b, classic, modern
  [1, 1n, true, true],
  [2n ** 53n + 1n, new F64(2 ** 53), false, false],
  [new U32(7), new F64(7), true, true],
  [new F64(Number.NaN), new F64(Number.NaN), false, false],
  [true, 2, true, false],
  [0n, false, true, false],
  [true, new F64(1), false, false],
  [null, null, false, true],
  ['a', 'a', true, true],
  ['1', 1, false, false],
  [list(1, 2), list(1n, 2n), false, true],
  [list(1), list(1, 2), false, false],
  [pair(1, 'a'), pair(1, 'a'), false, true],
  [key(1, true), key(1n, true), true, true],
  [key(list(1), 1), key(list(1), 1), false, true],
  [key(1, 1), new EnumValue(event, 0, []), false, false],
])('%o == %o', (a, b, classic, modern) => {
  expect([equal(machine, a, b, 'classic', site), equal(machine, a, b, 'modern', site)]).toEqual([classic, modern]);
  expect([equal(machine, b, a, 'classic', site), equal(machine, b, a, 'modern', site)]).toEqual([classic, modern]);
});

test('assert_eq is strict and deep in both styles', () => {
  for (const style of ['classic', 'modern'] as const) {
    expect(equalStrictly(machine, list(1, pair(2, 'a')), list(1, pair(2, 'a')), style, site)).toBe(true);
    expect(equalStrictly(machine, list(1), list(1n), style, site)).toBe(false);
    expect(equalStrictly(machine, true, 1, style, site)).toBe(false);
  }
});

test.each<[Value, Type['kind'], unknown]>([
  [-1, 'i64', -1n],
  [-1, 'u32', new U32(2 ** 32 - 1)],
  [-1, 'u64', 'Cannot convert negative i32 to u64'],
  [-1, 'f64', new F64(-1)],
  [5000000000n, 'i32', 705032704],
  [5000000000n, 'u32', 'i64 value out of u32 range'],
  [-1n, 'u64', 'Cannot convert negative i64 to u64'],
  [new U32(2 ** 32 - 1), 'i32', -1],
  [new U64(2n ** 31n), 'i32', 'u64 value too large for i32'],
  [new U64(2n ** 32n), 'u32', 'u64 value too large for u32'],
  [new U64(2n ** 63n), 'i64', 'u64 value too large for i64'],
  [new F64(-1.9), 'i32', -1],
  [new F64(2 ** 31), 'i32', 'f64 value out of i32 range'],
  [new F64(2 ** 63), 'i64', 'f64 value out of i64 range'],
  [new F64(-0.5), 'u32', 'f64 value out of u32 range'],
  [new F64(Number.NaN), 'u64', 'f64 value out of u64 range'],
  [new F64(-0), 'u32', new U32(0)],
  [true, 'i64', 1n],
  [false, 'f64', new F64(0)],
  [new F64(Number.NaN), 'bool', true],
  [new F64(1e6), 'string', '1e+06'],
  ['1', 'i32', 'Cannot convert string to i32'],
  [null, 'string', 'Cannot convert void to string'],
])('%o as %s', (value, kind, result) => {
  expect(attempt(() => cast(value, shape({ kind } as Type), 'classic', site))).toEqual(result);
});

test.each<[Value, Type['kind'], unknown]>([
  [7n, 'i32', 7],
  [2n ** 31n, 'i32', 'i64 value out of i32 range'],
  [-1, 'u32', 'Cannot convert negative i32 to u32'],
  [new U32(2 ** 31), 'i32', 'u32 value too large for i32'],
  [2n ** 53n + 1n, 'f64', 'integer value cannot be represented exactly as f64'],
  [new F64(3), 'i64', 3n],
  [new F64(3.5), 'i64', 'f64 value out of i64 range'],
  [true, 'i32', 'Expected i32, found bool'],
  ['x', 'f64', 'Expected f64, found string'],
])('%o at a place of type %s', (value, kind, result) => {
  expect(attempt(() => convertExactly(value, shape({ kind } as Type), site))).toEqual(result);
});
