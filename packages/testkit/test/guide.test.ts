/** Every program of docs/language.md shows what the guide says. `BLESS=1` writes what they show into the guide. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blessGuide, fragmentProblems, readGuide, terminalText } from '../src/guide.ts';

const path = join(import.meta.dirname, '../../../docs/language.md');
if (process.env['BLESS'] === '1') writeFileSync(path, await blessGuide(readFileSync(path, 'utf8')));
const samples = readGuide(readFileSync(path, 'utf8'));

describe('docs/language.md', () => {
  test.each(samples.filter(({ fragment }) => !fragment))('$name', async (sample) => {
    expect(await terminalText(sample)).toBe(sample.expected);
  });

  test.each(samples.filter(({ fragment }) => fragment))('$name parses', (sample) => {
    expect(fragmentProblems(sample)).toEqual([]);
  });
});
