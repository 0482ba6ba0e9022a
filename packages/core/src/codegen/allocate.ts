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
import { type Arrays, FRESH } from '../base/arrays.ts';
import { Bug, present } from '../base/bug.ts';
import { HEADER_SLOTS } from '../isa/select.ts';
import type { Classes } from './coalesce.ts';
import { coalesce } from './coalesce.ts';
import type { Copy, LBlock, LFunc, LInst, VReg, Window } from './lir.ts';
import { visitInst } from './lir.ts';
import type { LiveRanges, Range } from './ranges.ts';
import { liveRanges } from './ranges.ts';
import { SlotHeap, SlotTable, WindowTops } from './slots.ts';

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
export function allocate(func: LFunc, registers: number, arrays: Arrays = FRESH): Allocation {
  const live = liveRanges(func, arrays);
  const classes = coalesce(func, live);
  const scan = new Scan(func, live, classes, registers, arrays);
  return scan.run();
}

/** How far a window is moved up to save moves. */
const MAX_SHIFT = 4;

/** Slots from here on are not worth the gaps that it leaves to put a result where its window is. */
const MAX_BESIDE = 64;

/** A piece of a spilled range is not looked at for a register over more positions: hardly any is free for so long where something spills. */
const LONGEST_PIECE = 1024;

/** Of how many copies at once, and for how many registers in all, a slot is chosen with care. */
const MOST_TOGETHER = 12;

interface Site {
  readonly index: number;
  readonly block: number;
  readonly inst: LInst & { kind: 'op' };
}

class Scan {
  readonly #func: LFunc;
  readonly #arrays: Arrays;
  readonly #live: LiveRanges;
  readonly #classes: Classes;
  readonly #limit: number;
  /** By representative: its slot, -1 if it has none yet. */
  readonly #slots: Int32Array;
  #table = new SlotTable();
  #tops: WindowTops;
  /** Slots beyond the registers that are in use, and what is known of those that operands of windows got. */
  #spillSlots = 0;
  #lateSpills = new SlotHeap();
  /** Registers that got one of them. */
  #spilled: VReg[] = [];
  readonly #windows = new Map<number, number>();
  readonly #sites: Site[] = [];
  /** Registers that only a window uses, or that only a window makes: placed with it. */
  readonly #late: Uint8Array;
  /** Registers that are copied together with others, and where those go. */
  readonly #together = new Map<VReg, VReg[]>();
  /** The first window whose result a class holds: its number, -1 for none. */
  readonly #resultOf: Int32Array;

  constructor(func: LFunc, live: LiveRanges, classes: Classes, registers: number, arrays: Arrays) {
    this.#func = func;
    this.#arrays = arrays;
    this.#live = live;
    this.#classes = classes;
    this.#limit = registers;
    this.#slots = arrays.i32(func.kinds.length, -1);
    this.#late = arrays.u8(func.kinds.length);
    this.#resultOf = arrays.i32(func.kinds.length, -1);
    this.#tops = new WindowTops([], 0);
  }

