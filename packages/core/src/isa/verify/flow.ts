/**
 * Follows the code of one function: what every slot holds at every instruction, to a fixed point.
 *
 * Code is cut into pieces at the places that branches and errors go to; a piece's state is the join of all ways into it, and it is
 * followed again when that grows. An instruction that can fail inside a try range sends the state before it to the handler (after it,
 * for what a call has destroyed).
 */
import { present } from '../../base/bug.ts';
import type { DecodedInst } from '../encode.ts';
import { type Code, goesOn, targetOf, valueOf } from './code.ts';
import { refuse } from './refusal.ts';
import type { Fact, TypeId } from './slot-types.ts';
import { State } from './state.ts';
import type { Summaries } from './summaries.ts';
import { callResult, CHECKED_FORMS, comparisonFact, Step, typingOf } from './typing.ts';

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

const CHECKED = new Map(CHECKED_FORMS.map((form) => [form.op, form]));

export class Flow {
  readonly code: Code;
  readonly #summaries: Summaries;
  readonly #budget: Budget;
  /** For each instruction that begins a piece: 1. */
  readonly #starts: Uint8Array;
  readonly #states: (State | undefined)[] = [];
  readonly #dirty: Uint8Array;
  readonly #step: Step;
  /** Value numbers for joins, by piece and slot. */
  readonly #joinValues = new Map<number, number>();
  /** Called with each instruction while what holds before it is known; for `replay`. */
  #visit: ((position: number, step: Step) => void) | null = null;

  constructor(code: Code, summaries: Summaries, budget: Budget) {
    this.code = code;
    this.#summaries = summaries;
    this.#budget = budget;
    const { insts, at, func } = code;
    if (insts.length === 0) refuse('polls', 'it is called, but has no code', code.index);
    this.#starts = new Uint8Array(insts.length);
    this.#dirty = new Uint8Array(insts.length);
    this.#starts[0] = 1;
    for (const inst of insts) {
      const target = targetOf(inst);
      if (target !== null) this.#starts[at[target] as number] = 1;
    }
    for (const { target } of func.handlers) this.#starts[at[target] as number] = 1;
    this.#step = new Step(summaries, code, State.empty(0, summaries.types.unset));
  }

  get types() {
    return this.#summaries.types;
  }

  /** Follows the function with what is known of its parameters and of the rest of the program now. */
  run(): void {
    const { types } = this.#summaries;
    const entry = present(this.#summaries.entry(this.code.index) ?? undefined, 'parameters');
    const state = State.empty(this.code.func.frame, types.unset);
    entry.forEach((id, i) => {
      // Parameters have numbers too, beyond those of instructions.
      state.set(i, id, types.isRef(id) ? this.#joinValue(-1, i) : 0);
    });
    this.#arrive(0, state, null);
    this.#states.forEach((known, piece) => {
      if (known !== undefined) this.#dirty[piece] = 1;
    });
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

  /** Visits every instruction that can be reached, with the state before it, when all is known. */
  replay(visit: (position: number, step: Step) => void): void {
    this.#visit = visit;
    for (let piece = 0; piece < this.#starts.length; piece++) {
      const state = this.#states[piece];
      if (state !== undefined) this.#follow(piece, state.copy());
    }
    this.#visit = null;
  }

  // --- pieces -------------------------------------------------------------------------------------------------------

  #follow(piece: number, state: State): void {
    const { insts } = this.code;
    const step = this.#step;
    step.state = state;
    // The handler that has seen all of the state, except what is in `changed`.
    let told = -1;
    step.changed.length = 0;
    step.recording = false;
    for (let i = piece; ; i++) {
      const inst = insts[i] as DecodedInst;
      step.inst = inst;
      step.goesOn = true;
      this.#visit?.(i, step);
      const { traits } = inst.op;
      const closure = traits.flow === 'call' ? this.#closureOf(inst, state) : null;
      const form = CHECKED.get(inst.op.name);
      const raises = traits.traps || (form !== undefined && form.needed(step));
      const handler = raises ? (this.code.handlerOf[i] as number) : -1;
      // A call destroys slots before its callee fails; all others fail before they change anything.
      if (handler >= 0 && traits.flow !== 'call') told = this.#raise(handler, told);
      if (traits.flow === 'call' || traits.flow === 'return') this.#requirePoll(inst, state);
      const fact = traits.flow === 'branch' ? this.#branchFact(inst, state) : null;
      typingOf(inst.op)(step);
      if (traits.flow === 'call') {
        if (handler >= 0) told = this.#raise(handler, told);
        this.#return(step, closure);
      }
      if (inst.op.placed.some(({ kind }) => kind === 'cost')) state.polled = true;
      if (traits.flow === 'jump') return this.#arrive(this.#position(targetOf(inst) as number), state, null);
      if (!step.goesOn || !goesOn(inst)) return;
      if (traits.flow === 'branch') this.#branch(inst, state, fact);
      else if (!this.#assumeAfter(inst, state)) return;
      if (this.#impossible) return;
      if (this.#starts[i + 1] === 1) return this.#arrive(i + 1, state, null);
    }
  }

  #requirePoll(inst: DecodedInst, state: State): void {
    const { index, func } = this.code;
    const enters = inst.op.traits.flow === 'call' && valueOf(inst, 'count') >= 0;
    if (!state.polled && (func.boxed !== index || enters)) {
      refuse('polls', `${inst.op.name} comes before any poll`, index, inst.pc);
    }
  }

  #position(pc: number): number {
    return this.code.at[pc] as number;
  }

  /** A signature must be known before the operands of the call are lost. */
  #closureOf(inst: DecodedInst, state: State): TypeId | null {
    const slot = valueOf(inst, 'closure');
    return slot < 0 ? null : state.get(slot);
  }

