import { expect, test } from 'vitest';
import { contentsOf, HAS, namedFunc } from '../../src/analysis/contents.ts';
import { FIELDS, GLOBALS } from '../../src/ir/memory.ts';
import { parseFunc, parseProgram } from '../../src/ir/parse.ts';
import { runPassList } from '../../src/opt/run-passes.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const of = (...body: string[]) =>
  contentsOf(
    parseFunc(['func f0 "f" (i64, ref, any), s0 {', 'b0(v0: i64, v1: ref, v2: any):', ...body, '}'].join('\n')),
  );

test('families are those of the operations and built-ins', () => {
  expect(of('  ret').families).toBe(0);
  expect(of('  v3 = add.i64 v0, v0', '  ret').families).toBe(0);
  expect(of('  v3 = unbox.f64 v2', '  ret').families).toBe(HAS.words);
  expect(of('  v3 = rt dyn.add, v2, v2, v0', '  ret').families & HAS.words).toBe(HAS.words);
  expect(of('  v3 = rt str.index, v1, v0', '  ret').families).toBe(HAS.characters);
  expect(of('  v3: i64 = call f7, v0', '  ret').families).toBe(HAS.calls);
});

test('a poll makes a loop anywhere but in the entry', () => {
  expect(of('  poll 1', '  ret').families).toBe(0);
  expect(of('  jump b1()', 'b1():', '  poll 1', '  jump b1()').families).toBe(HAS.loops);
});

test('what is written, named and weighed', () => {
  const { families, writes, named, size, nested } = of(
    '  field.set.i64 0, v1, v0',
    '  global.set.i64 g0, v0',
    '  v3: i64 = call f7, v0, v0',
    '  v4 = closure.new f8',
    '  v5 = const.i64 1',
    '  ret',
  );
  expect(families).toBe(HAS.accesses | HAS.stores | HAS.globals | HAS.calls | HAS.closures);
  expect(writes & (FIELDS | GLOBALS)).toBe(FIELDS | GLOBALS);
  expect(named).toEqual([7, ~8]);
  expect(named.map(namedFunc)).toEqual([7, 8]);
  // Two stores, a call of two operands (3 and 2), a function value.
  expect([size, nested]).toEqual([8, 0]);
});

test('a pass is left out where nothing is that it needs', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../../tests/ir/specialise.ir'), 'utf8')
    .split(/^=== .*$/m)[1]
    ?.split(/^---$/m)[0] as string;
  const seen: string[] = [];
  const pass = (name: string, needs: number) => ({
    name,
    doc: name,
    needs,
    run: () => {
      seen.push(name);
      return false as const;
    },
  });
  runPassList(parseProgram(text), [pass('anything', 0), pass('cells', HAS.closureTests | HAS.characters)], {
    verify: false,
  });
  expect(new Set(seen)).toEqual(new Set(['anything']));
});
