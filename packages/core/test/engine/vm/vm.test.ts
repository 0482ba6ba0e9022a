/** Loading, the memory map, dynamic calls, and what the driver does between slices. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_LIMITS, type Host } from '../../../src/engine/engine.ts';
import { loadProgram } from '../../../src/engine/vm/load.ts';
import { createMemory, mapMemory } from '../../../src/engine/vm/memory.ts';
import type { FuncIndex } from '../../../src/isa/program.ts';
import { assemble, type ProgramText } from '../assembler.ts';
import { machine, recordingHost } from '../vm-harness.ts';

const START = 0 as FuncIndex;
const EMPTY: ProgramText = { funcs: [{ name: 'main', frame: 2, code: 'const.i64 r0 0\nret r0' }] };

describe('memory', () => {
  test('the layout is a function of the program', () => {
    const first = loadProgram(assemble(EMPTY));
    const second = loadProgram(assemble(EMPTY));
    expect(second.image.view()).toEqual(first.image.view());
    expect(second.registers).toEqual(first.registers);
  });

  test('areas follow each other, whatever the limits', () => {
    const loaded = loadProgram(assemble(EMPTY));
    for (const memory of [0, 1, 2 ** 20, 2 ** 32]) {
      for (const depth of [1, 1000, 200_000, 2 ** 31]) {
        const map = mapMemory(loaded, { ...DEFAULT_LIMITS, memory, depth });
        expect(map.stackBase).toBeGreaterThanOrEqual(loaded.image.end);
        expect(map.stackLimit).toBeGreaterThan(map.stackBase);
        expect(map.heapBase).toBe(map.stackLimit);
        expect(map.heapLimit).toBeGreaterThanOrEqual(0);
        expect(createMemory(map).buffer.byteLength).toBeGreaterThan(map.heapBase);
      }
    }
  });
});

test('a machine that may not call anything says so', () => {
  const result = machine(EMPTY, { depth: 0 }).call(START);
  expect(result.status === 'error' && result.trap.message).toBe('Stack overflow');
});

describe('function values', () => {
  /** `add` captures one number and has an adapter. */
  const closures = (call: string): ProgramText => ({
    funcs: [
      {
        name: 'main',
        frame: 16,
        code: `
          const.i64 r1 40
          closure.new r2 r1 add 1 {}
          const.i64 r6 2
          ${call}
          ret r6`,
      },
      {
        name: 'add',
        params: ['i64'],
        captures: ['i64'],
        sig: 3,
        boxed: 2,
        frame: 4,
        code: 'poll 1\nenv.get r1 0\naddc.i64 r0 r0 r1\nret r0',
      },
      {
        name: 'add boxed',
        params: ['any'],
        result: 'any',
        captures: ['i64'],
        sig: 3,
        boxed: 2,
        frame: 8,
        code: 'unbox.i64 r4 r0 {any 0}\ncall.env add 1 4\nbox.i64 r0 r4 {}\nret r0',
      },
    ],
  });

  test('the typed entry sees its captured values', () => {
    expect(machine(closures('call.closure r2 6 3 1 {2}')).call(START)).toEqual({ status: 'returned', slot: 42n });
  });

  test('the boxed entry converts, and is no activation', () => {
    const vm = machine(closures('box.i64 r6 r6 {2}\ncall.boxed r2 6 1 0 {2 any 6}\nunbox.i64 r6 r6 {any 6}'), {
      depth: 2,
    });
    expect(vm.call(START)).toEqual({ status: 'returned', slot: 42n });
  });

  test('a value of the wrong type is refused in the adapter, and the trace leaves the adapter out', () => {
    const vm = machine(closures('const.nil r6\ncall.boxed r2 6 1 0 {2 any 6}'));
    const result = vm.call(START);
    expect(result.status === 'error' && result.trap.message).toBe('Expected i64, found void');
    expect(result.status === 'error' && result.trap.trace.map((entry) => entry.func)).toEqual(['main']);
  });

  test('so is a wrong number of arguments, also when the error needs a collection', () => {
    for (const stressGc of [false, true]) {
      const vm = machine(closures('const.nil r6\nconst.nil r7\ncall.boxed r2 6 2 0 {2 any 6 any 7}'), {}, { stressGc });
      const result = vm.call(START);
      expect(result.status === 'error' && result.trap.message).toBe('The number of arguments must be 1, not 2');
    }
  });
});

describe('between slices', () => {
  const endless: ProgramText = { funcs: [{ name: 'main', frame: 2, code: 'A:\nloop A 1 {}' }] };

  test('the host can end the run', () => {
    let asked = 0;
    const host: Host = { ...recordingHost(), interrupted: () => ++asked === 3 };
    const result = machine(endless, {}, { slice: 10 }, host).call(START);
    expect(result.status === 'limit' && result.limit).toBe('interrupt');
    expect(asked).toBe(3);
  });

  test('time runs out', () => {
    let now = 0;
    const host: Host = { ...recordingHost(), now: () => now++ };
    const result = machine(endless, { timeMs: 5000 }, { slice: 10 }, host).call(START);
    expect(result.status === 'limit' && result.limit).toBe('time');
  });

  test('what a call leaves of its slice does not make the slice of the next one longer', () => {
    const text: ProgramText = {
      funcs: [
        { name: 'short', frame: 2, code: 'poll 1\nconst.i64 r0 1\nret r0' },
        { name: 'endless', frame: 2, code: 'A:\nloop A 1 {}' },
      ],
    };
    const vm = machine(text, {}, { slice: 10 });
    for (let i = 0; i < 100; i++) vm.call(START);
    vm.begin(1 as FuncIndex);
    expect(vm.advance(1)).toBeNull();
    expect(vm.fuelUsed()).toBe(110);
  });

  test('what the host throws comes out, after the machine has come to rest', () => {
    const host: Host = {
      ...recordingHost(),
      write: () => {
        throw new Error('closed');
      },
    };
    const text: ProgramText = {
      funcs: [
        {
          name: 'main',
          frame: 4,
          code: 'rt out.begin 1 {}\nconst.str r1 0\nrt out.text 1 {1}\nrt out.end 1 {}\nconst.i64 r0 1\nret r0',
        },
      ],
      strings: ['text'],
    };
    expect(() => machine(text, {}, {}, host).call(START)).toThrow('closed');
  });
});
