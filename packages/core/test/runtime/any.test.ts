/** Operations on any words against BigInt arithmetic and JavaScript's exact comparison of bigints with numbers. */
import { describe, expect, test } from 'vitest';
import { CODE, readWord, type Scalar, wide, type Word, word, World } from './world.ts';

type Type = 'i32' | 'u32' | 'i64' | 'u64' | 'f64';
interface Num {
  readonly type: Type;
  readonly value: bigint | number;
}

const BITS = { i32: 32, u32: 32, i64: 64, u64: 64 } as const;
const signed = (type: Type): boolean => type === 'i32' || type === 'i64';
const min = (type: Exclude<Type, 'f64'>): bigint => (signed(type) ? -(1n << BigInt(BITS[type] - 1)) : 0n);
const max = (type: Exclude<Type, 'f64'>): bigint => (1n << BigInt(BITS[type] - (signed(type) ? 1 : 0))) - 1n;
const wrap = (type: Exclude<Type, 'f64'>, value: bigint): bigint =>
  signed(type) ? BigInt.asIntN(BITS[type], value) : BigInt.asUintN(BITS[type], value);

const INTS: Record<Exclude<Type, 'f64'>, bigint[]> = { i32: [], u32: [], i64: [], u64: [] };
for (const type of ['i32', 'u32', 'i64', 'u64'] as const) {
  const around = [2n, 31n, 2n ** 31n, 2n ** 32n, 2n ** 47n, 2n ** 48n, 2n ** 53n, 2n ** 63n, 2n ** 64n];
  const values = new Set([
    0n,
    1n,
    -1n,
    5n,
    7n,
    64n,
    100n,
    3037000500n,
    ...around.flatMap((v) => [v, v - 1n, v + 1n, -v, -v - 1n]),
    min(type),
    max(type),
  ]);
  INTS[type] = [...values].filter((v) => v >= min(type) && v <= max(type));
}
const FLOATS = [
  0,
  -0,
  0.5,
  -0.5,
  1,
  -1,
  7.25,
  2 ** 31,
  -(2 ** 31),
  2 ** 32,
  2 ** 53,
  2 ** 63,
  -(2 ** 63),
  2 ** 64,
  1e300,
  -1e300,
  5e-324,
  Infinity,
  -Infinity,
  NaN,
];
const NUMBERS: Num[] = [
  ...(['i32', 'u32', 'i64', 'u64'] as const).flatMap((type) => INTS[type].map((value) => ({ type, value }))),
  ...FLOATS.map((value) => ({ type: 'f64' as const, value })),
];

const world = new World({ depth: 300 });
let nextRoot = 2000;

function box(num: Num): Word {
  switch (num.type) {
    case 'i32':
      return word.i32(Number(num.value));
    case 'u32':
      return word.u32(Number(num.value));
    case 'f64':
      return word.f64(Number(num.value));
    default:
      return wide(world, num.value as bigint, CODE[num.type]);
  }
}

function rooted(w: Word): Word {
  world.root(nextRoot++, w);
  return w;
}

const boxed = NUMBERS.map((num) => ({ num, w: rooted(box(num)) }));

/** The result as a scalar, or the message of the error. */
function outcome(name: string, ...args: (number | bigint)[]): Scalar | string {
  try {
    return readWord(world, world.any(name, ...args));
  } catch (error) {
    return (error as Error).message;
  }
}

const isNaNValue = (num: Num): boolean => Number.isNaN(num.value);

function same(a: Scalar | string, b: Scalar | string): boolean {
  return typeof a === 'string' || typeof b === 'string' ? a === b : a.type === b.type && Object.is(a.value, b.value);
}

const OVERFLOW = 'value: Integer overflow';
const ZERO = 'runtime: Division by zero';
const OPERANDS = "type: Operands must be the same type. Use 'as' for explicit type conversion.";

function expectedArith(op: string, a: Num, b: Num): Scalar | string {
  if (a.type !== b.type) return OPERANDS;
  if (a.type === 'f64') {
    const x = a.value as number;
    const y = b.value as number;
    if ((op === 'div' || op === 'rem') && y === 0) return ZERO;
    const value = { add: x + y, sub: x - y, mul: x * y, div: x / y, rem: x % y }[op];
    return value === undefined ? OPERANDS : { type: 'f64', value };
  }
  const x = a.value as bigint;
  const y = b.value as bigint;
  if ((op === 'div' || op === 'rem') && y === 0n) return ZERO;
  const exact = {
    add: x + y,
    sub: x - y,
    mul: x * y,
    div: y === 0n ? 0n : x / y,
    rem: y === 0n ? 0n : x % y,
    and: x & y,
    or: x | y,
    xor: x ^ y,
  }[op] as bigint;
  const value = wrap(a.type, exact);
  return signed(a.type) && value !== exact ? OVERFLOW : { type: a.type, value };
}

