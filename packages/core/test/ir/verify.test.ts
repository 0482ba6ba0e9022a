import { describe, expect, test } from 'vitest';
import { parseFunc } from '../../src/ir/parse.ts';
import { explainProblems, verifyFunc } from '../../src/ir/verify.ts';

/** Each text has one fault; the comment on the guilty line is part of the message. */
const FAULTS: readonly (readonly [string, string])[] = [
  ['edge to nowhere', 'b0():\n  jump b7() // there is no b7'],
  ['entry entered', 'b0():\n  jump b1()\nb1():\n  poll 1\n  jump b0() // predecessor'],
  ['unreachable', 'b0():\n  ret\nb1():\n  ret // unreachable'],
  ['defined twice', 'b0():\n  v0 = const.i32 1\n  v0 = const.i32 2 // twice\n  ret'],
  ['not defined', 'b0():\n  v0 = eqz.i32 v1 // not defined\n  ret'],
  ['operand kind', 'b0():\n  v0 = const.i64 1\n  v1 = eqz.i32 v0 // has (i64) where (i32)\n  ret'],
  ['built-in operand', 'b0():\n  v0 = const.i32 1\n  v1 = rt str.eq, v0, v0 // has (i32,i32)\n  ret'],
  ['type code of another kind', 'b0():\n  v0 = const.i32 1\n  v1 = box.i32 #i64, v0 // right kind\n  ret'],
  ['captured slot', 'b0():\n  v0 = env.get.i32 0 // captured slot\n  ret'],
  ['edge arguments', 'b0():\n  jump b1() // has () where (i32)\nb1(v0: i32):\n  ret'],
  ['throws not', 'b0():\n  jump b1()\nb1():\n  v0 = const.i32 1  !b2() // cannot throw\n  ret\nb2(v1: ref):\n  ret'],
  ['throws in entry', 'b0():\n  v0 = const.i32 1\n  trap.if shiftRange, v0 !b1() // entry\n  ret\nb1(v1: ref):\n  ret'],
  [
    'enters a handler',
    'b0():\n  jump b1()\nb1():\n  v0 = const.null\n  trap.if shiftRange, v9 !b2()\n  jump b2(v0) // is a handler\nb2(v1: ref):\n  ret',
  ],
  ['returns too much', 'b0():\n  v0 = const.i32 1\n  ret v0 // returns i32'],
  [
    'not dominated',
    'b0():\n  v0 = const.i32 1\n  br v0, b1(), b2()\nb1():\n  v1 = const.i32 2\n  jump b2()\nb2():\n  v2 = eqz.i32 v1 // not defined on every way\n  ret',
  ],
  ['defined later', 'b0():\n  v1 = eqz.i32 v0 // not defined on every way\n  v0 = const.i32 1\n  ret'],
  [
    'thrown past',
    'b0():\n  v9 = const.i32 1\n  jump b1()\nb1():\n  v0 = const.i32 1\n  trap.if shiftRange, v9 !b2()\n  ret\nb2(v1: ref):\n  v2 = eqz.i32 v0 // not defined on every way\n  ret',
  ],
  [
    'loop without poll',
    'b0():\n  v0 = const.i32 1\n  jump b1()\nb1():\n  br v0, b1(), b2() // without a poll\nb2():\n  ret',
  ],
];

describe('the verifier', () => {
  test.each(FAULTS)('%s', (_name, body) => {
    const withV9 =
      body.includes('v9') && !body.includes('v9 =') ? body.replace('b0():\n', 'b0():\n  v9 = const.i32 1\n') : body;
    const func = parseFunc(`func f0 "f" (), s0 {\n${withV9}\n}`);
    const problems = verifyFunc(func, null);
    const guilty = withV9.split('\n').find((line) => line.includes('//')) as string;
    const [code, message] = guilty.split('//').map((part) => part.trim()) as [string, string];
    const shown = explainProblems(func, problems)
      .split('\n')
      .filter((line) => line.includes('<--'));
    expect(shown.length).toBeGreaterThan(0);
    expect(shown[0]).toContain(message);
    const words = code.replaceAll(/\s+/g, ' ').split(' ');
    if (!code.startsWith('b') || code.startsWith('br'))
      for (const word of words) expect(shown.join('\n')).toContain(word);
  });
});

test('a function that throws to a handler says so', () => {
  const body =
    'b0():\n  v0 = const.i32 1\n  jump b1()\nb1():\n  trap.if shiftRange, v0 !b2()\n  ret\nb2(v1: ref):\n  ret';
  const func = parseFunc(`func f0 "f" (), s0 {\n${body}\n}`);
  expect(verifyFunc(func, null)).toEqual([]);
  func.catches = false;
  expect(verifyFunc(func, null)).toEqual([{ block: 1, index: 0, message: expect.stringContaining('it catches') }]);
});
