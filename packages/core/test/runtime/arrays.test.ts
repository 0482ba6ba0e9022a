/** Arrays: storage kinds and their transitions, parts, growth, sorting. */
import { describe, expect, test } from 'vitest';
import { checkHeap } from '../../src/runtime/heap-checker.ts';
import { PENDING, VM_FUEL } from '../../src/runtime/layout.ts';
import { bitsOfDouble, CODE, type Ref, readWord, wide, type Word, word, World } from './world.ts';

const codeNames = Object.fromEntries(Object.entries(CODE).map(([name, code]) => [code, name]));

/** One value of each type, made anew. */
function samples(world: World): Record<string, () => Word> {
  return {
    i32: () => word.i32(-5),
    u32: () => word.u32(4_000_000_000),
    i64: () => wide(world, -(2n ** 60n), CODE.i64),
    u64: () => wide(world, 2n ** 63n + 5n, CODE.u64),
    f64: () => word.f64(-0.5),
    bool: () => word.bool(true),
    string: () => word.ref(world.string('text of some length that is no byte string')),
    array: () => word.ref(world.array(CODE.i32, [1, 2])),
    range: () => world.any('range_new', 1n, 5n, 1n),
    nil: () => word.nil,
  };
}

const shown = (world: World, w: Word): string => world.display(w, 1);

describe.each([false, true])('storage transitions, stress %s', (stress) => {
  test('the first element decides, another type generalises, and nothing is lost', () => {
    const world = new World({ stress });
    const values = samples(world);
    for (const [first, makeFirst] of Object.entries(values)) {
      for (const [second, makeSecond] of Object.entries(values)) {
        world.clearRoots();
        const array = world.ref('array_new', 0, 0n);
        world.root(0, array);
        const put = (make: () => Word): string => {
          const w = make();
          world.root(1, w);
          world.call('array_push_any', array, w);
          return shown(world, w);
        };
        const texts = [put(makeFirst), put(makeFirst)];
        expect(codeNames[world.elementCode(array)]).toBe(first === 'nil' ? 'any' : first);
        texts.push(put(makeSecond));
        expect(codeNames[world.elementCode(array)]).toBe(first === 'nil' || first !== second ? 'any' : first);
        const w = makeFirst();
        world.root(1, w);
        world.call('array_set_any', array, 2n, w);
        texts[2] = shown(world, w);
        const read = texts.map((_, i) => shown(world, world.any('array_get_any', array, BigInt(i))));
        expect([first, second, ...read]).toEqual([first, second, ...texts]);
        expect(shown(world, world.any('array_pop_any', array))).toBe(texts[2]);
        expect(world.length(array)).toBe(2);
      }
    }
    world.call('gc_collect');
    expect(checkHeap(world.memory.memory).problems).toEqual([]);
  });
});

describe('elements of a promised type', () => {
  test('match, checked and generalised access', () => {
    const world = new World();
    const ints = world.array(CODE.i32, [1, 2, 3]);
    expect(world.any('array_get_slot', ints, 1n, CODE.i32)).toBe(2n);
    expect(() => world.call('array_get_slot', ints, 1n, CODE.f64)).toThrow('type: Expected f64, found i32');
    expect(() => world.call('array_get_slot', ints, 3n, CODE.f64)).toThrow('index: Array index out of bounds');
    expect(() => world.call('array_get_slot', ints, -1n, CODE.i32)).toThrow(
      'type: Array index must be a non-negative integer',
    );
    world.call('array_set_slot', ints, 0n, bitsOfDouble(2.5), CODE.f64);
    expect(world.elementCode(ints)).toBe(CODE.any);
    expect(world.any('array_get_slot', ints, 0n, CODE.f64)).toBe(bitsOfDouble(2.5));
    expect(world.any('array_get_slot', ints, 1n, CODE.i32)).toBe(2n);
    expect(() => world.call('array_get_slot', ints, 0n, CODE.i32)).toThrow('type: Expected i32, found f64');
    expect(() => world.call('array_pop_slot', ints, CODE.string)).toThrow('type: Expected string, found i32');
    expect(world.length(ints)).toBe(3);
    expect(world.any('array_pop_slot', ints, CODE.i32)).toBe(3n);
    const empty = world.ref('array_new', CODE.i64, 0n);
    expect(() => world.call('array_pop_slot', empty, CODE.i64)).toThrow('value: Cannot pop from an empty array');
    expect(() => world.call('array_pop_any', empty)).toThrow('value: Cannot pop from an empty array');
  });

  test('a typed push decides an undecided array', () => {
    const world = new World();
    const array = world.ref('array_new', CODE.undecided, 100n);
    world.call('array_push_slot', array, 7n, CODE.u64);
    expect(world.elementCode(array)).toBe(CODE.u64);
  });

  test('wide integers are boxed when storage becomes any, and stay themselves', () => {
    const world = new World({ stress: true });
    const big = 2n ** 62n;
    const array = world.array(CODE.i64, [big, -big, 1n]);
    world.root(0, array);
    world.call('array_push_any', array, word.bool(true));
    expect(world.words(array).map((w) => readWord(world, w))).toEqual([
      { type: 'i64', value: big },
      { type: 'i64', value: -big },
      { type: 'i64', value: 1n },
      { type: 'bool', value: true },
    ]);
  });
});

