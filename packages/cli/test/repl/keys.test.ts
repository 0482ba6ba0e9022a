/** Bytes to keys. */
import { describe, expect, test } from 'vitest';
import { type Key, KeyDecoder } from '../../src/repl/keys.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function show(keys: readonly Key[]): string {
  return keys
    .map((key) => (key.kind === 'key' ? `<${key.name}>` : key.kind === 'text' ? key.text : `{${key.text}}`))
    .join('');
}

function decode(text: string): string {
  const decoder = new KeyDecoder();
  return show([...decoder.feed(bytes(text)), ...decoder.flush()]);
}

const CASES: readonly (readonly [typed: string, keys: string])[] = [
  ['abc', 'abc'],
  ['héllo 日本', 'héllo 日本'],
  ['\r', '<enter>'],
  ['a\tb', 'a<tab>b'],
  ['\x7f\b', '<backspace><backspace>'],
  ['\x01\x05\x1f', '<C-a><C-e><C-_>'],
  ['\x1b[A\x1b[B\x1b[C\x1b[D', '<up><down><right><left>'],
  ['\x1bOA\x1bOH', '<up><home>'],
  ['\x1b[H\x1b[F\x1b[1~\x1b[4~', '<home><end><home><end>'],
  ['\x1b[3~\x1b[5~\x1b[6~', '<delete><pageup><pagedown>'],
  ['\x1b[1;5D\x1b[1;3C\x1b[1;2A\x1b[1;6B', '<C-left><M-right><S-up><C-S-down>'],
  ['\x1b[3;5~', '<C-delete>'],
  ['\x1b[Z', '<S-tab>'],
  ['\x1bb\x1bf\x1b<', '<M-b><M-f><M-<>'],
  ['\x1b\x7f\x1b\r', '<M-backspace><M-enter>'],
  ['\x1bé', '<M-é>'],
  ['\x1b', '<escape>'],
  ['\x1b\x1b[A', '<escape><up>'],
  ['\x1b[200~a\rb\r\n\x1b[Ac\x1b[201~d', '{a\nb\n\x1b[Ac}d'],
  ['\x1b[99;1~x', 'x'],
  ['\x1b[I', ''],
];

describe('keys', () => {
  test.each(CASES)('%j', (typed, keys) => {
    expect(decode(typed)).toBe(keys);
  });

  test.each(CASES.filter(([typed]) => typed !== '\x1b'))('%j byte by byte', (typed, keys) => {
    const decoder = new KeyDecoder();
    const found: Key[] = [];
    for (const byte of bytes(typed)) found.push(...decoder.feed(new Uint8Array([byte])));
    expect(show([...found, ...decoder.flush()])).toBe(keys);
  });

  test('an escape waits to be more', () => {
    const decoder = new KeyDecoder();
    expect(decoder.feed(bytes('\x1b'))).toEqual([]);
    expect(decoder.waiting).toBe(true);
    expect(show(decoder.feed(bytes('[A')))).toBe('<up>');
    expect(decoder.waiting).toBe(false);
  });

  test('any bytes are survived', () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31);
    for (let round = 0; round < 300; round++) {
      const decoder = new KeyDecoder();
      const noise = Uint8Array.from({ length: random() % 40 }, () => (random() % 3 === 0 ? 0x1b : random() % 256));
      for (const byte of noise) decoder.feed(new Uint8Array([byte]));
      decoder.flush();
    }
  });
});
