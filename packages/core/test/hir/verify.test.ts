/** Each rule of the verifier on the smallest tree that breaks it. */
import { expect, test } from 'vitest';
import type { BuiltinExpr, Expr, Stmt, Type } from '../../src/hir/hir.ts';
import { I32, U32 } from '../../src/hir/hir.ts';
import { verifyProgram } from '../../src/hir/verify.ts';
import {
  ANY,
  arith,
  array,
  attempt,
  BOOL,
  bool,
  choose,
  compare,
  expr,
  F64,
  float,
  I64,
  int,
  NIL,
  nil,
  print,
  ret,
  STRING,
  span,
  text,
  toAny,
  TreeBuilder,
  when,
} from './tree-builder.ts';

/** The first lines of the problems of a program with these statements. */
function problems(make: (t: TreeBuilder) => readonly Stmt[]): string[] {
  const t = new TreeBuilder();
  return verifyProgram(t.program(make(t))).map((problem) => (problem.split('\n')[0] ?? '').replace(/^init\.\d+: /, ''));
}

const INTS: Type = { kind: 'array', element: I64 };

test('a sound program has no problems', () => {
  expect(
    problems((t) => {
      const x = t.local('x', I64, { assigned: true });
      const e = t.local('e', { kind: 'error' });
      const label = t.label();
      const body: Stmt[] = [when(bool(true), [{ kind: 'break', label, span }])];
      return [
        t.make(x, int(1)),
        t.set(x, arith('add', t.read(x), int(2))),
        { kind: 'while', label, cond: compare('lt', t.read(x), float(3)), body, span },
        attempt([print(toAny(t.read(x)))], e, []),
        expr(choose(bool(true), array(I64), array(ANY))),
      ];
    }),
  ).toEqual([]);
});

const node = (kind: object): Expr => ({ span, ...kind }) as Expr;
const builtin = (name: BuiltinExpr['name'], ty: Type, ...args: Expr[]): Expr =>
  node({ kind: 'builtin', name, ty, args, style: 'modern', adapt: null });

test.each<[string, Expr]>([
  ['the constant is outside i32', int(2n ** 31n, 'i32')],
  ['a float is of type i64, not f64', { ...float(1), ty: I64 } as Expr],
  ['the right operand is of type i32, not i64', arith('add', int(1), int(1, 'i32'))],
  ['no add of string', arith('add', text('a'), text('b'))],
  ['no shl of f64', node({ kind: 'shift', op: 'shl', left: float(1), right: int(1), ty: F64 })],
  ['the count is of type f64', node({ kind: 'shift', op: 'shl', left: int(1), right: float(1), ty: I64 })],
  ['no not of i64', node({ kind: 'unary', op: 'not', mode: 'checked', operand: int(1), ty: I64 })],
  ['lt of bool and bool', compare('lt', bool(true), bool(true))],
  ['eq of string and i64', compare('eq', text(''), int(1))],
  [
    'the left operand is of type i64, not bool',
    node({ kind: 'logic', op: 'and', left: int(1), right: bool(true), ty: BOOL }),
  ],
  ['the second alternative is of type f64, not i64', choose(bool(true), int(1), float(1))],
  ['the result is of type f64, not i64', node({ kind: 'block', body: [], result: float(1), ty: I64 })],
  [
    'an operand is of type i64, not any',
    node({ kind: 'dynArith', op: 'add', style: 'modern', adapt: null, left: int(1), right: toAny(int(1)), ty: ANY }),
  ],
  ['the operand is any already', toAny(toAny(int(1)))],
  [
    'the operand is of type i64, not any',
    node({ kind: 'fromAny', mode: 'exact', trap: null, operand: int(1), ty: I64 }),
  ],
  ['no cast from string to i64', node({ kind: 'cast', style: 'modern', operand: text('1'), ty: I64 })],
  ['an item is of type f64, not i64', array(I64, int(1), float(1))],
  ['the count is of type f64', node({ kind: 'fill', value: int(1), count: float(1), ty: INTS })],
  ['the index is of type f64', node({ kind: 'index', base: array(I64), index: float(1), ty: I64 })],
  ['the element is of type i64, not f64', node({ kind: 'index', base: array(I64), index: int(1), ty: F64 })],
  [
    'the base is of type string, not array or any',
    node({ kind: 'slice', style: 'classic', base: text(''), start: null, end: null, inclusive: false, ty: STRING }),
  ],
  ['the right operand is of type i64, not string', node({ kind: 'concat', left: text(''), right: int(1), ty: STRING })],
  ['the callee is of type i64', node({ kind: 'callValue', callee: int(1), args: [], ty: I64 })],
  ['the element is of type f64, not i64', builtin('push', INTS, array(I64), float(1))],
  ['the result is of type f64, not i64', builtin('pop', I64, array(F64))],
  ['push takes 2 arguments', builtin('push', INTS, array(I64))],
  ['an argument is not any', builtin('typeof', STRING, int(1))],
  ['the result is of type f64, not i32 or i64', builtin('len', F64, array(I64))],
])('%s', (problem, bad) => {
  expect(problems(() => [expr(bad)])).toContain(problem);
});

