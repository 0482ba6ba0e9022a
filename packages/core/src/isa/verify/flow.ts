/**
 * Follows the code of one function: what every slot holds at every instruction, to a fixed point.
 *
 * Code is cut into pieces at the places that branches and errors go to; a piece's state is the join of all ways into it, and it is
 * followed again when that grows. An instruction that can fail inside a try range sends the state before it to the handler (after it,
 * for what a call has destroyed).
 */
import { present } from '../../base/bug.ts';
import type { DecodedInst } from '../encode.ts';
import { type Code, goesOn, targetOf } from './code.ts';
import { refuse } from './refusal.ts';
import { type Shape, shapeOf } from './shapes.ts';
import type { Fact } from './slot-types.ts';
import { State } from './state.ts';
import { readerOf, type Summaries } from './summaries.ts';
import { Step } from './step.ts';
import { callResult } from './typing-calls.ts';
import { comparisonFact } from './typing-tests.ts';

/** Bounds on the work for one program, so that no file takes the verifier hours or all memory. */
export class Budget {
  /** Slots of states that may be kept, and that may be joined. */
  #kept = 2 ** 25;
  #joined = 2 ** 29;

  keep(slots: number, code: Code): void {
    this.#kept -= slots;
    if (this.#kept < 0) refuse('size', 'too many places to keep what its slots hold', code.index);
  }

  join(slots: number, code: Code): void {
    this.#joined -= slots + 1;
    if (this.#joined < 0) refuse('size', 'following it takes too long', code.index);
  }
}

/** How control comes to an instruction that begins a piece: by one way, by several, or with an error. */
const ONE_WAY = 1;
const WAYS = 2;
const HANDLER = 3;

/** For each instruction one of the above, or 0 if control only comes from the one before it. */
export function startsOf({ insts, at, func }: Code): Uint8Array {
  const starts = new Uint8Array(insts.length);
  starts[0] = ONE_WAY;
  for (const inst of insts) {
    const target = targetOf(inst);
    if (target === null) continue;
    const position = at[target] as number;
    const before = insts[position - 1];
    starts[position] = starts[position] === 0 && (before === undefined || !goesOn(before)) ? ONE_WAY : WAYS;
  }
  for (const { target } of func.handlers) starts[at[target] as number] = HANDLER;
  return starts;
}

export class Flow {
  readonly code: Code;
  readonly #summaries: Summaries;
  readonly #budget: Budget;
  /** See `startsOf`. */
  readonly #starts: Uint8Array;
  readonly #states: (State | undefined)[] = [];
  readonly #dirty: Uint8Array;
  readonly #step: Step;
  /** Value numbers for joins, by piece and slot. */
  readonly #joinValues = new Map<number, number>();
  /** For each instruction that can be reached: 1. */
  readonly reached: Uint8Array;
  /** Positions of instructions that need their checked form. */
  readonly checked = new Set<number>();
  /** Sees each instruction with the state before it, in `replay`. */
  #visit: ((position: number, state: State) => void) | null = null;

  constructor(code: Code, summaries: Summaries, budget: Budget) {
    this.code = code;
    this.#summaries = summaries;
    this.#budget = budget;
    const { insts, func } = code;
    if (insts.length === 0) refuse('polls', 'it is called, but has no code', code.index);
    this.#starts = startsOf(code);
    this.#dirty = new Uint8Array(insts.length);
    this.reached = new Uint8Array(insts.length);
    this.#step = new Step(summaries, code, State.empty(func.frame, summaries.types.unset));
  }

  get types() {
    return this.#summaries.types;
  }

  /** Follows the function, or pieces of it, with what is known of its parameters and of the rest of the program now. */
  run(pieces: ReadonlySet<number> | 'all'): void {
    if (pieces === 'all') {
      this.#enter();
      this.#states.forEach((known, piece) => {
        if (known !== undefined) this.#dirty[piece] = 1;
      });
    } else for (const piece of pieces) this.#dirty[piece] = 1;
    for (let again = true; again; ) {
      again = false;
      for (let piece = 0; piece < this.#dirty.length; piece++) {
        if (this.#dirty[piece] === 0) continue;
        this.#dirty[piece] = 0;
        again = true;
        this.#follow(piece, (this.#states[piece] as State).copy());
      }
    }
  }

  #enter(): void {
    const { types } = this.#summaries;
    const entry = present(this.#summaries.entry(this.code.index) ?? undefined, 'parameters');
    const state = State.empty(this.code.func.frame, types.unset);
    entry.forEach((id, i) => {
      // Parameters have numbers too, beyond those of instructions.
      state.set(i, id, types.isNumbered(id) ? this.#joinValue(-1, i) : 0);
    });
    this.#arrive(0, state, null);
  }

  /** Visits every instruction that can be reached, with the state before it, when all is known. */
  replay(visit: (position: number, state: State) => void): void {
    this.#visit = visit;
    for (let piece = 0; piece < this.#starts.length; piece++) {
      const state = this.#states[piece];
      if (state !== undefined) this.#follow(piece, state.copy());
    }
    this.#visit = null;
  }

  // --- pieces -------------------------------------------------------------------------------------------------------

  #follow(piece: number, state: State): void {
    const { insts, handlerOf } = this.code;
    const step = this.#step;
    step.state = state;
    step.changed.length = 0;
    step.recording = false;
    this.#summaries.reader = readerOf(this.code.index, piece);
    // The handler that has seen all of the state, except what is in `changed`.
    let told = -1;
    for (let i = piece; ; i++) {
      const inst = insts[i] as DecodedInst;
      const shape = shapeOf(inst.op.number);
      step.inst = inst;
      step.goesOn = true;
      if (shape.func >= 0 && i > piece && this.#waits(inst, shape, i, state)) return;
      this.#visit?.(i, state);
      this.reached[i] = 1;
      const form = shape.checkedForm;
      const checked = form?.needed(step) === true;
      if (checked) this.checked.add(i);
      const handler = shape.raises || checked ? (handlerOf[i] as number) : -1;
      // A call destroys slots before its callee fails; all others fail before they change anything.
      if (handler >= 0 && !shape.isCall) told = this.#raise(handler, told);
      if (shape.isCall || shape.isReturn) this.#requirePoll(inst, shape, state);
      const test = shape.isBranch ? this.#branchTest(inst, shape, state) : null;
      shape.typing(step);
      if (shape.isCall) {
        if (handler >= 0) told = this.#raise(handler, told);
        this.#return(step, shape);
      }
      if (shape.isPoll) state.polled = true;
      if (shape.isJump) return this.#arrive(this.#position(inst.values[shape.target] as number), state, null);
      if (!step.goesOn || !goesOn(inst)) return;
      if (shape.isBranch) {
        if (!this.#branch(inst, shape, state, test)) return;
      } else if (shape.asserts && !this.#assumeNot(inst, shape, state)) return;
      if (i + 1 === insts.length) refuse('ends', 'control runs past the end of the code', this.code.index, inst.pc);
      if (this.#starts[i + 1] !== 0) return this.#arrive(i + 1, state, null);
    }
  }

  /** A call whose result is not known yet becomes a piece of its own, so that what stands before it is not followed again. */
  #waits(inst: DecodedInst, shape: Shape, position: number, state: State): boolean {
    if (!shape.isCall || !this.#summaries.mustWait(inst.values[shape.func] as number)) return false;
    if (this.#starts[position] === 0) this.#starts[position] = ONE_WAY;
    this.#arrive(position, state, null);
    return true;
  }

  #requirePoll(inst: DecodedInst, shape: Shape, state: State): void {
    const { index, func } = this.code;
    const enters = shape.isCall && shape.count >= 0;
    if (!state.polled && (func.boxed !== index || enters)) {
      refuse('polls', `${inst.op.name} comes before any poll`, index, inst.pc);
    }
  }

  #position(pc: number): number {
    return this.code.at[pc] as number;
  }

  #return(step: Step, shape: Shape): void {
    const result = callResult(step);
    if (result === null) step.goesOn = false;
    else if (result !== step.types.unset) step.makeValue(step.inst.values[shape.window] as number, result);
  }

  // --- edges --------------------------------------------------------------------------------------------------------

  /** The fact on which a branch depends, or how its test always ends. */
  #branchTest(inst: DecodedInst, shape: Shape, state: State): Fact | boolean | null {
    if (shape.compares) return comparisonFact(this.#step);
    return shape.condition < 0 ? null : this.#conditionTest(inst, shape, state);
  }

  #conditionTest(inst: DecodedInst, shape: Shape, state: State): Fact | boolean | null {
    const type = this.types.get(state.get(inst.values[shape.condition] as number));
    if (type.k !== 'i32') return null;
    return type.value === null ? type.fact : type.value !== 0;
  }

  /** Sends the state to the target; false if control cannot go on behind the branch. */
  #branch(inst: DecodedInst, shape: Shape, state: State, test: Fact | boolean | null): boolean {
    const target = this.#position(inst.values[shape.target] as number);
    if (test === null || typeof test === 'boolean') {
      const known = test === null ? null : test !== shape.inverted;
      if (known !== false) this.#arrive(target, state, null);
      return known !== true;
    }
    const there = state.copy();
    if (there.assume(test, !shape.inverted, this.types)) this.#arrive(target, there, null);
    return state.assume(test, shape.inverted, this.types);
  }

  /** After an instruction that traps if its condition holds, it does not hold. */
  #assumeNot(inst: DecodedInst, shape: Shape, state: State): boolean {
    const test = shape.condition < 0 ? null : this.#conditionTest(inst, shape, state);
    if (test === null || typeof test === 'boolean') return test !== true;
    return state.assume(test, false, this.types);
  }

