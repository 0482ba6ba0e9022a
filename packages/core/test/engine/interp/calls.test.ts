/** Calls, traps, handlers, limits and slices, on hand-written bytecode. */
import { describe, expect, test } from 'vitest';
import type { FuncIndex } from '../../../src/isa/program.ts';
import type { ProgramText } from '../assembler.ts';
import { machine } from '../vm-harness.ts';

const START = 0 as FuncIndex;

/** fib(n) with a poll at its entry and two polls' worth of work. */
function fib(n: number): ProgramText {
  return {
    funcs: [
      { name: 'main', frame: 8, code: `const.i64 r4 ${n}\ncall fib 1 4\nmove r0 r4\nret r0` },
      {
        name: 'fib',
        params: ['i64'],
        frame: 12,
        code: `
          poll 3
          br.ge_s.i64.imm r0 2 MORE
          ret r0
        MORE:
          addc.i64.imm r4 r0 -1
          call fib 1 4
          addc.i64.imm r8 r0 -2
          call fib 1 8
          addc.i64 r0 r4 r8
          ret r0`,
      },
    ],
  };
}

describe('calls', () => {
  test('results come back in the first slot of the window', () => {
    expect(machine(fib(15)).call(START)).toEqual({ status: 'returned', slot: 610n });
  });

  test('slices change neither results nor fuel', () => {
    const whole = machine(fib(10));
    whole.call(START);
    expect(whole.fuelUsed()).toBe(177 * 3);
    for (let slice = 1; slice <= 7; slice++) {
      const vm = machine(fib(10), {}, { slice });
      expect(vm.call(START)).toEqual({ status: 'returned', slot: 55n });
      expect(vm.fuelUsed()).toBe(177 * 3);
    }
  });

  test('a fuel limit is exact and inclusive', () => {
    expect(machine(fib(10), { fuel: 177 * 3 }).call(START).status).toBe('returned');
    const vm = machine(fib(10), { fuel: 177 * 3 - 1 }, { slice: 5 });
    const result = vm.call(START);
    expect(result.status === 'limit' && result.limit).toBe('fuel');
    expect(vm.fuelUsed()).toBe(176 * 3);
  });

  test('depth is exact and inclusive, and overflow can be caught', () => {
    const text = (depth: number): ProgramText => ({
      funcs: [
        {
          name: 'main',
          frame: 10,
          code: `
          const.i64 r6 ${depth}
        A:
          call down 1 6
        B:
          const.i64 r0 1
          ret r0
        H:
          const.i64 r0 -1
          ret r0
          try A B H 3
          at H {}`,
        },
        {
          name: 'down',
          params: ['i64'],
          frame: 6,
          code: `
          poll 1
          br.eq.i64.imm r0 0 END
          addc.i64.imm r4 r0 -1
          call down 1 4
        END:
          ret r0`,
        },
      ],
    });
    // main and down(n) .. down(0): n + 2 calls
    expect(machine(text(8), { depth: 10 }).call(START)).toEqual({ status: 'returned', slot: 1n });
    expect(machine(text(9), { depth: 10 }).call(START)).toEqual({ status: 'returned', slot: -1n });
  });

  test('depth is restored when a handler catches from deep inside', () => {
    const vm = machine(
      {
        funcs: [
          {
            name: 'main',
            frame: 12,
            code: `
          const.i64 r1 0
          const.i64 r2 50
        AGAIN:
          const.i64 r8 5
        A:
          call down 1 8
        B:
        H:
          loop.add.lt_s.i64 r1 r2 1 AGAIN 1 {}
          ret r1
          try A B H 3
          at H {}`,
          },
          {
            name: 'down',
            params: ['i64'],
            frame: 6,
            code: `
          poll 1
          br.ne.i64.imm r0 0 MORE
          trap divisionByZero
        MORE:
          addc.i64.imm r4 r0 -1
          call down 1 4
          ret r0`,
          },
        ],
      },
      { depth: 8 },
    );
    expect(vm.call(START)).toEqual({ status: 'returned', slot: 50n });
  });
});

describe('errors', () => {
  test('an uncaught error has a trace through the frames', () => {
    const vm = machine({
      funcs: [
        { name: 'main', frame: 8, code: 'const.i64 r4 7\ncall mid 1 4\nret r4' },
        { name: 'mid', params: ['i64'], frame: 8, code: 'poll 1\nmove r4 r0\ncall leaf 1 4\nret r4' },
        { name: 'leaf', params: ['i64'], frame: 2, code: 'const.i64 r1 0\ndiv_s.i64 r0 r0 r1\nret r0' },
      ],
    });
    const result = vm.call(START);
    if (result.status !== 'error') throw new Error(result.status);
    expect(result.trap.kind).toBe('runtime');
    expect(result.trap.message).toBe('Division by zero');
    const text = vm.program.files.values()[0]?.text ?? '';
    expect(result.trap.trace.map(({ func, span }) => [func, text.slice(span.start, span.end)])).toEqual([
      ['leaf', 'div_s.i64 r0 r0 r1'],
      ['mid', 'call leaf 1 4'],
      ['main', 'call mid 1 4'],
    ]);
  });

  test('the innermost range comes first, and each error is an object of its own', () => {
    const vm = machine({
      funcs: [
        {
          name: 'main',
          frame: 10,
          code: `
          const.i32 r0 1
        A:
        B:
          trap.if r0 integerOverflow
        C:
          ret r0
        INNER:
          trap.if r0 integerOverflow
        D:
          ret r0
        OUTER:
          eq.ref r0 r3 r4
          ret r0
          try B C INNER 3
          try A D OUTER 4
          at INNER {}
          at OUTER {3}`,
        },
      ],
    });
    expect(vm.call(START)).toEqual({ status: 'returned', slot: 0n });
  });

  test('catching for ever needs no memory', () => {
    const vm = machine(
      {
        funcs: [
          {
            name: 'main',
            frame: 10,
            code: `
            const.i64 r1 0
            const.i64.long r2 100000
            const.i32 r5 1
          AGAIN:
          A:
            trap.if r5 integerOverflow
          B:
          H:
            loop.add.lt_s.i64 r1 r2 1 AGAIN 1 {}
            ret r1
            try A B H 3
            at H {}`,
          },
        ],
      },
      { memory: 2 ** 17 },
    );
    expect(vm.call(START)).toEqual({ status: 'returned', slot: 100_000n });
    expect(vm.stats()['gc.collections']).toBeGreaterThan(0);
  });
});
