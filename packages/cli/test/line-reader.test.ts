import { expect, test } from 'vitest';
import { LineReader } from '../src/line-reader.ts';

/** All lines of a text that arrives in pieces of a given size. */
function lines(text: string, size: number): string[] {
  let rest = new TextEncoder().encode(text);
  const reader = new LineReader(() => {
    const piece = rest.subarray(0, size);
    rest = rest.subarray(size);
    return piece;
  });
  const found: string[] = [];
  for (let line = reader.next(100); line !== null; line = reader.next(100)) found.push(new TextDecoder().decode(line));
  expect(reader.next(100)).toBeNull();
  return found;
}

test.each([
  ['', []],
  ['a', ['a']],
  ['a\n', ['a']],
  ['a\nb', ['a', 'b']],
  ['\n\n', ['', '']],
  ['a\r\nb\r\n', ['a', 'b']],
  ['a\rb\r', ['a', 'b']],
  ['a\r\r\n\nb', ['a', '', '', 'b']],
  ['caf\u00e9\r\nth\u00e9', ['caf\u00e9', 'th\u00e9']],
])('%j', (text, expected) => {
  for (const size of [1, 2, 3, 100]) expect(lines(text, size)).toEqual(expected);
});

test('a line ended by CR is there before the next byte is', () => {
  const pieces = ['go\r', '\nnext\n'].map((text) => new TextEncoder().encode(text));
  let asked = 0;
  const reader = new LineReader(() => pieces[asked++] ?? new Uint8Array());
  expect(new TextDecoder().decode(reader.next(100) ?? undefined)).toBe('go');
  expect(asked).toBe(1);
  expect(new TextDecoder().decode(reader.next(100) ?? undefined)).toBe('next');
});

test('a line without end is given in pieces', () => {
  const piece = new TextEncoder().encode('abcd');
  let asked = 0;
  const reader = new LineReader(() => (asked++ < 5 ? piece : new Uint8Array()));
  expect(new TextDecoder().decode(reader.next(6) ?? undefined)).toBe('abcdabcd');
  expect(asked).toBe(2);
  expect(new TextDecoder().decode(reader.next(100) ?? undefined)).toBe('abcdabcdabcd');
  expect(reader.next(100)).toBeNull();
});
