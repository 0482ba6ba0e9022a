/**
 * How long the guest stood still while the collector worked: count, longest, and a histogram that quantiles are read from, in four
 * classes an octave, so that a quantile is right to a fifth.
 */

const CLASSES_AN_OCTAVE = 4;
/** Seconds that the first class begins with. */
const FIRST = 1e-7;
const CLASSES = 128;

export class Pauses {
  readonly #classes = new Uint32Array(CLASSES);
  count = 0;
  /** Seconds. */
  longest = 0;

  add(seconds: number): void {
    const at = Math.floor(CLASSES_AN_OCTAVE * Math.log2(Math.max(seconds, FIRST) / FIRST));
    const index = Math.min(at, CLASSES - 1);
    this.#classes[index] = (this.#classes[index] as number) + 1;
    this.count++;
    this.longest = Math.max(this.longest, seconds);
  }

  /** Seconds that a share of the pauses (0 to 1) does not exceed: the upper end of a class, but never more than the longest; 0 if there were none. */
  quantile(share: number): number {
    let seen = 0;
    for (let at = 0; at < CLASSES - 1; at++) {
      seen += this.#classes[at] as number;
      if (seen >= share * this.count) return Math.min(this.longest, FIRST * 2 ** ((at + 1) / CLASSES_AN_OCTAVE));
    }
    return this.longest;
  }
}
