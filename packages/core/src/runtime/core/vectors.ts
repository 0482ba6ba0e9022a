// Bytes and elements, 16 bytes at a time, with a scalar tail. Every result is that of the scalar code bit by bit: nothing here adds up
// floats, and floats are compared as the language does (NaN is equal to nothing, zeros are equal). See docs/decisions/0014-vectors.md.

const VECTOR: u32 = 16;

/** How many bytes agree from the start. */
export function commonBytes(a: u32, b: u32, length: u32): u32 {
  let i: u32 = 0;
  for (; i + VECTOR <= length; i += VECTOR) {
    const same = <u32>i8x16.bitmask(i8x16.eq(v128.load(a + i), v128.load(b + i)));
    if (same != 0xffff) return i + <u32>ctz(~same);
  }
  if (i + 8 <= length) {
    const difference = load<u64>(a + i) ^ load<u64>(b + i);
    if (difference != 0) return i + <u32>(ctz(difference) >> 3);
    i += 8;
  }
  while (i < length && load<u8>(a + i) == load<u8>(b + i)) i++;
  return i;
}

/** How many doubles are equal from the start. */
export function commonDoubles(a: u32, b: u32, count: u32): u32 {
  let i: u32 = 0;
  for (; i + 2 <= count; i += 2) {
    const same = i64x2.bitmask(f64x2.eq(v128.load(a + (i << 3)), v128.load(b + (i << 3))));
    if (same != 3) return i + <u32>ctz(~same);
  }
  if (i < count && load<f64>(a + (i << 3)) == load<f64>(b + (i << 3))) i++;
  return i;
}

/** Stores a word of 1, 4 or 8 bytes (shift 0, 2, 3) so many times. */
export function fillWords(to: u32, word: u64, shift: u32, count: u32): void {
  if (shift == 0) {
    memory.fill(to, <u8>word, count);
    return;
  }
  const bytes = count << shift;
  const words = shift == 2 ? i32x4.splat(<i32>word) : i64x2.splat(<i64>word);
  let i: u32 = 0;
  for (; i + VECTOR <= bytes; i += VECTOR) v128.store(to + i, words);
  for (; i < bytes; i += <u32>1 << shift) {
    if (shift == 2) store<u32>(to + i, <u32>word);
    else store<u64>(to + i, word);
  }
}