describe('new arrays from others', () => {
  const world = new World();
  const read = (array: Ref): number[] => world.words(array).map((w) => Number(readWord(world, w).value));
  const five = world.array(CODE.i32, [5, 6, 7, 8, 9]);
  world.root(0, five);
  const slice = (start: number, end: number, flags: number): number[] =>
    read(world.ref('array_slice', five, BigInt(start), BigInt(end), flags));

  test('classic slices', () => {
    expect(slice(0, 1, 1)).toEqual([5, 6]);
    expect(slice(3, 3, 1)).toEqual([8]);
    expect(slice(2, 5, 1)).toEqual([7, 8, 9]);
    expect(slice(5, 0, 0)).toEqual([]);
    expect(slice(5, 5, 1)).toEqual([]);
    expect(() => slice(-1, 9, 1)).toThrow('type: Array slice start must be a non-negative integer');
    expect(() => slice(9, -1, 1)).toThrow('type: Array slice end must be a non-negative integer');
    expect(() => slice(6, 9, 1)).toThrow('index: Array slice start out of bounds');
    expect(() => slice(5, 6, 1)).toThrow('index: Array slice end out of bounds');
    expect(() => slice(5, 2, 1)).toThrow('index: Array slice end before start');
  });

  test('modern slices', () => {
    expect(slice(0, 2, 5)).toEqual([5, 6]);
    expect(slice(1, 3, 7)).toEqual([6, 7, 8]);
    expect(slice(2, 2, 5)).toEqual([]);
    expect(slice(2, 0, 4)).toEqual([7, 8, 9]);
    expect(() => slice(1, 5, 7)).toThrow('index: Array slice end out of bounds');
    expect(() => slice(3, 2, 7)).toThrow('index: Array slice start after end');
    expect(() => slice(0, 0, 5 + 8)).toThrow('index: Array slice start out of bounds');
  });

  test('repetition', () => {
    expect(read(world.ref('array_repeat', five, 3n))).toEqual([5, 6, 7, 8, 9, 5, 6, 7, 8, 9, 5, 6, 7, 8, 9]);
    expect(read(world.ref('array_repeat', five, 0n))).toEqual([]);
    expect(read(world.ref('array_repeat', world.array(CODE.i32, []), 10n ** 15n))).toEqual([]);
    for (const count of [-1n, 2n ** 31n, 2n ** 62n])
      expect(() => world.call('array_repeat', five, count)).toThrow('runtime: Array repetition requires');
    expect(() => world.call('array_repeat', five, 400_000_000n)).toThrow('memory: Out of memory');
  });

  test('fills', () => {
    expect(read(world.ref('array_fill', word.i32(7), 4n, CODE.i32))).toEqual([7, 7, 7, 7]);
    expect(read(world.ref('array_fill', word.bool(true), 3n, CODE.undecided))).toEqual([1, 1, 1]);
    expect(world.elementCode(world.ref('array_fill', word.nil, 2n, CODE.undecided))).toBe(CODE.any);
    expect(world.elementCode(world.ref('array_fill', word.i32(1), 2n, CODE.any))).toBe(CODE.any);
    expect(world.elementCode(world.ref('array_fill', word.i32(1), 0n, CODE.undecided))).toBe(CODE.undecided);
    for (const count of [-1n, 2n ** 31n])
      expect(() => world.call('array_fill', word.i32(1), count, CODE.i32)).toThrow('runtime: Array length must be');
  });
});

