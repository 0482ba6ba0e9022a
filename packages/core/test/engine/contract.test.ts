/**
 * The contracts between tiers, on one small program in every mixture of the interpreter and machine code written by hand.
 *
 * The program has nested calls across tiers, live references, an inlined callee, a host call, a caught error and a loop. It is stopped
 * at every amount of fuel; at each stop the frames are in memory, a collection runs, the heap is checked, and the rest runs in other tiers. Results, fuel, host
 * calls and live objects must be those of the interpreter alone.
 */
import { describe, expect, test } from 'vitest';
import { TRAP_NAMES } from '../../src/base/traps.ts';
import { DEFAULT_CHECKS, DEFAULT_LIMITS, type Host } from '../../src/engine/engine.ts';
import { Vm } from '../../src/engine/vm/vm.ts';
import type { FuncIndex } from '../../src/isa/program.ts';
import { coreFunction } from '../../src/runtime/core-exports.ts';
import { checkHeap } from '../../src/runtime/heap-checker.ts';
import { LAYOUT, SLOTS, VM_REGS } from '../../src/runtime/layout.ts';
import type { Local } from '../../src/wasm/code-writer.ts';
import { assemble, type ProgramText } from './assembler.ts';
import { MachineKit, TYPED, type MachineFunc } from './machine-code.ts';
import { machineModules } from './vm-harness.ts';

const MAIN = 0 as FuncIndex;
const A = 1 as FuncIndex;
const LEAF = 2;
const B = 3 as FuncIndex;

const PROGRAM: ProgramText = {
  funcs: [
    {
      name: 'main',
      frame: 12,
      code: `
        poll 2 {}
        const.i64 r0 4
        cell.new r1 r0 {}
        move r6 r0
        move r7 r1
        call a 1 6 {1}
        cell.get r0 r1
        addc.i64 r0 r0 r6
        ret r0`,
    },
    {
      name: 'a',
      params: ['i64', 'ref'],
      frame: 14,
      code: `
        poll 3 {1}
        br.ge_s.i64.imm r0 1 MORE
        ret r0
      MORE:
        cell.new r2 r0 {1}
        move r8 r0
      LEAF:
        call leaf 1 8 {1 2}
      AFTER_LEAF:
        move r3 r8
        rt timestamp 4 {1 2}
        i64.from.f64 r4 r4
        addc.i64.imm r8 r0 -1
        move r9 r2
        call b 1 8 {1 2}
      AFTER_B:
        addc.i64 r3 r3 r8
        addc.i64 r3 r3 r4
        cell.get r5 r1
        addc.i64 r5 r5 r3
        cell.set r1 r5
        cell.get r5 r2
        addc.i64 r3 r3 r5
        ret r3`,
    },
    {
      name: 'leaf',
      params: ['i64'],
      frame: 2,
      code: `
        poll 1 {}
        addc.i64 r0 r0 r0
        ret r0`,
    },
    {
      name: 'b',
      params: ['i64', 'ref'],
      frame: 14,
      code: `
        poll 2 {1}
        const.i64 r2 0
        const.i64 r3 0
        const.i64 r4 3
      LOOP:
        addc.i64 r3 r3 r2
      BACK:
        loop.add.lt_s.i64 r2 r4 1 LOOP 1 {1}
      EXIT:
      TRY:
        div_s.i64 r4 r3 r0
      END:
        jump AFTER
      CATCH:
        const.i64 r4 7
      AFTER:
        br.lt_s.i64.imm r0 1 DONE
        addc.i64.imm r8 r0 -1
        move r9 r1
        call a 1 8 {1}
      AFTER_A:
        addc.i64 r3 r3 r8
      DONE:
        addc.i64 r3 r3 r4
        ret r3
        try TRY END CATCH 6
        at CATCH {1}`,
    },
  ],
};

interface World {
  readonly vm: Vm;
  readonly labels: ReadonlyMap<string, number>;
  readonly entries: Readonly<Record<string, (frame: number) => number>>;
  hostCalls: number;
  /** What happens at a stop. */
  onStop: (world: World) => void;
}

function world(slice: number, stressGc: boolean): World {
  const labels = new Map<string, number>();
  const program = assemble(PROGRAM, labels);
  const self: { world?: World } = {};
  const host: Host = {
    write: () => undefined,
    readLine: () => null,
    now: () => {
      const w = self.world as World;
      return w.hostCalls++;
    },
    interrupted: () => {
      self.world?.onStop(self.world);
      return false;
    },
  };
  const limits = { ...DEFAULT_LIMITS, memory: 2 ** 20, depth: 100 };
  const vm = new Vm(program, host, limits, { ...DEFAULT_CHECKS, slice, stressGc }, machineModules());
  const w: World = { vm, labels, entries: machineCode(vm, labels), hostCalls: 0, onStop: () => undefined };
  self.world = w;
  return w;
}

