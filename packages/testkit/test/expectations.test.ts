import { describe, expect, test } from 'vitest';
import type { Expectations } from '../src/expectations.ts';
import { BadTest, expectedStatus, parseExpectations } from '../src/expectations.ts';
import { MODES } from '../src/modes.ts';

function parse(...lines: string[]): Expectations {
  return parseExpectations({ path: 'x.orus', text: `${lines.join('\n')}\n` }, []);
}

describe('expectations', () => {
  test('output is the comments in the order of the file', () => {
    const { stdout, reports } = parse(
      'print(1) // expect: 1',
      '  // expect: two  ',
      '//expect: no',
      '// expect:',
      'x // expect-json: "\\u0000>"',
    );
    expect(stdout.toString()).toBe('1\ntwo  \n\n\0>');
    expect(reports).toEqual([]);
  });

  test('errors and traps stand on the guilty line, or below it, or name it', () => {
    const { reports } = parse(
      'a = b // error[E1010]: undefined',
      'c = d',
      '// error[E1011]: again',
      '// warning[W0001]:',
      'e // trap: Division by zero',
      '// trap line 9: late',
    );
    expect(reports).toEqual([
      { kind: 'error', code: 'E1010', text: 'undefined', path: 'x.orus', line: 1 },
      { kind: 'error', code: 'E1011', text: 'again', path: 'x.orus', line: 2 },
      { kind: 'warning', code: 'W0001', text: '', path: 'x.orus', line: 2 },
      { kind: 'trap', text: 'Division by zero', path: 'x.orus', line: 5 },
      { kind: 'trap', text: 'late', path: 'x.orus', line: 9 },
    ]);
  });

  test('directives stand before the first statement', () => {
    const found = parse(
      '// edition: classic',
      '// What this is about.',
      '',
      '// stdin: one',
      '// stdin-json: "two\\r"',
      '// max-fuel: 10',
      '// max-memory: 2MiB',
      '// max-depth: 7',
      '// limit: fuel',
      '// deep',
      '// slow: tree ir',
      'print(1)',
      '// status: 3',
    );
    expect(found).toMatchObject({
      fuel: 10,
      memory: 2 ** 21,
      depth: 7,
      limit: 'fuel',
      deep: true,
      slow: ['tree', 'ir'],
    });
    expect(found.stdin.toString()).toBe('one\ntwo\r');
    expect(found.status).toBeUndefined();
  });

  test('the status follows from the rest', () => {
    expect(expectedStatus(parse('print(1)'))).toBe(0);
    expect(expectedStatus(parse('a // error[E1010]: x'))).toBe(65);
    expect(expectedStatus(parse('a // warning[W0001]: x'))).toBe(0);
    expect(expectedStatus(parse('a // trap: x'))).toBe(70);
    expect(expectedStatus(parse('// limit: fuel', 'a'))).toBe(70);
    expect(expectedStatus(parse('// status: 65', 'a // trap: x'))).toBe(65);
  });

  test('modules say what is wrong with them, but not what is printed', () => {
    const { stdout, reports } = parseExpectations({ path: 'm/main.orus', text: 'use a // expect: from a\n' }, [
      { path: 'm/a.orus', text: 'print(1) // expect: 1\nx // error[E1010]: x\n' },
    ]);
    expect(stdout.toString()).toBe('from a\n');
    expect(reports).toEqual([{ kind: 'error', code: 'E1010', text: 'x', path: 'm/a.orus', line: 2 }]);
  });

  test('mistakes in tests are found', () => {
    expect(() => parse('a // error: x')).toThrow(BadTest);
    expect(() => parse('a // expect-json: x')).toThrow(BadTest);
    expect(() => parse('// limit: memory')).toThrow(BadTest);
    expect(() => parse('// max-fuel: lots')).toThrow(BadTest);
  });
});

test('modes have names of their own', () => {
  expect(new Set(MODES.map(({ name }) => name)).size).toBe(MODES.length);
});