test('ten million pushes are linear and keep every element', () => {
  const world = new World({ memory: 1 << 29 });
  const array = world.ref('array_new', CODE.i32, 0n);
  world.root(0, array);
  const push = world.core['array_push_slot'] as (array: number, slot: bigint, code: number) => void;
  const values = Array.from({ length: 1024 }, (_, i) => BigInt(i));
  const before = world.fuel();
  const count = 10_000_000;
  let at = 0;
  while (at < count) {
    for (let i = 0; i < 500; i++) push(array, values[(at + i) & 1023] as bigint, CODE.i32);
    if (world.get('PENDING') !== 0) {
      // From there on nothing was pushed; the one that could not be is done the careful way.
      world.set('PENDING', 0);
      world.call('array_push_slot', array, values[world.length(array) & 1023] as bigint, CODE.i32);
    }
    at = world.length(array);
  }
  expect(world.length(array)).toBe(at);
  expect(Number(before - world.fuel())).toBeLessThan(3 * ((4 * at) / 16));
  const elements = new Int32Array(world.memory.memory.buffer, world.elements(array), at);
  for (let i = 0; i < at; i += 997) expect(elements[i]).toBe(i & 1023);
});

describe('sorted', () => {
  const world = new World({ stress: false });
  let state = 12345;
  const random = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return state % below;
  };
  const sorted = (array: Ref): ReturnType<typeof readWord>[] =>
    world.words(world.ref('array_sorted', array)).map((w) => readWord(world, w));
  const lengths = [0, 1, 2, 7, 8, 9, 16, 17, 100, 1000, 3333];

  test('integers of every type, typed and any', () => {
    for (const length of lengths) {
      for (const code of [CODE.i32, CODE.u32, CODE.i64, CODE.u64]) {
        const bits = code === CODE.i32 || code === CODE.u32 ? 32 : 64;
        const signed = code === CODE.i32 || code === CODE.i64;
        const values = Array.from({ length }, () => {
          const raw = (BigInt(random(2 ** 30)) << 34n) ^ (BigInt(random(2 ** 30)) << 4n) ^ BigInt(random(16));
          const small = random(2) === 0 ? raw & 15n : raw;
          return signed ? BigInt.asIntN(bits, small) : BigInt.asUintN(bits, small);
        });
        const expected = [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
        const typed = world.array(
          code,
          values.map((v) => BigInt.asUintN(bits, v)).map((v) => BigInt.asIntN(64, v)),
        );
        expect(sorted(typed).map((w) => w.value)).toEqual(expected);
        const anys = world.anyArray(typedWords(values, code));
        expect(sorted(anys).map((w) => w.value)).toEqual(expected);
      }
    }
  });

  function typedWords(values: readonly bigint[], code: number): Word[] {
    return values.map((value) =>
      code === CODE.i32
        ? word.i32(Number(value))
        : code === CODE.u32
          ? word.u32(Number(value))
          : wide(world, value, code),
    );
  }

  test('doubles: NaN last, zeros keep their order', () => {
    const values = Array.from(
      { length: 500 },
      (_, i) => [NaN, 0, -0, Infinity, -Infinity, random(100) / 7, -random(5)][i % 7] ?? 0,
    );
    const expected = [...values].sort((a, b) =>
      Number.isNaN(a) ? (Number.isNaN(b) ? 0 : 1) : Number.isNaN(b) ? -1 : a < b ? -1 : a > b ? 1 : 0,
    );
    expect(
      sorted(
        world.array(
          CODE.f64,
          values.map((v) => BigInt.asIntN(64, bitsOfDouble(v))),
        ),
      ).map((w) => w.value),
    ).toEqual(expected);
    expect(sorted(world.anyArray(values.map(word.f64))).map((w) => w.value)).toEqual(expected);
  });

  test('bools and strings, stable', () => {
    const bools = Array.from({ length: 77 }, () => random(2));
    expect(sorted(world.array(CODE.bool, bools)).map((w) => Number(w.value))).toEqual([...bools].sort());
    const texts = Array.from(
      { length: 400 },
      () => 'x'.repeat(random(5)) + String(random(50)) + String.fromCharCode(128 + random(100)).repeat(random(30)),
    );
    const refs = texts.map((text) => {
      const half = text.length >> 1;
      return random(2) === 0
        ? world.string(text)
        : world.ref('str_concat', world.string(text.slice(0, half)), world.string(text.slice(half)));
    });
    const order = refs
      .map((_, i) => i)
      .sort((a, b) => ((texts[a] ?? '') < (texts[b] ?? '') ? -1 : (texts[a] ?? '') > (texts[b] ?? '') ? 1 : a - b));
    expect(world.words(world.ref('array_sorted', world.array(CODE.string, refs))).map(Number)).toEqual(
      order.map((i) => refs[i]),
    );
    expect(world.words(world.ref('array_sorted', world.anyArray(refs.map(word.ref)))).map(Number)).toEqual(
      order.map((i) => refs[i]),
    );
  });

  /** Sorts with so much fuel at a time; `atStop` is called at each stop, the source is emptied behind the last. */
  function sortedInPieces(texts: readonly string[], portion: bigint, atStop: (stop: number, world: World) => void) {
    const world = new World({ stress: false });
    const array = world.array(CODE.string, []);
    world.root(0, array);
    for (const text of texts) {
      world.root(1, world.string(text));
      world.call('array_push_slot', array, world.rooted(1), CODE.string);
    }
    let given = 0n;
    world.memory.setI64(VM_FUEL, given);
    for (let stops = 0; ; stops++) {
      const { result, pending } = world.attempt('array_sorted', array);
      if (pending === PENDING.none) {
        world.root(1, result);
        world.memory.bytes(world.elements(array), 4 * texts.length).fill(0);
        world.attempt('gc_collect');
        const sorted = world.words(Number(world.rooted(1))).map((ref) => world.text(Number(ref)));
        return { sorted, stops, fuel: given - world.fuel() };
      }
      expect(pending).toBe(PENDING.fuel);
      atStop(stops, world);
      given += portion;
      world.memory.setI64(VM_FUEL, world.fuel() + portion);
    }
  }
  const texts = (length: number): string[] =>
    Array.from({ length }, () => 'common start of all '.repeat(3) + String(random(1_000_000)));

  test('in pieces, while the collector works: same result, same fuel', () => {
    const some = texts(3000);
    const whole = sortedInPieces(some, 1_000_000_000n, () => {});
    expect(whole.sorted).toEqual([...some].sort());
    for (const portion of [977n, 20_000n]) {
      const pieces = sortedInPieces(some, portion, (stop, world) => {
        world.attempt(stop % 7 === 0 ? 'gc_collect' : 'gc_step');
      });
      expect(pieces.sorted).toEqual(whole.sorted);
      expect(pieces.fuel).toBe(whole.fuel);
      expect(pieces.stops).toBeGreaterThan(5);
    }
  });

  test('a result that was traced before everything stood in it loses nothing', () => {
    // So many that the last merge goes from the other buffer into the result, and tracing takes several steps.
    const many = texts(130_000);
    const { stops, sorted } = sortedInPieces(many, 200_000n, () => {});
    const again = sortedInPieces(many, 200_000n, (stop, world) => {
      // The result is traced in these, its source is not.
      if (stop === stops - 1) for (let step = 0; step < 3; step++) world.attempt('gc_step');
    });
    expect(again.sorted.join()).toBe(sorted.join());
  }, 120_000);

  test('what cannot be compared', () => {
    const message = 'runtime: sorted() requires an array of comparable elements';
    expect(() => world.call('array_sorted', world.anyArray([word.i32(1), word.f64(2)]))).toThrow(message);
    expect(() => world.call('array_sorted', world.array(CODE.array, [world.array(CODE.i32, [1])]))).toThrow(message);
    expect(() => world.call('array_sorted', world.anyArray([word.nil]))).toThrow(message);
    expect(() => world.call('any_sorted', word.i32(1))).toThrow(message);
    expect(world.length(world.ref('any_sorted', word.ref(world.anyArray([]))))).toBe(0);
  });
});
