/**
 * When machine code is made and when it goes, by counts: nothing here measures time. `ORUS_ALL=1` compiles and removes 10 000 times.
 */
import { describe, expect, test } from 'vitest';
import { checkProgram } from '../../../src/compile.ts';
import { type Checks, DEFAULT_CHECKS, DEFAULT_LIMITS, type Engine, type Limits } from '../../../src/engine/engine.ts';
import { interpEngine } from '../../../src/engine/interp/interp.ts';
import { createJitEngine } from '../../../src/engine/jit/jit.ts';
import { unitsInMemory, type KeptUnit, type UnitStore } from '../../../src/engine/jit/kept-units.ts';
import type { CompileUnit } from '../../../src/engine/jit/link-unit.ts';
import type { FuncIndex } from '../../../src/isa/program.ts';
import { JitMeter } from '../../../src/engine/jit/metering.ts';
import type { JitEvent } from '../../../src/engine/jit/observer.ts';
import { EAGER_TUNING, tuningFor } from '../../../src/engine/jit/tuning.ts';
import { Session } from '../../../src/session.ts';
import { inTurn, valuesInTurn } from './programs.ts';

const loader = { resolve: () => ({ tried: [] }) };
const tuning = tuningFor({ threshold: 1 });

function run(engine: Engine, text: string, checks: Partial<Checks> = {}, limits: Partial<Limits> = {}) {
  const { diagnostics, prepared } = checkProgram({ path: 'a.orus', text }, { loader });
  expect(diagnostics).toEqual([]);
  if (prepared === null) throw new Error('not compiled');
  let output = '';
  let asked = 0;
  const host = {
    write: (bytes: Uint8Array) => {
      output += new TextDecoder().decode(bytes);
    },
    readLine: () => null,
    now: () => 0,
    interrupted: () => {
      asked++;
      return false;
    },
  };
  const instance = engine.create(prepared, host, { ...DEFAULT_LIMITS, ...limits }, { ...DEFAULT_CHECKS, ...checks });
  const outcome = instance.run();
  return { outcome, output, asked, stats: instance.stats() as Readonly<Record<string, number>> };
}

function without(kept: KeptUnit | null, change: Partial<KeptUnit>): KeptUnit | null {
  return kept && { ...kept, ...change };
}

/** Calls of other units as if they had been calls of bytecode. */
function indirect(kept: KeptUnit | null): KeptUnit | null {
  if (kept === null) return null;
  const { outer } = kept.unit;
  return { ...kept, unit: { ...kept.unit, outer: new Map(), interpreted: [...outer.keys()] } };
}

test('a host that does not compile is asked once, and everything is interpreted', () => {
  let asked = 0;
  const events: JitEvent[] = [];
  const engine = createJitEngine({
    tuning,
    compileUnit: () => {
      asked++;
      throw new WebAssembly.CompileError('forbidden here');
    },
    observer: { event: (event) => events.push(event) },
  });
  const interpreted = run(interpEngine, inTurn(3000));
  const { outcome, output, stats } = run(engine, inTurn(3000), { slice: 1000 });
  expect({ outcome, output }).toEqual({ outcome: interpreted.outcome, output: interpreted.output });
  expect(stats['fuel']).toBe(interpreted.stats['fuel']);
  expect(stats['jit.unavailable']).toBe(1);
  expect(stats['jit.units']).toBe(0);
  expect(asked).toBe(1);
  expect(events).toEqual([{ kind: 'unavailable', why: 'forbidden here' }]);
});

test('a program that ends soon compiles nothing', () => {
  expect(run(createJitEngine(), 'print("hello")').stats['jit.units']).toBe(0);
});

