/** Allocation and collection: random graphs, exact limits, the restart contract, marking in steps. */
import { describe, expect, test } from 'vitest';
import type { BytecodeType } from '../../src/isa/program.ts';
import { CORE_REGS, FUEL_WANTED } from '../../src/runtime/core-registers.ts';
import { checkHeap } from '../../src/runtime/heap-checker.ts';
import { LAYOUT, PENDING, VM_FUEL } from '../../src/runtime/layout.ts';
import { accountedBytes, CLASS_BYTES, sizeClassOf, SMALL_MAX } from '../../src/runtime/size-classes.ts';
import { CODE, type Ref, wide, type Word, word, World } from './world.ts';

const field = (name: string, code: number, kind: 'i32' | 'i64' | 'f64' | 'ref' | 'any') => ({
  name,
  code: code as never,
  kind,
  arity: 0,
});
const NODE = 16;
const types: BytecodeType[] = [
  {
    kind: 'struct',
    name: 'Node',
    fields: [field('left', NODE, 'ref'), field('key', CODE.i64, 'i64'), field('right', CODE.any, 'any')],
    methods: [],
  },
  {
    kind: 'enum',
    name: 'Tree',
    variants: [
      { name: 'Leaf', payload: [] },
      { name: 'Fork', payload: [field('a', CODE.any, 'any'), field('b', CODE.string, 'ref')] },
    ],
  },
];

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function check(world: World, exact: boolean): void {
  const report = checkHeap(world.memory.memory);
  expect(report.problems).toEqual([]);
  if (exact) expect(report.liveBytes).toBe(world.get('ALLOC_BYTES'));
}

test('size classes are the same on both sides', () => {
  const world = new World();
  for (let bytes = 16; bytes <= 3000; bytes += 4) {
    world.call('gc_collect');
    const before = world.get('ALLOC_BYTES');
    world.set('COLLECTING_OFF', 1); // cells one by one
    world.attempt('gc_alloc', bytes, (LAYOUT.bufferRaw << 8) | (CODE.bool << 16), bytes - 8);
    expect(world.get('ALLOC_BYTES') - before).toBe(accountedBytes(bytes));
    if (bytes <= SMALL_MAX) expect(CLASS_BYTES[sizeClassOf(bytes)]).toBeGreaterThanOrEqual(bytes);
    world.set('COLLECTING_OFF', 0);
  }
});

/** A graph in the machine and its picture outside: a node's children by slot. */
function mutate(world: World, steps: number, seed: number, collect: (step: number) => void): void {
  const random = generator(seed);
  interface Node {
    ref: Ref;
    key: number;
    left: Node | null;
    right: Node | null;
    text: string;
  }
  const SLOTS = 64;
  const roots: (Node | null)[] = Array.from({ length: SLOTS }, () => null);
  const store = (object: Ref, offset: number, value: Word): void => {
    world.memory.setI64(object + offset, BigInt.asIntN(64, value));
    if (world.get('GC_PHASE') !== 0) world.call('gc_barrier', object, BigInt.asIntN(64, value));
  };
  for (let step = 0; step < steps; step++) {
    const slot = random(SLOTS);
    const other = roots[random(SLOTS)] ?? null;
    const here = roots[slot] ?? null;
    switch (random(6)) {
      case 0:
      case 1: {
        const text = String(step).repeat(1 + random(30));
        const string = world.string(text);
        world.root(100, string);
        const number = wide(world, BigInt(step) + 2n ** 50n, CODE.u64);
        world.root(101, number);
        const box = world.enumValue(1, 1, [number, string]);
        world.root(100, box);
        const node = world.struct(0, [other?.ref ?? 0, step, box]);
        roots[slot] = { ref: node, key: step, left: other, right: null, text };
        world.root(slot, node);
        break;
      }
      case 2:
        if (here) {
          store(here.ref, 8, BigInt(other?.ref ?? 0));
          here.left = other;
        }
        break;
      case 3:
        if (here) {
          // The enum value goes into an array, between strangers.
          const array = world.ref('array_new', CODE.any, 0n);
          world.root(100, array);
          const old = world.memory.i64(here.ref + 24);
          for (let i = 0; i < random(40); i++) world.call('array_push_any', array, word.i32(i));
          world.call('array_push_any', array, BigInt.asUintN(64, old));
          if (random(2) === 0) world.call('array_set_any', array, 0n, word.ref(here.ref));
          store(here.ref, 24, world.any('array_get_any', array, BigInt(world.length(array) - 1)));
        }
        break;
      case 4:
        roots[slot] = here?.left ?? null;
        world.root(slot, roots[slot]?.ref ?? 0);
        break;
      default:
        world.alloc(16 + 8 * random(200), LAYOUT.bufferRaw, CODE.i64, random(200) + 1);
    }
    collect(step);
  }
  const seen = new Set<Node>();
  const work = roots.filter((node): node is Node => node !== null);
  for (let node = work.pop(); node !== undefined; node = work.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    expect(world.memory.i64(node.ref + 16)).toBe(BigInt(node.key));
    expect(world.memory.u32(node.ref + 8)).toBe(node.left?.ref ?? 0);
    const box = world.memory.u32(node.ref + 24);
    // Case 3 with one element stores the node in its own place.
    if (world.memory.u8(box + 1) === LAYOUT.enum) expect(world.text(world.memory.u32(box + 16))).toBe(node.text);
    if (node.left) work.push(node.left);
  }
  expect(seen.size).toBeGreaterThan(SLOTS / 4);
}

