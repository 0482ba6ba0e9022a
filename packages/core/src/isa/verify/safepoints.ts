/**
 * Safepoint tables, made anew from the code: which slots hold references or any words that are still needed wherever a frame may be
 * looked at.
 *
 * What a slot holds, the flow analysis knows; whether it is needed, liveness does: a slot is live where some way leads to a read of it before
 * it is set again, also through a try range. Only live slots are traced, so a program keeps the same objects alive as with the
 * tables of its compiler.
 */
import type { DecodedInst } from '../encode.ts';
import type { Safepoint } from '../program.ts';
import { safepointsOf } from '../select.ts';
import type { BytecodeProgram } from '../program.ts';
import { type Code, goesOn } from './code.ts';
import { type Flow, startsOf } from './flow.ts';
import { type Slots, windowOf } from './operands.ts';
import { refuse } from './refusal.ts';
import { shapeOf } from './shapes.ts';
import type { State } from './state.ts';

/** Live slots that the tables of a program may name in all. */
const MAX_ENTRIES = 2 ** 23;

export class SafepointBudget {
  #left = MAX_ENTRIES;

  take(count: number, code: Code): void {
    this.#left -= count;
    if (this.#left < 0) refuse('size', 'too many references live at too many places', code.index);
  }
}

class Bits {
  readonly words: Uint32Array;

  constructor(words: Uint32Array) {
    this.words = words;
  }

  static of(slots: number): Bits {
    return new Bits(new Uint32Array((slots + 31) >> 5));
  }

  add(slot: number): void {
    this.words[slot >> 5] = ((this.words[slot >> 5] as number) | (1 << (slot & 31))) >>> 0;
  }

  remove(slot: number): void {
    this.words[slot >> 5] = ((this.words[slot >> 5] as number) & ~(1 << (slot & 31))) >>> 0;
  }

  has(slot: number): boolean {
    return (((this.words[slot >> 5] as number) >>> (slot & 31)) & 1) === 1;
  }

  removeFrom(slot: number): void {
    const word = slot >> 5;
    if (word >= this.words.length) return;
    this.words[word] = (this.words[word] as number) & (2 ** (slot & 31) - 1);
    this.words.fill(0, word + 1);
  }

  /** Adds all of another set but one slot; whether that changed anything. */
  addAll(other: Bits, except: number): boolean {
    let changed = false;
    for (let i = 0; i < this.words.length; i++) {
      let more = other.words[i] as number;
      if (i === except >> 5) more = (more & ~(1 << (except & 31))) >>> 0;
      const before = this.words[i] as number;
      const after = (before | more) >>> 0;
      if (after === before) continue;
      this.words[i] = after;
      changed = true;
    }
    return changed;
  }

  copy(): Bits {
    return new Bits(this.words.slice());
  }

  forEach(visit: (slot: number) => void): void {
    for (let i = 0; i < this.words.length; i++) {
      for (let word = this.words[i] as number; word !== 0; word &= word - 1)
        visit(32 * i + 31 - Math.clz32(word & -word));
    }
  }
}

/** The safepoints of a function that the flow analysis has accepted. */
export function safepointsFor(flow: Flow, program: BytecodeProgram, budget: SafepointBudget): Safepoint[] {
  return new Liveness(flow, program).safepoints(budget);
}

class Liveness {
  readonly #flow: Flow;
  readonly #code: Code;
  readonly #slots: Slots[];
  /** Marks where control can arrive from elsewhere. */
  readonly #starts: Uint8Array;
  readonly #liveIn: (Bits | undefined)[] = [];

  constructor(flow: Flow, program: BytecodeProgram) {
    this.#flow = flow;
    this.#code = flow.code;
    this.#starts = startsOf(this.#code);
    this.#slots = this.#code.insts.map((inst) => windowOf(inst, shapeOf(inst.op.number), program));
  }