test('small functions that are hot at the same time are one unit', () => {
  // both call themselves, so that nobody takes them in
  const text = valuesInTurn(1000)
    .replace('    mut sum = 0\n', '    if n < 0: return a(-n, f)\n    mut sum = 0\n')
    .replace('-> i64: n + 1', '-> i64:\n    if n == 0: return 1\n    return more(n - 1) + 1');
  const unitsFor = (batchWords: number): string[][] => {
    const units: string[][] = [];
    const event = (each: JitEvent): void => {
      if (each.kind === 'compiled') units.push(each.parts.map(({ name }) => name));
    };
    run(
      createJitEngine({ tuning: { ...tuning, callers: 60, onceWords: 1000, batchWords }, observer: { event } }),
      text,
      { slice: 1000 },
    );
    return units;
  };
  // with the adapter of what is a value
  expect(unitsFor(1000)[0]).toEqual(['more', 'a', 'more']);
  expect(unitsFor(0).slice(0, 2)).toEqual([['more', 'more'], ['a']]);
});

test('a loop that is entered calls what it calls directly, whoever was hot first', () => {
  const text =
    'fn down(n: i64) -> i64:\n    if n == 0: return 1\n    return down(n - 1) + 1\n' +
    'fn last(n: i64) -> i64:\n    if n == 0: return 2\n    return last(n - 1) + 1\n' +
    'mut sum = 0\nfor i in 0..400:\n    for k in 0..100: sum += k & i\n    sum += down(3)\nprint(sum, last(3))\n';
  const units: string[][] = [];
  const event = (each: JitEvent): void => {
    if (each.kind === 'compiled') units.push(each.parts.map(({ name }) => name));
  };
  run(createJitEngine({ tuning, observer: { event } }), text, { slice: 1000 });
  expect(units[0]).toEqual(['a.orus', 'down']);
});

test('adapters of hot functions have machine code too', () => {
  const text =
    'fn all(items, f):\n    mut sum = 0\n    for item in items: sum += f(item)\n    return sum\n' +
    'fs = [fn(n): n % 7, fn(n): n % 5]\nxs = [1, 2, 3, 4, 5, 6, 7, 8]\n' +
    'mut sum = 0\nfor i in 0..40000: sum += all(xs, fs[i % 2])\nprint(sum)\n';
  const meter = new JitMeter();
  const { output } = run(createJitEngine({ tuning, instruments: meter, observer: meter }), text);
  expect(output).toBe(run(interpEngine, text).output);
  const { exits } = meter.report();
  const calls = exits.filter(({ reason }) => reason === 'callee is interpreted');
  // of 320 000
  expect(calls.reduce((sum, { count }) => sum + count, 0)).toBeLessThan(100_000);
});

test('a unit imports what it calls', () => {
  const imports: string[][] = [];
  const engine = createJitEngine({
    tuning,
    compileUnit: (bytes) => {
      const module = new WebAssembly.Module(bytes);
      const names = WebAssembly.Module.imports(module).map(({ module: from, name }) => `${from}.${name}`);
      imports.push(names.sort());
      return { module, optimised: true };
    },
  });
  run(engine, inTurn(3000), { slice: 1000 });
  // that of `a`, which calls itself
  expect(imports).toContainEqual(['core.trap_error', 'env.memory', 'interp.enter', 'interp.run', 'tiers.refill']);
});

