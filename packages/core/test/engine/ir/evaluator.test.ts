/** The IR evaluator alone, on programs written as IR; that it agrees with the other engines is tested by the engine matrix. */
import { describe, expect, test } from 'vitest';
import { BUILTIN_NAMES } from '../../../src/base/builtins.ts';
import { DEFAULT_LIMITS } from '../../../src/engine/engine.ts';
import { OPERATIONS } from '../../../src/engine/ir/builtins.ts';
import { decode } from '../../../src/engine/ir/decode.ts';
import { Machine } from '../../../src/engine/ir/machine.ts';
import type { BlockId, Func, FuncId, Inst, ValueId } from '../../../src/ir/ir.ts';
import { OP_NAMES } from '../../../src/ir/ops.ts';
import { parseProgram } from '../../../src/ir/parse.ts';
import { verifyProgram } from '../../../src/ir/verify.ts';
import { endOf, type RunOptions, runIr } from './run-ir.ts';

function run(text: string, options: RunOptions = {}): string {
  const program = parseProgram(text);
  expect(verifyProgram(program)).toEqual([]);
  return endOf(runIr(program, options));
}

/** An initialiser with this body; what it prints is written by `out` lines. */
function body(text: string, rest = ''): string {
  return `sig s0 () -> #bool
sig s1 (#any) -> #any
sig s2 (#i64) -> #i64
module "entry" f0
func f0 "init" () -> i32, s0 {
b0():
  v0 = const.i32 0
  v1 = const.i32 1
${text}
}
${rest}`;
}

/** Prints the words of some values on one line each. */
function shown(...values: readonly number[]): string {
  return values.map((value) => `  rt out.begin\n  rt out.value, v${value}, v1\n  rt out.end`).join('\n');
}

describe('completeness', () => {
  test('every built-in has a meaning', () => {
    expect(BUILTIN_NAMES.filter((name) => !Object.hasOwn(OPERATIONS, name))).toEqual([]);
    expect(Object.keys(OPERATIONS).filter((name) => !(BUILTIN_NAMES as readonly string[]).includes(name))).toEqual([]);
  });

  test('every instruction can be decoded', () => {
    const program = parseProgram(body('  ret v0'));
    const host = { write: () => {}, readLine: () => null, now: () => 0 };
    const machine = new Machine(program, host, DEFAULT_LIMITS);
    const model = program.funcs.get(0 as FuncId);
    for (const op of OP_NAMES) {
      const imm =
        op === 'rt' ? 'out.begin' : op === 'enum.new' ? { type: 0 as never, variant: 0 } : op === 'const.str' ? 'a' : 0;
      const args = [0, 0, 0] as ValueId[];
      const inst: Inst = { op, args, imm, result: 0 as ValueId, exc: null, span: model.span, inlined: [] };
      const block = {
        params: [],
        insts: [inst],
        term: { kind: 'unreachable' as const, value: null, span: model.span },
      };
      const func: Func = { ...model, blocks: new Map([[0 as BlockId, block]]), entry: 0 as BlockId };
      expect(() => decode(machine, func, false), op).not.toThrow();
    }
  });
});

describe('arrays', () => {
  test('are undecided, then typed, then anything', () => {
    expect(
      run(
        body(`  v2 = const.i64 0
  v3 = rt array.new, v0, v2
  v4 = const.i64 7
  array.push.i64 #i64, v3, v4
  v5 = const.str "x"
  array.push.ref #string, v3, v5
  v6 = box.ref v3
${shown(6)}
  v7 = array.get.i64 #i64, v3, v2
  v8 = const.i64 1
  v9 = array.get.i64 #i64, v3, v8
  ret v0`),
      ),
    ).toBe('[7, "x"]\n! type: Expected i64, found string');
  });

  test('pop looks before it takes', () => {
    expect(
      run(
        body(`  v2 = const.i64 0
  v3 = rt array.new, v0, v2
  array.push.i32 #bool, v3, v1
  v4 = box.ref v3
  jump b1()
b1():
  v5 = array.pop.i64 #i64, v3  !b2()
  ret v0
b2(v6: ref):
  v7 = box.ref v6
${shown(7, 4)}
  v8 = array.pop.i32 #bool, v3
  v9 = array.pop.i32 #bool, v3
  ret v0`),
      ),
    ).toBe('Error: Expected i64, found bool\n[true]\n! value: Cannot pop from an empty array');
  });
});

