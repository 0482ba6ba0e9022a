/**
 * Which slots of a frame are taken where: the interference side of slot assignment.
 *
 * Each slot keeps the segments placed in it, in buckets by position, so that asking and placing cost what the range at hand
 * costs, however large the function.
 */
import type { Range } from './ranges.ts';

const BUCKET_SHIFT = 9;

/**
 * What stands in one slot. Positions fall into buckets; a bucket has the segments that begin or end in it, and a bit that says whether anything
 * stands there. A segment over many buckets is placed and asked about by bits, 32 buckets at a time, except for its two ends.
 */
class Slot {
  readonly #buckets: (number[] | undefined)[] = [];
  /** By bucket, in words: whether some segment meets it. */
  readonly #taken: number[] = [];

  meets(range: Range): boolean {
    for (let i = 0; i < range.length; i += 2) {
      const start = range[i] as number;
      const end = range[i + 1] as number;
      const first = start >> BUCKET_SHIFT;
      const last = (end - 1) >> BUCKET_SHIFT;
      if (this.#meetsIn(first, start, end)) return true;
      if (last > first && (this.#meetsIn(last, start, end) || this.#anyTaken(first + 1, last))) return true;
    }
    return false;
  }

  place(range: Range): void {
    for (let i = 0; i < range.length; i += 2) {
      const start = range[i] as number;
      const end = range[i + 1] as number;
      const first = start >> BUCKET_SHIFT;
      const last = (end - 1) >> BUCKET_SHIFT;
      this.#placeIn(first, start, end);
      if (last > first) this.#placeIn(last, start, end);
      for (let b = first; b <= last; b++) {
        while (this.#taken.length <= b >> 5) this.#taken.push(0);
        this.#taken[b >> 5] = (this.#taken[b >> 5] as number) | (1 << (b & 31));
      }
    }
  }

  #placeIn(bucket: number, start: number, end: number): void {
    const segments = this.#buckets[bucket];
    if (segments === undefined) this.#buckets[bucket] = [start, end];
    else segments.push(start, end);
  }

  /** A bucket that is taken, but has no segments of its own, is in the middle of one. */
  #meetsIn(bucket: number, start: number, end: number): boolean {
    const segments = this.#buckets[bucket];
    if (segments === undefined) return this.#isTaken(bucket);
    for (let k = 0; k < segments.length; k += 2) {
      if ((segments[k] as number) < end && start < (segments[k + 1] as number)) return true;
    }
    return false;
  }

  #isTaken(bucket: number): boolean {
    return (((this.#taken[bucket >> 5] ?? 0) >> (bucket & 31)) & 1) === 1;
  }

  /** Whether some bucket from `first` up to `last` is taken. */
  #anyTaken(first: number, last: number): boolean {
    for (let b = first; b < last; ) {
      if ((b & 31) === 0 && b + 32 <= last) {
        if ((this.#taken[b >> 5] ?? 0) !== 0) return true;
        b += 32;
      } else {
        if (this.#isTaken(b)) return true;
        b += 1;
      }
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

  /** Lowest slot where the range fits, apart from those to avoid, or `bound` if it fits in none below that. */
  firstFit(range: Range, bound: number, avoid: readonly number[] = NONE): number {
    let slot = 0;
    while (slot < bound && (avoid.includes(slot) || !this.fits(slot, range))) slot++;
    return slot;
  }

  /** Number of slots ever used. */
  get size(): number {
    return this.#slots.length;
  }
}

const NONE: readonly number[] = [];

/** Slots by a key, the one with the largest key first: a binary heap. */
export class SlotHeap {
  readonly #keys: number[] = [];
  readonly #slots: number[] = [];

  /** The largest key; negative infinity if there is none. */
  get key(): number {
    return this.#keys[0] ?? Number.NEGATIVE_INFINITY;
  }

  push(key: number, slot: number): void {
    let at = this.#keys.length;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if ((this.#keys[up] as number) >= key) break;
      this.#move(up, at);
      at = up;
    }
    this.#keys[at] = key;
    this.#slots[at] = slot;
  }

  /** Takes out the slot with the largest key; there must be one. */
  pop(): number {
    const slot = this.#slots[0] as number;
    const key = this.#keys.pop() as number;
    const last = this.#slots.pop() as number;
    const size = this.#keys.length;
    if (size === 0) return slot;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && (this.#keys[child + 1] as number) > (this.#keys[child] as number)) child += 1;
      if ((this.#keys[child] as number) <= key) break;
      this.#move(child, at);
      at = child;
    }
    this.#keys[at] = key;
    this.#slots[at] = last;
    return slot;
  }

  #move(from: number, to: number): void {
    this.#keys[to] = this.#keys[from] as number;
    this.#slots[to] = this.#slots[from] as number;
  }
}

/**
 * For each window: one more than the highest slot that holds a value across it. A tree over the windows in the order of code: a
 * segment raises the few nodes that make up the windows within it, a window asks the nodes above it.
 */
export class WindowTops {
  readonly #count: number;
  /** By index of an instruction: how many windows come before it. */
  readonly #before: Int32Array;
  readonly #tops: Int32Array;

  /** `indices` of the instructions with windows, ascending; all are below `end`. */
  constructor(indices: readonly number[], end: number) {
    this.#count = indices.length;
    this.#tops = new Int32Array(2 * indices.length);
    this.#before = new Int32Array(indices.length === 0 ? 0 : end + 2);
    for (let i = 0, w = 0; i < this.#before.length; i++) {
      this.#before[i] = w;
      if (indices[w] === i) w += 1;
    }
  }

  place(slot: number, range: Range): void {
    if (this.#count === 0) return;
    const tops = this.#tops;
    for (let i = 0; i < range.length; i += 2) {
      // A window reads at 2 * index and writes before 2 * index + 2.
      let from = (this.#before[((range[i] as number) + 1) >> 1] as number) + this.#count;
      let to = (this.#before[(range[i + 1] as number) >> 1] as number) + this.#count;
      for (; from < to; from >>= 1, to >>= 1) {
        if ((from & 1) === 1) {
          if ((tops[from] as number) <= slot) tops[from] = slot + 1;
          from += 1;
        }
        if ((to & 1) === 1) {
          to -= 1;
          if ((tops[to] as number) <= slot) tops[to] = slot + 1;
        }
      }
    }
  }

  at(window: number): number {
    let top = 0;
    for (let node = window + this.#count; node > 0; node >>= 1) top = Math.max(top, this.#tops[node] as number);
    return top;
  }
}
