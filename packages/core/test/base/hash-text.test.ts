import { expect, test } from 'vitest';
import { hashText, hashWords } from '../../src/base/hash-text.ts';

test('texts have the published values of FNV-1a', () => {
  expect(hashText('').toString(16)).toBe('811c9dc5');
  expect(hashText('a').toString(16)).toBe('e40c292c');
  expect(hashText('foobar').toString(16)).toBe('bf9cf968');
});

test('every byte counts, also where no whole word is left', () => {
  const bytes = Uint8Array.from({ length: 11 }, (_, i) => i);
  const whole = hashWords(bytes);
  for (let i = 0; i < bytes.length; i++) {
    const changed = bytes.slice();
    changed[i] = 0xff;
    expect(hashWords(changed)).not.toBe(whole);
  }
  expect(hashWords(new Uint8Array())).toBe(0x811c_9dc5);
});
