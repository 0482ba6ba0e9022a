/** Strings of the runtime core against JavaScript strings of the same bytes. */
import { expect, test } from 'vitest';
import { checkHeap } from '../../src/runtime/heap-checker.ts';
import { LAYOUT } from '../../src/runtime/layout.ts';
import { type Ref, World } from './world.ts';

function generator(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const letters = (count: number, from: number): string =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(97 + ((i + from) % 26))).join('');

test.each([false, true])('random concatenation, comparison and parts agree with JavaScript, stress %s', (stress) => {
  const world = new World({ stress });
  const random = generator(7);
  const pool: { ref: Ref; text: string }[] = [];
  const keep = (ref: Ref, text: string): void => {
    const slot = pool.length < 40 ? pool.length : random(40);
    pool[slot] = { ref, text };
    world.root(slot, ref);
  };
  const pick = (): { ref: Ref; text: string } => pool[random(pool.length)] as { ref: Ref; text: string };
  keep(world.string('start'), 'start');
  for (let i = 0; i < (stress ? 1500 : 6000); i++) {
    const a = pick();
    const b = pick();
    switch (random(8)) {
      case 0: {
        const text = letters(random(4) === 0 ? random(300) : random(12), i);
        keep(world.string(text), text);
        break;
      }
      case 1:
      case 2:
      case 3:
      case 4:
        if (a.text.length + b.text.length < 20_000) keep(world.ref('str_concat', a.ref, b.ref), a.text + b.text);
        break;
      case 5:
        expect(world.i32('str_eq', a.ref, b.ref)).toBe(a.text === b.text ? 1 : 0);
        expect(world.i32('str_cmp', a.ref, b.ref)).toBe(a.text === b.text ? 0 : a.text < b.text ? -1 : 1);
        break;
      case 6: {
        const from = random(a.text.length + 1);
        const to = from + random(a.text.length - from + 1);
        keep(world.ref('str_slice', a.ref, BigInt(from), BigInt(to), 5), a.text.slice(from, to));
        break;
      }
      default:
        if (a.text.length > 0) {
          const at = random(a.text.length);
          expect(world.text(world.ref('str_index', a.ref, BigInt(at)))).toBe(a.text[at]);
        }
    }
    if (i % 500 === 0) {
      world.call('gc_collect');
      const report = checkHeap(world.memory.memory);
      expect(report.problems).toEqual([]);
      expect(report.liveBytes).toBe(world.get('ALLOC_BYTES'));
    }
  }
  for (const { ref, text } of pool) expect(world.text(ref)).toBe(text);
});

test.each([false, true])('strings that grow in place leave all others as they are, stress %s', (stress) => {
  const world = new World({ stress });
  const random = generator(11);
  const same = (): void => {
    for (const [slot, text] of texts.entries()) expect(world.text(Number(world.rooted(slot)))).toBe(text);
  };
  const texts = Array.from({ length: 12 }, (_, i) => letters(i * i, i));
  for (const [slot, text] of texts.entries()) world.root(slot, world.string(text));
  for (let i = 0; i < (stress ? 2000 : 8000); i++) {
    const [from, other, to, kind] = [random(12), random(12), random(12), random(4)];
    const [text, more] = [texts[from] as string, texts[other] as string];
    const [left, right] = [Number(world.rooted(from)), Number(world.rooted(other))];
    const number = BigInt.asIntN(64, BigInt(random(2 ** 30)) ** BigInt(random(4))) * (random(2) === 0 ? 1n : -1n);
    if (text.length + more.length > 3000) {
      texts[from] = '';
      world.root(from, world.string(''));
    } else if (kind === 0) {
      texts[to] = text + String(number);
      world.root(to, world.ref('str_concat_i64', left, number));
    } else if (kind === 1) {
      texts[to] = text + more;
      world.root(to, world.ref('str_concat', left, right));
    } else {
      // A name of its own, which is then given up.
      const own = text === '' ? left : world.ref('str_append', world.string(''), left);
      const first = random(2) === 0 && from !== other;
      texts[from] = first ? text + more + String(number) : text + String(number);
      world.root(12, own);
      const grown = first ? world.ref('str_append', own, right) : own;
      world.root(12, grown);
      world.root(from, world.ref('str_append_i64', grown, number));
    }
    if (i % 100 === 0) same();
  }
  same();
});

