/** Nesting (ruling 14) and time. The worker of this test has a larger stack than usual, but the parser does not use it. */
import { describe, expect, test } from 'vitest';
import { runParse } from '../../../src/lang/orus/parser-stack.ts';
import { deep } from '../../../src/lang/orus/parser-stack.ts';
import type { Parse } from '../../../src/lang/orus/parser-stack.ts';
import { MAX_NESTING } from '../../../src/lang/orus/parser-core.ts';
import { parseText } from './outline.ts';

function indented(count: number, head: string): string {
  const levels = Array.from({ length: count }, (_, level) => `${' '.repeat(level)}${head}\n`);
  return `${levels.join('')}${' '.repeat(count)}pass\n`;
}

const KINDS: Readonly<Record<string, (count: number) => string>> = {
  parentheses: (n) => `x = ${'('.repeat(n)}1${')'.repeat(n)}\n`,
  sums: (n) => `x = ${'(1 + '.repeat(n)}1${')'.repeat(n)}\n`,
  arrays: (n) => `x = ${'['.repeat(n)}1${']'.repeat(n)}\n`,
  calls: (n) => `x = ${'f('.repeat(n)}1${')'.repeat(n)}\n`,
  indexes: (n) => `x = ${'a['.repeat(n)}1${']'.repeat(n)}\n`,
  'struct literals': (n) => `x = ${'P{ a: '.repeat(n)}1${' }'.repeat(n)}\n`,
  minus: (n) => `x = ${'-'.repeat(n)}1\n`,
  not: (n) => `x = ${'not '.repeat(n)}true\n`,
  additions: (n) => `x = 1${' + 1'.repeat(n)}\n`,
  'calls of calls': (n) => `x = f${'()'.repeat(n)}\n`,
  members: (n) => `x = f${'.a'.repeat(n)}\n`,
  conditionals: (n) => `x = ${'1 if true else '.repeat(n)}1\n`,
  questions: (n) => `x = ${'true ? 1 : '.repeat(n)}1\n`,
  assignments: (n) => `${'x = '.repeat(n)}1\n`,
  'array types': (n) => `x: ${'['.repeat(n)}i32${']'.repeat(n)} = 1\n`,
  'function types': (n) => `x: ${'fn() -> '.repeat(n)}i32 = 1\n`,
  lambdas: (n) => `x = ${'fn() { '.repeat(n)}1${' }'.repeat(n)}\n`,
  ifs: (n) => indented(n, 'if true:'),
  functions: (n) => indented(n, 'fn f():'),
  'inline ifs': (n) => `${'if true: '.repeat(n)}pass\n`,
  braces: (n) => `${'if true {\n'.repeat(n)}${'}\n'.repeat(n)}`,
  blocks: (n) => `${'{\n'.repeat(n)}${'}\n'.repeat(n)}`,
  matches: (n) => `${'match 1 { _ => '.repeat(n)}pass${' }'.repeat(n)}\n`,
};

describe('nesting', () => {
  test.each(Object.keys(KINDS))('%s', (kind) => {
    const make = KINDS[kind];
    if (make === undefined) throw new Error(kind);
    expect(parseText(make(1000)).diagnostics).toEqual([]);
    // Indentation makes the text grow with the square of its depth.
    const { diagnostics } = parseText(make(kind === 'ifs' || kind === 'functions' ? 3000 : 10_000));
    expect(diagnostics.map(({ title }) => title)).toEqual(['nested too deeply']);
  });

  test('what is only opened', () => {
    for (const sign of ['(', '[', '{', 'f(', '-(', 'fn() {', 'match ', 'match a { ', 'match a { 1 | ']) {
      const { diagnostics } = parseText(`x = ${sign.repeat(50_000)}`);
      expect(diagnostics.at(-1)?.title).toBe('nested too deeply');
      expect(diagnostics.length).toBe(1);
    }
  });

  test('the message stands at the place', () => {
    const [diagnostic] = parseText(`x = ${'('.repeat(5000)}`).diagnostics;
    expect(diagnostic?.primary.span.start).toBe('x = '.length + MAX_NESTING);
  });

  test('chains of elif are flat', () => {
    expect(parseText(`if a:\n  x\n${'elif b:\n  y\n'.repeat(20_000)}`).diagnostics).toEqual([]);
  });

  test('the driver needs no stack of the host', () => {
    function* count(depth: number): Parse<number> {
      return depth === 0 ? 0 : 1 + (yield* deep(depth, count(depth - 1)));
    }
    expect(runParse(count(200_000))).toBe(200_000);
  });
});

describe('time', () => {
  const unit = [
    'fn f(a: i32, b: [i64]) -> i32:',
    '    x = a * 2 + len(b) - (a + 3)',
    '    if x > 3 and not (a == 2): print("value @", x)',
    '    match x { 1 => return 2, _ => pass }',
    '    return b[x % len(b)] as i32 + g(x, "s", [1, 2, 3])',
    '',
  ].join('\n');

  /** Milliseconds that a text takes, the best of three. */
  function timed(text: string, expected: number): number {
    const runs = [0, 1, 2].map(() => {
      const started = performance.now();
      expect(parseText(text).diagnostics.length).toBe(expected);
      return performance.now() - started;
    });
    return Math.min(...runs);
  }

  test('100 000 lines take ten times as long as 10 000', () => {
    const small = timed(unit.repeat(2000), 0);
    const started = performance.now();
    expect(parseText(unit.repeat(20_000)).diagnostics).toEqual([]);
    expect(performance.now() - started).toBeLessThan(small * 60);
  }, 60_000);

  test.each([
    ['statements', (n: number) => 'x = = 1\n'.repeat(n), (n: number) => n],
    ['stray brackets', (n: number) => `${')'.repeat(5 * n)}\n`, () => 1],
    ['missing commas', (n: number) => `x = [${'1 2 '.repeat(n)}]\n`, (n: number) => 2 * n - 1],
    ['quotes', (n: number) => '\\"\n'.repeat(n), (n: number) => 2 * n],
    ['broken blocks', (n: number) => 'if a b:\n    x = = 1\n'.repeat(n), (n: number) => 2 * n],
  ])('many errors: %s', (_, make, count) => {
    const small = timed(make(1000), count(1000));
    expect(timed(make(10_000), count(10_000))).toBeLessThan(small * 60 + 100);
  });
});