test('arithmetic on all boundary values of all types', () => {
  for (const op of ['add', 'sub', 'mul', 'div', 'rem', 'and', 'or', 'xor']) {
    for (const { num: a, w: x } of boxed) {
      for (const { num: b, w: y } of boxed) {
        if (a.type !== b.type && (op !== 'add' || a.value !== 0n)) continue;
        const found = outcome(`dyn_${op}`, x, y, 1);
        const wanted = expectedArith(op, a, b);
        if (!same(found, wanted)) expect([op, a, b, found]).toEqual([op, a, b, wanted]);
      }
    }
  }
});

test('shifts, negation, complement, not', () => {
  for (const { num: a, w: x } of boxed) {
    for (const { num: b, w: y } of boxed) {
      if (b.value !== 5n && !(a.type === b.type) && b.value !== 31n && b.value !== 32n) continue;
      for (const op of ['shl', 'shr'] as const) {
        const found = outcome(`dyn_${op}`, x, y, 1);
        let wanted: Scalar | string;
        if (a.type === 'f64' || b.type === 'f64') wanted = OPERANDS;
        else {
          const count = b.value as bigint;
          const value = a.value as bigint;
          if (count < 0n || count >= BigInt(BITS[a.type])) wanted = 'value: Shift count out of range';
          else wanted = { type: a.type, value: wrap(a.type, op === 'shl' ? value << count : value >> count) };
        }
        if (!same(found, wanted)) expect([op, a, b, found]).toEqual([op, a, b, wanted]);
      }
    }
    const negated =
      a.type === 'f64'
        ? { type: 'f64', value: -(a.value as number) }
        : expectedArith('sub', { type: a.type, value: 0n }, a);
    expect(outcome('dyn_neg', x, 1)).toEqual(negated);
    const complement =
      a.type === 'f64'
        ? 'type: Expected an integer, found f64'
        : { type: a.type, value: wrap(a.type, ~(a.value as bigint)) };
    expect(outcome('dyn_bitnot', x, 1)).toEqual(complement);
    expect(world.i32('dyn_not', x, 0)).toBe(Number(a.value) === 0 ? 1 : 0);
    expect(() => world.call('dyn_not', x, 1)).toThrow(`type: Expected bool, found ${a.type}`);
  }
  expect(world.i32('dyn_not', word.bool(true), 1)).toBe(0);
  expect(() => world.call('dyn_not', word.nil, 0)).toThrow('type: Expected a number, found void');
  expect(() => world.call('dyn_neg', word.bool(true), 0)).toThrow('type: Expected a number, found bool');
});

test('order and equality are mathematical', () => {
  for (const { num: a, w: x } of boxed) {
    for (const { num: b, w: y } of boxed) {
      const found = ['dyn_lt', 'dyn_le', 'dyn_gt', 'dyn_ge'].map((name) => world.i32(name, x, y));
      const wanted = [a.value < b.value, a.value <= b.value, a.value > b.value, a.value >= b.value].map(Number);
      const equal = Number(!(a.value < b.value) && !(a.value > b.value) && !isNaNValue(a) && !isNaNValue(b));
      const both = [world.i32('equal_any', x, y, 0), world.i32('equal_any', x, y, 1)];
      if (found.join() !== wanted.join() || both.join() !== `${equal},${equal}`)
        expect([a, b, found, both]).toEqual([a, b, wanted, [equal, equal]]);
    }
  }
  const string = rooted(word.ref(world.string('a')));
  expect(() => world.call('dyn_lt', string, word.i32(1))).toThrow(
    'type: Values of type string and i32 cannot be ordered',
  );
  expect(() => world.call('dyn_ge', word.bool(true), word.bool(false))).toThrow(
    'type: Values of type bool and bool cannot be ordered',
  );
});

test('remainder of doubles', () => {
  const values = [...FLOATS, 0.1, 3.7, 1e-310, 2e-320, 1.5e308, Math.PI, 2 ** 1000 * 1.3, 2 ** -1060, 12345678.9];
  for (const x of values)
    for (const y of [...values, ...values.map((v) => v / 3)])
      expect([x, y, world.call('f64_rem', x, y)]).toEqual([x, y, x % y]);
});

