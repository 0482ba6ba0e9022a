/**
 * What machine code must keep doing for a long time, and what must stop at once: nothing of ours is left however often code is made and removed, calls nest
 * as deep as in the interpreter through any mixture of compiled and interpreted frames, an endless loop ends with its slice.
 * `ORUS_ALL=1` compiles and removes 10 000 times.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { checkProgram } from '../../../src/compile.ts';
import { DEFAULT_CHECKS, DEFAULT_LIMITS, type Checks, type Host, type Limits } from '../../../src/engine/engine.ts';
import { builtInMachine } from '../../../src/engine/interp/built-in-machine.ts';
import type { HostCode } from '../../../src/engine/jit/link-unit.ts';
import type { JitEvent } from '../../../src/engine/jit/observer.ts';
import { Sampler } from '../../../src/engine/jit/sampler.ts';
import { EAGER_TUNING, tuningFor, type Tuning } from '../../../src/engine/jit/tuning.ts';
import { Vm } from '../../../src/engine/vm/vm.ts';
import { inTurn, valuesInTurn } from './programs.ts';

const core = builtInMachine();
const tiered = tuningFor({ threshold: 1 });

interface Machine {
  readonly vm: Vm;
  readonly output: () => string;
}

/** A machine for a program; without tuning everything is interpreted. */
function machine(
  text: string,
  tuning: Tuning | null,
  options: {
    readonly checks?: Partial<Checks>;
    readonly limits?: Partial<Limits>;
    readonly host?: Partial<Host>;
    readonly event?: (event: JitEvent) => void;
    readonly compileUnit?: (bytes: Uint8Array<ArrayBuffer>) => HostCode;
  } = {},
): Machine {
  const { diagnostics, prepared } = checkProgram(
    { path: 'a.orus', text },
    { loader: { resolve: () => ({ tried: [] }) } },
  );
  expect(diagnostics).toEqual([]);
  if (prepared === null) throw new Error('not compiled');
  let output = '';
  const host: Host = {
    write: (bytes) => {
      output += new TextDecoder().decode(bytes);
    },
    readLine: () => null,
    now: () => performance.now() / 1000,
    ...options.host,
  };
  const program = prepared.bytecode();
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const vm = new Vm(program, host, limits, { ...DEFAULT_CHECKS, ...options.checks }, { core });
  if (tuning !== null) {
    const observer = { event: options.event ?? ((): void => undefined) };
    const baseline = (bytes: Uint8Array<ArrayBuffer>) => ({
      module: new WebAssembly.Module(bytes),
      optimised: false,
    });
    const compileUnit = options.compileUnit ?? baseline;
    new Sampler(vm, { tuning, compileUnit, observer }).add(program, 0);
  }
  return { vm, output: () => output };
}

/** Programs whose units make one another go, and whether those call through a table. */
const inTurns: [string, (rounds: number) => string, boolean][] = [
  ['calls', inTurn, false],
  ['calls of function values', valuesInTurn, true],
];

test.each(inTurns)('compiling and removing for ever leaves memory flat: %s', { timeout: 900_000 }, (_, text, table) => {
  const [compilations, step] = process.env['ORUS_ALL'] === '1' ? [10_000, 500] : [400, 20];
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const used: { readonly resident: number; readonly heap: number }[] = [];
  let compiled = 0;
  let tables = 0;
  const event = ({ kind }: JitEvent): void => {
    if (kind !== 'compiled' || ++compiled % step !== 0) return;
    collect();
    const { rss, heapUsed, external } = process.memoryUsage();
    used.push({ resident: rss, heap: heapUsed + external });
  };
  const compileUnit = (bytes: Uint8Array<ArrayBuffer>): HostCode => {
    const module = new WebAssembly.Module(bytes);
    if (WebAssembly.Module.imports(module).some(({ kind }) => kind === 'table')) tables++;
    return { module, optimised: false };
  };
  // Room for nothing: each unit makes the one before go.
  const tuning = { ...tiered, liveBytes: 1, unitWords: 1 };
  const { vm } = machine(text(12 * compilations), tuning, { checks: { slice: 60 }, event, compileUnit });
  const entries = vm.table.length;
  expect(vm.runProgram()).toEqual({ status: 'done' });
  expect(compiled).toBeGreaterThanOrEqual(compilations);
  expect(tables > compiled / 4).toBe(table);
  // Places in the table are used again.
  expect(vm.table.length - entries).toBeLessThan(50);
  // What the heap has after a quarter of them it has at the end; the host's own lists and holes take less than a KiB for each.
  const late = used.slice(used.length >> 2);
  const half = late.length >> 1;
  for (const [key, more] of [
    ['heap', 1024],
    ['resident', 12 * 1024 + compiled],
  ] as const) {
    const kib = late.map((each) => Math.round(each[key] / 1024));
    const grown = Math.min(...kib.slice(half)) - Math.min(...kib.slice(0, half));
    expect(grown, `KiB, ${key}: ${kib.join(' ')}`).toBeLessThan(more);
  }
});

