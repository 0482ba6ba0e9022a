/** The tree engine on small hand-built trees, in both modes: control flow, closures, errors, limits. */
import { describe, expect, test } from 'vitest';
import type { Program } from '../../../src/hir/hir.ts';
import { I32, U32, U64 } from '../../../src/hir/hir.ts';
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
} from '../../hir/tree-builder.ts';
import type { RunOptions } from './run-tree.ts';
import { runTree } from './run-tree.ts';

/** Output and how it ended, the same in both modes. */
function both(make: () => Program, options: RunOptions = {}): string {
  const ends = [false, true].map((boxed) => {
    const { output, outcome } = runTree(make(), { ...options, boxed });
    return outcome.status === 'done'
      ? output
      : outcome.status === 'error'
        ? `${output}! ${outcome.trap.kind}: ${outcome.trap.message}`
        : `${output}! ${outcome.limit}`;
  });
  expect(ends[1]).toBe(ends[0]);
  return ends[0] ?? '';
}

function fib(t: TreeBuilder, type: typeof I64): ReturnType<TreeBuilder['func']> {
  const n = t.local('n', type);
  const kind = type.kind === 'i32' ? 'i32' : 'i64';
  const self = t.funcs.nextId();
  const call = (by: number) => ({
    kind: 'call' as const,
    func: self,
    args: [arith('sub', t.read(n), int(by, kind))],
    ty: type,
    span,
  });
  return t.func('fib', [n], type, [
    when(compare('lt', t.read(n), int(2, kind)), [ret(t.read(n))]),
    ret(arith('add', call(1), call(2))),
  ]);
}

test('recursion in two integer types', () => {
  expect(
    both(() => {
      const t = new TreeBuilder();
      const wide = fib(t, I64);
      const narrow = fib(t, I32);
      return t.program([print(t.call(wide, int(15)), t.call(narrow, int(15, 'i32')))]);
    }),
  ).toBe('610 610\n');
});

test('arithmetic wraps or traps by type', () => {
  const ends = (type: 'i32' | 'i64' | 'u32' | 'u64', value: bigint) =>
    both(() => new TreeBuilder().program([print(arith('add', int(value, type), int(1, type)))]));
  expect(ends('i32', 2147483647n)).toBe('! value: Integer overflow');
  expect(ends('i64', 2n ** 63n - 1n)).toBe('! value: Integer overflow');
  expect(ends('u32', 2n ** 32n - 1n)).toBe('0\n');
  expect(ends('u64', 2n ** 64n - 1n)).toBe('0\n');
  const divide = (a: bigint, b: number, op: 'div' | 'rem') =>
    both(() => new TreeBuilder().program([print(arith(op, int(a, 'i32'), int(b, 'i32')))]));
  expect(divide(-(2n ** 31n), -1, 'div')).toBe('! value: Integer overflow');
  expect(divide(-(2n ** 31n), -1, 'rem')).toBe('0\n');
  expect(divide(-7n, 2, 'div') + divide(-7n, 2, 'rem')).toBe('-3\n-1\n');
  expect(divide(1n, 0, 'div')).toBe('! runtime: Division by zero');
  expect(both(() => new TreeBuilder().program([print(arith('div', float(1), float(0)))]))).toBe(
    '! runtime: Division by zero',
  );
});