/** Machine code for `a` with `leaf` inlined, for `b`, and for the loop of `b` alone. */
function machineCode(vm: Vm, labels: ReadonlyMap<string, number>): Readonly<Record<string, (frame: number) => number>> {
  const kit = new MachineKit(vm);
  const word = (label: string): number => {
    const at = labels.get(label);
    if (at === undefined) throw new Error(`no label ${label}`);
    return at;
  };
  const a = kit.module.declare('a', TYPED);
  const b = kit.module.declare('b', TYPED);
  kit.write(a, A, (m, n, c) => writeA(m, kit, n, c, b, vm, word));
  kit.write(b, B, (m, n, c) => writeB(m, n, c, a, word));
  kit.entry('a', a);
  kit.entry('b', b);
  writeLoop(kit, vm, word);
  return kit.instantiate();
}

type Word = (label: string) => number;

function writeA(
  m: MachineFunc,
  kit: MachineKit,
  n: Local<'i64'>,
  c: Local<'i32'>,
  b: number,
  vm: Vm,
  word: Word,
): void {
  const { w } = m;
  const cell = w.local('i32');
  const sum = w.local('i64');
  const time = w.local('i64');
  const less = w.local('i64');
  const fromB = w.local('i64');
  m.poll(3, () => m.stand({ word: 0, live: { 0: n, 1: c } }));
  w.if(w.i64.ltS(n, w.i64.const(1n)), () => m.return(n, 0));
  m.allocate(cell, 16, LAYOUT.cellRaw << 8, { word: word('a.MORE'), live: { 0: n, 1: c } });
  w.store64(cell, n, SLOTS);
  // leaf is inlined: its poll stands in a frame of its own, that is only written if it stops
  m.poll(1, () => {
    m.storeLive({ 0: n, 1: c, 2: cell, 8: n });
    m.writeHeader(8, LEAF, word('a.AFTER_LEAF'), false);
    m.setVm('FP', m.slot(8));
    m.setVm('PC', w.i32.const(vm.loaded.code[LEAF] ?? 0));
  });
  w.set(sum, w.i64.add(n, n));
  w.set(time, w.i64.truncS(w.call<'f64'>(kit.coreFunc('timestamp'), [])));
  w.set(less, w.i64.sub(n, w.i64.const(1n)));
  m.call(fromB, B, b, 8, [less, cell], { word: word('a.AFTER_B'), live: { 0: n, 1: c, 2: cell, 3: sum, 4: time } });
  w.set(sum, w.i64.add(w.i64.add(sum, fromB), time));
  w.store64(c, w.i64.add(w.load64(c, SLOTS), sum), SLOTS);
  m.return(w.i64.add(sum, w.load64(cell, SLOTS)), 0);
}

function writeB(m: MachineFunc, n: Local<'i64'>, c: Local<'i32'>, a: number, word: Word): void {
  const { w } = m;
  const i = w.local('i64');
  const sum = w.local('i64');
  const three = w.local('i64');
  const quotient = w.local('i64');
  const error = w.local('i32');
  const less = w.local('i64');
  const fromA = w.local('i64');
  m.poll(2, () => m.stand({ word: 0, live: { 0: n, 1: c } }));
  w.set(three, w.i64.const(3n));
  w.loop((again) => {
    w.set(sum, w.i64.add(sum, i));
    m.poll(1, () => m.stand({ word: word('b.BACK'), live: { 0: n, 1: c, 2: i, 3: sum, 4: three } }));
    w.set(i, w.i64.add(i, w.i64.const(1n)));
    w.brIf(again, w.i64.ltS(i, three));
  });
  w.if(
    w.i64.eqz(n),
    () => {
      m.raiseInto(error, TRAP_NAMES.indexOf('divisionByZero'), { word: word('b.CATCH'), live: { 1: c } });
      w.set(quotient, w.i64.const(7n));
    },
    () => w.set(quotient, w.i64.divS(sum, n)),
  );
  w.if(w.i64.geS(n, w.i64.const(1n)), () => {
    w.set(less, w.i64.sub(n, w.i64.const(1n)));
    m.call(fromA, A, a, 8, [less, c], { word: word('b.AFTER_A'), live: { 0: n, 1: c, 3: sum, 4: quotient } });
    w.set(sum, w.i64.add(sum, fromA));
  });
  m.return(w.i64.add(sum, quotient), 0);
}

