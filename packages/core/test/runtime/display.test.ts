/** Texts of values in both styles, format specifiers, lines, input, assertions. */
import { describe, expect, test } from 'vitest';
import type { BytecodeType } from '../../src/isa/program.ts';
import { LAYOUT } from '../../src/runtime/layout.ts';
import { bitsOfDouble, CODE, wide, type Word, word, World } from './world.ts';

const field = (name: string, code: number, kind: 'i32' | 'i64' | 'f64' | 'ref' | 'any') => ({
  name,
  code: code as never,
  kind,
  arity: 0,
});
const types: BytecodeType[] = [
  {
    kind: 'struct',
    name: 'Point',
    fields: [field('x', CODE.i32, 'i32'), field('y', CODE.f64, 'f64'), field('tag', CODE.any, 'any')],
    methods: [],
  },
  {
    kind: 'enum',
    name: 'Event',
    variants: [
      { name: 'Idle', payload: [] },
      { name: 'Key', payload: [field('code', CODE.u64, 'i64'), field('shift', CODE.bool, 'i32')] },
      { name: 'Text', payload: [field('0', CODE.string, 'ref')] },
    ],
  },
  { kind: 'struct', name: 'Empty', fields: [], methods: [] },
];

describe.each([false, true])('display, stress %s', (stress) => {
  const world = new World({ types, stress, depth: 100 });
  let next = 0;
  const keep = (w: Word | number): Word => {
    world.root(next++, w);
    return BigInt(w);
  };
  const string = (text: string): Word => keep(world.string(text));
  const point = keep(world.struct(0, [BigInt.asUintN(32, -3n), bitsOfDouble(0.5), string('t"\n\r')]));
  const both = (w: Word): string[] => [world.display(w, 0), world.display(w, 1)];

  test('scalars', () => {
    expect(both(word.i32(-7))).toEqual(['-7', '-7']);
    expect(both(keep(wide(world, 2n ** 64n - 1n, CODE.u64)))).toEqual(['18446744073709551615', '18446744073709551615']);
    expect(both(word.f64(3.14))).toEqual(['3.14000000000000012', '3.14']);
    expect(both(word.f64(5))).toEqual(['5', '5.0']);
    expect(both(word.bool(true))).toEqual(['true', 'true']);
    expect(both(word.nil)).toEqual(['nil', 'nil']);
    expect(both(string('a"b'))).toEqual(['a"b', 'a"b']);
    expect(both(keep(world.any('range_new', 1n, 9n, 1n)))).toEqual(['range(1..9)', 'range(1..9)']);
    expect(both(keep(world.ref('trap_error', 1)))).toEqual(['Error: Division by zero', 'Error: Division by zero']);
    const closure = keep(world.alloc(32, LAYOUT.closure, CODE.func, 1));
    world.memory.setI64(Number(closure) + 16, word.nil);
    expect(both(closure)).toEqual(['<function closure>', '<function closure>']);
  });

  test('containers', () => {
    expect(both(point)).toEqual(['-3, 0.5, t"\n\r', 'Point{x: -3, y: 0.5, tag: "t\\"\\n\\r"}']);
    expect(both(keep(world.struct(2, [])))).toEqual(['', 'Empty{}']);
    expect(both(keep(world.enumValue(1, 1, [65n, 0n])))).toEqual(['Event.Key(65, false)', 'Event.Key(65, false)']);
    expect(both(keep(world.enumValue(1, 0, [])))).toEqual(['Event.Idle', 'Event.Idle']);
    expect(both(keep(world.enumValue(1, 2, [string('\0')])))).toEqual(['Event.Text(\0)', 'Event.Text("\\0")']);
    const inner = keep(world.array(CODE.i32, [1, 2]));
    const nested = keep(world.anyArray([inner, string('s'), inner]));
    expect(both(nested)).toEqual(['1, 2, s, 1, 2', '[[1, 2], "s", [1, 2]]']);
    expect(both(keep(world.anyArray([])))).toEqual(['', '[]']);
  });

  test('cycles and depth', () => {
    const loop = keep(world.anyArray([word.i32(1)]));
    world.call('array_push_any', Number(loop), loop);
    expect(world.display(loop, 1)).toBe('[1, ...]');
    expect(() => world.display(loop, 0)).toThrow('recursion: Stack overflow');
    let deep = keep(world.anyArray([word.i32(1)]));
    for (let i = 1; i < 100; i++) {
      deep = BigInt(world.anyArray([deep]));
      world.root(next, deep);
    }
    expect(world.display(deep, 1)).toBe(`${'['.repeat(100)}1${']'.repeat(100)}`);
    const over = keep(world.anyArray([deep]));
    expect(() => world.display(over, 1)).toThrow('recursion: Stack overflow');
    // No bit of a walk is left behind: both show in full again.
    expect(world.display(deep, 1)).toHaveLength(201);
  });

  test('specifiers', () => {
    const show = (name: string, ...args: (Word | number)[]): string => {
      world.call('out_begin');
      world.call(name, ...args);
      world.call('out_end');
      world.call('flush');
      const line = world.output;
      world.output = '';
      return line.slice(0, -1);
    };
    const radix = (w: Word, letter: string): string => show('out_radix', w, 1, letter.charCodeAt(0));
    expect(['x', 'X', 'o', 'b'].map((letter) => radix(word.i32(254), letter))).toEqual(['fe', 'FE', '376', '11111110']);
    expect(radix(word.i32(-1), 'x')).toBe('ffffffffffffffff');
    expect(radix(word.u32(0), 'b')).toBe('0');
    expect(radix(word.i32(-1), 'b')).toBe('1'.repeat(64));
    expect(radix(word.f64(2.5), 'x')).toBe('2.5');
    expect(show('out_decimals', word.f64(2 / 3), 1, 3)).toBe('0.667');
    expect(show('out_decimals', word.i32(2), 1, 3)).toBe('2');
    expect(() => show('out_decimals', word.f64(1), 1, 101)).toThrow('argument: A format has at most 100 decimals');
  });

  test('classic format strings', () => {
    const scan = (format: string, ...rest: Word[]): string => {
      const values = keep(world.anyArray([string(format), ...rest]));
      world.call('out_begin');
      world.call('out_scan', Number(values));
      world.call('out_end');
      world.call('flush');
      const line = world.output;
      world.output = '';
      return line.slice(0, -1);
    };
    const n = word.i32(255);
    expect(scan('dec @ hex @x bin @b', n, n, word.i32(5), string('rest'))).toBe('dec 255 hex ff bin 101 rest');
    expect(scan('ratio @.3f', word.f64(2 / 3))).toBe('ratio 0.667');
    expect(scan('@.2', word.f64(0.125))).toBe('0.12');
    expect(scan('@.f|@.', word.f64(0.5), word.f64(0.25))).toBe('0.5|0.25');
    expect(scan('a@b.c')).toBe('a@b.c');
    expect(scan('@@')).toBe('@@');
    expect(scan('@@', word.i32(1))).toBe('1@');
    expect(scan('@', string('@x'), word.i32(2))).toBe('@x 2');
    expect(scan('a\\nb\\tc\\\\d\\q\\')).toBe('a\nb\tc\\dq');
    expect(() => scan('@.101f', word.f64(1))).toThrow('argument: A format has at most 100 decimals');
  });

  test('assertions', () => {
    const assert = (label: Word, actual: Word, expected: Word, style: number, adapt = 0): string => {
      try {
        return String(world.call('assert_eq', label, actual, expected, style, adapt));
      } catch (error) {
        return (error as Error).message;
      }
    };
    const label = string('sum');
    expect(assert(label, word.i32(1), word.i32(1), 1)).toBe('1');
    expect(assert(label, word.i32(1), word.i32(2), 1)).toBe(
      'runtime: assert_eq failed (sum)\n  expected: 2\n  actual:   1',
    );
    expect(assert(string(''), string('a'), string('b'), 1)).toBe(
      'runtime: assert_eq failed\n  expected: "b"\n  actual:   "a"',
    );
    expect(assert(word.i32(5), word.f64(0.1), word.nil, 0)).toBe(
      'runtime: assert_eq failed (5)\n  expected: nil\n  actual:   0.1',
    );
    expect(assert(label, word.i32(1), wide(world, 1n, CODE.i64), 1)).toContain('failed');
    expect(assert(label, word.i32(1), wide(world, 1n, CODE.i64), 1, 1)).toBe('1');
    expect(assert(label, word.f64(2), wide(world, 2n, CODE.i64), 1, 2)).toBe('1');
    expect(assert(label, word.f64(2), wide(world, 2n, CODE.i64), 1, 1)).toContain('failed');
    const a = keep(world.anyArray([word.i32(1), word.u32(2)]));
    const b = keep(world.anyArray([word.i32(1), wide(world, 2n, CODE.i64)]));
    expect(assert(label, a, b, 1)).toBe('runtime: assert_eq failed (sum)\n  expected: [1, 2]\n  actual:   [1, 2]');
    expect(assert(label, a, b, 1, 2)).toBe('1');
    const floats = keep(world.array(CODE.f64, [bitsOfDouble(1), bitsOfDouble(2.5)]));
    const literals = keep(world.anyArray([word.i32(1), word.i32(3)]));
    expect(assert(label, floats, literals, 1, 2)).toBe(
      'runtime: assert_eq failed (sum)\n  expected: [1.0, 3.0]\n  actual:   [1.0, 2.5]',
    );
    expect(assert(label, literals, word.f64(1), 1, 1)).toBe(
      'runtime: assert_eq failed (sum)\n  expected: 1.0\n  actual:   [1, 3]',
    );
    const inStruct = [word.i32(1), word.f64(1)].map((tag) => keep(world.struct(0, [5n, 0n, tag])));
    expect(assert(label, inStruct[0] as Word, inStruct[1] as Word, 1, 1)).toContain('failed');
    expect(assert(label, point, keep(world.struct(0, [5n, 0n, word.nil])), 0)).toBe(
      'runtime: assert_eq failed (sum)\n  expected: [5, 0, nil]\n  actual:   [-3, 0.5, "t\\"\\n\r"]',
    );
    expect(assert(label, word.nil, word.nil, 0)).toContain('failed');
    expect(assert(label, word.nil, word.nil, 1)).toBe('1');
  });

  test('members by name', () => {
    const name = (text: string): number => Number(string(text));
    expect(world.any('dyn_field', point, name('x'))).toBe(word.i32(-3));
    expect(world.any('dyn_field', point, name('y'))).toBe(word.f64(0.5));
    expect(() => world.call('dyn_field', point, name('z'))).toThrow('type: A value of type Point has no field z');
    expect(() => world.call('dyn_field', word.i32(1), name('z'))).toThrow('type: A value of type i32 has no field z');
    const copy = keep(world.struct(0, [5n, 0n, word.nil]));
    world.call('dyn_setfield', copy, name('x'), word.i32(9), 1);
    world.call('dyn_setfield', copy, name('y'), word.i32(4), 1);
    world.call('dyn_setfield', copy, name('tag'), point, 1);
    expect(world.display(copy, 0)).toBe('9, 4, -3, 0.5, t"\n\r');
    expect(() => world.call('dyn_setfield', copy, name('y'), word.i32(4), 0)).toThrow('type: Expected f64, found i32');
    expect(() => world.call('dyn_setfield', copy, name('x'), word.f64(0.5), 1)).toThrow(
      'value: f64 value out of i32 range',
    );
    expect(() => world.call('dyn_method', copy, name('go'))).toThrow('type: A value of type Point has no method go');
    expect(world.any('dyn_method', copy, name('tag'))).toBe(word.nil);
    expect(world.text(world.ref('typeof_any', copy))).toBe('Point');
  });
});