describe('random graphs survive', () => {
  test('whole collections at random points', () => {
    const world = new World({ types });
    const random = generator(99);
    mutate(world, 20_000, 1, () => {
      if (random(800) !== 0) return;
      world.call('gc_collect');
      check(world, true);
    });
  });

  test('a collection at every allocation', () => {
    const world = new World({ types, stress: true });
    mutate(world, 1500, 2, (step) => {
      if (step % 100 === 0) check(world, false);
    });
  });

  test('marking in steps, between mutations', () => {
    const world = new World({ types });
    const random = generator(5);
    let cycles = 0;
    mutate(world, 30_000, 3, () => {
      if (random(200) !== 0) return;
      // A tiny budget: begin a cycle and leave it unfinished by filling the mark stack with work.
      world.call('gc_step');
      if (world.get('GC_PHASE') === 0) cycles++;
      check(world, false);
    });
    expect(cycles).toBeGreaterThan(10);
  });
});

test('a long marking is spread over many steps', () => {
  const world = new World({ types });
  const array = world.ref('array_new', CODE.any, 0n);
  world.root(0, array);
  // A list and a big array of nodes: more slots than one step looks at.
  let list = 0;
  for (let i = 0; i < 60_000; i++) {
    list = world.struct(0, [list, i, word.i32(i)]);
    world.root(1, list);
    world.call('array_push_any', array, word.ref(list));
  }
  world.call('gc_step');
  let steps = 1;
  while (world.get('GC_PHASE') !== 0) {
    // Meanwhile a node moves from the unmarked end of the list to where marking has been.
    const node = world.struct(0, [0, -steps, word.nil]);
    world.call('array_set_any', array, BigInt(steps), word.ref(node));
    world.call('gc_step');
    steps++;
  }
  expect(steps).toBeGreaterThan(3);
  check(world, false);
  for (let i = 1; i < steps; i++)
    expect(world.memory.i64(Number(world.any('array_get_any', array, BigInt(i))) + 16)).toBe(BigInt(-i));
  world.call('gc_collect');
  check(world, true);
});

