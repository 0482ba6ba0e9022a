/**
 * Which slots hold references or any words at an instruction: what a collector finds in a frame that stands there.
 */
import type { Allocation } from './allocate.ts';
import type { LFunc, VReg } from './lir.ts';

export interface LiveSlots {
  readonly refs: readonly number[];
  readonly anys: readonly number[];
}

interface Segment {
  readonly start: number;
  readonly end: number;
  readonly slot: number;
  readonly any: boolean;
}

const NO_SLOTS: readonly number[] = [];

/** Answers for instruction indices asked in ascending order. */
export class LiveSlotScan {
  readonly #segments: Segment[] = [];
  readonly #active: Segment[] = [];
  #next = 0;

  constructor(func: LFunc, allocation: Allocation) {
    const { classes } = allocation;
    for (let reg = 0; reg < func.kinds.length; reg++) {
      const kind = classes.kindOf(reg as VReg);
      if (classes.find(reg as VReg) !== reg || (kind !== 'ref' && kind !== 'any')) continue;
      const range = classes.rangeOf(reg as VReg);
      if (range.length === 0) continue;
      const slot = allocation.slotOf(reg as VReg);
      for (let i = 0; i < range.length; i += 2) {
        this.#segments.push({ start: range[i] as number, end: range[i + 1] as number, slot, any: kind === 'any' });
      }
    }
    this.#segments.sort((a, b) => a.start - b.start);
  }

  /** `operands`: with what the instruction reads for the last time, since it will be executed again. */
  at(index: number, operands: boolean): LiveSlots {
    const at = 2 * index;
    const segments = this.#segments;
    for (; this.#next < segments.length; this.#next++) {
      const segment = segments[this.#next];
      if (segment === undefined || segment.start > at) break;
      this.#active.push(segment);
    }
    const active = this.#active;
    const refs: number[] = [];
    const anys: number[] = [];
    let kept = 0;
    for (let i = 0; i < active.length; i++) {
      const segment = active[i] as Segment;
      const { end, slot, any } = segment;
      if (end <= at) continue;
      active[kept++] = segment;
      if (operands || end >= at + 2) (any ? anys : refs).push(slot);
    }
    active.length = kept;
    // Without the room that arrays leave to grow: these stay as long as the program.
    return { refs: refs.length === 0 ? NO_SLOTS : refs.slice(), anys: anys.length === 0 ? NO_SLOTS : anys.slice() };
  }
}
