/**
 * No step from the typed tree to loaded bytecode takes quadratic time: one function four times as large takes about four times as
 * long. Measured in processor time; the bound is far from what noise does and from 16 times.
 */
import { expect, test } from 'vitest';
import { generateProgram } from '../../src/codegen/program.ts';
import { DEFAULT_CHECKS } from '../../src/engine/engine.ts';
import { loadProgram } from '../../src/engine/vm/load.ts';
import { lowerProgram } from '../../src/hir/lower/program.ts';
import { checkProgram } from '../../src/lang/orus/front.ts';
import { runPasses } from '../../src/opt/pipeline.ts';

const lines = (count: number, line: (i: number) => string): string =>
  Array.from({ length: Math.floor(count) }, (_, i) => line(i)).join('');

const list = (count: number, item: (i: number) => string): string =>
  Array.from({ length: Math.floor(count) }, (_, i) => item(i)).join(', ');

const inFunction = (body: string): string => `fn f(a: i64) -> i64:\n    mut s = a\n${body}    return s\nprint(f(1))\n`;

/** Programs with one function of about so many statements. */
const SHAPES: Readonly<Record<string, (size: number) => string>> = {
  'a straight line': (n) => inFunction(lines(n, (i) => `    s = s * 3 + ${i} - a\n`)),
  ifs: (n) =>
    inFunction(lines(n / 4, (i) => `    if s % ${i + 2} == 1:\n        s = s + ${i}\n    else:\n        s = s - a\n`)),
  'loops in sequence': (n) => inFunction(lines(n / 4, (i) => `    for k in 0..a:\n        s = s + k * ${i}\n`)),
  'nested blocks': (n) =>
    inFunction(
      `${lines(n / 50, (i) => `    ${' '.repeat(i)}if s > ${i}:\n`)}${' '.repeat(Math.floor(n / 50) + 4)}s = 1\n`,
    ),
  'many values at once': (n) =>
    inFunction(lines(n / 4, (i) => `    v${i} = a * ${i} + s\n`) + lines(n / 4, (i) => `    s = s + v${i}\n`)),
  'values that live across ifs': (n) =>
    inFunction(
      lines(n / 10, (i) => `    v${i} = a * ${i} + s\n`) +
        lines(n / 10, (i) => `    if s > v${i}:\n        s = s + v${i} * v${(i * 7) % Math.floor(n / 10)}\n`),
    ),
  'an array literal': (n) =>
    inFunction(`    xs = [${list(4 * n, (i) => (i % 7 === 0 ? 'a' : `${i}`))}]\n    s = xs[3]\n`),
  'a match': (n) =>
    inFunction(`    match a:\n${lines(n / 2, (i) => `        ${i} -> s = s + ${i}\n`)}        _ -> s = 1\n`),
  'a call with many arguments': () =>
    `fn g(${list(200, (i) => `a${i}: i64`)}) -> i64: return a0 + a199\nprint(g(${list(200, (i) => `${i}`)}))\n`,
  'try statements': (n) =>
    inFunction(lines(n / 8, (i) => `    try:\n        s = s + ${i} / a\n    catch e:\n        s = ${i}\n`)),
  'calls of a function without types': (n) =>
    `fn g(x, y): return y\n${inFunction(lines(n / 4, (i) => `    x${i} = g(s, ${i})\n    s = s + 1\n`))}`,
  'the top level': (n) => lines(n / 2, (i) => `x${i} = ${i} * 2\nprint(x${i})\n`),
};

function cost(text: string): number {
  const { program, diagnostics } = checkProgram({ path: 'x', text }, { loader: { resolve: () => ({ tried: [] }) } });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (program === null) return 0;
  const start = process.cpuUsage();
  const ir = lowerProgram(program);
  runPasses(ir, DEFAULT_CHECKS);
  loadProgram(generateProgram(ir, DEFAULT_CHECKS));
  return process.cpuUsage(start).user / 1000;
}

const SIZE = 2500;
/** Milliseconds that a run may take on top, for collections and compilations by the host. */
const GRACE = 400;

test.each(Object.keys(SHAPES))('%s', { timeout: 120_000 }, (name) => {
  const shape = SHAPES[name] as (size: number) => string;
  cost(shape(SIZE));
  const small = cost(shape(SIZE));
  const bound = 8 * small + GRACE;
  // Again if something got in the way.
  let large = cost(shape(4 * SIZE));
  for (let more = 0; more < 2 && large > bound; more++) large = Math.min(large, cost(shape(4 * SIZE)));
  expect(large).toBeLessThan(bound);
});