describe('units of an earlier run', () => {
  const runs = (kept: UnitStore, text: string): { made: number; again: number; output: string } => {
    let made = 0;
    let again = 0;
    const compileUnit: CompileUnit = (bytes, wanted) => {
      made++;
      if (wanted) again++;
      return { module: new WebAssembly.Module(bytes), optimised: true };
    };
    const engine = createJitEngine({ tuning, compileUnit, kept: () => kept });
    const { output, stats } = run(engine, text, { slice: 1000 });
    expect(stats['fuel']).toBe(run(interpEngine, text).stats['fuel']);
    return { made, again, output };
  };

  test('are taken as they are', () => {
    const kept = unitsInMemory();
    const first = runs(kept, valuesInTurn(3000));
    expect(first.made).toBeGreaterThan(1);
    expect(runs(kept, valuesInTurn(3000))).toEqual({ ...first, made: 0 });
  });

  test('go to the host as they are, if it could not keep its own code', () => {
    const kept = unitsInMemory();
    const first = runs(kept, inTurn(3000));
    const bytesOnly = { ...kept, find: (request: string) => without(kept.find(request), { code: null }) };
    expect(runs(bytesOnly, inTurn(3000))).toEqual({ ...first, again: first.made });
  });

  test('are made anew where what they call may collect unexpectedly, has no machine code, or has some now', () => {
    const text = `
fn grow(n: i64) -> [i64]:
    if n == 0: return [n]
    items = grow(n - 1)
    push(items, n)
    return items

fn user(n: i64) -> i64:
    if n == 0: return 0
    return user(n - 1) + len(grow(n)) as i64

mut sum = 0
for i in 0..400:
    for j in 0..20: sum += len(grow(6)) as i64
    sum += user(6)
print(sum)
`;
    const kept = unitsInMemory();
    const first = runs(kept, text);
    const changed = (change: (func: FuncIndex) => [FuncIndex, boolean]): UnitStore => ({
      ...kept,
      find: (request) => {
        const found = kept.find(request);
        return found && { ...found, unit: { ...found.unit, outer: new Map([...found.unit.outer.keys()].map(change)) } };
      },
    });
    expect(runs(kept, text)).toEqual({ ...first, made: 0 });
    const careless = runs(
      changed((func) => [func, false]),
      text,
    );
    expect(careless.output).toBe(first.output);
    expect(careless.made).toBeGreaterThan(0);
    const lost = runs(
      changed(() => [99 as FuncIndex, true]),
      text,
    );
    expect(lost.output).toBe(first.output);
    expect(lost.made).toBeGreaterThan(0);
    const slow = { ...kept, find: (request: string) => indirect(kept.find(request)) };
    expect(runs(slow, text).made).toBeGreaterThan(0);
  });

  test('are not asked for when guesses have failed', () => {
    const text = `
fn at(items: [i64], i: i64) -> i64:
    if i < 0: return at(items, i + 3)
    return items[i]

mut sum = 0
for i in 0..4000: sum += at([1, 2, 3], i % 2 - 3)
print(sum)
`;
    const kept = unitsInMemory();
    const counted = (wrong: boolean): { asked: number; made: number } => {
      let asked = 0;
      let made = 0;
      const engine = createJitEngine({
        tuning: { ...tuning, wrong: () => wrong },
        compileUnit: (bytes) => {
          made++;
          return { module: new WebAssembly.Module(bytes), optimised: true };
        },
        kept: () => ({
          ...kept,
          find: () => {
            asked++;
            return null;
          },
        }),
      });
      expect(run(engine, text, { slice: 1000 }).output).toBe('6000\n');
      return { asked, made };
    };
    const right = counted(false);
    expect(right.asked).toBeGreaterThanOrEqual(right.made);
    const wrong = counted(true);
    expect(wrong.asked).toBeLessThan(wrong.made);
  });
});

describe('room', () => {
  const rounds = process.env['ORUS_ALL'] === '1' ? 62_000 : 2000;

  test('what is coldest goes, and comes again', () => {
    const events: JitEvent[] = [];
    const observer = { event: (event: JitEvent) => void events.push(event) };
    // Room for nothing: each unit makes the one before go.
    const engine = createJitEngine({ tuning: { ...tuning, liveBytes: 1, unitWords: 1 }, observer });
    const text = inTurn(rounds);
    const { output, stats } = run(engine, text, { slice: 60 });
    const interpreted = run(interpEngine, text);
    expect(output).toBe(interpreted.output);
    expect(stats['fuel']).toBe(interpreted.stats['fuel']);
    const compiled = events.filter(({ kind }) => kind === 'compiled').length;
    expect(stats['jit.units']).toBe(compiled);
    expect(compiled).toBeGreaterThan(rounds / 10);
    expect(stats['jit.evicted']).toBeGreaterThanOrEqual(compiled - 2);
    // One unit is live at the end, and what it calls, however many there were.
    const largest = Math.max(...events.flatMap((event) => (event.kind === 'compiled' ? [event.bytes] : [])));
    expect(stats['jit.live-bytes']).toBeLessThanOrEqual(2 * largest);
  }, 600_000);
});