describe('calls', () => {
  const down = `func f1 "down" (i64) -> i64, s2, boxed f2 {
b0(v0: i64):
  poll 1
  v1 = const.i64 0
  v2 = eq.i64 v0, v1
  br v2, b1(), b2()
b1():
  ret v0
b2():
  v3 = const.i64 1
  v4 = sub.i64 v0, v3
  v5: i64 = call f1, v4
  ret v5
}
func f2 "down" (any) -> any, s1, boxed f2 {
b0(v0: any):
  v1 = unbox.i64 #i64, v0
  v2: i64 = call f1, v1
  v3 = box.i64 #i64, v2
  ret v3
}`;

  const boxed = body(
    `  v2 = closure.new f1
  v3 = const.i64 8
  v4 = box.i64 #i64, v3
  v5 = call.boxed 1, v2, v4
${shown(5)}
  ret v0`,
    down,
  );

  test('depth counts the initialiser and each function, but no boxed entry', () => {
    expect(run(boxed, { limits: { depth: 10 } })).toBe('0\n');
    expect(run(boxed, { limits: { depth: 9 } })).toBe('! recursion: Stack overflow');
  });

  test('deep recursion needs no native stack', () => {
    expect(run(boxed.replace('const.i64 8', 'const.i64 150000'), { limits: { depth: 200_000 } })).toBe('0\n');
  });

  test('a wrong number of arguments, a wrong type', () => {
    expect(run(boxed.replace('call.boxed 1, v2, v4', 'call.boxed 0, v2'))).toBe(
      '! type: The number of arguments must be 1, not 0',
    );
    expect(run(boxed.replace('v4 = box.i64 #i64, v3', 'v4 = const.nil'))).toBe('! type: Expected i64, found void');
  });

  test('an error unwinds to the innermost handler and restores the depth', () => {
    const text = body(
      `  v2 = const.i64 1000
  v3 = const.i64 5
  jump b1()
b1():
  v4: i64 = call f1, v2  !b2(v3)
  ret v0
b2(v5: ref, v6: i64):
  v7 = box.ref v5
${shown(7)}
  v8: i64 = call f1, v6
  v9 = box.i64 #i64, v8
${shown(9)}
  ret v0`,
      down,
    );
    expect(run(text, { limits: { depth: 8 } })).toBe('Error: Stack overflow\n0\n');
  });
});

describe('limits', () => {
  const loop = body(`  v2 = const.i64 0
  jump b1(v2)
b1(v3: i64):
  v4 = const.i64 1
  v5 = add.i64 v3, v4
  poll 10
  v6 = const.i64 100
  v7 = lt_s.i64 v5, v6
  br v7, b1(v5), b2()
b2():
  ret v0`);

  test('fuel is inclusive, and what a poll cannot pay is not taken', () => {
    expect(run(loop, { limits: { fuel: 1000 } })).toBe('');
    expect(run(loop, { limits: { fuel: 999 } })).toBe('! fuel');
    expect(runIr(parseProgram(loop), { limits: { fuel: 999 } }).fuel).toBe(990);
  });

  test('one huge allocation is refused and can be caught', () => {
    expect(
      run(
        body(`  v2 = const.i64 100000000
  v3 = box.i64 #i64, v2
  v4 = const.i32 3
  jump b1()
b1():
  v5 = rt array.fill, v3, v2, v4  !b2()
  ret v0
b2(v6: ref):
  v7 = box.ref v6
${shown(7)}
  ret v0`),
        { limits: { memory: 2 ** 20 } },
      ),
    ).toBe('Error: Out of memory\n');
  });
});
