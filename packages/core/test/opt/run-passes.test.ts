import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { IrProgram } from '../../src/ir/ir.ts';
import { parseProgram } from '../../src/ir/parse.ts';
import { printProgram } from '../../src/ir/print.ts';
import type { FuncPass, Pass, ProgramPass } from '../../src/opt/pass.ts';
import { PASSES } from '../../src/opt/pipeline.ts';
import { runPassList } from '../../src/opt/run-passes.ts';

/** Programs of several functions. */
const cases = readFileSync(join(import.meta.dirname, '../../../../tests/ir/specialise.ir'), 'utf8')
  .split(/^=== .*$/m)
  .slice(1)
  .map((text) => text.split(/^---$/m)[0] as string)
  .filter((text) => /^sig /m.test(text));

const first = (): IrProgram => parseProgram(cases[0] as string);

test('function by function gives what pass by pass gives', () => {
  expect(cases.length).toBeGreaterThan(2);
  for (const text of cases) {
    const atOnce = parseProgram(text);
    runPassList(atOnce, PASSES, { verify: true });
    const watched = parseProgram(text);
    const stages: string[] = [];
    runPassList(watched, PASSES, { verify: true }, { stage: (name) => stages.push(name) });
    const counted = parseProgram(text);
    runPassList(counted, PASSES, { verify: true, budget: 1_000_000 });
    expect(printProgram(watched)).toBe(printProgram(atOnce));
    expect(printProgram(counted)).toBe(printProgram(atOnce));
    expect(stages[0]).toBe('ir');
  }
});

/** Counts its runs; changes a function as often as it is told. */
function probe(name: string, changes: number, settles = false): FuncPass & { runs: number } {
  const pass = {
    name,
    doc: name,
    settles,
    runs: 0,
    run: () => {
      pass.runs += 1;
      return pass.runs <= changes;
    },
  };
  return pass;
}

test('a pass is left out while a function is what it was', () => {
  const idle = probe('idle', 0);
  const once = probe('once', 1);
  const settled = probe('settled', 1, true);
  const only: IrProgram = { ...first() };
  const count = only.funcs.size;
  runPassList(only, [idle, idle, once, once, idle, settled, settled], { verify: false });
  // `once` changes the first function: there it runs again, and so does what was idle.
  expect([idle.runs, once.runs, settled.runs]).toEqual([count + 1, count + 1, count]);
});

test('a program pass says which functions it changed, or all are taken to have', () => {
  const make = (named: boolean): ProgramPass => ({
    name: 'program',
    doc: '',
    runProgram: (program, cx) => {
      if (named) cx.changed(program.funcs.values()[0] as Parameters<typeof cx.changed>[0]);
      return true;
    },
  });
  for (const named of [true, false]) {
    const idle = probe('idle', 0);
    const program = first();
    const count = program.funcs.size;
    const passes: Pass[] = [idle, make(named), idle];
    runPassList(program, passes, { verify: false });
    expect(idle.runs).toBe(count + (named ? 1 : count));
  }
});

test('analyses are made once until something changes', () => {
  const seen: unknown[] = [];
  const look = (name: string, change: boolean | 'values'): FuncPass => ({
    name,
    doc: '',
    run: (func, cx) => {
      const { cfg, defs } = cx.analyses(func);
      if (func.id === 0) seen.push(cfg, defs);
      return change;
    },
  });
  runPassList(first(), [look('a', false), look('b', 'values'), look('c', true), look('d', false)], { verify: false });
  const [cfgA, defsA, cfgB, defsB, cfgC, defsC, cfgD, defsD] = seen;
  expect(cfgB).toBe(cfgA);
  expect(defsB).toBe(defsA);
  expect(cfgC).toBe(cfgB);
  expect(defsC).not.toBe(defsB);
  expect(cfgD).not.toBe(cfgC);
  expect(defsD).not.toBe(defsC);
});
