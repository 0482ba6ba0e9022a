/**
 * Register allocation: a slot of the frame for every register, a place for every window.
 *
 * A scan over live ranges with holes in order of their start, first fit, after coalescing. Slots below the register
 * limit are registers; what does not fit gets a slot beyond it and is reached by `ld.spill` and `st.spill`. When that happens the
 * scan is done again with the last registers kept free for spilled operands, and by weight (uses, by loop depth, over length), so that what is
 * used most keeps a register. A spilled range is then split: where a block uses it more than once and a register is free
 * over those uses, that piece gets a register of its own.
 *
 * Windows are placed last, from the end of the function backward: a window begins above everything that lives across it, so a
 * callee's frame starts where its operands already are. Operands made only for a window, and results used only near it, are put straight
 * into it; since they are placed together with the window that ends them, windows between (placed later) stay above them.
 */
import { present } from '../base/bug.ts';
import { HEADER_SLOTS } from '../isa/select.ts';
import type { Classes } from './coalesce.ts';
import { coalesce } from './coalesce.ts';
import type { LBlock, LFunc, LInst, VReg, Window } from './lir.ts';
import { visitInst } from './lir.ts';
import type { LiveRanges, Range } from './ranges.ts';
import { liveRanges } from './ranges.ts';
import { SlotTable } from './slots.ts';

/** Registers kept free when something is spilled: as many as an instruction can read. */
export const SPILL_SCRATCH = 3;

export interface Allocation {
  readonly live: LiveRanges;
  readonly classes: Classes;
  /** Slot of a register. */
  slotOf(reg: VReg): number;
  /** First slot of an instruction's window, by instruction index. */
  readonly windows: ReadonlyMap<number, number>;
  /** Slots from here on are not registers. */
  readonly limit: number;
  /** First of the registers kept free for spilled operands; `limit` if nothing needed that. */
  readonly scratch: number;
  /** A free slot beyond all others, for breaking cycles of moves; if registers are kept free, as many again follow it. */
  readonly spare: number;
  /** Slots that locals take, windows apart. */
  readonly locals: number;
  readonly frame: number;
  readonly spilled: readonly VReg[];
  /** Pieces of spilled ranges that have a register in one block: by block, then by representative. */
  readonly pieces: ReadonlyMap<number, ReadonlyMap<VReg, number>>;
}

/** `registers`: how many slots instructions may name, at least 4 and at most 256. */
export function allocate(func: LFunc, registers: number): Allocation {
  const live = liveRanges(func);
  const classes = coalesce(func, live);
  const scan = new Scan(func, live, classes, registers);
  return scan.run();
}

/** How far a window is moved up to save moves. */
const MAX_SHIFT = 4;

/** Slots from here on are not worth the gaps that it leaves to put a result where its window is. */
const MAX_BESIDE = 64;

interface Site {
  readonly index: number;
  readonly block: number;
  readonly inst: LInst & { kind: 'op' };
}

class Scan {
  readonly #func: LFunc;
  readonly #live: LiveRanges;
  readonly #classes: Classes;
  readonly #limit: number;
  #slots = new Map<VReg, number>();
  #table = new SlotTable();
  readonly #windows = new Map<number, number>();
  readonly #sites: Site[] = [];
  /** Registers that only a window uses, or that only a window makes: placed with it. */
  readonly #late = new Set<VReg>();
  /** The first window whose result a class holds. */
  readonly #resultOf = new Map<VReg, Site>();

  constructor(func: LFunc, live: LiveRanges, classes: Classes, registers: number) {
    this.#func = func;
    this.#live = live;
    this.#classes = classes;
    this.#limit = registers;
  }

