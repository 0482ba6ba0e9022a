/** The reference pages that are checked in are those that the tables make. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { referencePages } from '../src/reference.ts';

const folder = join(import.meta.dirname, '../../../docs/reference');
const pages = referencePages();

test('there are no others', () => {
  expect(readdirSync(folder).sort()).toEqual([...pages.keys()].sort());
});

test.each([...pages])('%s is current (npm run reference)', (name, text) => {
  expect(readFileSync(join(folder, name), 'utf8')).toBe(text);
});
