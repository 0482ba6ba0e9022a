/**
 * Registers that live across many blocks, the *far* ones: all of them together as rows of bits, one row a block, which data flow fills and the
 * walk that builds ranges compares with their neighbours.
 */
import type { LBlockId, LFunc, VReg } from './lir.ts';
import { successors } from './lir.ts';
import type { LocalUses } from './local-uses.ts';

export interface FarRows {
  readonly names: readonly VReg[];
  /** Length of a row. Bit g is for `names[g]`. */
  readonly words: number;
  /** A row for each block: what lives at its end. */
  readonly liveOut: Int32Array;
}

/** Backward data flow over the registers at those places of `local.names`. */
export function farRows(
  { blocks, handlers }: LFunc,
  local: LocalUses,
  far: readonly number[],
  intoHandler: ReadonlyMap<LBlockId, VReg[]>,
): FarRows {
  const names = far.map((g) => local.names[g] as VReg);
  const words = (names.length + 31) >> 5;
  const liveIn = new Int32Array(blocks.length * words);
  const liveOut = new Int32Array(blocks.length * words);
  const written = new Int32Array(blocks.length * words);
  const mark = (rows: Int32Array, block: number, place: number): void => {
    const at = block * words + (place >> 5);
    rows[at] = (rows[at] as number) | (1 << (place & 31));
  };
  const place = new Map<VReg, number>();
  for (let i = 0; i < far.length; i++) {
    place.set(names[i] as VReg, i);
    for (const b of local.readers[far[i] as number] as number[]) mark(liveIn, b, i);
    for (const b of local.writers[far[i] as number] as number[]) mark(written, b, i);
  }
  /** By handler: a row that its parameters are missing from. */
  const passing = new Map<LBlockId, Int32Array>();
  for (const [id, { params }] of handlers) {
    const row = new Int32Array(words).fill(-1);
    for (const param of params) {
      const at = place.get(param);
      if (at !== undefined) row[at >> 5] = (row[at >> 5] as number) & ~(1 << (at & 31));
    }
    passing.set(id, row);
  }
  const targets = blocks.map((block) => successors(block));
  const throwsTo =
    handlers.size === 0 ? [] : blocks.map(({ insts }) => [...new Set(insts.map(({ handler }) => handler))]);
  for (let changed = true; changed; ) {
    changed = false;
    for (let b = blocks.length - 1; b >= 0; b--) {
      const row = b * words;
      for (const to of targets[b] as readonly LBlockId[]) {
        for (let w = 0; w < words; w++) {
          liveOut[row + w] = (liveOut[row + w] as number) | (liveIn[to * words + w] as number);
        }
      }
      for (let w = 0; w < words; w++) {
        const old = liveIn[row + w] as number;
        let now = old | ((liveOut[row + w] as number) & ~(written[row + w] as number));
        for (const handler of throwsTo[b] ?? []) {
          if (handler === null) continue;
          now |= (liveIn[handler * words + w] as number) & ((passing.get(handler) as Int32Array)[w] as number);
        }
        if (now === old) continue;
        liveIn[row + w] = now;
        changed = true;
      }
    }
  }
  for (const [id, { params }] of handlers) {
    for (let i = 0; i < names.length; i++) {
      const reg = names[i] as VReg;
      const lives = ((liveIn[id * words + (i >> 5)] as number) & (1 << (i & 31))) !== 0;
      if (lives && !params.has(reg)) intoHandler.get(id)?.push(reg);
    }
  }
  return { names, words, liveOut };
}

/** The segments of registers that live across many blocks, while the walk is between their two ends. */
export class OpenSegments {
  readonly #far: FarRows;
  /** By register: its place among these, or -1. */
  readonly #place: Int32Array;
  /** By place: whether a segment is open, as bits, and where it ends. */
  readonly #open: Int32Array;
  readonly #end: Int32Array;
  readonly #add: (reg: VReg, start: number, end: number) => void;

  constructor(far: FarRows, registers: number, add: (reg: VReg, start: number, end: number) => void) {
    this.#far = far;
    this.#add = add;
    this.#place = new Int32Array(registers).fill(-1);
    for (let g = 0; g < far.names.length; g++) this.#place[far.names[g] as VReg] = g;
    this.#open = new Int32Array(far.words);
    this.#end = new Int32Array(far.names.length);
  }

  has(reg: VReg): boolean {
    const place = this.#place[reg] as number;
    return place !== -1 && ((this.#open[place >> 5] as number) & (1 << (place & 31))) !== 0;
  }

  close(reg: VReg, start: number): void {
    const place = this.#place[reg] as number;
    this.#open[place >> 5] = (this.#open[place >> 5] as number) & ~(1 << (place & 31));
    this.#add(reg, start, this.#end[place] as number);
  }

  /** The walk comes to the end of a block, at position `at`. */
  turn(block: number, at: number): void {
    const { words, liveOut, names } = this.#far;
    for (let w = 0; w < words; w++) {
      const live = liveOut[block * words + w] as number;
      for (let rest = live ^ (this.#open[w] as number); rest !== 0; rest &= rest - 1) {
        const place = (w << 5) | (31 - Math.clz32(rest & -rest));
        if ((live & rest & -rest) === 0) this.close(names[place] as VReg, at);
        else this.#end[place] = at;
      }
      this.#open[w] = live;
    }
  }

  /** What is open at the beginning was live on entry without having been written. */
  closeAll(): void {
    for (const reg of this.#far.names) if (this.has(reg)) this.close(reg, 0);
  }
}