test('a mark stack that cannot grow loses nothing', () => {
  const world = new World({ types, memory: 1 << 24, physical: 5 << 20 });
  // The first stack, of 64 KiB.
  world.call('gc_collect');
  world.set('GC_TRIGGER', 8 << 20);
  let list = 0;
  for (let i = 0; i < 30_000; i++) {
    // Left-deep with a struct on the right: every node on the way leaves one waiting.
    const leaf = world.struct(0, [0, i, word.nil]);
    world.root(1, leaf);
    list = world.struct(0, [leaf, i, word.ref(list) === 0n ? word.nil : word.ref(list)]);
    world.root(0, list);
  }
  const live = checkHeap(world.memory.memory).liveBytes;
  // Then memory that neither has a free chunk nor grows.
  const hogs: number[] = [];
  const take = (size: number): boolean => {
    world.set('COLLECTING_OFF', 1);
    world.memory.setU32(CORE_REGS.FULL_DONE, 1);
    const { result } = world.attempt('gc_alloc', size, (LAYOUT.bufferRaw << 8) | (CODE.bool << 16), size - 8);
    hogs.push(Number(result));
    world.set('COLLECTING_OFF', 0);
    return result !== 0;
  };
  for (let size = 1 << 22; size > 512; size = Math.floor(size / 2)) while (take(size));
  world.call('gc_collect');
  expect(world.get('MARK_CAPACITY')).toBe(1 << 16);
  expect(world.get('ALLOC_BYTES')).toBe(live);
  check(world, true);
});

describe('the limit', () => {
  /** Pushes strings of some size into an array until memory is out; gives how many went in. */
  function fill(world: World, bytes: number): number {
    const array = world.ref('array_new', CODE.any, 4096n);
    world.root(0, array);
    const garbage = generator(bytes);
    for (let count = 0; ; count++) {
      try {
        const text = world.alloc(bytes, LAYOUT.string, CODE.string, bytes - 12);
        world.root(1, text);
        world.call('array_push_any', array, word.ref(text));
        world.root(1, 0);
      } catch (error) {
        expect(String(error)).toContain('memory: Out of memory');
        return count;
      }
      for (let i = garbage(4); i > 0; i--)
        attempt(() => world.alloc(16 + garbage(3000), LAYOUT.string, CODE.string, 1));
    }
  }

  /** Garbage may find no room near the end. */
  function attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      expect(String(error)).toContain('Out of memory');
    }
  }

  test.each([24, 40, 200, 500, 700, 5000, 40_000])(
    'objects of %i bytes: exactly as many as fit, with and without stress',
    (bytes) => {
      const memory = 1 << 20;
      const plain = new World({ memory });
      const count = fill(plain, bytes);
      const fixed = 24 + accountedBytes(8 + 8 * 4096);
      const room = (memory - fixed) / accountedBytes(bytes);
      // The array grows when it is full; then old and new buffer must fit.
      if (count < 4096) expect(count).toBe(Math.floor(room));
      if (bytes >= 500) {
        const stressed = new World({ memory, stress: true });
        expect(fill(stressed, bytes)).toBe(count);
      }
    },
  );

  test('is reached at the same point whatever was collected before', () => {
    const counts = [1, 7, 100].map((every) => {
      const world = new World({ memory: 400_000, types });
      let list = 0;
      for (let i = 0; ; i++) {
        try {
          list = world.struct(0, [list, i, word.nil]);
        } catch {
          return i;
        }
        world.root(0, list);
        if (i % every === 0) attempt(() => world.alloc(100 + (i % 300), LAYOUT.string, CODE.string, 5));
        if (i % (every * 50) === 0) world.call('gc_step');
      }
    });
    expect(new Set(counts)).toEqual(new Set([400_000 / 32]));
  });

  test('after the error memory that was freed can be used again', () => {
    const world = new World({ memory: 1 << 20 });
    for (let round = 0; round < 20; round++) {
      const big = world.ref('array_new', CODE.i64, 100_000n);
      world.root(0, big);
      expect(() => world.ref('array_new', CODE.i64, 100_000n)).toThrow('Out of memory');
      world.root(0, 0);
    }
  });

  test('errors that the machine raises by itself are granted beyond it', () => {
    const world = new World({ memory: 1 << 16 });
    expect(() => {
      for (;;) world.root(0, world.anyArray([world.rooted(0) || word.nil]));
    }).toThrow('Out of memory');
    for (let i = 0; i < 100; i++) world.root(1 + i, world.ref('trap_error', 1));
    expect(world.get('PENDING')).toBe(PENDING.none);
    expect(world.i32('gc_wanted')).toBe(1);
  });
});