  run(): Allocation {
    this.#findSites();
    const byStart = this.#representatives();
    let scratch = this.#limit;
    let frame = this.#attempt(byStart, scratch);
    if (this.#spilled().length > 0) {
      scratch = this.#limit - SPILL_SCRATCH;
      const weights = this.#weights();
      frame = this.#attempt(
        [...byStart].sort((a, b) => (weights.get(b) ?? 0) - (weights.get(a) ?? 0)),
        scratch,
      );
    }
    const locals = this.#table.size;
    // Parameters that arrive in registers kept free are put aside first.
    const spare = Math.max(frame, locals, this.#func.params.length);
    const spilled = this.#spilled();
    const pieces = spilled.length === 0 ? new Map() : this.#split(new Set(spilled), scratch);
    return {
      live: this.#live,
      classes: this.#classes,
      slotOf: (reg) => present(this.#slots.get(this.#classes.find(reg)), `slot of register ${reg}`),
      windows: this.#windows,
      limit: this.#limit,
      scratch,
      spare,
      locals,
      frame: spare + 1 + (scratch < this.#limit ? SPILL_SCRATCH : 0),
      spilled,
      pieces,
    };
  }

  /** Places everything anew, with the registers from `scratch` on kept free. Returns the first slot beyond all windows. */
  #attempt(order: readonly VReg[], scratch: number): number {
    this.#slots = new Map();
    this.#table = new SlotTable();
    this.#windows.clear();
    this.#placeAll(order, scratch);
    let end = 1;
    for (let i = this.#sites.length - 1; i >= 0; i--)
      end = Math.max(end, this.#placeWindow(this.#sites[i] as Site, scratch));
    return end;
  }

  #spilled(): VReg[] {
    return [...this.#slots].filter(([, slot]) => slot >= this.#limit).map(([reg]) => reg);
  }

  #findSites(): void {
    // A register is late if it has one writer and one reader, in one block, and one of them is a window.
    const writes = new Map<VReg, number>();
    const reads = new Map<VReg, number>();
    const bump = (counts: Map<VReg, number>, reg: VReg) => {
      const rep = this.#classes.find(reg);
      counts.set(rep, (counts.get(rep) ?? 0) + 1);
    };
    for (const [b, block] of this.#func.blocks.entries()) {
      const first = present(this.#live.firstIndex[b], 'block');
      for (const [i, inst] of block.insts.entries()) {
        visitInst(
          inst,
          (reg) => bump(reads, reg),
          (reg) => bump(writes, reg),
        );
        for (const reg of inst.keeps) bump(reads, reg);
        if (inst.kind === 'op' && inst.window !== null) this.#sites.push({ index: first + i, block: b, inst });
      }
      if (block.term.kind === 'branch') for (const reg of block.term.test.regs) bump(reads, reg);
    }
    const isLocal = (reg: VReg, block: number): boolean => {
      const range = this.#classes.rangeOf(reg);
      const first = present(this.#live.firstIndex[block], 'block');
      const end = first + (this.#func.blocks[block] as LBlock).insts.length + 1;
      return range.length === 2 && (range[0] as number) > 2 * first && (range[1] as number) <= 2 * end;
    };
    for (const site of this.#sites) {
      const { inst, block } = site;
      const window = present(inst.window, 'window');
      for (const arg of window.args) {
        const rep = this.#classes.find(arg);
        if (writes.get(rep) === 1 && reads.get(rep) === 1 && isLocal(rep, block)) this.#late.add(rep);
      }
      if (window.result !== null) {
        const rep = this.#classes.find(window.result);
        if (!this.#resultOf.has(rep)) this.#resultOf.set(rep, site);
        if (writes.get(rep) === 1 && isLocal(rep, block) && !this.#crossesWindow(rep, block)) this.#late.add(rep);
      }
    }
  }

  /** Whether a range within one block lives across some window of it. */
  #crossesWindow(rep: VReg, block: number): boolean {
    const [start, end] = this.#classes.rangeOf(rep) as [number, number];
    const first = present(this.#live.firstIndex[block], 'block');
    const { insts } = this.#func.blocks[block] as LBlock;
    for (let index = (start >> 1) + 1; 2 * index + 1 < end && index - first < insts.length; index++) {
      const inst = insts[index - first];
      if (inst?.kind === 'op' && inst.window !== null) return true;
    }
    return false;
  }

  /** Classes that live, in order of their start; parameters first, so that they can stay where they arrive. */
  #representatives(): VReg[] {
    const seen = new Set<VReg>();
    const reps: VReg[] = [];
    const add = (reg: VReg) => {
      const rep = this.#classes.find(reg);
      if (seen.has(rep) || this.#classes.rangeOf(rep).length === 0) return;
      seen.add(rep);
      reps.push(rep);
    };
    for (const param of this.#func.params) add(param);
    const params = reps.length;
    for (let reg = 0; reg < this.#func.kinds.length; reg++) add(reg as VReg);
    const rest = reps.slice(params).sort((a, b) => this.#start(a) - this.#start(b));
    return [...reps.slice(0, params), ...rest];
  }

  #start(rep: VReg): number {
    return this.#classes.rangeOf(rep)[0] ?? 0;
  }

  #placeAll(order: readonly VReg[], scratch: number): void {
    const arrival = new Map<VReg, number>();
    for (const [i, param] of this.#func.params.entries()) {
      const rep = this.#classes.find(param);
      if (!arrival.has(rep)) arrival.set(rep, i);
    }
    for (const rep of order) {
      if (this.#late.has(rep)) continue;
      const range = this.#classes.rangeOf(rep);
      const wish = arrival.get(rep) ?? this.#besideWindow(rep);
      const stays = wish !== undefined && wish < scratch && this.#table.fits(wish, range);
      this.#assign(rep, stays ? wish : this.#firstFit(range, scratch), range);
    }
  }

  /** For what begins as the result of a window and lives on: the place where that window is likely to be. */
  #besideWindow(rep: VReg): number | undefined {
    const site = this.#resultOf.get(rep);
    if (site === undefined) return undefined;
    const at = 2 * site.index;
    const wish = this.#table.topAcross(at, at + 2) + (site.inst.window?.call ? HEADER_SLOTS : 0);
    return wish < MAX_BESIDE ? wish : undefined;
  }

  #firstFit(range: Range, scratch: number): number {
    return this.#table.firstFit(range, 0, (slot) => this.#reserved(slot, scratch));
  }

  #reserved(slot: number, scratch: number): boolean {
    return slot >= scratch && slot < this.#limit;
  }

  #assign(rep: VReg, slot: number, range: Range): void {
    this.#slots.set(rep, slot);
    this.#table.place(slot, range);
  }

  /** Places a window and what is made for it or by it. Returns the first slot beyond it. */
  #placeWindow({ index, inst }: Site, scratch: number): number {
    const window = present(inst.window, 'window');
    const at = 2 * index;
    const size = Math.max(window.args.length, 1);
    const lowest = this.#table.topAcross(at, at + 2) + (window.call ? HEADER_SLOTS : 0);
    const wished = lowest + this.#bestShift(window, lowest);
    // Filling a window may take the registers kept free: they must not be part of it.
    const base = wished < this.#limit && wished + size > scratch ? Math.max(lowest, this.#limit) : wished;
    this.#windows.set(index, base);
    for (const [i, arg] of window.args.entries()) this.#placeLate(arg, base + i, scratch);
    if (window.result !== null) this.#placeLate(window.result, base, scratch);
    return base + size;
  }

  /** How much higher than it could a window should begin, so that most of what is made for it fits into its place. */
  #bestShift({ args, result }: Window, lowest: number): number {
    let best = 0;
    let most = -1;
    for (let shift = 0; shift <= MAX_SHIFT && most < args.length + 1; shift++) {
      let fitting = 0;
      const fits = (reg: VReg, slot: number): boolean => {
        const rep = this.#classes.find(reg);
        const placed = this.#slots.get(rep);
        if (placed !== undefined) return placed === slot;
        return this.#late.has(rep) && this.#table.fits(slot, this.#classes.rangeOf(rep));
      };
      for (const [i, arg] of args.entries()) if (fits(arg, lowest + shift + i)) fitting++;
      if (result === null || fits(result, lowest + shift)) fitting++;
      if (fitting > most) [most, best] = [fitting, shift];
    }
    return best;
  }

  #placeLate(reg: VReg, wish: number, scratch: number): void {
    const rep = this.#classes.find(reg);
    if (!this.#late.has(rep) || this.#slots.has(rep)) return;
    const range = this.#classes.rangeOf(rep);
    if (wish < scratch && this.#table.fits(wish, range)) {
      this.#assign(rep, wish, range);
      return;
    }
    this.#assign(
      rep,
      this.#table.firstFit(range, 0, (s) => this.#reserved(s, scratch)),
      range,
    );
  }

  /** Uses by loop depth over length: what to keep in registers first. */
  #weights(): Map<VReg, number> {
    const uses = new Map<VReg, number>();
    for (const block of this.#func.blocks) {
      const worth = 8 ** Math.min(block.depth, 6);
      const count = (reg: VReg) => {
        const rep = this.#classes.find(reg);
        uses.set(rep, (uses.get(rep) ?? 0) + worth);
      };
      for (const inst of block.insts) visitInst(inst, count, count);
      if (block.term.kind === 'branch') for (const reg of block.term.test.regs) count(reg);
    }
    const weights = new Map<VReg, number>();
    for (const [rep, worth] of uses) {
      const range = this.#classes.rangeOf(rep);
      let length = 1;
      for (let i = 0; i < range.length; i += 2) length += (range[i + 1] as number) - (range[i] as number);
      weights.set(rep, worth / length);
    }
    return weights;
  }

  /**
   * Splits spilled ranges at block borders: the piece from the first to the last use in a block gets a register if one is free there. Memory stays
   * the range's home, so the piece loads at its first use if that reads, and stores after each write.
   */
  #split(spilled: ReadonlySet<VReg>, scratch: number): Map<number, Map<VReg, number>> {
    const pieces = new Map<number, Map<VReg, number>>();
    for (const [b, block] of this.#func.blocks.entries()) {
      const first = present(this.#live.firstIndex[b], 'block');
      const extent = new Map<VReg, { start: number; end: number; count: number }>();
      const touch = (reg: VReg, at: number) => {
        const rep = this.#classes.find(reg);
        if (!spilled.has(rep)) return;
        const piece = extent.get(rep);
        if (piece === undefined) extent.set(rep, { start: at, end: at + 2, count: 1 });
        else {
          piece.end = at + 2;
          piece.count++;
        }
      };
      for (const [i, inst] of block.insts.entries()) {
        const at = 2 * (first + i);
        visitInst(
          inst,
          (reg) => touch(reg, at),
          (reg) => touch(reg, at),
        );
      }
      if (block.term.kind === 'branch')
        for (const reg of block.term.test.regs) touch(reg, 2 * (first + block.insts.length));
      for (const [rep, { start, end, count }] of extent) {
        if (count < 2) continue;
        const slot = this.#freeRegister([start, end], first, block, scratch);
        if (slot === null) continue;
        this.#table.place(slot, [start, end]);
        const inBlock = pieces.get(b) ?? new Map<VReg, number>();
        inBlock.set(rep, slot);
        pieces.set(b, inBlock);
      }
    }
    return pieces;
  }

  /** A register free over a piece, and below every window that the piece lives across. */
  #freeRegister(range: Range, first: number, block: LBlock, scratch: number): number | null {
    let bound = scratch;
    const from = ((range[0] as number) >> 1) - first;
    const to = ((range[1] as number) >> 1) - first;
    for (let i = from; i < to && i < block.insts.length; i++) {
      const inst = block.insts[i];
      if (inst?.kind !== 'op' || inst.window === null) continue;
      const base = present(this.#windows.get(first + i), 'window');
      bound = Math.min(bound, inst.window.call ? base - HEADER_SLOTS : base);
    }
    for (let slot = 0; slot < bound; slot++) if (this.#table.fits(slot, range)) return slot;
    return null;
  }
}
