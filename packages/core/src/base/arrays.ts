/**
 * Where number arrays for short use come from.
 *
 * A compiler asks for many small typed arrays, each for the time that it looks at one function. Made one by one they cost more than
 * what is done with them, so an `Arena` cuts them from one buffer and takes all back at once. What outlives that takes
 * arrays of its own (`FRESH`).
 */

export interface Arrays {
  /** Each element is `fill`, 0 if it is not given. */
  i32(length: number, fill?: number): Int32Array;
  /** All elements are 0. */
  u8(length: number): Uint8Array;
}

export const FRESH: Arrays = {
  i32: (length, fill = 0) => (fill === 0 ? new Int32Array(length) : new Int32Array(length).fill(fill)),
  u8: (length) => new Uint8Array(length),
};

/** Up to so many elements are filled one by one. */
const SHORT = 128;

/** Bytes of an arena's first buffer. */
const FIRST = 1 << 16;

export class Arena implements Arrays {
  #words = new Int32Array(FIRST >> 2);
  /** In words. */
  #used = 0;

  i32(length: number, fill = 0): Int32Array {
    const start = this.#take(length);
    const cut = new Int32Array(this.#words.buffer, start << 2, length);
    // `fill` is a call out of optimised code.
    if (length > SHORT) return cut.fill(fill);
    for (let i = 0; i < length; i++) cut[i] = fill;
    return cut;
  }

  u8(length: number): Uint8Array {
    const words = (length + 3) >> 2;
    const start = this.#take(words);
    if (words > SHORT) this.#words.fill(0, start, start + words);
    else for (let i = start; i < start + words; i++) this.#words[i] = 0;
    return new Uint8Array(this.#words.buffer, start << 2, length);
  }

  /** Takes back everything that was handed out: nobody may use it any more. */
  reset(): void {
    this.#used = 0;
  }

  #take(words: number): number {
    if (this.#used + words > this.#words.length) {
      // What was handed out keeps the old buffer alive.
      this.#words = new Int32Array(Math.max(words, 2 * this.#words.length));
      this.#used = 0;
    }
    const start = this.#used;
    this.#used += words;
    return start;
  }
}
