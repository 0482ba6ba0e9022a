/**
 * Size classes of small objects: 8-byte steps to 128 bytes, 16-byte steps to 256, 32-byte steps to 512.
 *
 * A larger object is a chunk of its own: its bytes and an 8-byte chunk header, rounded up to 16. `accountedBytes` is what an
 * object counts against the memory limit; it depends on nothing but its size, so that running out of memory does not depend on
 * where objects happen to lie. The runtime core holds the same rules in `core/alloc.ts`; a test compares them.
 */

/** Largest small object. */
export const SMALL_MAX = 512;

/** Bytes of a cell by class. */
export const CLASS_BYTES: readonly number[] = [...steps(16, 128, 8), ...steps(144, 256, 16), ...steps(288, 512, 32)];

function steps(from: number, to: number, step: number): number[] {
  const sizes = [];
  for (let size = from; size <= to; size += step) sizes.push(size);
  return sizes;
}

/** The class of an object of so many bytes, header included (16 to `SMALL_MAX`; smaller ones take the smallest cell). */
export function sizeClassOf(bytes: number): number {
  if (bytes <= 16) return 0;
  if (bytes <= 128) return ((bytes + 7) >> 3) - 2;
  if (bytes <= 256) return 15 + ((bytes - 129) >> 4);
  return 23 + ((bytes - 257) >> 5);
}

/** What an object of so many bytes counts against the memory limit. */
export function accountedBytes(bytes: number): number {
  if (bytes > SMALL_MAX) return Math.ceil((bytes + 8) / 16) * 16;
  return CLASS_BYTES[sizeClassOf(bytes)] ?? 0;
}