const CAST_ERRORS: Record<string, string> = {
  'i32>u64': 'Cannot convert negative i32 to u64',
  'i64>u64': 'Cannot convert negative i64 to u64',
  'i64>u32': 'i64 value out of u32 range',
  'u64>i32': 'u64 value too large for i32',
  'u64>u32': 'u64 value too large for u32',
  'u64>i64': 'u64 value too large for i64',
  'i64>i32': 'i64 value out of i32 range',
  'u32>i32': 'u32 value too large for i32',
  'i32>u32': 'Cannot convert negative i32 to u32',
};

test('casts by the table', () => {
  for (const { num: a, w: x } of boxed) {
    for (const to of ['i32', 'u32', 'i64', 'u64', 'f64', 'bool', 'string'] as const) {
      const found = outcome('cast_any', x, CODE[to], 1);
      let wanted: Scalar | string;
      if (to === a.type) wanted = { type: a.type, value: a.value };
      else if (to === 'bool') wanted = { type: 'bool', value: Number(a.value) !== 0 };
      else if (to === 'f64') wanted = { type: 'f64', value: Number(a.value) };
      else if (to === 'string') {
        if (a.type !== 'f64') expect(world.text(world.ref('cast_any', x, CODE.string, 1))).toBe(String(a.value));
        continue;
      } else if (a.type === 'f64') {
        const value = a.value as number;
        const whole = Number.isFinite(value) ? BigInt(Math.trunc(value)) : max(to) + 1n;
        const bad = whole < min(to) || whole > max(to) || (!signed(to) && value < 0);
        wanted = bad ? `value: f64 value out of ${to} range` : { type: to, value: whole };
      } else {
        const value = a.value as bigint;
        const bits = (a.type === 'i32' && to === 'u32') || (to === 'i32' && (a.type === 'u32' || a.type === 'i64'));
        if (bits) wanted = { type: to, value: wrap(to, value) };
        else
          wanted =
            value < min(to) || value > max(to) ? `value: ${CAST_ERRORS[`${a.type}>${to}`]}` : { type: to, value };
      }
      if (!same(found, wanted)) expect([a, to, found]).toEqual([a, to, wanted]);
    }
  }
  expect(readWord(world, world.any('cast_any', word.bool(true), CODE.f64, 1))).toEqual({ type: 'f64', value: 1 });
  expect(world.text(world.ref('cast_any', word.bool(false), CODE.string, 1))).toBe('false');
  expect(world.text(world.ref('cast_any', word.f64(3.14), CODE.string, 0))).toBe('3.14');
  expect(world.text(world.ref('cast_any', word.f64(1e6), CODE.string, 0))).toBe('1e+06');
  expect(world.text(world.ref('cast_any', word.f64(1e6), CODE.string, 1))).toBe('1000000.0');
  expect(() => world.call('cast_any', word.ref(world.string('1')), CODE.i32, 1)).toThrow(
    'type: Cannot convert string to i32',
  );
  expect(() => world.call('cast_any', word.nil, CODE.string, 1)).toThrow('type: Cannot convert void to string');
});

test('numbers at places of known type keep their value or fail', () => {
  for (const { num: a, w: x } of boxed) {
    for (const to of ['i32', 'u32', 'i64', 'u64', 'f64'] as const) {
      const found = outcome('convert_any', x, CODE[to]);
      let wanted: Scalar | string;
      if (to === a.type) wanted = { type: a.type, value: a.value };
      else if (to === 'f64') {
        const near = Number(a.value);
        wanted =
          BigInt(near) === a.value
            ? { type: 'f64', value: near }
            : 'value: integer value cannot be represented exactly as f64';
      } else if (a.type === 'f64') {
        const value = a.value as number;
        const whole = Number.isInteger(value) ? BigInt(value) : max(to) + 1n;
        wanted =
          whole < min(to) || whole > max(to) ? `value: f64 value out of ${to} range` : { type: to, value: whole };
      } else {
        const value = a.value as bigint;
        wanted = value < min(to) || value > max(to) ? `value: ${CAST_ERRORS[`${a.type}>${to}`]}` : { type: to, value };
      }
      if (!same(found, wanted)) expect([a, to, found]).toEqual([a, to, wanted]);
    }
  }
  expect(() => world.call('convert_any', word.bool(true), CODE.i32)).toThrow('type: Expected i32, found bool');
  expect(() => world.call('convert_any', word.i32(1), CODE.string)).toThrow('type: Expected string, found i32');
});