test('each iteration and each execution of let makes a fresh variable', () => {
  expect(
    both(() => {
      const t = new TreeBuilder();
      const funcs = t.local('funcs', { kind: 'array', element: { kind: 'func', params: [], result: I64 } });
      const type = { kind: 'func', params: [], result: I64 } as const;
      const i = t.local('i', I64, { captured: true, assigned: true });
      const bump = t.func(
        'bump',
        [],
        I64,
        [ret(t.assign({ kind: 'local', local: i }, arith('add', t.read(i), int(10))))],
        {
          kind: 'lambda',
          captures: [i],
        },
      );
      const f = t.local('f', type);
      const push = { kind: 'builtin', name: 'push', span, ty: t.locals.get(funcs).type } as const;
      return t.program([
        t.make(funcs, array(type)),
        {
          kind: 'forRange',
          label: t.label(),
          item: i,
          start: int(0),
          end: int(3),
          step: null,
          adapt: [],
          inclusive: false,
          span,
          body: [expr({ ...push, args: [t.read(funcs), { kind: 'func', func: bump, ty: type, span }] })],
        },
        {
          kind: 'forEach',
          label: t.label(),
          item: f,
          over: t.read(funcs),
          span,
          body: [
            print({ kind: 'callValue', callee: t.read(f), args: [], ty: I64, span }),
            print({ kind: 'callValue', callee: t.read(f), args: [], ty: I64, span }),
          ],
        },
      ]);
    }),
  ).toBe('10\n20\n11\n21\n12\n22\n');
});

test('a block expression may return, break and continue', () => {
  expect(
    both(() => {
      const t = new TreeBuilder();
      const i = t.local('i', I64);
      const label = t.label();
      const leave = (kind: 'break' | 'continue') =>
        ({ kind: 'block', body: [{ kind, label, span }], result: int(0), ty: I64, span }) as const;
      const stop = choose(compare('gt', t.read(i), int(3)), leave('break'), t.read(i));
      const choice = choose(compare('eq', t.read(i), int(1)), leave('continue'), stop);
      return t.program([
        {
          kind: 'forRange',
          label,
          item: i,
          start: int(0),
          end: int(100),
          step: null,
          adapt: [],
          inclusive: false,
          span,
          body: [print(choice)],
        },
        print(text('end')),
      ]);
    }),
  ).toBe('0\n2\n3\nend\n');
});

test('ranges end at the last value of their type', () => {
  const run = (type: 'i32' | 'u32' | 'i64' | 'u64', start: bigint, end: bigint, step: bigint, inclusive: boolean) =>
    both(() => {
      const t = new TreeBuilder();
      const i = t.local('i', { kind: type });
      const loop = {
        kind: 'forRange',
        label: t.label(),
        item: i,
        start: int(start, type),
        end: int(end, type),
        step: int(step, type),
        adapt: [],
        inclusive,
        span,
        body: [print(t.read(i))],
      } as const;
      return t.program([loop]);
    });
  expect(run('i32', 2147483646n, 2147483647n, 1n, true)).toBe('2147483646\n2147483647\n');
  expect(run('u64', 2n ** 64n - 2n, 2n ** 64n - 1n, 1n, true)).toBe('18446744073709551614\n18446744073709551615\n');
  expect(run('i64', 5n, 0n, -2n, false)).toBe('5\n3\n1\n');
  expect(run('u32', 3n, 3n, 1n, true)).toBe('3\n');
  expect(run('i32', 3n, 3n, 0n, true)).toBe('! value: Range step cannot be zero');
});

test('arrays keep numbers of every type apart', () => {
  const type = { kind: 'array', element: ANY } as const;
  expect(
    both(() => {
      const t = new TreeBuilder();
      const xs = t.local('xs', type);
      const ys = t.local('ys', { kind: 'array', element: F64 });
      const at = (i: number) => ({ kind: 'index', base: t.read(ys), index: int(i), ty: F64, span }) as const;
      const push = (value: Parameters<typeof toAny>[0]) =>
        expr({ kind: 'builtin', name: 'push', args: [t.read(xs), toAny(value)], ty: type, span });
      const label = (i: number) => {
        const item = { kind: 'index', base: t.read(xs), index: int(i), ty: ANY, span } as const;
        return { kind: 'builtin', name: 'typeof', args: [item], ty: STRING, span } as const;
      };
      return t.program([
        t.make(ys, array(F64, float(1.5))),
        t.make(xs, t.read(ys)),
        push(int(7, 'i32')),
        push(int(7, 'u32')),
        push(int(7)),
        push(int(7, 'u64')),
        push(float(7)),
        print(label(0), label(1), label(2), label(3), label(4), label(5)),
        print(t.read(xs), at(5)),
        print(at(1)),
      ]);
    }),
  ).toBe('f64 i32 u32 i64 u64 f64\n[1.5, 7, 7, 7, 7, 7.0] 7.0\n! type: Expected f64, found i32');
});

