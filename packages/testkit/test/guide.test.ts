/** Every program of the guide and of the README shows what the page says. `BLESS=1` writes what they show into the page. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blessGuide, fragmentProblems, readGuide, terminalText } from '../src/guide.ts';

const root = join(import.meta.dirname, '../../..');

for (const page of ['README.md', 'docs/language.md']) {
  const path = join(root, page);
  if (process.env['BLESS'] === '1') writeFileSync(path, await blessGuide(readFileSync(path, 'utf8')));
  const samples = readGuide(readFileSync(path, 'utf8'));

  describe(page, () => {
    test.each(samples.filter(({ fragment }) => !fragment))('$name', async (sample) => {
      expect(await terminalText(sample)).toBe(sample.expected);
    });

    test.each(samples.filter(({ fragment }) => fragment))('$name parses', (sample) => {
      expect(fragmentProblems(sample)).toEqual([]);
    });
  });
}
