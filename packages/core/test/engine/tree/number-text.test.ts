/** Number texts against the tables of the specification and against the host. */
import { expect, test } from 'vitest';
import {
  classicText,
  fixedText,
  generalText,
  parseFloat64,
  parseInteger,
  radixText,
  shortestText,
} from '../../../src/engine/tree/number-text.ts';

test.each([
  [5, '5'],
  [3.14, '3.14000000000000012'],
  [0.1 + 0.2, '0.30000000000000004'],
  [2 / 3, '0.66666666666666663'],
  [1e-7, '9.9999999999999995e-08'],
  [0.00005, '5.0000000000000002e-05'],
  [1e21, '1000000000000000000000'],
  [31.415926535, '31.41592653500000054'],
  [0, '0'],
  [-0, '0'],
  [-2.5, '-2.5'],
  [1e-4, '0.0001'],
  [5e-324, '4.9406564584124654e-324'],
  [Number.NaN, 'nan'],
  [-Infinity, '-inf'],
])('classic text of %d', (value, text) => {
  expect(classicText(value)).toBe(text);
});

test.each([
  [3.14, '3.14'],
  [123456.789, '123457'],
  [1000000, '1e+06'],
  [0.0001, '0.0001'],
  [0.00001234567, '1.23457e-05'],
  [999999.5, '1e+06'],
  [100000, '100000'],
  [0.5, '0.5'],
  [-0, '-0'],
  [1.5e300, '1.5e+300'],
])('six digits of %d', (value, text) => {
  expect(generalText(value, 6)).toBe(text);
});

test.each([
  [0.1, '0.1'],
  [5, '5.0'],
  [1e16, '1e+16'],
  [9999999999999998, '9999999999999998.0'],
  [1e-7, '1e-07'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [-0, '-0.0'],
  [1.5e300, '1.5e+300'],
  [123456789.125, '123456789.125'],
  [5e-324, '5e-324'],
  [Infinity, 'inf'],
])('shortest text of %d', (value, text) => {
  expect(shortestText(value)).toBe(text);
});

test('fixed decimals round ties to even on the exact value', () => {
  expect(
    [0.125, 0.375, 2.5, 3.5, 0.5, 1.005].map((value) => fixedText(value, value > 2 || value === 0.5 ? 0 : 2)),
  ).toEqual(['0.12', '0.38', '2', '4', '0', '1.00']);
  expect(fixedText(-0.001, 2)).toBe('-0.00');
  expect(fixedText(1e22, 1)).toBe('10000000000000000000000.0');
});

test('fixed decimals agree with the host where it is exact', () => {
  let seed = 1;
  for (let i = 0; i < 2000; i++) {
    seed = (seed * 48271) % 2147483647;
    const value = (seed - 1e9) / 2 ** (seed % 40);
    for (const decimals of [0, 3, 17]) {
      const text = fixedText(value, decimals);
      // `toFixed` is exact too, but rounds ties upward.
      const tail = value.toFixed(80).split('.')[1]?.slice(decimals) ?? '';
      const ties = /^50*$/.test(tail);
      if (!ties) expect(text).toBe(value.toFixed(decimals));
    }
    expect(Number(generalText(value, 17))).toBe(value);
    expect(Number(shortestText(value))).toBe(value);
  }
});

test('digits in other bases', () => {
  expect([radixText(255, 'x'), radixText(255, 'X'), radixText(5n, 'b'), radixText(8, 'o')]).toEqual([
    'ff',
    'FF',
    '101',
    '10',
  ]);
  expect(radixText(-1, 'x')).toBe('ffffffffffffffff');
  expect(radixText(2n ** 64n - 1n, 'X')).toBe('FFFFFFFFFFFFFFFF');
});

test('parsing', () => {
  expect(['12', ' -7\n', '+0042', '', '1.5', '0x10', '1_0', '--1', '1 2'].map(parseInteger)).toEqual([
    12n,
    -7n,
    42n,
    null,
    null,
    null,
    null,
    null,
    null,
  ]);
  expect(['-.5', '5.', '1e3', ' 2.5 ', '.', 'e3', 'inf', '1e', '0x1', '1e999'].map(parseFloat64)).toEqual([
    -0.5,
    5,
    1000,
    2.5,
    null,
    null,
    null,
    null,
    null,
    Infinity,
  ]);
});
