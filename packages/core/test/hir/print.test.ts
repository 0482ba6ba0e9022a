/** The text form of the typed tree. */
import { expect, test } from 'vitest';
import type { Expr, Stmt } from '../../src/hir/hir.ts';
import { printExpr, printFunc, printProgram } from '../../src/hir/print.ts';
import {
  arith,
  array,
  attempt,
  bool,
  compare,
  expr,
  F64,
  float,
  I64,
  int,
  NIL,
  print,
  ret,
  span,
  text,
  toAny,
  TreeBuilder,
  when,
} from './tree-builder.ts';

test('a program', () => {
  const t = new TreeBuilder();
  const point = t.types.add({
    kind: 'struct',
    name: 'Point',
    fields: [{ name: 'x', type: F64 }],
    methods: new Map([['len', { func: t.funcs.nextId(), instance: true }]]),
  });
  t.types.add({
    kind: 'enum',
    name: 'Shape',
    variants: [
      { name: 'Dot', payload: [] },
      { name: 'At', payload: [{ name: 'p', type: { kind: 'struct', id: point } }] },
    ],
  });
  t.globals.add({ name: 'count', type: I64, module: 'test' });
  const self = t.local('self', { kind: 'struct', id: point });
  t.func('len', [self], F64, [ret({ kind: 'field', object: t.read(self), type: point, index: 0, ty: F64, span })], {
    kind: 'method',
  });
  const n = t.local('n', I64, { assigned: true, captured: true });
  const problem = t.local('problem', { kind: 'error' });
  const label = t.label();
  const loop: Stmt = {
    kind: 'while',
    label,
    cond: bool(true),
    body: [
      when(
        compare('gt', t.read(n), int(10)),
        [{ kind: 'break', label, span }],
        [when(compare('eq', t.read(n, true), int(5)), [], [print(text('no "five"'), toAny(float(-0)))])],
      ),
      t.set(n, arith('add', t.read(n), int(1))),
    ],
    span,
  };
  t.func('walk', [], NIL, [
    t.make(n, { kind: 'block', body: [print(array(I64, int(1)))], result: int(0), ty: I64, span }),
    attempt([loop], problem, [{ kind: 'raise', trap: 'value', message: 'bad', span }]),
    ret(null),
  ]);
  expect(printProgram(t.program([]))).toBe(`\
struct Point.0 { x: f64 }
  method len = len.0
enum Shape.1 { Dot, At(p: Point.0) }
global @count.0: i64  // test
method len.0(self.0: Point.0) -> f64
  return (field Point.0/x:f64 self.0)
fn walk.1() -> nil
  let n.1^~: i64 = (block:i64
    print.modern (array:[i64] 1:i64)
    => 0:i64)
  try
    while L0 true
      if (gt:bool n.1 10:i64)
        break L0
      elif (eq:bool n.1? 5:i64)
      else
        print.modern "no \\"five\\"" (toAny:any -0:f64)
      (set n.1:i64 (add.checked:i64 n.1 1:i64))
  catch problem.2: error
    raise value "bad"
  return
init init.2() -> bool
  return false
module test: init.2
`);
});

test('deep trees and long chains of alternatives', () => {
  const t = new TreeBuilder();
  let sum: Expr = int(0);
  for (let i = 0; i < 50_000; i++) sum = arith('add', sum, int(1));
  expect(printExpr(t.program([]), sum)).toHaveLength(50_000 * '(add.checked:i64  1:i64)'.length + '0:i64'.length);

  let chain: Stmt = expr(int(0));
  for (let i = 0; i < 20_000; i++) chain = when(bool(true), [], [chain]);
  let blocks: Stmt = expr(int(0));
  for (let i = 0; i < 1500; i++) blocks = { kind: 'block', body: [blocks], span };
  const func = t.func('deep', [], NIL, [chain, blocks, ret(null)]);
  expect(printFunc(t.program([]), func).split('\n')).toHaveLength(1 + 20_002 + 1501 + 1);
});
