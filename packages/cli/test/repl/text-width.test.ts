/** Widths of characters, and where they begin. */
import { expect, test } from 'vitest';
import {
  clusterText,
  clusters,
  cutToWidth,
  nextBoundary,
  previousBoundary,
  textWidth,
} from '../../src/repl/text-width.ts';

test.each([
  ['', 0],
  ['plain', 5],
  ['é', 1],
  ['e\u0301', 1],
  ['日本', 4],
  ['ｱ', 1],
  ['Ａ', 2],
  ['😀', 2],
  ['👩‍👩‍👧', 2],
  ['☺\ufe0f', 2],
  ['\x01', 2],
  ['\t', 4],
  ['a\u200b', 1],
])('%j takes %i cells', (text, width) => {
  expect(textWidth(text)).toBe(width);
});

test('characters are moved over as a whole', () => {
  const text = 'ae\u0301日👩‍👩‍👧\nz';
  const starts = [0];
  while ((starts.at(-1) as number) < text.length) starts.push(nextBoundary(text, starts.at(-1) as number));
  expect(starts.map((start, index) => text.slice(start, starts[index + 1]))).toEqual([
    ...clusters('ae\u0301日👩‍👩‍👧'),
    '\n',
    'z',
    '',
  ]);
  for (let index = starts.length - 1; index > 0; index--) {
    expect(previousBoundary(text, starts[index] as number)).toBe(starts[index - 1]);
  }
});

test('controls are made visible', () => {
  expect(clusterText('\x1b')).toBe('^[');
  expect(clusterText('\x7f')).toBe('^?');
});

test('what does not fit is cut', () => {
  expect(cutToWidth('abcdef', 6)).toBe('abcdef');
  expect(cutToWidth('abcdefg', 6)).toBe('abc...');
  expect(cutToWidth('日本語日本語', 8)).toBe('日本...');
});