  run(): Allocation {
    this.#findSites();
    const byStart = this.#representatives();
    let scratch = this.#limit;
    let frame = this.#attempt(byStart, scratch);
    if (frame === null) {
      scratch = this.#limit - SPILL_SCRATCH;
      const weights = this.#weights();
      const order = [...byStart].sort((x, y) => (weights[y] as number) - (weights[x] as number));
      frame = present(this.#attempt(order, scratch), 'frame with spills');
    }
    const spilled = this.#spilled;
    const locals = spilled.length === 0 ? this.#table.size : this.#limit + this.#spillSlots;
    // Parameters that arrive in registers kept free are put aside first.
    const spare = Math.max(frame, locals, this.#func.params.length);
    const pieces = spilled.length === 0 ? new Map() : this.#split(new Set(spilled), scratch);
    const slots = this.#slots;
    const { find } = this.#classes;
    return {
      live: this.#live,
      classes: this.#classes,
      slotOf: (reg) => {
        const slot = slots[find(reg)] as number;
        if (slot < 0) throw new Bug(`register ${reg} has no slot`);
        return slot;
      },
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

  /**
   * Places everything anew, with the registers from `scratch` on kept free. Returns the first slot beyond all windows; null if something does not
   * fit into registers, but none are kept free for reaching what lies elsewhere.
   */
  #attempt(order: readonly VReg[], scratch: number): number | null {
    this.#slots.fill(-1);
    this.#table = new SlotTable();
    this.#tops = new WindowTops(
      this.#sites.map(({ index }) => index),
      this.#live.firstIndex.length === 0 ? 0 : this.#end(),
    );
    this.#windows.clear();
    this.#spilled = [];
    this.#spillSlots = 0;
    this.#lateSpills = new SlotHeap();
    if (!this.#placeAll(order, scratch)) return null;
    let end = 1;
    for (let i = this.#sites.length - 1; i >= 0; i--) {
      const beyond = this.#placeWindow(this.#sites[i] as Site, i, scratch);
      if (beyond === null) return null;
      end = Math.max(end, beyond);
    }
    return end;
  }

  /** One more than the last index. */
  #end(): number {
    const last = this.#func.blocks.length - 1;
    return (this.#live.firstIndex[last] as number) + (this.#func.blocks[last] as LBlock).insts.length + 1;
  }

  #findSites(): void {
    // A register is late if it has one writer and one reader, in one block, and one of them is a window.
    const { find } = this.#classes;
    const writes = this.#arrays.i32(this.#func.kinds.length);
    const reads = this.#arrays.i32(this.#func.kinds.length);
    const read = (reg: VReg): void => {
      const rep = find(reg);
      reads[rep] = (reads[rep] as number) + 1;
    };
    const write = (reg: VReg): void => {
      const rep = find(reg);
      writes[rep] = (writes[rep] as number) + 1;
    };
    const { blocks } = this.#func;
    for (let b = 0; b < blocks.length; b++) {
      const { insts, term } = blocks[b] as LBlock;
      const first = this.#live.firstIndex[b] as number;
      for (let i = 0; i < insts.length; i++) {
        const inst = insts[i] as LInst;
        visitInst(inst, read, write);
        for (let k = 0; k < inst.keeps.length; k++) read(inst.keeps[k] as VReg);
        if (inst.kind === 'copies' && inst.copies.length > 1) this.#noteCopies(inst.copies);
        if (inst.kind === 'op' && inst.window !== null) this.#sites.push({ index: first + i, block: b, inst });
      }
      if (term.kind === 'branch') for (const reg of term.test.regs) read(reg);
    }
    const isLocal = (reg: VReg, block: number): boolean => {
      const range = this.#classes.rangeOf(reg);
      const first = present(this.#live.firstIndex[block], 'block');
      const end = first + (this.#func.blocks[block] as LBlock).insts.length + 1;
      return range.length === 2 && (range[0] as number) > 2 * first && (range[1] as number) <= 2 * end;
    };
    for (let number = 0; number < this.#sites.length; number++) {
      const { inst, block } = this.#sites[number] as Site;
      const window = present(inst.window, 'window');
      for (const arg of window.args) {
        const rep = this.#classes.find(arg);
        if (writes[rep] === 1 && reads[rep] === 1 && isLocal(rep, block)) this.#late[rep] = 1;
      }
      if (window.result !== null) {
        const rep = this.#classes.find(window.result);
        if (this.#resultOf[rep] === -1) this.#resultOf[rep] = number;
        if (writes[rep] === 1 && isLocal(rep, block) && !this.#crossesWindow(rep, block)) this.#late[rep] = 1;
      }
    }
  }

  /** What is copied does not stand where another copy goes, if that can be helped: such copies become a cycle, with a move more. */
  #noteCopies(copies: readonly Copy[]): void {
    const pairs = copies
      .map(({ dst, src }) => [this.#classes.find(dst), this.#classes.find(src)] as const)
      .filter(([dst, src]) => dst !== src);
    if (pairs.length < 2 || pairs.length > MOST_TOGETHER) return;
    for (const [own, src] of pairs) {
      const known = this.#together.get(src) ?? [];
      if (known.length > MOST_TOGETHER) continue;
      for (const [dst] of pairs) if (dst !== own) known.push(dst);
      this.#together.set(src, known);
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
    const seen = this.#arrays.u8(this.#func.kinds.length);
    const reps: VReg[] = [];
    const add = (reg: VReg) => {
      const rep = this.#classes.find(reg);
      if (seen[rep] === 1 || this.#classes.rangeOf(rep).length === 0) return;
      seen[rep] = 1;
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

  /** False if something does not fit where nothing may be spilled. */
  #placeAll(order: readonly VReg[], scratch: number): boolean {
    const arrival = new Map<VReg, number>();
    for (const [i, param] of this.#func.params.entries()) {
      const rep = this.#classes.find(param);
      if (!arrival.has(rep)) arrival.set(rep, i);
    }
    const homeless: VReg[] = [];
    for (const rep of order) {
      if (this.#late[rep] === 1) continue;
      const range = this.#classes.rangeOf(rep);
      const wish = arrival.get(rep) ?? this.#besideWindow(rep);
      const stays = wish !== undefined && wish < scratch && this.#table.fits(wish, range);
      const slot = stays ? wish : this.#freeSlot(rep, range, scratch);
      if (slot < scratch) this.#assign(rep, slot, range);
      else if (scratch === this.#limit) return false;
      else homeless.push(rep);
    }
    this.#spill(homeless);
    return true;
  }

  /** Slots beyond the registers, by start and end alone: a slot is free again when what it holds has ended. */
  #spill(homeless: VReg[]): void {
    homeless.sort((a, b) => this.#start(a) - this.#start(b));
    const free = new SlotHeap();
    for (const rep of homeless) {
      const range = this.#classes.rangeOf(rep);
      const end = range[range.length - 1] as number;
      const reused = free.key >= -(range[0] as number);
      const slot = reused ? free.pop() : this.#limit + this.#spillSlots++;
      free.push(-end, slot);
      this.#keep(rep, slot, range);
    }
  }

  /** For what begins as the result of a window and lives on: the place where that window is likely to be. */
  #besideWindow(rep: VReg): number | undefined {
    const number = this.#resultOf[rep] as number;
    if (number === -1) return undefined;
    const wish = this.#lowestPlace(number);
    return wish < MAX_BESIDE ? wish : undefined;
  }

  /** Above everything placed so far that lives across a window. */
  #lowestPlace(number: number): number {
    const { inst } = this.#sites[number] as Site;
    return this.#tops.at(number) + (inst.window?.call ? HEADER_SLOTS : 0);
  }

  #freeSlot(rep: VReg, range: Range, scratch: number): number {
    const first = this.#table.firstFit(range, scratch);
    const avoid = this.#together.get(rep)?.map((reg) => this.#slots[reg] as number);
    if (avoid === undefined || !avoid.includes(first)) return first;
    const other = this.#table.firstFit(range, scratch, avoid);
    return other < Math.min(scratch, MAX_BESIDE) ? other : first;
  }

  #keep(rep: VReg, slot: number, range: Range): void {
    this.#slots[rep] = slot;
    this.#tops.place(slot, range);
    if (slot >= this.#limit) this.#spilled.push(rep);
  }

  #assign(rep: VReg, slot: number, range: Range): void {
    this.#keep(rep, slot, range);
    this.#table.place(slot, range);
  }

  /** Places a window and what is made for it or by it. Returns the first slot beyond it; null as for `#attempt`. */
  #placeWindow({ index, inst }: Site, number: number, scratch: number): number | null {
    const window = present(inst.window, 'window');
    const size = Math.max(window.args.length, 1);
    const lowest = this.#lowestPlace(number);
    const wished = lowest + this.#bestShift(window, lowest);
    // Filling a window may take the registers kept free: they must not be part of it.
    const base = wished < this.#limit && wished + size > scratch ? Math.max(lowest, this.#limit) : wished;
    this.#windows.set(index, base);
    for (let i = 0; i < window.args.length; i++) {
      if (!this.#placeLate(window.args[i] as VReg, base + i, scratch)) return null;
    }
    if (window.result !== null && !this.#placeLate(window.result, base, scratch)) return null;
    return base + size;
  }

  /** How much higher than it could a window should begin, so that most of what is made for it fits into its place. */
  #bestShift({ args, result }: Window, lowest: number): number {
    let best = 0;
    let most = -1;
    for (let shift = 0; shift <= MAX_SHIFT && most < args.length + 1; shift++) {
      let fitting = result === null || this.#belongsAt(result, lowest + shift) ? 1 : 0;
      for (let i = 0; i < args.length; i++) if (this.#belongsAt(args[i] as VReg, lowest + shift + i)) fitting++;
      if (fitting > most) [most, best] = [fitting, shift];
    }
    return best;
  }

  /** Whether a register has this slot, or still has none and could have it. */
  #belongsAt(reg: VReg, slot: number): boolean {
    const rep = this.#classes.find(reg);
    if (this.#slots[rep] !== -1) return this.#slots[rep] === slot;
    return this.#late[rep] === 1 && this.#table.fits(slot, this.#classes.rangeOf(rep));
  }

  #placeLate(reg: VReg, wish: number, scratch: number): boolean {
    const rep = this.#classes.find(reg);
    if (this.#late[rep] === 0 || this.#slots[rep] !== -1) return true;
    const range = this.#classes.rangeOf(rep);
    const slot = wish < scratch && this.#table.fits(wish, range) ? wish : this.#table.firstFit(range, scratch);
    if (slot < scratch) this.#assign(rep, slot, range);
    else if (scratch === this.#limit) return false;
    else {
      // Windows are placed from the end backward: a slot is free if all that it holds begins later.
      const [start, end] = range as readonly [number, number];
      const reused = this.#lateSpills.key >= end;
      const spill = reused ? this.#lateSpills.pop() : this.#limit + this.#spillSlots++;
      this.#lateSpills.push(start, spill);
      this.#keep(rep, spill, range);
    }
    return true;
  }

  /** Uses by loop depth over length: what to keep in registers first. */
  #weights(): Float64Array {
    const weights = new Float64Array(this.#func.kinds.length);
    for (const block of this.#func.blocks) {
      const worth = 8 ** Math.min(block.depth, 6);
      const count = (reg: VReg) => {
        const rep = this.#classes.find(reg);
        weights[rep] = (weights[rep] as number) + worth;
      };
      for (const inst of block.insts) visitInst(inst, count, count);
      if (block.term.kind === 'branch') for (const reg of block.term.test.regs) count(reg);
    }
    for (let rep = 0; rep < weights.length; rep++) {
      if (weights[rep] === 0) continue;
      const range = this.#classes.rangeOf(rep as VReg);
      let length = 1;
      for (let i = 0; i < range.length; i += 2) length += (range[i + 1] as number) - (range[i] as number);
      weights[rep] = (weights[rep] as number) / length;
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
        if (count < 2 || end - start > LONGEST_PIECE) continue;
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