test('memory that was given back is used again', () => {
  const world = new World({ memory: 1 << 24 });
  const pages = (): number => world.memory.memory.buffer.byteLength;
  const random = generator(17);
  const round = (): void => {
    for (let i = 0; i < 300; i++) world.root(i % 40, world.alloc(600 + random(60_000), LAYOUT.string, CODE.string, 10));
    world.call('gc_collect');
  };
  for (let i = 0; i < 10; i++) round();
  const after = pages();
  for (let i = 0; i < 40; i++) round();
  expect(pages()).toBe(after);
  check(world, false);
});

test('an allocation that asks for a collection has changed nothing', () => {
  const world = new World({ stress: true });
  const array = world.array(CODE.i32, [1, 2, 3, 4, 5, 6, 7, 8]);
  world.root(0, array);
  const bytes = (): string => world.latin1(array, 24);
  const before = bytes();
  const fuel = world.fuel();
  for (const [name, ...args] of [
    ['array_push_any', array, word.f64(1)],
    ['array_sorted', array],
    ['array_slice', array, 0n, 3n, 5],
    ['dyn_mul', word.ref(array), word.i32(3), 1],
    ['typeof_any', word.ref(world.get('ERROR') || array)],
  ] as const) {
    const { pending } = world.attempt(name, ...(args as (number | bigint)[]));
    if (name !== 'typeof_any') expect([name, pending]).toEqual([name, PENDING.collect]);
    expect(bytes()).toBe(before);
  }
  expect(world.fuel()).toBe(fuel);
});

test('fuel is the same however often an instruction is executed again', () => {
  const used = (stress: boolean): bigint => {
    const world = new World({ stress, types });
    const array = world.array(
      CODE.i32,
      Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1000),
    );
    world.root(0, array);
    const piece = world.string('0123456789'.repeat(6));
    world.root(4, piece);
    world.root(3, piece);
    const before = world.fuel();
    world.root(1, world.ref('array_sorted', array));
    world.root(2, world.ref('array_repeat', array, 9n));
    world.call('array_push_any', array, word.bool(true));
    world.call('equal_any', world.rooted(1), world.rooted(1), 1);
    world.call('out_begin');
    world.call('out_value', world.rooted(0), 1);
    world.call('out_end');
    for (let i = 0; i < 50; i++) world.root(3, world.ref('str_concat', Number(world.rooted(3)), piece));
    expect(() => world.call('int_any', world.rooted(3), 1)).toThrow('conversion: int() overflow');
    return before - world.fuel();
  };
  const plain = used(false);
  expect(plain).toBeGreaterThan(10_000n);
  expect(used(true)).toBe(plain);
});

test('what cannot be paid is not begun', () => {
  const world = new World();
  const array = world.array(
    CODE.i32,
    Array.from({ length: 1000 }, (_, i) => -i),
  );
  world.root(0, array);
  for (const [name, ...args] of [
    ['array_sorted', array],
    ['array_repeat', array, 100n],
    ['out_value', word.ref(array), 1],
    ['equal_any', word.ref(array), word.ref(world.ref('array_slice', array, 0n, 0n, 4)), 1],
  ] as const) {
    world.memory.setI64(VM_FUEL, 10n);
    const tried = world.attempt(name, ...args);
    expect([name, tried.pending]).toEqual([name, PENDING.fuel]);
    expect(world.fuel()).toBe(10n);
    // What it says is enough, sooner or later.
    for (let tries = 0; ; tries++) {
      const wanted = world.memory.i64(FUEL_WANTED);
      expect(wanted).toBeGreaterThan(world.fuel());
      world.memory.setI64(VM_FUEL, 2n * wanted);
      if (world.attempt(name, ...args).pending === PENDING.none) break;
      expect(tries).toBeLessThan(20);
    }
  }
});