describe('limits', () => {
  const forever = (): Program => {
    const t = new TreeBuilder();
    return t.program([{ kind: 'while', label: t.label(), cond: bool(true), body: [], span }]);
  };

  test('fuel is exact and cannot be caught', () => {
    const caught = (): Program => {
      const t = new TreeBuilder();
      const loop = { kind: 'while', label: t.label(), cond: bool(true), body: [], span } as const;
      return t.program([attempt([loop], null, [print(text('caught'))])]);
    };
    expect(both(caught, { limits: { fuel: 10_000 } })).toBe('! fuel');
    expect(runTree(forever(), { limits: { fuel: 12_345 } }).fuel).toBe(12_345);
  });

  test('time', () => {
    expect(both(forever, { limits: { timeMs: 20 } })).toBe('! time');
  });

  test('depth counts nested calls, and unwinding restores it', () => {
    const program = (levels: number) => () => {
      const t = new TreeBuilder();
      const n = t.local('n', I64);
      const self = t.funcs.nextId();
      const inner = { kind: 'call', func: self, args: [arith('sub', t.read(n), int(1))], ty: I64, span } as const;
      const down = t.func('down', [n], I64, [
        when(compare('eq', t.read(n), int(1)), [ret(int(0))]),
        ret(arith('add', inner, int(1))),
      ]);
      const problem = t.local('problem', { kind: 'error' });
      const go = print(t.call(down, int(levels)));
      return t.program([attempt([go], problem, [print(t.read(problem))]), go]);
    };
    expect(both(program(99), { limits: { depth: 100 } })).toBe('98\n98\n');
    expect(both(program(100), { limits: { depth: 100 } })).toBe('Error: Stack overflow\n! recursion: Stack overflow');
  });

  test('the trace names every activation, innermost first', () => {
    const t = new TreeBuilder();
    const n = t.local('n', I64);
    const inner = t.func('inner', [n], I64, [ret(arith('div', int(1), t.read(n)))]);
    const outer = t.func('outer', [], I64, [ret(t.call(inner, int(0)))]);
    const { outcome } = runTree(t.program([print(t.call(outer))]));
    expect(outcome.status === 'error' ? outcome.trap.trace.map((entry) => entry.func) : outcome).toEqual([
      'inner',
      'outer',
      'init',
    ]);
  });

  test('runaway arrays and strings, and one huge fill', () => {
    const growing = (): Program => {
      const t = new TreeBuilder();
      const xs = t.local('xs', { kind: 'array', element: I64 });
      const push = {
        kind: 'builtin',
        name: 'push',
        args: [t.read(xs), int(1)],
        ty: t.locals.get(xs).type,
        span,
      } as const;
      return t.program([
        t.make(xs, array(I64)),
        { kind: 'while', label: t.label(), cond: bool(true), body: [expr(push)], span },
      ]);
    };
    expect(both(growing, { limits: { memory: 2 ** 20 } })).toBe('! memory: Out of memory');
    const doubling = (): Program => {
      const t = new TreeBuilder();
      const s = t.local('s', STRING, { assigned: true });
      const twice = { kind: 'concat', left: t.read(s), right: t.read(s), ty: STRING, span } as const;
      return t.program([
        t.make(s, text('x')),
        { kind: 'while', label: t.label(), cond: bool(true), body: [t.set(s, twice)], span },
      ]);
    };
    expect(both(doubling, { limits: { memory: 2 ** 20 } })).toBe('! memory: Out of memory');
    const fill = (count: bigint) => (): Program => {
      const value = {
        kind: 'fill',
        value: int(0),
        count: int(count),
        ty: { kind: 'array', element: I64 },
        span,
      } as const;
      return new TreeBuilder().program([expr(value)]);
    };
    expect(both(fill(2n ** 31n - 1n))).toBe('! memory: Out of memory');
    expect(both(fill(2n ** 31n))).toBe('! runtime: Array length must be a non-negative integer of reasonable size');
    expect(both(fill(-1n))).toBe('! runtime: Array length must be a non-negative integer of reasonable size');
  });

  test('garbage is not counted', () => {
    const program = (): Program => {
      const t = new TreeBuilder();
      const i = t.local('i', I64);
      const value = {
        kind: 'fill',
        value: int(0),
        count: int(1000),
        ty: { kind: 'array', element: I64 },
        span,
      } as const;
      const loop = {
        kind: 'forRange',
        label: t.label(),
        item: i,
        start: int(0),
        end: int(2000),
        step: null,
        adapt: [],
        inclusive: false,
        body: [expr(value)],
        span,
      } as const;
      return t.program([loop, print(text('done'))]);
    };
    expect(both(program, { limits: { memory: 2 ** 20 } })).toBe('done\n');
  });

  test('deep data', () => {
    const nested = (levels: number) => (): Program => {
      const t = new TreeBuilder();
      const any = { kind: 'array', element: ANY } as const;
      const xs = t.local('xs', ANY, { assigned: true });
      const i = t.local('i', I64);
      const loop = {
        kind: 'forRange',
        label: t.label(),
        item: i,
        start: int(1),
        end: int(levels),
        step: null,
        adapt: [],
        inclusive: false,
        body: [t.set(xs, toAny(array(ANY, t.read(xs))))],
        span,
      } as const;
      const same = {
        kind: 'equal',
        style: 'modern',
        negate: false,
        left: t.read(xs),
        right: t.read(xs),
        ty: BOOL,
        span,
      } as const;
      return t.program([t.make(xs, toAny({ ...array(ANY), ty: any })), loop, print(same), print(t.read(xs))]);
    };
    expect(both(nested(1000))).toBe(`true\n${'['.repeat(1000)}${']'.repeat(1000)}\n`);
    expect(both(nested(1001))).toBe('! recursion: Stack overflow');
  });
});

