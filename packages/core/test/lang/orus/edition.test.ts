import { expect, test } from 'vitest';
import {
  CLASSIC,
  DEFAULT_EDITION,
  EDITION_2026,
  editionComment,
  editionNamed,
} from '../../../src/lang/orus/edition.ts';
import { parseText } from './outline.ts';

test('names', () => {
  expect(editionNamed('classic')).toBe(CLASSIC);
  expect(editionNamed('2026')).toBe(EDITION_2026);
  expect(editionNamed('2027')).toBeUndefined();
  expect(DEFAULT_EDITION).toBe(EDITION_2026);
});

test('every row differs', () => {
  for (const key of Object.keys(CLASSIC) as (keyof typeof CLASSIC)[])
    expect(CLASSIC[key], key).not.toBe(EDITION_2026[key]);
});

test('the comment in the first line', () => {
  expect(editionComment('// edition: classic\nx')).toEqual({ name: 'classic', start: 12, end: 19 });
  expect(editionComment('\uFEFF// edition: 2026\r\n')?.name).toBe('2026');
  expect(editionComment('//edition:2026')?.name).toBe('2026');
  expect(editionComment('\n// edition: classic')).toBeUndefined();
  expect(editionComment('x // edition: classic')).toBeUndefined();
});

test('the comment wins', () => {
  expect(parseText('// edition: classic\n').module.edition).toBe(CLASSIC);
  expect(parseText('// edition: 2026\n', 'classic').module.edition).toBe(EDITION_2026);
  expect(parseText('').module.edition).toBe(EDITION_2026);
  const { diagnostics } = parseText('// edition: 1987\nx = 1');
  expect(diagnostics.map(({ title }) => title)).toEqual(['there is no edition `1987`']);
});