  /** An error may go to a handler; gives the handler. */
  #raise(handler: number, told: number): number {
    const { target, slot } = present(this.code.func.handlers[handler], 'try range');
    const { state, changed } = this.#step;
    const { types } = this.#summaries;
    const piece = this.#position(target);
    const error = types.ref({ is: 'error' });
    const held = state.get(slot);
    const value = state.values[slot] as number;
    state.set(slot, error, 0);
    this.#arrive(piece, state, told === handler ? changed : null);
    state.set(slot, held, value);
    changed.length = 0;
    this.#step.recording = true;
    return handler;
  }

  #joinValue(piece: number, slot: number): number {
    const key = (piece + 1) * 2 ** 16 + slot;
    let value = this.#joinValues.get(key);
    if (value === undefined) {
      value = this.code.func.code.length + 2 + this.#joinValues.size;
      this.#joinValues.set(key, value);
    }
    return value;
  }

  /** A state reaches a piece; `only` names the slots that differ from what reached it from here before. */
  #arrive(piece: number, state: State, only: readonly number[] | null): void {
    if (this.#visit !== null) return;
    const slots = state.types.length;
    this.#budget.join(only === null ? slots : only.length, this.code);
    const known = this.#states[piece];
    if (known === undefined) {
      this.#budget.keep(slots, this.code);
      const first = state.copy();
      if (this.#starts[piece] === WAYS) first.join(state, this.types, (slot) => this.#joinValue(piece, slot));
      this.#states[piece] = first;
      this.#dirty[piece] = 1;
    } else if (this.#grows(piece, known, state, only)) this.#dirty[piece] = 1;
  }

  #grows(piece: number, known: State, state: State, only: readonly number[] | null): boolean {
    const numberOf = (slot: number): number => this.#joinValue(piece, slot);
    switch (this.#starts[piece]) {
      case ONE_WAY:
        return known.become(state);
      case WAYS:
        return known.join(state, this.types, numberOf);
      default:
        return known.joinSlots(state, this.types, numberOf, only);
    }
  }
}