  #return(step: Step, closure: TypeId | null): void {
    const result = callResult(step, closure);
    if (result === null) step.goesOn = false;
    else if (result !== step.types.unset) step.makeValue(valueOf(step.inst, 'window'), result);
  }

  // --- edges --------------------------------------------------------------------------------------------------------

  /** Set when what a branch or test leaves cannot be. */
  #impossible = false;

  /** The fact on which a branch depends. */
  #branchFact(inst: DecodedInst, state: State): Fact | null {
    const compared = comparisonFact(this.#step);
    if (compared !== null) return compared;
    return this.#conditionFact(inst, state);
  }

  #conditionFact(inst: DecodedInst, state: State): Fact | null {
    const slot = valueOf(inst, 'condition');
    if (slot < 0) return null;
    const type = this.#summaries.types.get(state.get(slot));
    return type.k === 'i32' ? type.fact : null;
  }

  #branch(inst: DecodedInst, state: State, fact: Fact | null): void {
    const target = this.#position(targetOf(inst) as number);
    this.#impossible = false;
    if (fact === null) return this.#arrive(target, state, null);
    const { types } = this.#summaries;
    const taken = !inst.op.name.endsWith('.z');
    const there = state.copy();
    if (there.assume(fact, taken, types)) this.#arrive(target, there, null);
    if (!state.assume(fact, !taken, types)) this.#impossible = true;
  }

  /** After an instruction that traps if its condition holds, it does not hold. */
  #assumeAfter(inst: DecodedInst, state: State): boolean {
    this.#impossible = false;
    if (!inst.op.placed.some(({ kind }) => kind === 'trap')) return true;
    const fact = this.#conditionFact(inst, state);
    return fact === null || state.assume(fact, false, this.#summaries.types);
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
    const known = this.#states[piece];
    const slots = state.types.length;
    this.#budget.join(only === null ? slots : only.length, this.code);
    if (known === undefined) {
      this.#budget.keep(slots, this.code);
      this.#states[piece] = state.copy();
      this.#dirty[piece] = 1;
      return;
    }
    let grown = false;
    if (known.polled && !state.polled) {
      known.polled = false;
      grown = true;
    }
    if (only === null) {
      for (let slot = 0; slot < slots; slot++) if (this.#joinSlot(piece, known, state, slot)) grown = true;
    } else {
      for (const slot of only) if (this.#joinSlot(piece, known, state, slot)) grown = true;
    }
    if (grown) this.#dirty[piece] = 1;
  }

  #joinSlot(piece: number, known: State, state: State, slot: number): boolean {
    const before = known.types[slot] as TypeId;
    const incoming = state.types[slot] as TypeId;
    const valueBefore = known.values[slot] as number;
    if (before === incoming && valueBefore === state.values[slot]) return false;
    const { types } = this.#summaries;
    const after = types.join(before, incoming);
    let value = valueBefore;
    if (value !== state.values[slot]) value = types.isRef(after) ? this.#joinValue(piece, slot) : 0;
    if (after === before && value === valueBefore) return false;
    known.types[slot] = after;
    known.values[slot] = value;
    return true;
  }
}
