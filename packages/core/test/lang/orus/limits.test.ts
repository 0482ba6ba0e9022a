/** What there may be only so many of is refused at the first one beyond; what does not fit a frame fails when it is called. */
import { expect, test } from 'vitest';
import { generateProgram } from '../../../src/codegen/program.ts';
import { DEFAULT_CHECKS } from '../../../src/engine/engine.ts';
import { lowerProgram } from '../../../src/hir/lower/program.ts';
import { checkProgram } from '../../../src/lang/orus/front.ts';
import { MAX_PARAMS, MAX_TYPES, MAX_VARIANTS } from '../../../src/lang/orus/limits.ts';

const list = (count: number, item: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join('');

const check = (text: string) => checkProgram({ path: 'x', text }, { loader: { resolve: () => ({ tried: [] }) } });

const titles = (text: string): string[] => check(text).diagnostics.map(({ code, title }) => `${code}: ${title}`);

test('too many parameters, variants and types', { timeout: 60_000 }, () => {
  const params = list(MAX_PARAMS + 2, (i) => `a${i}, `);
  expect(titles(`fn f(${params}): return a0\n`)).toEqual([`E1006: a function has at most ${MAX_PARAMS} parameters`]);
  const taken = list(MAX_PARAMS + 2, () => 'i64, ');
  expect(titles(`fn g(f: fn(${taken})): return f\n`)).toEqual([
    `E1006: a function has at most ${MAX_PARAMS} parameters`,
  ]);
  const variants = list(MAX_VARIANTS + 2, (i) => `    V${i}\n`);
  expect(titles(`enum E:\n${variants}`)).toEqual([`E1006: an enum has at most ${MAX_VARIANTS} variants`]);
  const types = list(MAX_TYPES + 2, (i) => `struct S${i}:\n    x: i64\n`);
  expect(titles(types)).toEqual([`E1006: a program has at most ${MAX_TYPES} types`]);
});

test('a frame of more than 2^15 slots', { timeout: 60_000 }, () => {
  const count = 40_000;
  const fields = list(count, (i) => `    f${i}: i64\n`);
  const values = list(count, (i) => `f${i}: a, `);
  const { program } = check(`struct S:\n${fields}fn f(a: i64): return S{ ${values} }\nprint(f(1))\n`);
  const bytecode = generateProgram(lowerProgram(program as NonNullable<typeof program>), DEFAULT_CHECKS);
  expect(bytecode.strings).toContain("Function 'f' is too large: it keeps too many values at once");
  expect(Math.max(...bytecode.funcs.map(({ frame }) => frame))).toBeLessThan(100);
});

test('a flood of unknown names is not compared with all that are known', { timeout: 60_000 }, () => {
  const known = list(5000, (i) => `fn known${i}(a): return a\n`);
  const { diagnostics } = check(`${known}${list(5000, (i) => `print(knwon${i})\n`)}`);
  expect(diagnostics).toHaveLength(5000);
  expect(diagnostics[0]?.help).toBe('did you mean `known0`?');
  expect(diagnostics.filter(({ help }) => help !== undefined).length).toBeLessThan(210);
});

test('a chain of modules needs no native stack', { timeout: 60_000 }, () => {
  const count = 10_000;
  const text = (i: number): string => (i < count ? `use m${i + 1}\npub x = m${i + 1}.x\n` : 'pub x = 1\n');
  const resolve = ([name = '']: readonly string[]) => ({ path: name, text: text(Number(name.slice(1))) });
  const { diagnostics, program } = checkProgram({ path: 'x', text: text(0) }, { loader: { resolve } });
  expect(diagnostics).toEqual([]);
  expect(program?.modules).toHaveLength(count + 1);
});