test('literals adapt to what stands beside them', () => {
  for (const { num: a, w: x } of boxed) {
    if (a.type === 'f64' || a.type === 'u32') continue;
    for (const { num: b, w: y } of boxed) {
      if (Number(b.value) !== 1 && b.value !== 0.5) continue;
      const value = a.value as bigint;
      const found = readWord(world, world.any('adapt_any', x, y));
      if (b.type === 'f64') expect(found).toEqual({ type: 'f64', value: Number(value) });
      else expect(found).toEqual({ type: value >= min(b.type) && value <= max(b.type) ? b.type : a.type, value });
    }
  }
  expect(world.any('adapt_any', word.i32(1), word.nil)).toBe(word.i32(1));
});

describe('equality', () => {
  const equal = (a: Word, b: Word): string => `${world.i32('equal_any', a, b, 0)}${world.i32('equal_any', a, b, 1)}`;
  const array = (...words: Word[]): Word => rooted(word.ref(world.anyArray(words)));

  test('bool and integers, nil, strings', () => {
    expect(equal(word.bool(true), word.i32(2))).toBe('10');
    expect(equal(word.i32(0), word.bool(false))).toBe('10');
    expect(equal(word.bool(true), word.f64(1))).toBe('00');
    expect(equal(word.nil, word.nil)).toBe('01');
    expect(equal(word.nil, word.i32(0))).toBe('00');
    expect(equal(rooted(word.ref(world.string('abc'))), rooted(word.ref(world.string('abc'))))).toBe('11');
  });

  test('arrays: identity or content', () => {
    const a = array(word.i32(1), word.nil, rooted(word.ref(world.string('x'))));
    const b = array(wide(world, 1n, CODE.i64), word.nil, rooted(word.ref(world.string('x'))));
    expect(equal(a, a)).toBe('11');
    expect(equal(a, b)).toBe('01');
    expect(equal(rooted(word.ref(world.array(CODE.i32, [1, 2]))), array(word.i32(1), word.f64(2)))).toBe('01');
    expect(equal(array(), array())).toBe('01');
    expect(equal(array(word.i32(1)), array(word.i32(1), word.i32(1)))).toBe('00');
    expect(equal(array(word.f64(NaN)), array(word.f64(NaN)))).toBe('00');
  });

  test('cycles and depth', () => {
    const loop = (length: number): Word => {
      const first = array(word.i32(7));
      let last = first;
      for (let i = 1; i < length; i++) last = array(word.i32(7), last);
      world.call('array_push_any', Number(first), last);
      world.call('array_set_any', Number(first), 0n, word.i32(7));
      return last;
    };
    expect(world.i32('equal_any', loop(2), loop(3), 1)).toBe(1);
    expect(world.i32('equal_any', loop(20), loop(13), 1)).toBe(1);
    const chain = (depth: number, end: number): Word => {
      let w = array(word.i32(end));
      for (let i = 1; i < depth; i++) w = array(w);
      return w;
    };
    expect(world.i32('equal_any', chain(300, 1), chain(300, 1), 1)).toBe(1);
    expect(world.i32('equal_any', chain(300, 1), chain(300, 2), 1)).toBe(0);
    expect(() => world.call('equal_any', chain(301, 1), chain(301, 1), 1)).toThrow('recursion: Stack overflow');
  });

  test('shared parts do not multiply the work', () => {
    const tower = (): Word => {
      let w = array(word.i32(1));
      for (let i = 0; i < 100; i++) w = array(w, w);
      return w;
    };
    expect(world.i32('equal_any', tower(), tower(), 1)).toBe(1);
  });

  test('many pairs', () => {
    const rows = (): Word => array(...Array.from({ length: 700 }, (_, i) => array(word.i32(i))));
    expect(world.i32('equal_any', rows(), rows(), 1)).toBe(1);
  });
});

