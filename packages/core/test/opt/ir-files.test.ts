/**
 * Runs `tests/ir/*.ir`: IR as text, the passes to run, and the IR that must come out. Input and output are verified.
 *
 *     // passes: simplify jumps
 *     === what the case shows
 *     func ... { ... }          one function, or a program with its tables
 *     ---
 *     func ... { ... }          written by `BLESS=1`; what it wrote is then read by a person
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { IdMap } from '../../src/base/id-map.ts';
import { type Kind, TYPE_CODES, type TypeCode } from '../../src/base/kinds.ts';
import type { FuncId, IrProgram, SigId, Signature } from '../../src/ir/ir.ts';
import { parseFunc, parseProgram } from '../../src/ir/parse.ts';
import { printFunc, printProgram } from '../../src/ir/print.ts';
import { assertVerified } from '../../src/ir/verify.ts';
import { ALL_PASSES, runPasses } from '../../src/opt/pipeline.ts';

const folder = join(import.meta.dirname, '../../../../tests/ir');

interface Case {
  readonly name: string;
  readonly input: string;
  readonly expected: string;
}

function readCases(text: string): { readonly passes: readonly string[]; readonly cases: readonly Case[] } {
  const [head = '', ...parts] = text.split(/^=== /m);
  const passes = /^\/\/ passes: (.*)$/m.exec(head)?.[1]?.split(' ') ?? [];
  const cases = parts.map((part) => {
    const end = part.indexOf('\n');
    const [input = '', expected = ''] = part.slice(end + 1).split(/^---\n/m);
    return { name: part.slice(0, end), input: input.trim(), expected: expected.trim() };
  });
  return { passes, cases };
}

/** A program of one function, with a signature for it that says what its kinds say. */
function alone(text: string): IrProgram {
  const func = parseFunc(text);
  const funcs: IrProgram['funcs'] = new IdMap();
  funcs.add({ ...func, id: 0 as FuncId });
  const codes: Record<Kind, TypeCode> = {
    i32: TYPE_CODES.i32 as TypeCode,
    i64: TYPE_CODES.i64 as TypeCode,
    f64: TYPE_CODES.f64 as TypeCode,
    ref: TYPE_CODES.array as TypeCode,
    any: TYPE_CODES.any as TypeCode,
  };
  const signatures = new IdMap<SigId, Signature>();
  signatures.add({
    params: func.params.map((kind) => codes[kind]),
    result: func.result === null ? (TYPE_CODES.nil as TypeCode) : codes[func.result],
  });
  const files: IrProgram['files'] = new IdMap();
  const globals: IrProgram['globals'] = new IdMap();
  return { files, funcs, types: [], globals, signatures, modules: [], main: null, elementsApart: null };
}

function transform(input: string, names: readonly string[]): string {
  const isProgram = /^(sig|type|module|global) /m.test(input);
  const program = isProgram ? parseProgram(input) : alone(input);
  assertVerified(program, 'the input');
  const passes = names.map((name) => {
    const pass = ALL_PASSES.find((candidate) => candidate.name === name);
    if (pass === undefined) throw new Error(`no pass ${name}`);
    return pass;
  });
  runPasses(program, { optimise: true, verify: true, passes, final: [] });
  return (isProgram ? printProgram(program) : printFunc(program.funcs.get(0 as FuncId))).trim();
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.ir'))) {
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  const { passes, cases } = readCases(text);
  if (process.env['BLESS'] === '1') {
    const head = text.split(/^=== /m)[0] ?? '';
    const parts = cases.map((one) => `=== ${one.name}\n${one.input}\n---\n${transform(one.input, passes)}\n`);
    writeFileSync(path, head + parts.join('\n'));
    continue;
  }
  describe(file, () => {
    test.each(cases.map((one) => [one.name, one] as const))('%s', (_name, one) => {
      expect(transform(one.input, passes)).toBe(one.expected);
    });
  });
}

test('every pass has a file', () => {
  const tested = readdirSync(folder).flatMap((name) => readCases(readFileSync(join(folder, name), 'utf8')).passes);
  expect(ALL_PASSES.map((pass) => pass.name).filter((name) => !tested.includes(name))).toEqual([]);
});
