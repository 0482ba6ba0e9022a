import { describe, expect, test } from 'vitest';
import { TRAP_KINDS } from '../../../src/base/traps.ts';
import type { FileId } from '../../../src/base/source.ts';
import { CODES, diagnostic, explain, isCode, MESSAGES } from '../../../src/lang/orus/messages.ts';
import type { MessageEntry } from '../../../src/lang/orus/message-entry.ts';
import { parseText } from './outline.ts';

const SPECIFIED =
  'E1001 E1003 E1004 E1006 E1008 E1010 E1011 E1013 E1014 E1015 E1019 E1020 E1401 E1402 E1403 E1404 E1405 E1407 E1409 E1410 E1411 E2001 E2003 E2005 E2009 E3002 E3003 E3004';

/** Codes that the parser reports in every case; E1403 it reports for assignments. */
const SYNTAX = CODES.filter(
  (code) => /^E1/.test(code) && !['E1010', 'E1011', 'E1013', 'E1014', 'E1410', 'E1411'].includes(code),
);

const entryOf = (code: (typeof CODES)[number]): MessageEntry<never> => MESSAGES[code];

describe('the catalogue', () => {
  test('has every code of the specification and every kind of run-time error', () => {
    for (const code of SPECIFIED.split(' ')) expect(isCode(code), code).toBe(true);
    for (const { code, label } of Object.values(TRAP_KINDS)) {
      expect(isCode(code), code).toBe(true);
      if (isCode(code)) expect(entryOf(code).summary).toBe(label);
    }
    expect(isCode('E0020') && isCode('E0021') && isCode('E0022')).toBe(true);
    expect(isCode('E9999')).toBe(false);
    expect(isCode('toString')).toBe(false);
  });

  test.each(SYNTAX)('the wrong example of %s has exactly that error, the right one none', (code) => {
    const { wrong, right } = entryOf(code);
    expect(parseText(wrong).diagnostics.map((found) => found.code)).toEqual([code]);
    expect(parseText(right).diagnostics).toEqual([]);
  });

  test.each(CODES.filter((code) => !SYNTAX.includes(code)))('the examples of %s can be parsed', (code) => {
    const { wrong, right, modules } = entryOf(code);
    for (const text of [wrong, right, ...Object.values(modules ?? {})]) expect(parseText(text).diagnostics).toEqual([]);
  });

  test('pages', () => {
    const page = explain('E1405');
    expect(page).toMatch(/^# E1405: /);
    expect(page).toContain('```orus\nn = 1\nif n > 0:\n');
    for (const code of CODES) {
      const text = explain(code).split('```')[0] ?? '';
      expect(Math.max(...text.split('\n').map((line) => line.length)), code).toBeLessThanOrEqual(100);
    }
    expect(explain('E3003')).toContain('geometry.orus');
  });
});

describe('titles', () => {
  const span = { file: 0 as FileId, start: 0, end: 1 };
  test('plain words from typed arguments', () => {
    expect(diagnostic('E1010', { name: 'coutn', kind: 'variable' }, span).title).toBe('`coutn` is not defined');
    expect(diagnostic('E1010', { name: 'x', kind: 'field', owner: 'P' }, span).title).toBe('`P` has no field `x`');
    expect(diagnostic('E1410', { enum: 'E', missing: ['A', 'B', 'C'] }, span).title).toBe(
      'the match does not cover `A`, `B` and `C` of `E`',
    );
    expect(diagnostic('E2001', { form: 'operands', operator: '+', left: 'i32', right: 'f64' }, span).title).toBe(
      '`+` does not work on `i32` and `f64`',
    );
    expect(diagnostic('E2009', { form: 'count', callee: '`f`', expected: 2, found: 1 }, span).title).toBe(
      '`f` takes 2 arguments, but 1 is given',
    );
  });

  test('what is not given is left out', () => {
    expect(diagnostic('E1013', { name: 'x' }, span)).toEqual({
      code: 'E1013',
      severity: 'error',
      title: '`x` is not a valid name for a constant of a module',
      primary: { span, text: '' },
      labels: [],
    });
  });
});