describe('int and float', () => {
  const int = (w: Word, style: number): string => {
    try {
      return String(world.call('int_any', w, style));
    } catch (error) {
      return (error as Error).message;
    }
  };
  const text = (source: string): Word => word.ref(world.string(source));

  test('int', () => {
    expect(int(text(' \t-42\n'), 0)).toBe('-42');
    expect(int(text('+7'), 1)).toBe('7');
    expect(int(text('-9223372036854775808'), 1)).toBe('-9223372036854775808');
    expect(int(text('9223372036854775807'), 1)).toBe('9223372036854775807');
    expect(int(text('9223372036854775808'), 1)).toBe(
      'conversion: int() overflow: "9223372036854775808" is out of range for i64',
    );
    expect(int(text('2147483648'), 0)).toBe('conversion: int() overflow: "2147483648" is out of range for i32');
    expect(int(text('-2147483648'), 0)).toBe('-2147483648');
    expect(int(text('9'.repeat(60)), 1)).toBe(
      `conversion: int() overflow: "${'9'.repeat(52)}..." is out of range for i64`,
    );
    for (const bad of ['abx', '', ' ', '-', '1 2', '0x10', '1_0'])
      expect(int(text(bad), 1)).toBe(`conversion: int() argument must be an integer string, got "${bad}"`);
    expect(int(text('9.7'), 1)).toBe(
      'conversion: int() argument must be an integer string (decimals are not allowed). Use float() to parse decimal values, got "9.7"',
    );
    expect(int(word.f64(9), 0)).toBe('9');
    expect(int(word.f64(9.5), 1)).toBe('conversion: int() argument must be a whole number, got f64 9.5');
    expect(int(word.f64(1e10), 0)).toBe('conversion: int() overflow: 1e+10 is out of range for i32');
    expect(int(word.f64(2 ** 63), 1)).toBe('conversion: int() overflow: 9.223372036854776e+18 is out of range for i64');
    expect(int(word.f64(NaN), 1)).toBe('conversion: int() overflow: value is not finite');
    expect(int(word.u32(3e9), 0)).toBe('conversion: int() overflow: 3000000000 is out of range for i32');
    expect(int(word.bool(true), 0)).toBe('conversion: int() argument must be a string or number, got bool');
  });

  test('float', () => {
    const float = (source: string): unknown => {
      try {
        return world.call('float_any', text(source));
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect([' -.5 ', '5.', '1e3', '+2.5e-1'].map(float)).toEqual([-0.5, 5, 1000, 0.25]);
    for (const bad of ['', '.', 'e5', '1e', '1e+', 'inf', 'nan', '1.2.3', '0x1', '1 1'])
      expect(float(bad)).toBe(`conversion: float() argument must be a number, got "${bad}"`);
    expect(float('1e999')).toBe('conversion: float() overflow: "1e999" is out of range for f64');
    expect(() => world.call('float_any', word.nil)).toThrow(
      'conversion: float() argument must be a string or number, got void',
    );
  });
});

describe('iteration', () => {
  const take = (value: Word): Scalar[] => {
    const iterator = world.ref('iter_any', value);
    const items: Scalar[] = [];
    while (world.i32('iter_more', iterator) !== 0) items.push(readWord(world, world.any('iter_next', iterator)));
    return items;
  };

  test('over integers, arrays, strings and ranges', () => {
    expect(take(word.u32(3)).map((s) => `${s.type} ${s.value}`)).toEqual(['u32 0', 'u32 1', 'u32 2']);
    expect(take(wide(world, 2n, CODE.i64)).map((s) => s.type)).toEqual(['i64', 'i64']);
    expect(take(rooted(word.ref(world.array(CODE.f64, [0, 0])))).map((s) => s.value)).toEqual([0, 0]);
    const range = rooted(world.any('range_any', word.i32(10), word.u32(0), word.i32(-4)));
    expect(take(range).map((s) => s.value)).toEqual([10n, 6n, 2n]);
    expect(take(range)).toEqual([]);
    expect(world.display(range, 1)).toBe('range(-2..0 step=-4)');
    expect(() => world.call('iter_any', word.i32(-1))).toThrow('type: Cannot iterate negative integer');
    expect(() => world.call('iter_any', word.bool(true))).toThrow('type: Value not iterable');
  });

  test('ranges at the ends of i64 and bad arguments', () => {
    const range = (a: bigint, b: bigint, c: bigint): unknown[] =>
      take(rooted(world.any('range_new', a, b, c))).map((s) => s.value);
    const top = 2n ** 63n - 1n;
    expect(range(top - 2n, top, 2n)).toEqual([top - 2n]);
    expect(range(-top, -top - 1n, -1n)).toEqual([-top]);
    expect(range(5n, 1n, 1n)).toEqual([]);
    const message = 'argument: Invalid arguments provided to range()';
    expect(() => range(1n, 2n, 0n)).toThrow(message);
    expect(() => world.call('range_any', word.i32(1), word.f64(2), word.i32(1))).toThrow(message);
    expect(() => world.call('range_any', word.i32(1), wide(world, 2n ** 63n, CODE.u64), word.i32(1))).toThrow(message);
  });

  test('range loops with dynamic bounds', () => {
    const loop = (start: Word, end: Word, step: Word, inclusive: number): unknown[] => {
      world.call('loop_check', start, end, step);
      const items: unknown[] = [];
      if (world.i32('loop_enter', start, end, step, inclusive) === 0) return items;
      for (let item = start; ; item = world.any('loop_next', item, step)) {
        items.push(readWord(world, item).value);
        if (world.i32('loop_more', item, end, step, inclusive) === 0) return items;
      }
    };
    expect(loop(word.i32(0), word.i32(3), word.i32(1), 0)).toEqual([0n, 1n, 2n]);
    expect(loop(word.i32(2 ** 31 - 3), word.i32(2 ** 31 - 1), word.i32(1), 1)).toHaveLength(3);
    expect(loop(word.u32(2 ** 32 - 2), word.u32(2 ** 32 - 1), word.u32(1), 1)).toHaveLength(2);
    expect(loop(word.i32(3), word.i32(-2), word.i32(-2), 0)).toEqual([3n, 1n, -1n]);
    const top = wide(world, 2n ** 64n - 1n, CODE.u64);
    rooted(top);
    expect(loop(rooted(wide(world, 2n ** 64n - 3n, CODE.u64)), top, wide(world, 2n, CODE.u64), 1)).toEqual([
      2n ** 64n - 3n,
      2n ** 64n - 1n,
    ]);
    expect(() => loop(word.i32(0), word.u32(3), word.i32(1), 0)).toThrow(OPERANDS);
    expect(() => loop(word.i32(0), word.i32(3), word.i32(0), 0)).toThrow('value: Range step cannot be zero');
  });
});

test('dynamic elements, slices and lengths', () => {
  const array = rooted(word.ref(world.array(CODE.i32, [5, 6, 7])));
  const string = rooted(word.ref(world.string('hello')));
  expect(readWord(world, world.any('any_get', array, word.u32(2)))).toEqual({ type: 'i32', value: 7n });
  expect(world.text(world.ref('any_get', string, word.i32(1)))).toBe('e');
  expect(world.call('any_len', string)).toBe(5n);
  expect(() => world.call('any_len', word.i32(1))).toThrow('type: A value of type i32 has no length');
  expect(() => world.call('any_get', word.i32(1), word.nil)).toThrow('type: Value is not an array');
  expect(() => world.call('any_get', array, word.f64(1))).toThrow('type: Expected an integer, found f64');
  expect(() => world.call('any_get', array, wide(world, 2n ** 63n, CODE.u64))).toThrow(
    'index: Array index out of bounds',
  );
  expect(() => world.call('any_set', string, word.i32(0), string)).toThrow('type: Strings cannot be changed');
  expect(() => world.call('any_set', word.nil, word.i32(0), string)).toThrow('type: Value is not an array');
  expect(world.display(world.any('any_slice', array, word.i32(0), word.i32(2), 5), 1)).toBe('[5, 6]');
  expect(world.display(world.any('any_slice', array, word.i32(1), word.nil, 4), 1)).toBe('[6, 7]');
  expect(world.text(world.ref('any_slice', string, word.i32(1), word.i32(2), 7))).toBe('el');
  expect(() => world.call('any_slice', string, word.nil, word.nil, 0)).toThrow('type: Value is not an array');
  expect(() => world.call('any_array', string)).toThrow('type: Value is not an array');
  expect(() => world.call('any_func', string)).toThrow('type: A value of type string cannot be called');
  expect(() => world.call('dyn_logic', word.i32(1), word.bool(true), 1)).toThrow(
    'type: Operands of or must be two booleans or two integers of one type',
  );
  expect(readWord(world, world.any('dyn_logic', word.i32(10), word.i32(20), 0)).value).toBe(0n);
  expect(world.text(world.ref('typeof_any', word.nil))).toBe('void');
  expect(world.text(world.ref('typeof_any', word.ref(world.ref('trap_error', 1))))).toBe(
    'runtime error Division by zero',
  );
});
