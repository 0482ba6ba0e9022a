/** Every page of tests/stages says what the compiler does. `BLESS=1` writes them anew. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blessStages, makeStages, parseStages } from '../src/stages.ts';

const folder = join(import.meta.dirname, '../../../tests/stages');

describe('stages', () => {
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.md'))) {
    test(name, () => {
      const path = join(folder, name);
      const page = readFileSync(path, 'utf8');
      if (process.env['BLESS'] === '1') writeFileSync(path, blessStages(page));
      const expected = parseStages(page).filter(({ info }) => !info.startsWith('orus'));
      expect(expected.length).toBeGreaterThan(0);
      if (process.env['BLESS'] !== '1') expect(makeStages(page)).toEqual(expected);
    });
  }
});