test('statements', () => {
  expect(problems(() => [when(int(1), [])])).toEqual(['the condition is of type i64, not bool']);
  expect(problems((t) => [t.make(t.local('x', I64), float(1))])).toEqual(['the initial value is of type f64, not i64']);
  expect(problems(() => [ret(int(1))])).toEqual(['the returned value is of type i64, not bool']);
  expect(problems(() => [ret(null)])).toEqual(['a return without value in a function with a result']);
  expect(problems((t) => [{ kind: 'break', label: t.label(), span }])).toEqual([
    'no loop of that label stands around it',
  ]);
  expect(problems((t) => [attempt([], t.local('e', I64), [])])).toEqual([
    'the caught error is of type i64, not error or any',
  ]);
  expect(problems(() => [{ ...print(), format: [{ kind: 'value' }] } as Stmt])).toEqual([
    'the format takes 1 arguments',
  ]);
  const each = (item: Type, over: Expr) =>
    problems((t) => [{ kind: 'forEach', label: t.label(), item: t.local('i', item), over, body: [], span }]);
  expect(each(F64, array(I64))).toEqual(['the item is of type f64, not i64']);
  expect(each(I32, int(3))).toEqual(['the item is of type i32, not i64']);
  expect(each(I64, bool(true))).toEqual(['a bool cannot be iterated']);
  const range = (item: Type, end: Expr) =>
    problems((t) => [
      {
        kind: 'forRange',
        label: t.label(),
        item: t.local('i', item),
        start: int(0),
        end,
        step: null,
        adapt: [],
        inclusive: false,
        body: [],
        span,
      },
    ]);
  expect(range(I64, int(1, 'i32'))).toEqual(['a bound is of type i32 and the item i64']);
  expect(range(F64, int(1))).toEqual(['the item is of type f64']);
});

test('variables and functions', () => {
  expect(problems((t) => [print(t.read(t.local('x', I64)))])).toEqual(["variable x.0 is not the function's"]);
  expect(problems((t) => [t.set(t.local('x', I64), int(1))])).toEqual(["variable x.0 is not the function's"]);
  expect(
    problems((t) => {
      const x = t.local('x', I64);
      return [t.make(x, int(1)), t.set(x, int(1))];
    }),
  ).toEqual(['the variable is not marked as assigned']);
  expect(
    problems((t) => {
      const n = t.local('n', U32);
      const f = t.func('f', [n], I64, [ret(int(1))]);
      return [expr(t.call(f, int(1))), expr(t.call(f))];
    }),
  ).toEqual(['argument 0 is of type i64, not u32', '1 arguments are needed, and 0 given']);
  expect(
    problems((t) => {
      t.func('f', [], NIL, [when(bool(true), [ret(null)])]);
      t.func('g', [], NIL, [print(nil)]);
      return [];
    }),
  ).toEqual(['f', 'g'].map((name, i) => `${name}.${i}: the body does not end in return or raise on every path`));
  expect(
    problems((t) => {
      t.func('dead', [], NIL, [when(bool(true), [ret(null)], [ret(null)]), print(nil)]);
      return [];
    }),
  ).toEqual([]);
});

test('data', () => {
  const make = (bad: (struct: Type & { kind: 'struct' }, shape: Type & { kind: 'enum' }) => Expr) =>
    problems((t) => {
      const id = t.types.add({ kind: 'struct', name: 'P', fields: [{ name: 'x', type: F64 }], methods: new Map() });
      const variants = [{ name: 'V', payload: [{ name: 'p', type: I64 }] }];
      const shape = t.types.add({ kind: 'enum', name: 'E', variants });
      return [expr(bad({ kind: 'struct', id }, { kind: 'enum', id: shape }))];
    });
  expect(make((p) => node({ kind: 'struct', type: p.id, fields: [int(1)], ty: p }))).toEqual([
    'field 0 is of type i64, not f64',
  ]);
  expect(make((p) => node({ kind: 'field', object: int(1), type: p.id, index: 0, ty: F64 }))).toEqual([
    'the object is of type i64',
  ]);
  expect(make((_, e) => node({ kind: 'enum', type: e.id, variant: 0, args: [], ty: e }))).toEqual([
    '1 payloads are needed, and 0 given',
  ]);
  expect(make((_, e) => node({ kind: 'isVariant', operand: int(1), type: e.id, variant: 0, ty: BOOL }))).toEqual([
    'the operand is of type i64, not E.1',
  ]);
});

test('a problem shows the guilty node, and deep trees are no danger', () => {
  const t = new TreeBuilder();
  let sum: Expr = int(0, 'i32');
  for (let i = 0; i < 50_000; i++) sum = arith('add', sum, int(1, 'i32'));
  let chain: Stmt = expr(text('end'));
  for (let i = 0; i < 20_000; i++) chain = when(bool(true), [], [chain]);
  const found = verifyProgram(t.program([expr(sum), chain, expr(arith('add', int(1), int(2, 'i32')))]));
  expect(found).toEqual(['init.0: the right operand is of type i32, not i64\n    (add.checked:i64 1:i64 2:i32)']);
});