describe('limits in machine code', () => {
  const engines = [
    ['eager', createJitEngine({ tuning: EAGER_TUNING })],
    ['tiered', createJitEngine({ tuning })],
  ] as const;

  test.each(engines)('an endless loop stops at the same unit of fuel, %s', (_, engine) => {
    for (const text of [
      'while true: pass\n',
      'fn f(n: i64) -> i64:\n    while true: pass\n    return n\n\nprint(f(1))\n',
    ]) {
      const { outcome, stats, asked } = run(engine, text, {}, { fuel: 10_000_001 });
      const interpreted = run(interpEngine, text, {}, { fuel: 10_000_001 });
      expect(outcome).toEqual(interpreted.outcome);
      expect(stats['fuel']).toBe(interpreted.stats['fuel']);
      // The driver is asked at the end of every slice: eight usual ones in machine code.
      expect(asked).toBeGreaterThanOrEqual(10_000_001 / (8 * DEFAULT_CHECKS.slice));
    }
  });

  test.each(engines)('calls nest as deep as in the interpreter, %s', (_, engine) => {
    const text =
      'fn f(n: i64) -> i64:\n    if n == 0: return 0\n    return f(n - 1) + 1\n\nfor i in 0..3: print(f(100000))\n';
    expect(run(engine, text).output).toBe('100000\n100000\n100000\n');
    const endless = 'fn f(n: i64) -> i64: return f(n + 1) + 1\nprint(f(0))\n';
    const limits = { depth: 5000 };
    expect(run(engine, endless, {}, limits).outcome).toEqual(run(interpEngine, endless, {}, limits).outcome);
    const caught =
      'fn f(n: i64) -> i64: return f(n + 1) + 1\nfor i in 0..20:\n    try: print(f(0))\n    catch e: print(e)\n';
    expect(run(engine, caught, {}, limits).output).toBe(run(interpEngine, caught, {}, limits).output);
  });

  test('large frames end where the frame stack does', () => {
    const names = Array.from({ length: 200 }, (_, i) => `v${i}`);
    const text =
      'mut deepest = 0\nfn f(n: i64, k: i64) -> i64:\n    deepest = n\n' +
      names.map((name, i) => `    ${name} = (n ^ ${i}) * k\n`).join('') +
      '    mut r = f(n + 1, k)\n' +
      names.map((name) => `    r = r ^ ${name}\n`).join('') +
      '    return r\ntry: print(f(0, 3))\ncatch e: print(deepest, e)\n';
    const limits = { depth: 200_000 };
    const { output } = run(createJitEngine({ tuning: EAGER_TUNING }), text, {}, limits);
    expect(output).toBe(run(interpEngine, text, {}, limits).output);
    expect(Number.parseInt(output, 10)).toBeLessThan(199_000);
  });
});