test('an append loop is linear, and what was read before stays', () => {
  const world = new World();
  const append = (count: number): void => {
    let s = world.string('');
    const x = world.string('abcdefghij');
    world.root(2, x);
    const concat = world.core['str_concat'] as (left: number, right: number) => number;
    for (let i = 0; i < count; i++) {
      const next = concat(s, x);
      if (next !== 0) {
        s = next;
        if (i === 1000) world.root(1, s);
        continue;
      }
      world.root(0, s);
      world.set('PENDING', 0);
      world.call('gc_step');
      s = world.ref('str_concat', s, x);
    }
    world.root(0, s);
    expect(world.memory.u32(s + 4)).toBe(10 * count);
  };
  append(10_000);
  const before = world.fuel();
  append(1_000_000);
  expect(Number(before - world.fuel())).toBeLessThan(4 * (10_000_000 / 16));
  expect(world.text(Number(world.rooted(1)))).toBe('abcdefghij'.repeat(1001));
  expect(world.text(Number(world.rooted(0)))).toBe('abcdefghij'.repeat(1_000_000));
});

test('a prepend loop and a loop that does both are linear', () => {
  const world = new World();
  const x = world.string('<');
  const y = world.string('>');
  world.root(2, x);
  world.root(3, y);
  let s = world.string(letters(100, 0));
  for (let i = 0; i < 100_000; i++) {
    s = world.ref('str_concat', x, s);
    world.root(0, s);
  }
  const before = world.fuel();
  expect(world.text(s)).toBe('<'.repeat(100_000) + letters(100, 0));
  for (let i = 0; i < 100_000; i++) {
    world.root(0, s);
    const open = world.ref('str_concat', x, s);
    world.root(1, open);
    s = world.ref('str_concat', open, y);
  }
  expect(world.text(s)).toBe('<'.repeat(200_000) + letters(100, 0) + '>'.repeat(100_000));
  expect(Number(before - world.fuel())).toBeLessThan(100_000);
});

test('the same prefix can be continued in several ways', () => {
  const world = new World();
  let s = world.string(letters(60, 0));
  for (let i = 0; i < 3; i++) s = world.ref('str_concat', s, world.string('tail'));
  const a = world.ref('str_concat', s, world.string('one'));
  const b = world.ref('str_concat', s, world.string('two'));
  const c = world.ref('str_concat', a, a);
  const base = `${letters(60, 0)}tailtailtail`;
  expect([a, b, c, s].map((ref) => world.text(ref))).toEqual([
    `${base}one`,
    `${base}two`,
    `${base}one${base}one`,
    base,
  ]);
});

test('errors of parts', () => {
  const world = new World();
  const s = world.string('caf\xc3\xa9!');
  const slice = (from: number, to: number, flags = 5): string =>
    world.text(world.ref('str_slice', s, BigInt(from), BigInt(to), flags));
  expect(slice(0, 3)).toBe('caf');
  expect(slice(3, 4, 7)).toBe('\xc3\xa9');
  expect(slice(2, 0, 4)).toBe('f\xc3\xa9!');
  expect(slice(6, 6)).toBe('');
  expect(() => slice(0, 4)).toThrow('value: String slice cuts a UTF-8 character');
  expect(() => slice(4, 4)).toThrow('String slice cuts');
  expect(() => slice(-1, 3)).toThrow('type: String slice start must be a non-negative integer');
  expect(() => slice(0, -3)).toThrow('String slice end must be');
  expect(() => slice(7, 9)).toThrow('index: String slice start out of bounds');
  expect(() => slice(2, 7)).toThrow('String slice end out of bounds');
  expect(() => slice(2, 6, 7)).toThrow('String slice end out of bounds');
  expect(() => slice(3, 2, 7)).toThrow('String slice start after end');
  expect(() => slice(0, 0, 5 + 16)).toThrow('String slice end out of bounds');
  expect(() => world.call('str_index', s, -1n)).toThrow('type: String index must be a non-negative integer');
  expect(() => world.call('str_index', s, 6n)).toThrow('index: String index out of bounds');
});

test('a string of 2^31 bytes is out of memory', () => {
  const world = new World({ memory: 1 << 30 });
  let s = world.string(letters(1024, 0));
  for (let i = 0; i < 20; i++) {
    s = world.ref('str_concat', s, s);
    world.root(0, s);
  }
  expect(() => {
    const more = world.ref('str_concat', s, s);
    world.call('str_concat', more, more);
  }).toThrow('memory: Out of memory');
});

test('hashes are equal for equal bytes', () => {
  const world = new World();
  const a = world.string(letters(100, 3));
  const b = world.ref('str_concat', world.string(letters(60, 3)), world.string(letters(100, 3).slice(60)));
  expect(world.memory.u8(b + 1)).toBe(LAYOUT.rope);
  expect(world.call('str_hash', a)).toBe(world.call('str_hash', b));
  expect(world.call('str_hash', a)).not.toBe(world.call('str_hash', world.string(letters(100, 4))));
});