describe('lines', () => {
  test('are handed over in larger pieces, and one that was begun and given up is not shown', () => {
    const world = new World();
    for (let i = 0; i < 5000; i++) {
      world.call('out_begin');
      world.call('out_value', word.i32(i), 1);
      if (i % 10 === 3) continue;
      world.call('out_end');
    }
    world.call('flush');
    expect(world.output).toBe(
      Array.from({ length: 5000 }, (_, i) => i)
        .filter((i) => i % 10 !== 3)
        .map((i) => `${i}\n`)
        .join(''),
    );
    expect(world.writes.length).toBeLessThan(5);
  });

  test.each([false, true])('longer than the buffer, stress %s', (stress) => {
    const world = new World({ stress });
    const piece = world.string('0123456789'.repeat(1000));
    world.root(0, piece);
    for (let round = 0; round < 3; round++) {
      world.call('out_begin');
      for (let i = 0; i < 40; i++) world.call('out_text', piece);
      world.call('out_end');
    }
    world.call('flush');
    expect(world.output).toBe(`${'0123456789'.repeat(40_000)}\n`.repeat(3));
    world.call('gc_collect');
    expect(world.get('ALLOC_BYTES')).toBeLessThan(20_000);
  });

  test('a line that does not fit into memory is out of memory and shows nothing', () => {
    const world = new World({ memory: 300_000 });
    const piece = world.string('0123456789'.repeat(10_000));
    world.root(0, piece);
    world.call('out_begin');
    expect(() => {
      for (let i = 0; i < 4; i++) world.call('out_text', piece);
    }).toThrow('memory: Out of memory');
    world.call('out_begin');
    world.call('out_text', world.string('short'));
    world.call('out_end');
    world.call('flush');
    expect(world.output).toBe('short\n');
  });
});

test.each([false, true])('input prompts once and reads once, stress %s', (stress) => {
  const world = new World({ stress, input: ['first', '', 'x'.repeat(100_000)] });
  world.call('out_begin');
  world.call('out_value', word.i32(1), 1);
  world.call('out_end');
  const prompt = world.string('? ');
  world.root(0, prompt);
  expect(world.text(world.ref('input', prompt))).toBe('first');
  expect(world.text(world.ref('input', 0))).toBe('');
  expect(world.length(world.ref('input', prompt))).toBe(100_000);
  expect(() => world.call('input', prompt)).toThrow('eof: input() reached end of file');
  expect(world.output).toBe('1\n? ? ? ');
  expect(world.call('timestamp')).toBe(12.5);
});