describe('how much is machine code', () => {
  const SUITE: Readonly<Record<string, string>> = {
    loop: 'mut sum = 0\nfor i in 0..2000000:\n    if i % 3 == 0: sum += i\nprint(sum)\n',
    calls: 'fn fib(n: i64) -> i64: return n if n < 2 else fib(n - 1) + fib(n - 2)\nprint(fib(24))\n'.replace(
      'return n if n < 2 else fib(n - 1) + fib(n - 2)',
      '\n    if n < 2: return n\n    return fib(n - 1) + fib(n - 2)',
    ),
    arrays:
      'xs = [0.0; 1000]\nmut sum = 0.0\nfor r in 0..500:\n    for i in 0..1000:\n        xs[i] = xs[i] + 1.5\n        sum += xs[i]\nprint(sum)\n',
    text: 'mut n = 0\ns = "some words that are read again and again"\nfor r in 0..20000:\n    for i in 0..len(s):\n        if s[i] == " ": n += 1\nprint(n)\n',
  };

  test.each(Object.entries(SUITE))(
    '%s: nine of ten instructions',
    (_, text) => {
      const meter = new JitMeter();
      const { output } = run(createJitEngine({ tuning, instruments: meter, observer: meter }), text);
      expect(output).toBe(run(interpEngine, text).output);
      const { instructions, loops: hottest, units } = meter.report();
      expect(instructions.native / (instructions.native + instructions.interpreted)).toBeGreaterThan(0.9);
      // few units, and what is hot is in them
      expect(units.length).toBeLessThanOrEqual(4);
      for (const { fuel, native } of hottest.slice(0, 1)) expect(fuel === 0 || native > 0.5).toBe(true);
    },
    60_000,
  );

  test('what the meter counts is what the interpreter counts', () => {
    const text = 'mut sum = 0\nfor i in 0..20000: sum += i\nprint(sum)\n';
    const total = (engine: (meter: JitMeter) => Engine): number => {
      const meter = new JitMeter();
      run(engine(meter), text, { slice: 10_000_000 });
      const { native, interpreted } = meter.report().instructions;
      return native + interpreted;
    };
    const never = { ...tuning, threshold: 1e9 };
    const interpreted = total((meter) => createJitEngine({ tuning: never, instruments: meter }));
    const compiled = total((meter) => createJitEngine({ tuning: EAGER_TUNING, instruments: meter }));
    // the way into machine code is an instruction of the interpreter
    expect(compiled - interpreted).toBeLessThanOrEqual(2);
    expect(compiled).toBeGreaterThanOrEqual(interpreted);
  });
});

test('functions have their names in the host', () => {
  const names: string[] = [];
  const compileUnit = (bytes: Uint8Array<ArrayBuffer>) => {
    const module = new WebAssembly.Module(bytes);
    for (const section of WebAssembly.Module.customSections(module, 'name'))
      names.push(new TextDecoder('latin1').decode(new Uint8Array(section)));
    return { module, optimised: false };
  };
  run(
    createJitEngine({ tuning: EAGER_TUNING, compileUnit }),
    'fn spin(n: i64) -> i64: return n + 1\nprint(spin, spin(1))\n',
  );
  expect(names.join()).toContain('spin');
});

test('sessions have machine code too, of one entry after another', () => {
  let output = '';
  const host = {
    write: (bytes: Uint8Array) => {
      output += new TextDecoder().decode(bytes);
    },
    readLine: () => null,
    now: () => 0,
  };
  const session = new Session(createJitEngine({ tuning }), host, { loader, checks: { ...DEFAULT_CHECKS, slice: 500 } });
  session.evaluate('fn sum(n: i64) -> i64:\n    mut s = 0\n    for i in 0..n: s += i\n    return s\n');
  expect(session.evaluate('sum(20000)')).toMatchObject({ status: 'done', value: '199990000' });
  expect(session.evaluate('mut t = 0\nfor i in 0..3000: t += sum(10)\nt')).toMatchObject({ value: '135000' });
  expect(session.evaluate('for i in 0..3000: t += sum(10)\nt')).toMatchObject({ value: '270000' });
  expect(session.stats()?.['jit.units']).toBeGreaterThan(1);
  expect(output).toBe('');
});

test('an endless loop in machine code gives control back after the slices it was given', () => {
  let stop = false;
  let asked = 0;
  // A loop that does not come back ends all the same.
  const interrupted = (): boolean => stop || ++asked > 100_000;
  const host = { write: () => undefined, readLine: () => null, now: () => 0, interrupted };
  const session = new Session(createJitEngine({ tuning }), host, { loader, checks: { ...DEFAULT_CHECKS, slice: 500 } });
  const evaluation = session.begin('mut x = 0\nwhile true: x = x + 1\n');
  for (let turn = 0; turn < 40; turn++) expect(evaluation.advance(10)).toBe(null);
  expect(session.stats()?.['jit.units']).toBeGreaterThan(0);
  stop = true;
  expect(evaluation.advance(10)).toMatchObject({ status: 'limit', limit: 'interrupt' });
});