  safepoints(budget: SafepointBudget): Safepoint[] {
    this.#solve();
    const live = this.#liveAtSafepoints(budget);
    const { types } = this.#flow;
    const records: Safepoint[] = [];
    const record = (pc: number, slots: readonly number[], state: State): void => {
      const refs: number[] = [];
      const anys: number[] = [];
      for (const slot of slots) {
        const { k } = types.get(state.get(slot));
        if (k === 'ref') refs.push(slot);
        else if (k === 'any') anys.push(slot);
      }
      records.push({ pc: pc as Safepoint['pc'], refs, anys });
    };
    this.#flow.replay((position, state) => {
      for (const { pc, slots } of live[position] ?? []) record(pc, slots, state);
    });
    return records.sort((a, b) => a.pc - b.pc);
  }

  /** Live slots at the beginning of each piece, to a fixed point. */
  #solve(): void {
    const { insts, func } = this.#code;
    const pieces: number[] = [];
    for (let i = 0; i < insts.length; i++) {
      if (this.#starts[i] !== 0 && this.#flow.reached[i] === 1) {
        pieces.push(i);
        this.#liveIn[i] = Bits.of(func.frame);
      }
    }
    for (let again = true; again; ) {
      again = false;
      for (let p = pieces.length - 1; p >= 0; p--) {
        const start = pieces[p] as number;
        const live = this.#walk(start, () => undefined);
        if ((this.#liveIn[start] as Bits).addAll(live, -1)) again = true;
      }
    }
  }

  #endOf(start: number): number {
    const { insts } = this.#code;
    let i = start;
    while (i + 1 < insts.length && this.#starts[i + 1] === 0 && this.#flow.reached[i + 1] === 1 && this.#falls(i)) i++;
    return i;
  }

  #falls(i: number): boolean {
    return goesOn(this.#code.insts[i] as DecodedInst);
  }

  /** Goes backward through a piece; `visit` sees what is live before each instruction, and behind it without its results. */
  #walk(start: number, visit: (position: number, before: Bits, waiting: Bits | null) => void): Bits {
    const { insts, at, func, handlerOf } = this.#code;
    const end = this.#endOf(start);
    let live = Bits.of(func.frame);
    for (let i = end; i >= start; i--) {
      const inst = insts[i] as DecodedInst;
      const shape = shapeOf(inst.op.number);
      if (i === end && this.#falls(i) && this.#flow.reached[i + 1] === 1) live.addAll(this.#liveIn[i + 1] as Bits, -1);
      const to = shape.target < 0 ? undefined : this.#liveIn[at[inst.values[shape.target] as number] as number];
      if (to !== undefined) {
        if (shape.isJump) live = to.copy();
        else live.addAll(to, -1);
      }
      const slots = this.#slots[i] as Slots;
      for (const def of shape.defs) live.remove(inst.values[def] as number);
      if (slots.result >= 0) live.remove(slots.result);
      if (slots.lost < func.frame) live.removeFrom(slots.lost);
      const handler = handlerOf[i] as number;
      if (handler >= 0) {
        const range = func.handlers[handler] as (typeof func.handlers)[number];
        const there = this.#liveIn[at[range.target] as number];
        if (there !== undefined) live.addAll(there, range.slot);
      }
      const { safepoint } = inst.op.traits;
      const waiting = safepoint === 'call' || safepoint === 'both' ? live.copy() : null;
      for (const use of shape.uses) live.add(inst.values[use] as number);
      for (let k = 0; k < slots.reads; k++) live.add(slots.window + k);
      visit(i, live, waiting);
    }
    return live;
  }

  /** By position: keys of safepoints and the slots that are live there. */
  #liveAtSafepoints(budget: SafepointBudget): { readonly pc: number; readonly slots: readonly number[] }[][] {
    const { insts, func, at } = this.#code;
    const targets = new Set(func.handlers.map(({ target }) => at[target] as number));
    const found: { readonly pc: number; readonly slots: readonly number[] }[][] = [];
    for (let start = 0; start < insts.length; start++) {
      if (this.#liveIn[start] === undefined) continue;
      this.#walk(start, (position, before, waiting) => {
        const inst = insts[position] as DecodedInst;
        const places = [...safepointsOf(inst)];
        // A collection that an error has made due runs when control is at the handler.
        if (targets.has(position) && !places.some(({ operands }) => operands)) {
          places.unshift({ pc: inst.pc, operands: true });
        }
        if (places.length === 0) return;
        found[position] = places.map(({ pc, operands }) => {
          const slots: number[] = [];
          (operands ? before : (waiting ?? before)).forEach((slot) => {
            slots.push(slot);
          });
          budget.take(slots.length + 1, this.#code);
          return { pc, slots };
        });
      });
    }
    return found;
  }
}