/** The loop of `b` as a function of its own: registers from the window at its head, back to the window at its exits. */
function writeLoop(kit: MachineKit, vm: Vm, word: Word): void {
  const { index, code: w } = kit.module.func('loop', { params: ['i32'], results: ['i32'] });
  const fp = w.param(0, 'i32');
  const i = w.local('i64');
  const sum = w.local('i64');
  const code = vm.loaded.code[B] ?? 0;
  const leaveAt = (at: number, status: number): void => {
    w.store64(fp, i, 16);
    w.store64(fp, sum, 24);
    w.store32(w.i32.const(VM_REGS.PC), w.i32.const(code + 4 * at));
    w.return(w.i32.const(status));
  };
  const fuel = w.i32.const(1024);
  w.set(i, w.load64(fp, 16));
  w.set(sum, w.load64(fp, 24));
  w.loop((again) => {
    w.if(w.i64.ltS(w.load64(fuel), w.i64.const(1n)), () => leaveAt(word('b.BACK'), 2));
    w.store64(fuel, w.i64.sub(w.load64(fuel), w.i64.const(1n)));
    w.set(i, w.i64.add(i, w.i64.const(1n)));
    w.if(w.i64.geS(i, w.load64(fp, 32)), () => leaveAt(word('b.EXIT'), 0));
    w.set(sum, w.i64.add(sum, i));
    w.br(again);
  });
  w.unreachable();
  kit.module.export('loop', index);
}

function setTiers(w: World, tiers: number): void {
  for (const [bit, func, name] of [
    [1, A, 'a'],
    [2, B, 'b'],
  ] as const) {
    const entry = w.entries[name];
    if (tiers & bit && entry) w.vm.installMachineCode(func, entry);
    else w.vm.removeMachineCode(func);
  }
}

interface End {
  readonly slot: bigint;
  readonly fuel: number;
  readonly hostCalls: number;
}

function end(w: World): End {
  const result = w.vm.call(MAIN);
  if (result.status !== 'returned') throw new Error(JSON.stringify(result));
  return { slot: result.slot, fuel: w.vm.fuelUsed(), hostCalls: w.hostCalls };
}

/** What the program computes. */
function model(): bigint {
  let calls = 0n;
  const a = (n: bigint, c: { value: bigint }): bigint => {
    if (n < 1n) return n;
    const cell = { value: n };
    const time = calls++;
    const sum = 2n * n + b(n - 1n, cell) + time;
    c.value += sum;
    return sum + cell.value;
  };
  const b = (n: bigint, c: { value: bigint }): bigint => {
    const quotient = n === 0n ? 7n : 3n / n;
    return 3n + (n >= 1n ? a(n - 1n, c) : 0n) + quotient;
  };
  const c = { value: 4n };
  const result = a(4n, c);
  return c.value + result;
}

const TIERS = [0, 1, 2, 3];

describe('contracts between tiers', () => {
  const expected = end(world(1_000_000, false));

  test('the interpreter alone', () => {
    expect(expected).toEqual({ slot: model(), fuel: 23, hostCalls: 2 });
  });

  for (const tiers of TIERS) {
    test(`tiers ${tiers}: the same result and fuel, with and without collections`, () => {
      for (const stress of [false, true]) {
        const w = world(1_000_000, stress);
        setTiers(w, tiers);
        expect(end(w)).toEqual(expected);
      }
    });
  }

  for (const tiers of TIERS) {
    test(`tiers ${tiers}: stopped at every amount of fuel, collected, gone on in other tiers`, () => {
      for (let slice = 1; slice <= expected.fuel; slice++) {
        for (const flip of [0, 1, 2, 3]) {
          const w = world(slice, (slice & 1) === 0);
          let now = tiers;
          let loops = 0;
          setTiers(w, now);
          w.onStop = () => {
            coreFunction(w.vm.table, 'gc_collect')();
            expect(checkHeap(w.vm.memory.memory).problems).toEqual([]);
            now ^= flip;
            setTiers(w, now);
            // a frame that stands at the loop's head can go on in the loop's machine code
            const back = (w.vm.loaded.code[B] ?? 0) + 4 * (w.labels.get('b.BACK') ?? 0);
            if (flip === 3 && w.vm.memory.u32(VM_REGS.PC) === back) {
              loops++;
              w.entries['loop']?.(w.vm.memory.u32(VM_REGS.FP));
            }
          };
          expect(end(w), `slice ${slice} flip ${flip} loops ${loops}`).toEqual(expected);
        }
      }
    });
  }

  test('an uncaught error has the same trace in every mixture', () => {
    const traces = TIERS.map((tiers) => {
      const w = world(1_000_000, false);
      setTiers(w, tiers);
      // three calls deep there is no room any more
      w.vm.memory.setU32(VM_REGS.DEPTH_LIMIT, 4);
      const result = w.vm.call(MAIN);
      return result.status === 'error'
        ? [result.trap.message, ...result.trap.trace.map((entry) => entry.func)]
        : [result.status];
    });
    expect(traces[0]?.[0]).toBe('Stack overflow');
    // machine code of this test makes no depth checks; frames below it do
    expect(traces[0]).toEqual(['Stack overflow', 'a', 'b', 'a', 'main']);
  });
});
