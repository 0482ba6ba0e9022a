/**
 * Which slots of a frame are taken where: the interference side of slot assignment.
 *
 * Each slot keeps the segments placed in it, in buckets by position, so that asking and placing cost what the range at hand
 * costs, however large the function.
 */
import type { Range } from './ranges.ts';

const BUCKET_SHIFT = 9;

class Slot {
  readonly #buckets = new Map<number, number[]>();

  meets(range: Range): boolean {
    for (let i = 0; i < range.length; i += 2) {
      const start = range[i] as number;
      const end = range[i + 1] as number;
      for (let b = start >> BUCKET_SHIFT; b <= (end - 1) >> BUCKET_SHIFT; b++) {
        const bucket = this.#buckets.get(b);
        if (bucket === undefined) continue;
        for (let k = 0; k < bucket.length; k += 2) {
          if ((bucket[k] as number) < end && start < (bucket[k + 1] as number)) return true;
        }
      }
    }
    return false;
  }

  place(range: Range): void {
    for (let i = 0; i < range.length; i += 2) {
      const start = range[i] as number;
      const end = range[i + 1] as number;
      for (let b = start >> BUCKET_SHIFT; b <= (end - 1) >> BUCKET_SHIFT; b++) {
        const bucket = this.#buckets.get(b);
        if (bucket === undefined) this.#buckets.set(b, [start, end]);
        else bucket.push(start, end);
      }
    }
  }

  /** Whether some segment begins at or before `start` and ends at or after `end`. */
  holds(start: number, end: number): boolean {
    const bucket = this.#buckets.get(start >> BUCKET_SHIFT);
    if (bucket === undefined) return false;
    for (let k = 0; k < bucket.length; k += 2) {
      if ((bucket[k] as number) <= start && (bucket[k + 1] as number) >= end) return true;
    }
    return false;
  }
}

export class SlotTable {
  readonly #slots: Slot[] = [];

  fits(slot: number, range: Range): boolean {
    return this.#slots[slot]?.meets(range) !== true;
  }

  place(slot: number, range: Range): void {
    while (this.#slots.length <= slot) this.#slots.push(new Slot());
    (this.#slots[slot] as Slot).place(range);
  }

  /** Lowest slot from `from` on, skipping those that `skip` refuses, where the range fits. */
  firstFit(range: Range, from: number, skip: (slot: number) => boolean): number {
    let slot = from;
    while (skip(slot) || !this.fits(slot, range)) slot++;
    return slot;
  }

  /** One more than the highest slot that holds a value across [start, end); 0 if none does. */
  topAcross(start: number, end: number): number {
    for (let slot = this.#slots.length - 1; slot >= 0; slot--) {
      if ((this.#slots[slot] as Slot).holds(start, end)) return slot + 1;
    }
    return 0;
  }

  /** Number of slots ever used. */
  get size(): number {
    return this.#slots.length;
  }
}
