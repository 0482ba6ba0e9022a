/** Every page of tests/stages, and docs/jit.md, says what the compiler does. `BLESS=1` writes them anew. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blessStages, makeStages, parseStages } from '../src/stages.ts';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'tests/stages');
const pages = readdirSync(folder).filter((file) => file.endsWith('.md'));

describe('stages', () => {
  for (const path of [...pages.map((name) => join(folder, name)), join(root, 'docs/jit.md')]) {
    test(basename(path), () => {
      const page = readFileSync(path, 'utf8');
      if (process.env['BLESS'] === '1') writeFileSync(path, blessStages(page));
      const expected = parseStages(page).filter(({ info }) => !info.startsWith('orus'));
      expect(expected.length).toBeGreaterThan(0);
      if (process.env['BLESS'] !== '1') expect(makeStages(page)).toEqual(expected);
    });
  }
});