test('an unset variable', () => {
  expect(
    both(() => {
      const t = new TreeBuilder();
      const x = t.local('x', I64, { assigned: true });
      return t.program([{ kind: 'declare', local: x, span }, print(t.read(x, true))]);
    }),
  ).toBe('! name: Variable x is used before its declaration ran');
});

test('a function called through another signature converts its arguments and checks its result', () => {
  expect(
    both(() => {
      const t = new TreeBuilder();
      const n = t.local('n', U32);
      const f = t.func('f', [n], U64, [ret({ kind: 'cast', style: 'modern', operand: t.read(n), ty: U64, span })]);
      const own = { kind: 'func', func: f, ty: { kind: 'func', params: [U32], result: U64 }, span } as const;
      const call = (arg: Parameters<typeof toAny>[0], result: typeof ANY) => {
        const type = { kind: 'func', params: [arg.ty], result } as const;
        return {
          kind: 'callValue',
          callee: { ...own, ty: type },
          args: [arg],
          ty: result,
          span,
        } as const;
      };
      return t.program([
        print(call(int(5, 'u32'), U64), call(int(5), ANY), call(float(5), U64)),
        attempt([print(call(int(-1), ANY))], null, [print(text('no'))]),
        print(call(int(5), I64)),
      ]);
    }),
  ).toBe('5 5 5\nno\n! type: Expected i64, found u64');
});

test('nothing and main', () => {
  expect(
    both(() => {
      const t = new TreeBuilder();
      const main = t.func('main', [], NIL, [print(text('in main'), nil), ret(null)]);
      return t.program([print()], { main });
    }),
  ).toBe('\nin main nil\n');
});
