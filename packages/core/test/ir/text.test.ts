import { describe, expect, test } from 'vitest';
import { type IrSyntaxError, parseFunc, parseProgram } from '../../src/ir/parse.ts';
import { printFunc, printProgram } from '../../src/ir/print.ts';

const SAMPLE = `type t0 struct "Point" ("x" #i32 i32, "y" #any any) "move" f0
type t1 enum "Shape" "Dot" () "Circle" ("r" #f64 f64)
global g0 "n" i32
sig s0 () -> #bool
sig s1 (#i32, #t0) -> #any
module "entry" f0
main f1

func f0 "init" () -> i32, s0 {
b0():
  v0 = const.i32 -5
  v1 = const.f64 -0
  v2 = const.f64 NaN
  v3 = const.i64 -9223372036854775808
  v4 = const.str "a \\"b\\"\\n"
  v5 = const.nil
  v6 = enum.new t1.1, v1
  global.set.i32 g0, v0
  v7 = closure.new f1, v4
  v8 = box.i32 #bool, v0
  v9: i32 = call f0
  v10 = rt str.concat, v4, v4
  poll 3
  trap.if shiftRange, v0
  jump b1(v0)
b1(v11: i32):
  v12 = addc.i32 v11, v0  !b3(v11)
  br v12, b1(v12), b2()
b2():
  ret v12
b3(v13: ref, v14: i32):
  trap divisionByZero
}

func f1 "go" (any), s1, captures ref any, boxed f1, shows "lambda" {
b0(v0: any):
  v1 = env.get.ref 0
  unreachable
}
`;

describe('the text form', () => {
  test('reads back what was printed', () => {
    expect(printProgram(parseProgram(SAMPLE))).toBe(SAMPLE);
  });

  test('keeps source positions if asked', () => {
    const text = `func f0 "f" (), s0 {
b0():
  poll 1  @0:12-15 <f3@0:1-2 <f4@0:3-5
  ret  @0:7-9
}
`;
    expect(printFunc(parseFunc(text), { spans: true })).toBe(text);
  });

  test.each([
    ['func f0 "f" (), s0 {\nb0():\n  v1 = frob v2\n', 3, 'frob'],
    ['func f0 "f" (), s0 {\nb0():\n  ret\n} x', 4, 'unexpected x'],
    ['func f0 "f" (), s0 {\nb0():\n  ret\nb0():\n  ret\n}', 4, 'twice'],
  ])('reports the line: %j', (text, line, message) => {
    expect(() => parseFunc(text)).toThrow(message);
    try {
      parseFunc(text);
    } catch (error) {
      expect((error as IrSyntaxError).line).toBe(line);
    }
  });
});
