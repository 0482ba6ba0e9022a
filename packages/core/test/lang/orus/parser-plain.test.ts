/** The parser runs as plain functions, and as the generators that they are made of where nesting is deep: both give the same. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FileId } from '../../../src/base/source.ts';
import { EDITION_2026 } from '../../../src/lang/orus/edition.ts';
import { lex } from '../../../src/lang/orus/lexer.ts';
import { MAX_DEPTH, Parser } from '../../../src/lang/orus/parser-core.ts';
import { runParse } from '../../../src/lang/orus/parser-stack.ts';
import { parseTop as parseTopDeeply } from '../../../src/lang/orus/parser-statements.ts';
import { parseTop } from '../../../src/lang/orus/plain/parser-statements.ts';
import { parseText } from './outline.ts';

const folder = join(import.meta.dirname, '../../../../../tests/run');
const programs = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.orus'))
  .sort()
  .filter((_, index) => index % 4 === 0);

test.each([false, true])('programs of the run tests, looking for habits: %s', (habits) => {
  expect(programs.length).toBeGreaterThan(100);
  for (const name of programs) {
    const text = readFileSync(join(folder, name), 'utf8');
    const file = { id: 0 as FileId, path: name, text };
    const { tokens, diagnostics } = lex(file, EDITION_2026);
    const parser = (depth: number): Parser => new Parser(file, EDITION_2026, tokens, diagnostics, habits, depth);
    const [plain, deep] = [parser(MAX_DEPTH), parser(MAX_DEPTH)];
    if (/deep|nest/.test(name)) continue;
    expect(parseTop(plain), name).toEqual(runParse(parseTopDeeply(deep)));
    expect(plain.diagnostics, name).toEqual(deep.diagnostics);
    expect(plain.nodeCount).toBe(deep.nodeCount);
  }
});

test('the change from one to the other is not to be seen', () => {
  for (const depth of [45, 50, 95, 99, 100, 101, 105, 200]) {
    const { diagnostics } = parseText(`x = ${'('.repeat(depth)}1 +${')'.repeat(depth)}\ny = 1 +\n`);
    const first = 'x = '.length + depth + '1 +'.length;
    expect(diagnostics.map(({ primary }) => primary.span.start)).toEqual([first, first + depth + '\ny = 1 +'.length]);
  }
});
