/**
 * No stage of the compiler takes quadratic time: a program with one function four times as large takes each about four times as
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
  'objects that live across ifs': (n) =>
    `struct P:\n    x: i64\n    y: i64\n${inFunction(
      lines(n / 10, (i) => `    p${i} = P{ x: s, y: ${i} }\n    if s > ${i}:\n        p${i}.x = ${i}\n`) +
        lines(n / 10, (i) => `    s = s + p${i}.x\n`),
    )}`,
  'texts that live across ifs': (n) =>
    inFunction(
      lines(n / 20, (i) => `    v${i} = "x" + (s as string)\n    if s > ${i}: s = s + len(v${i})\n`) +
        lines(n / 20, (i) => `    s = s + len(v${i})\n`),
    ),
  'values that live across loops': (n) =>
    inFunction(
      lines(n / 20, (i) => `    v${i} = a * ${i} + s\n`) +
        lines(n / 20, (i) => `    for k in 0..a:\n        s = s + v${i} * v${(i * 7) % Math.floor(n / 20)}\n`),
    ),
  'one large loop': (n) =>
    inFunction(`    for k in 0..a:\n${lines(n / 4, (i) => `        if s > ${i}:\n            s = s - k * ${i}\n`)}`),
  closures: (n) =>
    inFunction(lines(n / 10, (i) => `    g${i} = fn(x: i64) -> i64: x + s + ${i}\n    s = s + g${i}(a)\n`)),
  'many functions': (n) =>
    `${lines(n / 6, (i) => `fn f${i}(a: i64) -> i64:\n    mut s = a\n    for k in 0..a: s += k * ${i}\n    return s\n`)}${inFunction(
      lines(n / 6, (i) => `    s = s + f${i}(s)\n`),
    )
      .replace('fn f(', 'fn all(')
      .replace('print(f(', 'print(all(')}`,
  'function values that meet': (n) =>
    `${lines(n / 2, (i) => `fn f${i}(x): return x + ${i}\n`)}fs = [${list(n / 2, (i) => `f${i}`)}]\n${inFunction(
      lines(n / 2, (i) => `    s = fs[${i}](s)\n`),
    )}`,
  'module variables': (n) =>
    lines(n / 4, (i) => `mut g${i} = ${i}\n`) +
    inFunction(lines(n / 4, (i) => `    g${i} = g${i} + s\n    s = s + g${i >> 1}\n`)),
  'dynamic arithmetic': (n) =>
    `fn f(a, b):\n    mut s = a\n${lines(n / 8, (i) => `    s = s + b * ${i}\n    if s > b: s = a\n`)}    return s\nprint(f(1, 2))\n`,
  'variables assigned in branches and live across all of them': (n) =>
    inFunction(
      lines(n / 8, (i) => `    mut v${i} = a\n`) +
        lines(n / 8, (i) => `    if a > ${i}: v${i} = v${i} + 1\n`) +
        lines(n / 8, (i) => `    s = s + v${i}\n`),
    ),
  'arrays in an array': (n) => inFunction(`    xs = [${list(n / 4, (i) => `[${i}, 1, a]`)}]\n    s = xs[3][1]\n`),
  'the top level': (n) => lines(n / 2, (i) => `x${i} = ${i} * 2\nprint(x${i})\n`),
};

/** Milliseconds of this process, by stage. */
function cost(text: string): Readonly<Record<string, number>> {
  const stages: Record<string, number> = {};
  const timed = <T>(name: string, work: () => T): T => {
    const start = process.cpuUsage();
    const result = work();
    stages[name] = process.cpuUsage(start).user / 1000;
    return result;
  };
  const { program, diagnostics } = timed('front end', () =>
    checkProgram({ path: 'x', text }, { loader: { resolve: () => ({ tried: [] }) } }),
  );
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  if (program === null) return stages;
  const ir = timed('lowering', () => lowerProgram(program));
  timed('passes', () => runPasses(ir, DEFAULT_CHECKS));
  const bytecode = timed('code generation', () => generateProgram(ir, DEFAULT_CHECKS));
  timed('loading', () => loadProgram(bytecode));
  return stages;
}

const SIZE = 2500;
/** Milliseconds that a stage may take on top, for collections and compilations by the host. */
const GRACE = 400;

test.each(Object.keys(SHAPES))('%s', { timeout: 240_000 }, (name) => {
  const shape = SHAPES[name] as (size: number) => string;
  const small = cost(shape(SIZE));
  const tooSlow = (large: Readonly<Record<string, number>>): string[] =>
    Object.keys(small).filter((stage) => (large[stage] as number) > 8 * (small[stage] as number) + GRACE);
  // Again if something got in the way.
  let slow = tooSlow(cost(shape(4 * SIZE)));
  for (let more = 0; more < 2 && slow.length > 0; more++) {
    const again = tooSlow(cost(shape(4 * SIZE)));
    slow = slow.filter((stage) => again.includes(stage));
  }
  expect(slow).toEqual([]);
});
