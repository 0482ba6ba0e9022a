/**
 * One instruction being followed: its operands, what the slots hold, and what the rows of `typing.ts` say with them. A row looks at the
 * slots before the instruction and then says what it leaves there.
 */
import { present } from '../../base/bug.ts';
import type { Kind } from '../../base/kinds.ts';
import type { DecodedInst } from '../encode.ts';
import type { Opcode, PlacedOperand } from '../opcode.ts';
import type { ImmKind } from '../operand.ts';
import type { BytecodeFunc } from '../program.ts';
import { type Code, operandValue } from './code.ts';
import { refuse } from './refusal.ts';
import type { FlowRule } from './rules.ts';
import type { Fact, Heap, TypeId } from './slot-types.ts';
import type { State } from './state.ts';
import type { Summaries } from './summaries.ts';

/** One instruction being followed. */
export class Step {
  readonly summaries: Summaries;
  readonly code: Code;
  inst: DecodedInst;
  state: State;
  /** Slots that have changed, for whoever joins states piecewise; kept only while `recording`. */
  readonly changed: number[] = [];
  recording = false;
  /** Whether control goes on after a call: its callee may never return. */
  goesOn = true;

  constructor(summaries: Summaries, code: Code, state: State) {
    this.summaries = summaries;
    this.code = code;
    this.state = state;
    this.inst = present(code.insts[0], 'instruction');
  }

  get types() {
    return this.summaries.types;
  }

  get func(): BytecodeFunc {
    return this.code.func;
  }

  fail(rule: FlowRule, text: string): never {
    return refuse(rule, `${this.inst.op.name}: ${text}`, this.code.index, this.inst.pc);
  }

  imm(name: string): number {
    return operandValue(this.inst, name);
  }

  // reading

  /** What a slot holds; it must have been set. */
  slot(slot: number): TypeId {
    const id = this.state.get(slot);
    if (id === this.types.unset) this.fail('initialised', `r${slot} holds nothing certain`);
    return id;
  }

  use(name: string): TypeId {
    return this.slot(operandValue(this.inst, name));
  }

  /** A slot that must hold a kind; a reference may be null. */
  slotOfKind(slot: number, kind: Kind): TypeId {
    const id = this.slot(slot);
    if (!this.types.isKind(id, kind)) {
      const nullable = kind === 'any' && this.types.isRef(id) && this.types.get(id).k !== 'ref';
      this.fail(nullable ? 'null' : 'kinds', `r${slot} holds ${this.types.show(id)}, not ${kind}`);
    }
    return id;
  }

  /** A reference to something of a sort, not null. */
  heap<Is extends Heap['is']>(slot: number, is: Is): Extract<Heap, { readonly is: Is }> {
    const type = this.types.get(this.slotOfKind(slot, 'ref'));
    if (type.k !== 'ref' || type.nullable) this.fail('null', `r${slot} may hold null`);
    if (type.heap.is !== is) {
      this.fail('references', `r${slot} holds ${this.types.show(this.slot(slot))}, where ${is} is needed`);
    }
    // compared above
    return type.heap as Extract<Heap, { readonly is: Is }>;
  }

  operandHeap<Is extends Heap['is']>(name: string, is: Is): Extract<Heap, { readonly is: Is }> {
    return this.heap(operandValue(this.inst, name), is);
  }

  /** A slot whose value is stored or passed where a type is promised. */
  fits(slot: number, wanted: TypeId, rule: FlowRule, what: string): void {
    const id = this.slot(slot);
    if (!this.types.fits(id, wanted)) {
      this.fail(rule, `${what} is ${this.types.show(wanted)}, but r${slot} holds ${this.types.show(id)}`);
    }
  }

  // writing

  set(slot: number, id: TypeId, value = 0): void {
    this.state.set(slot, id, value);
    this.note(slot);
  }

  readonly note = (slot: number): void => {
    if (this.recording) this.changed.push(slot);
  };

  /** Sets the result operand; a reference or any word gets a value number, so that tests of it tell about its copies. */
  define(id: TypeId): void {
    const { placed } = this.inst.op;
    for (let i = 0; i < placed.length; i++) {
      const { role } = placed[i] as PlacedOperand;
      if (role === 'def' || role === 'update') return this.makeValue(this.inst.values[i] as number, id);
    }
  }

  makeValue(slot: number, id: TypeId): void {
    if (!this.types.isNumbered(id)) return this.set(slot, id);
    const value = this.inst.pc + 1;
    this.state.forget(value, this.types, this.note);
    this.set(slot, id, value);
  }

  /** A fact about the value that a slot holds, as an i32. */
  factAbout(slot: number, fact: (of: number) => Fact): TypeId {
    const value = this.state.values[slot] as number;
    return value === 0 ? this.types.i32 : this.types.fact(fact(value));
  }

  // windows

  /** The first slot of a window that must hold so many slots. */
  window(name: string, slots: number, header = 0): number {
    const first = this.imm(name);
    if (first < header || first + slots > this.func.frame) {
      this.fail('windows', `${slots} slots from r${first} do not lie in a frame of ${this.func.frame}`);
    }
    return first;
  }
}

export type Typing = (s: Step) => void;

/** Immediates of which any allowed value means the same for types. */
const PLAIN_IMMEDIATES: readonly ImmKind[] = ['i32', 'i64', 'target', 'cost', 'count', 'trap', 'code', 'selector'];
const PLAIN_KINDS: readonly string[] = ['i32', 'i64', 'f64', 'any'];

/** Whether the kinds of its operands say all about an opcode. */
export function isPlain(op: Opcode): boolean {
  return op.placed.every(({ role, kind }) =>
    role === 'imm' ? PLAIN_IMMEDIATES.includes(kind as ImmKind) : PLAIN_KINDS.includes(kind),
  );
}

export function plain(s: Step): void {
  const { op, values } = s.inst;
  let result: Kind | null = null;
  for (let i = 0; i < op.placed.length; i++) {
    const { role, kind } = op.placed[i] as PlacedOperand;
    if (role === 'use' || role === 'update') s.slotOfKind(values[i] as number, kind as Kind);
    if (role === 'def' || role === 'update') result = kind as Kind;
  }
  if (result !== null) s.define(s.types.ofKind(result as Exclude<Kind, 'ref'>));
}

/** Copies a slot of any kind. */
export function copy(from: string, to: string): Typing {
  return (s) => {
    const source = operandValue(s.inst, from);
    s.set(operandValue(s.inst, to), s.slot(source), s.state.values[source]);
  };
}
