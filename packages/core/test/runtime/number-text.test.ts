/** Text of numbers against independent oracles: JavaScript's shortest digits, exact integers, and `Number` as reader. */
import { beforeAll, describe, expect, test } from 'vitest';
import { bitsOfDouble, doubleOfBits, word, World } from './world.ts';

let world: World;
beforeAll(() => {
  world = new World();
});

/** A small deterministic generator. */
function random(seed: number): () => bigint {
  let state = BigInt(seed) * 0x9e3779b97f4a7c15n;
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let z = state;
    z = BigInt.asUintN(64, (z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = BigInt.asUintN(64, (z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    return z ^ (z >> 31n);
  };
}

function boundaries(): number[] {
  const values = [
    0, -0, 1, -1, 0.1, 0.3, 5e-324, 2.2250738585072014e-308, 2.225073858507201e-308, 1.7976931348623157e308,
    9007199254740992,
  ];
  for (let e = -1074; e <= 1023; e += 7) values.push(2 ** e, 2 ** e * 1.5);
  for (let e = -323; e <= 308; e += 1) values.push(Number(`1e${e}`), Number(`9.5e${e}`), Number(`5e${e}`));
  for (let i = 0; i < 2000; i += 37) values.push(i, i / 100, i / 7, 1e15 + i, 1e16 + 2 * i, 1e17 + 16 * i, 1e22 * i);
  return values.flatMap((value) => [
    value,
    doubleOfBits(bitsOfDouble(value) + 1n),
    doubleOfBits(bitsOfDouble(value) - 1n),
  ]);
}

function randoms(count: number, seed: number): number[] {
  const next = random(seed);
  const values: number[] = [];
  while (values.length < count) {
    const value = doubleOfBits(next());
    if (Number.isFinite(value)) values.push(value, Number(next() >> 40n) / 1000);
  }
  return values;
}

const finite = (values: number[]): number[] => values.filter(Number.isFinite);

/** The layout of Python's repr around JavaScript's digits. */
function repr(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Object.is(value, -0)) return '-0.0';
  if (value === 0) return '0.0';
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const e = Number(exponent);
  const sign = value < 0 ? '-' : '';
  if (e < -4 || e >= 16) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${tail}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`;
  }
  if (e < 0) return `${sign}0.${'0'.repeat(-e - 1)}${digits}`;
  const whole = digits.slice(0, e + 1).padEnd(e + 1, '0');
  return `${sign}${whole}.${digits.slice(e + 1) || '0'}`;
}

/** |value| as numerator and denominator. */
function fraction(value: number): { num: bigint; den: bigint } {
  const bits = bitsOfDouble(Math.abs(value));
  const e = Number(bits >> 52n);
  const m = bits & 0xfffffffffffffn;
  const c = e === 0 ? m : m | 0x10000000000000n;
  const q = Math.max(e, 1) - 1075;
  return q >= 0 ? { num: c << BigInt(q), den: 1n } : { num: c, den: 1n << BigInt(-q) };
}

function roundEven(num: bigint, den: bigint): bigint {
  const q = num / den;
  const twice = 2n * (num - q * den);
  return twice > den || (twice === den && q % 2n === 1n) ? q + 1n : q;
}

const negative = (value: number): boolean => bitsOfDouble(value) >> 63n === 1n;

function fixed(value: number, decimals: number): string {
  const { num, den } = fraction(value);
  const digits = String(roundEven(num * 10n ** BigInt(decimals), den)).padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return (negative(value) ? '-' : '') + digits.slice(0, point) + (decimals > 0 ? `.${digits.slice(point)}` : '');
}

function general(value: number, precision: number): string {
  const sign = negative(value) ? '-' : '';
  if (value === 0) return `${sign}0`;
  const { num, den } = fraction(value);
  let e = Math.floor(Math.log10(Math.abs(value)));
  if (!Number.isFinite(e)) e = -324;
  const scaled = (x: number): bigint => {
    const s = precision - 1 - x;
    return s >= 0 ? roundEven(num * 10n ** BigInt(s), den) : roundEven(num, den * 10n ** BigInt(-s));
  };
  const limit = 10n ** BigInt(precision);
  // The exponent that the rounded digits have: the smallest with fewer than `precision + 1` digits.
  e -= 2;
  while (scaled(e) >= limit) e++;
  let digits = String(scaled(e)).replace(/0+$/, '');
  if (e < -4 || e >= precision) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${tail}e${e < 0 ? '-' : '+'}${String(Math.abs(e)).padStart(2, '0')}`;
  }
  if (e < 0) return `${sign}0.${'0'.repeat(-e - 1)}${digits}`;
  digits = digits.padEnd(e + 1, '0');
  const rest = digits.slice(e + 1);
  return sign + digits.slice(0, e + 1) + (rest === '' ? '' : `.${rest}`);
}

function classic(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return '0';
  if (Math.abs(value) < 1e-4) return general(value, 17);
  return fixed(value, 17).replace(/\.?0+$/, '');
}

const text = (value: number, mode: number): string => world.text(world.ref('text_f64', value, mode));

describe('text of doubles', () => {
  test('modern: shortest digits as repr lays them out', () => {
    for (const value of [NaN, Infinity, -Infinity, ...finite(boundaries()), ...randoms(8000, 1)])
      expect(text(value, 2)).toBe(repr(value));
  });

  test('classic display: exact decimals', () => {
    expect(text(3.14, 0)).toBe('3.14000000000000012');
    expect(text(1e-7, 0)).toBe('9.9999999999999995e-08');
    expect(text(1e21, 0)).toBe('1000000000000000000000');
    for (const value of [NaN, Infinity, -Infinity, ...finite(boundaries()), ...randoms(1000, 2)])
      expect(text(value, 0)).toBe(classic(value));
  });

  test('classic cast: six digits', () => {
    expect(text(123456.789, 1)).toBe('123457');
    expect(text(1e6, 1)).toBe('1e+06');
    expect(text(9.9999995, 1)).toBe('10');
    for (const value of [...finite(boundaries()), ...randoms(1000, 3)]) expect(text(value, 1)).toBe(general(value, 6));
  });

  test('fixed decimals: exact, ties to even', () => {
    const show = (value: number, decimals: number): string => {
      world.call('out_begin');
      world.call('out_decimals', word.f64(value), 1, decimals);
      world.call('out_end');
      world.call('flush');
      const line = world.output;
      world.output = '';
      return line.slice(0, -1);
    };
    expect(show(0.125, 2)).toBe('0.12');
    expect(show(-0.001, 2)).toBe('-0.00');
    expect(show(2.5, 0)).toBe('2');
    const values = [...finite(boundaries()), ...randoms(500, 4)];
    for (const [i, value] of values.entries()) expect(show(value, i % 101)).toBe(fixed(value, i % 101));
  });
});

test('text of integers', () => {
  const next = random(5);
  for (const value of [
    0n,
    1n,
    -1n,
    9n,
    10n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    ...Array.from({ length: 3000 }, (_, i) => next() >> BigInt(i % 64)),
  ]) {
    const signed = BigInt.asIntN(64, value);
    expect(world.text(world.ref('text_i64', signed))).toBe(String(signed));
    expect(world.text(world.ref('text_u64', signed))).toBe(String(BigInt.asUintN(64, value)));
  }
});

describe('doubles from text', () => {
  const read = (source: string): number => Number(world.call('float_any', word.ref(world.string(source))));
  const same = (source: string): void => {
    const expected = Number(source);
    if (Number.isFinite(expected)) expect([source, read(source)]).toEqual([source, expected]);
    else expect(() => read(source), source).toThrow('float() overflow');
  };

  test('shortest texts read back', () => {
    for (const value of [...finite(boundaries()), ...randoms(2000, 6)]) {
      expect(Object.is(read(repr(value)), value)).toBe(true);
      expect(Object.is(read(general(value, 17)), value)).toBe(true);
    }
  });

  test('texts half-way between doubles and a digit to either side of them', () => {
    for (const value of [...boundaries().filter((_, i) => i % 5 === 0), ...randoms(200, 7)].filter(
      (v) => Number.isFinite(v) && v > 0,
    )) {
      const a = fraction(value);
      const up = doubleOfBits(bitsOfDouble(value) + 1n);
      if (!Number.isFinite(up)) continue;
      const b = fraction(up);
      // (a + b) / 2 is a decimal fraction: its denominator is a power of two.
      const den = 2n * a.den * b.den;
      const num = a.num * b.den + b.num * a.den;
      const twos = den.toString(2).length - 1;
      const digits = String(num * 5n ** BigInt(twos)).padStart(twos + 1, '0');
      if (digits.length > 2500) continue;
      const middle = `${digits.slice(0, digits.length - twos)}.${digits.slice(digits.length - twos)}`;
      same(middle);
      same(`${middle}1`);
      same(`${middle.replace(/[1-9](0*)$/, (last) => String(Number(last[0]) - 1) + last.slice(1))}9`);
    }
  });

  test('random digits and exponents', () => {
    const next = random(8);
    for (let i = 0; i < 5000; i++) {
      const digits = String(next()) + (i % 3 === 0 ? String(next()) : '');
      same(`${digits.slice(0, 1 + (i % 20))}e${Number(next() % 700n) - 350}`);
      same(`${digits.slice(0, 1 + (i % 7))}.${digits.slice(1 + (i % 7))}e${Number(next() % 60n) - 30}`);
    }
    for (const source of [
      '0',
      '-0',
      '0e999999999999',
      '1e-400',
      '5.',
      '.5',
      '1e400',
      '1e309',
      '1.7976931348623158e308',
      '1.7976931348623159e308',
      '2.4703282292062327e-324',
      '2.4703282292062328e-324',
      `1${'0'.repeat(500)}e-500`,
      `0.${'0'.repeat(500)}1e501`,
      `${'9'.repeat(900)}e-895`,
    ])
      same(source);
  });
});