describe('calls through any mixture of compiled and interpreted frames', () => {
  // The interpreted ones come of eviction: at most one function of the three has machine code.
  const tunings: [string, Tuning][] = [
    ['eager', EAGER_TUNING],
    ['tiered', tiered],
    ['evicting', { ...tiered, liveBytes: 1, unitWords: 1 }],
  ];
  const CALLS = `
fn down(n: i64) -> i64:
    if n == 0: return 0
    return other(n - 1) + 1

fn other(n: i64) -> i64:
    if n == 0: return 0
    fs = [down, third]
    return fs[n % 2](n - 1) + 1

fn third(n: any) -> any:
    if n == 0: return 0i64
    return down(n - 1) + 1
`;

  test.each(tunings)(
    '100 000 of them, %s',
    (_, tuning) => {
      const text = `${CALLS}\nfor i in 0..3: print(down(100000 - 2))\n`;
      const wanted = machine(text, null);
      expect(wanted.vm.runProgram()).toEqual({ status: 'done' });
      const got = machine(text, tuning, { checks: { slice: 20_000 } });
      expect(got.vm.runProgram()).toEqual({ status: 'done' });
      expect(got.output()).toBe('99998\n99998\n99998\n');
      expect([got.output(), got.vm.fuelUsed()]).toEqual([wanted.output(), wanted.vm.fuelUsed()]);
    },
    60_000,
  );

  test.each(tunings)(
    'endless ones end at the same depth with the same trace, %s',
    (_, tuning) => {
      const endless = CALLS.replaceAll('if n == 0: return 0i64', 'pass').replaceAll('if n == 0: return 0', 'pass');
      for (const end of [
        'print(down(-1))\n',
        'for i in 0..6:\n    try: print(down(-1))\n    catch e: print(e)\nprint(third(-1))\n',
      ]) {
        const limits = { depth: 3001 };
        const wanted = machine(endless + end, null, { limits });
        const outcome = wanted.vm.runProgram();
        expect(outcome.status).toBe('error');
        const got = machine(endless + end, tuning, { limits, checks: { slice: 2000 } });
        expect(got.vm.runProgram()).toEqual(outcome);
        expect([got.output(), got.vm.fuelUsed()]).toEqual([wanted.output(), wanted.vm.fuelUsed()]);
      }
    },
    60_000,
  );
});

test.each([
  ['eager', EAGER_TUNING],
  ['tiered', tiered],
])('an endless loop ends with its slice, within a millisecond, %s', (_, tuning) => {
  const WARM = 120;
  const latencies: number[] = [];
  const slices: number[] = [];
  for (let round = 0; round < 5; round++) {
    let asked = 0;
    let last = 0;
    let saidAt = 0;
    const interrupted = (): boolean => {
      const now = performance.now();
      if (asked >= WARM / 2) slices.push(now - last);
      last = now;
      if (asked + 1 === WARM) saidAt = now;
      return ++asked >= WARM;
    };
    const { vm } = machine('mut x = 0\nwhile true: x = (x + 1) & 1023\n', tuning, { host: { interrupted } });
    expect(vm.runProgram()).toMatchObject({ status: 'limit', limit: 'interrupt' });
    latencies.push(performance.now() - saidAt);
    // Asked once more on the way out: nothing was run behind the slice in which the host said so.
    expect(asked).toBeLessThanOrEqual(WARM + 1);
  }
  slices.sort((a, b) => a - b);
  console.log(
    `a slice of machine code: ${slices[slices.length >> 1]?.toFixed(3)} ms, out after ${Math.min(...latencies).toFixed(3)} ms`,
  );
  expect(Math.min(...latencies)).toBeLessThan(1);
  // A slice itself is short: half of them, because other processes run too.
  expect(slices[slices.length >> 1]).toBeLessThan(20);
});
