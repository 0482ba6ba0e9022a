/**
 * One function's bytecode as structured WebAssembly.
 *
 * Blocks are written along the tree of dominators: what a block dominates stands inside it or behind it, loops are `loop`, and a
 * block with several ways in stands behind a `block` that its predecessors leave. After Norman Ramsey, "Beyond Relooper" (2022).
 */
import { Bug, present } from '../../base/bug.ts';
import type { TrapName } from '../../base/traps.ts';
import { definitionOf } from '../../isa/definition.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import type { Opcode } from '../../isa/opcode.ts';
import type { FuncIndex } from '../../isa/program.ts';
import type { CodeWriter, Expr, I32, I64, Label, Local } from '../../wasm/code-writer.ts';
import { ARRAY, HEADER, LAYOUT, ROPE } from '../../runtime/layout.ts';
import type { WasmType } from '../../wasm/types.ts';
import { ArrayFacts, type ArrayLocals, type ElementLocals, type StringLocals } from './array-facts.ts';
import { constantsAt, type Constants } from './constants.ts';
import { flowOf, targetOf, type Flow, type FlowBlock, type Refusal } from './flow.ts';
import { mayLeave, type Linkage } from './linkage.ts';
import {
  arraySlot,
  elementCode,
  isByteRead,
  isElementAccess,
  isPoll,
  keepsArrays,
  loopsOf,
  stringSlot,
  type Loop,
} from './loops.ts';
import { REP, Slots, type Rep } from './slots.ts';
import { commonSlots } from './shared-exits.ts';
import { NOTHING_CHECKED, rangesOf, writeReach } from './strip-bounds.ts';
import { StripWriter } from './strip-writer.ts';
import { countingOf, type Counting } from './counted-loops.ts';
import { UnitEmitter } from './unit-emitter.ts';

/** A function ready to be written, from one of its instructions on. */
export interface Plan {
  readonly func: FuncIndex;
  /** The pc at which it is entered: 0, or a poll at which frames stand that go on in it. */
  readonly entry: number;
  readonly flow: Flow;
  readonly slots: Slots;
  /** For each block the innermost loop that it is in. */
  readonly loops: readonly (Loop | null)[];
  /** Slots that hold constants when a frame comes in. */
  readonly constants: Constants;
}

/** A poll at the end of a tight loop. */
interface Tail {
  readonly block: number;
  /** Where what it takes stands outside of the loop, and the representations in which slots come there. */
  label: Label | null;
  current: Uint8Array | null;
}

/** Whether an instruction only copies a slot. */
function isCopy({ placed }: Opcode): boolean {
  return placed.length === 2 && placed.every(({ kind, role }) => kind === 'slot' && role !== 'imm');
}

export function planUnit(link: Linkage, func: FuncIndex, entry: number): Plan | Refusal {
  const code = present(link.program.funcs[func], 'function');
  const flow = flowOf(code, entry);
  if (typeof flow === 'string') return flow;
  const slots = new Slots(flow, code, link.program);
  const { entered } = flow;
  const constants = entered ? constantsAt(entered.whole, entered.poll, code, link.program) : new Map<number, number>();
  const address = link.codeAddress(func);
  const loops = loopsOf(flow, slots, (inst) => mayLeave(link, flow, address, inst));
  return { func, entry, flow, slots, loops, constants };
}

/**
 * Writes the body of a plan's function; parameters as `HIDDEN_PARAMS` says, and the function's own if it is entered at its start. Gives
 * the names of its locals, for those who want to read it.
 */
export function translate(link: Linkage, w: CodeWriter, plan: Plan): () => ReadonlyMap<number, string> {
  const translator = new Translator(link, w, plan);
  translator.writeAll();
  return () => translator.localNames();
}

class Translator extends UnitEmitter {
  readonly #plan: Plan;
  /** Labels of the loops and merges around what is being written. */
  readonly #labels = new Map<number, Label>();
  /** Where a tight loop is entered again from outside. */
  readonly #again = new Map<number, Label>();
  /** What is done outside of the tight loop that is being written, at its end. */
  #tails: Tail[] = [];
  /** Length and elements of the arrays that stay the same in a loop, by their slot. */
  readonly #steady = new Map<Loop, Map<number, ArrayLocals>>();
  /** Elements that stay the same in a loop, by the instruction that reads them; and the row in which an instruction reads or writes. */
  readonly #elements = new Map<Loop, Map<number, ElementLocals>>();
  readonly #rows = new Map<Loop, Map<number, ArrayLocals>>();
  /** Strings of which bytes are read in a loop, by their slot. */
  readonly #strings = new Map<Loop, Map<number, StringLocals>>();
  /** Loops of which many rounds are paid for at once. */
  readonly #strips = new Map<Loop, StripWriter>();
  readonly #arrays = new ArrayFacts(this.w);
  /** Accesses in strips that are in bounds, by their instructions. */
  readonly #inBounds = new Set<number>();
  /** Steps to their indices that cannot overflow. */
  readonly #exact = new Set<number>();
  /** The block at the end of a strip from where on it has been paid for. */
  #paidFrom = -1;
  /** Where the bytes stand that the instruction being written reads. */
  #bytes: I32 | null = null;
  /** While elements are read before a loop: the loop, and what was read so far, by slot. */
  #early: { readonly loop: Loop; readonly read: Map<number, Local<'i32'>> } | null = null;
  /** The block that is being written. */
  #block = 0;
  /** Whether the frame has just come in and is on its way to the poll where it stands. */
  #coming: Local<'i32'> | null = null;
  /** Whether the fuel for the poll that is being written has been taken. */
  #paid = false;

  constructor(link: Linkage, w: CodeWriter, plan: Plan) {
    const params = plan.entry === 0 ? present(link.program.funcs[plan.func], 'function').params : [];
    super(w, link, plan.func, plan.flow, plan.slots, params);
    this.#plan = plan;
  }

  writeAll(): void {
    this.withExits(commonSlots(this.#plan), () => {
      const wanted = this.slots.atEntry(0);
      if (this.#plan.entry === 0) this.settle(wanted);
      else if (this.#of(0).role === 'code') this.load(wanted);
      this.#tree(0);
    });
  }

  #of(block: number): FlowBlock {
    return this.flow.blocks[block] as FlowBlock;
  }

  #tree(block: number): void {
    const { loop, exits } = this.#of(block);
    if (!loop) return this.#inside(block);
    const described = present(this.#plan.loops[block], 'loop');
    this.#beforeLoop(described);
    const body = (): void =>
      this.w.loop((label) => {
        this.#labels.set(block, label);
        this.#inside(block);
      });
    this.#behind(exits, () => (described.tight ? this.#tight(described, body) : body()));
  }

  /** A block, and behind it the merges that it dominates. */
  #inside(block: number): void {
    const merges = this.#of(block).children.filter((child) => this.#of(child).merge);
    this.#behind(merges, () => this.#instructions(block));
  }

  /** A loop in a loop around it that is entered again where it has to poll: what that takes stands outside of it. */
  #tight(loop: Loop, body: () => void): void {
    const { w } = this;
    const tails = this.#plan.flow.blocks.flatMap((_, block): Tail[] =>
      this.#closes(loop, block) ? [{ block, label: null, current: null }] : [],
    );
    this.#tails = tails;
    w.loop((again) => {
      this.#again.set(loop.header, again);
      this.#beginStrip(loop.header, loop);
      const within = (number: number): void => {
        const tail = tails[number];
        if (tail === undefined) return body();
        w.block((label) => {
          tail.label = label;
          within(number + 1);
        });
        this.#tail(tail, loop);
      };
      within(0);
    });
  }

  #beforeLoop(loop: Loop): void {
    const { w } = this;
    const steady = (inst: number): ArrayLocals => {
      const code = elementCode(this.flow.insts[inst] as DecodedInst);
      return { code, length: w.lasting('i64'), elements: w.lasting('i32') };
    };
    this.#steady.set(loop, new Map(loop.arrays.map(({ slot, inst }) => [slot, steady(inst)])));
    const elements = new Map<number, ElementLocals>();
    const rows = new Map<number, ArrayLocals>();
    for (const { inst, accesses } of loop.elements) {
      const row = accesses.length > 0 ? steady(accesses[0] as number) : null;
      elements.set(inst, { value: w.lasting('i32'), row });
      for (const access of accesses) if (row !== null) rows.set(access, row);
    }
    this.#elements.set(loop, elements);
    this.#rows.set(loop, rows);
    const strings = loop.strings.map((slot) => [slot, { length: w.lasting('i64'), bytes: w.lasting('i32') }] as const);
    this.#strings.set(loop, new Map(strings));
    this.current = this.slots.atEntry(loop.header).slice();
    this.#fetchSteady(loop);
    const counting = countingOf(this.flow, this.slots, loop, (inst) => this.mayLeaveAt(inst));
    if (counting !== null) this.#planStrip(loop, counting);
  }

  /** Makes a loop go in strips, which stay in bounds where that can be told. */
  #planStrip(loop: Loop, counting: Counting): void {
    const { w } = this;
    const lengthOf = (inst: number): Local<'i64'> | null =>
      (this.#steadyArray(inst, loop) ?? this.#steadyString(this.flow.insts[inst] as DecodedInst, loop))?.length ?? null;
    const storeOf = (inst: number): string | null => lengthOf(inst)?.index.toString() ?? null;
    const { start: first } = this.#of(loop.header);
    const checked = this.mayLeaveAt(first)
      ? rangesOf(this.flow, this.slots, loop.header, counting, storeOf)
      : NOTHING_CHECKED;
    const bounds = checked.ranges.length > 0 ? { from: w.lasting('i64'), reach: w.lasting('i64') } : null;
    const strip = { ...counting, start: w.lasting('i64'), stop: w.lasting('i64'), bounds };
    const writer = new StripWriter(strip, w, this.fuel, (slot, rep) => this.local(slot, rep));
    this.#strips.set(loop, writer);
    if (bounds === null) return;
    for (const inst of checked.proved) this.#inBounds.add(inst);
    for (const inst of checked.exact) this.#exact.add(inst);
    w.set(bounds.from, writer.counter);
    const length = (inst: number): I64 => present(lengthOf(inst), 'length of what is read');
    writeReach(w, counting, bounds, checked, length, (slot, rep) => this.local(slot, rep));
  }

  /**
   * Fetches what stays the same in all rounds. An array with elements of another kind has none here.
   *
   * What depends on a condition is set in branches: the host computes a `select` where its result is used, in every round.
   */
  #fetchSteady(loop: Loop): void {
    const { w, at } = this;
    const fetch = ({ length, elements }: ArrayLocals, array: I32, inst: number): void => {
      this.at = inst;
      const isOfKind = w.i32.eq(w.load32(array, ARRAY.element), this.sources()['code'] as I32);
      w.set(length, w.i64.const(0n));
      w.if(isOfKind, () => w.set(length, w.i64.extendU(w.load32(array, ARRAY.length))));
      w.set(elements, w.load32(array, ARRAY.buffer));
    };
    for (const [slot, { length, bytes }] of present(this.#strings.get(loop), 'strings of a loop')) {
      const string = this.read(slot, REP.i32) as I32;
      this.#locate(string, bytes);
      w.set(length, w.i64.const(0n));
      w.if(bytes, () => w.set(length, w.i64.extendU(w.load32(string, HEADER.aux))));
    }
    for (const { slot, inst } of loop.arrays)
      fetch(present(this.#steady.get(loop)?.get(slot), 'array of a loop'), this.read(slot, REP.i32) as I32, inst);
    const early = { loop, read: new Map<number, Local<'i32'>>() };
    for (const { inst, accesses } of loop.elements) {
      const { value, row } = present(this.#elements.get(loop)?.get(inst), 'element of a loop');
      this.at = inst;
      this.#early = early;
      w.set(value, this.#value(this.inst.op) as I32);
      this.finish();
      this.#early = null;
      if (row === null) continue;
      early.read.set(present(this.slots.effects(inst).def, 'slot of an element').slot, value);
      fetch(row, value, accesses[0] as number);
      w.if(w.i32.eqz(value), () => w.set(row.length, w.i64.const(0n)));
    }
    this.at = at;
  }

  #beginStrip(header: number, loop: Loop): void {
    const strip = this.#strips.get(loop);
    if (strip === undefined) return;
    strip.begin(this.link.rounds);
    const outside = strip.keepInBounds();
    if (outside === null) return;
    const { at } = this;
    const block = this.#block;
    const paidFrom = this.#paidFrom;
    this.#block = header;
    // No round of the strip has run.
    this.#paidFrom = header;
    this.slots.enter(header);
    this.at = this.#of(header).start;
    this.w.if(this.isWrong ? this.w.i32.const(1) : outside, () => this.aside(() => this.guessed()));
    this.at = at;
    this.#block = block;
    this.#paidFrom = paidFrom;
  }

  /** The strip in which the code runs that is written, unless its rounds have been paid for. */
  #strip(): StripWriter | null {
    const loop = this.#plan.loops[this.#block] ?? null;
    return loop === null || this.#block === this.#paidFrom ? null : (this.#strips.get(loop) ?? null);
  }

  protected override payRounds(): void {
    this.#strip()?.pay();
  }

  /** What is known in the innermost loop that knows something. */
  #inLoops<T>(
    known: (loop: Loop) => T | undefined,
    innermost = this.#early?.loop ?? this.#plan.loops[this.#block],
  ): T | null {
    for (let loop = innermost ?? null; loop !== null; loop = loop.parent) {
      const found = known(loop);
      if (found !== undefined) return found;
    }
    return null;
  }

  #steadyArray(inst = this.at, innermost?: Loop): ArrayLocals | null {
    const decoded = this.flow.insts[inst] as DecodedInst;
    if (!isElementAccess(decoded)) return null;
    const slot = arraySlot(decoded);
    const code = elementCode(decoded);
    return this.#inLoops((loop) => {
      const found = this.#rows.get(loop)?.get(inst) ?? this.#steady.get(loop)?.get(slot);
      return found?.code === code ? found : undefined;
    }, innermost);
  }

  #steadyString(inst: DecodedInst, innermost?: Loop): StringLocals | null {
    if (!isByteRead(inst)) return null;
    return this.#inLoops((loop) => this.#strings.get(loop)?.get(stringSlot(inst)), innermost);
  }

  /** An element of which nobody knows yet whether it will be wanted is 0 where it is not there. */
  override rarely<T extends WasmType>(body: () => Expr<T>): Expr<T> {
    if (this.#early === null) return super.rarely(body);
    // only references are read early
    const none: Expr<WasmType> = this.w.i32.const(0);
    return none as Expr<T>;
  }

  protected override read(slot: number, rep: Rep): Expr<WasmType> {
    return (rep === REP.i32 ? this.#early?.read.get(slot) : undefined) ?? super.read(slot, rep);
  }

  override trapIf(condition: I32, trap: TrapName): void {
    if (!this.#exact.has(this.at)) super.trapIf(condition, trap);
  }

  override hasElement(array: I32, index: I64, code: I32): I32 {
    if (this.isWrong) return this.w.i32.const(0);
    if (this.#inBounds.has(this.at)) return this.w.i32.const(1);
    const known = this.#steadyArray() ?? this.#seenArray();
    if (known !== null) return this.w.i64.ltU(index, known.length);
    if (!this.mayLeave || this.#early !== null) return super.hasElement(array, index, code);
    const { w } = this;
    const { length, elements } = this.#arrays.look(arraySlot(this.inst), elementCode(this.inst));
    w.set(length, w.i64.extendU(w.load32(array, ARRAY.length)));
    w.set(elements, super.elements(array));
    return w.i32.and(w.i32.eq(w.load32(array, ARRAY.element), code), w.i64.ltU(index, length));
  }

  override elements(array: I32): I32 {
    return (this.#steadyArray() ?? this.#seenArray())?.elements ?? super.elements(array);
  }

  #seenArray(): ArrayLocals | null {
    return this.#early === null ? this.#arrays.of(arraySlot(this.inst), elementCode(this.inst)) : null;
  }

  protected override aside<T>(body: () => T): T {
    return this.#arrays.aside(() => super.aside(body));
  }

  /** Sets a local to where the bytes of a string stand, less STRING_HEADER; to 0 if they are not in one place. */
  #locate(string: I32, bytes: Local<'i32'>): void {
    const { w } = this;
    w.set(bytes, string);
    w.if(w.i32.ne(w.load8(string, HEADER.layout), w.i32.const(LAYOUT.string)), () => {
      w.set(bytes, w.load32(string, ROPE.left));
      w.if(w.load32(string, ROPE.right), () => w.set(bytes, w.i32.const(0)));
    });
  }

  override hasByte(string: I32, index: I64): I32 {
    const { w } = this;
    if (this.isWrong) return w.i32.const(0);
    const known = this.#steadyString(this.inst);
    if (known !== null) {
      this.#bytes = known.bytes;
      return this.#inBounds.has(this.at) ? w.i32.const(1) : w.i64.ltU(index, known.length);
    }
    const bytes = this.temporary('i32');
    this.#locate(string, bytes);
    this.#bytes = bytes;
    return w.i64.ltU(index, w.i64.extendU(w.select(bytes, w.load32(string, HEADER.aux), w.i32.const(0))));
  }

  override bytes(string: I32): I32 {
    return this.#bytes ?? string;
  }

  /** What `body` writes, and behind it blocks to which it goes, the first of them innermost. */
  #behind(blocks: readonly number[], body: () => void): void {
    const last = blocks.at(-1);
    if (last === undefined) return body();
    this.w.block((label) => {
      this.#labels.set(last, label);
      this.#behind(blocks.slice(0, -1), body);
    });
    this.#tree(last);
  }

  #instructions(block: number): void {
    const { start, end, role, loop, merge, succs } = this.#of(block);
    this.#block = block;
    const wanted = this.slots.atEntry(block);
    if (loop || merge) {
      this.current = wanted.slice();
      this.#arrays.forget();
    }
    this.slots.enter(block);
    if (role !== 'code') return this.#way(role);
    for (this.at = start; this.at < end; this.at++) {
      const { op } = this.inst;
      this.ended = false;
      this.link.watch?.(this.w, this.#plan, this.at, start, end);
      this.#instruction(op);
      this.finish();
      this.#arrays.pass(this.slots.effects(this.at).def?.slot ?? null, this.#keepsArrays());
      if (op.traits.flow === 'stop') this.ended = true;
      if (this.ended) {
        this.w.unreachable();
        return;
      }
    }
    this.at = end - 1;
    const next = succs.at(-1);
    if (next === undefined) this.w.unreachable();
    else this.goTo(next);
  }

  /** Whether the instruction changes no array's header: a store that does not leave may make an array one of anything. */
  #keepsArrays(): boolean {
    return keepsArrays(this.inst) && (this.mayLeave || !isElementAccess(this.inst));
  }

  /** To the first successor a frame that has just come in, else to the second. */
  #way(role: 'enter' | 'dispatch' | 'arrive'): void {
    const { w } = this;
    this.#arrays.forget();
    const [first, second] = this.#of(this.#block).succs as [number, number];
    const coming = (this.#coming ??= w.lasting('i32'));
    if (role === 'enter') {
      w.set(coming, w.i32.const(1));
      this.#setConstants();
      return this.goTo(first);
    }
    w.if(coming, () => {
      this.aside(() => {
        if (role === 'arrive') this.#arrive(first);
        this.goTo(first);
      });
    });
    this.goTo(second);
  }

  #arrive(block: number): void {
    this.w.set(present(this.#coming, 'mark of a frame that comes in'), this.w.i32.const(0));
    const wanted = this.slots.atEntry(block);
    const { constants } = this.#plan;
    this.load(wanted.map((rep, slot) => (constants.has(slot) ? REP.dead : rep)));
    for (const slot of constants.keys()) this.current[slot] = wanted[slot] as Rep;
    const around: Loop[] = [];
    for (let loop = this.#plan.loops[this.#block] ?? null; loop !== null; loop = loop.parent) around.unshift(loop);
    for (const loop of around) this.#fetchSteady(loop);
  }

  /**
   * Sets the slots that hold constants where the frame arrives. That happens here, before all loops, because for the host a local is
   * constant in a loop only if it was so before.
   */
  #setConstants(): void {
    const { at } = this;
    const arrival = present(
      this.flow.blocks.find(({ role }) => role === 'arrive'),
      'arrival of a frame',
    );
    const wanted = this.slots.atEntry(arrival.succs[0] as number);
    for (const [slot, inst] of this.#plan.constants) {
      const rep = wanted[slot] as Rep;
      if (rep === REP.dead) continue;
      this.at = inst;
      const { op } = this.inst;
      const made = present(this.slots.effects(inst).def, 'slot of a constant').rep;
      this.write(slot, made === REP.any ? REP.i64 : made, this.#value(op) as Expr<WasmType>);
      if (rep !== this.current[slot]) this.write(slot, rep, this.read(slot, rep));
    }
    this.at = at;
  }

  #instruction(op: Opcode): void {
    if (isCopy(op)) return this.#copy();
    const element = this.mayLeave ? this.#inLoops((loop) => this.#elements.get(loop)?.get(this.at)) : null;
    if (element !== null) return this.#steadyElement(element.value);
    const tail = this.at + 1 === this.#of(this.#block).end && this.#tails.find(({ block }) => block === this.#block);
    if (tail) this.#endRound(op, tail);
    else this.#emit(op);
  }

  /** An element that was read before the loop; where it was not there, the interpreter goes on. */
  #steadyElement(value: Local<'i32'>): void {
    this.w.if(this.w.i32.eqz(value), () =>
      this.rarelyDo(() => {
        throw new Bug('an element of a loop that may not leave');
      }),
    );
    this.result(value);
  }

  #emit(op: Opcode): void {
    const value = this.#value(op);
    if (value) this.result(value);
  }

  /** Writes what an instruction does; gives its result. */
  #value(op: Opcode): Expr<WasmType> | void {
    const { emit } = definitionOf(op);
    // the operands are those that the entry declares
    return (emit as (w: unknown, s: unknown) => Expr<WasmType> | void)(this, this.sources());
  }

  protected override get target(): number {
    return present(this.#of(this.#block).succs[0], 'branch target');
  }

  /** Whether a block ends with a poll that goes on with a loop. */
  #closes(loop: Loop, block: number): boolean {
    const { end, succs } = this.#of(block);
    const last = this.flow.insts[end - 1];
    return (
      this.#plan.loops[block] === loop &&
      succs[0] === loop.header &&
      last !== undefined &&
      isPoll(last) &&
      targetOf(last) !== null
    );
  }

  /** A poll at the end of a tight loop: the next round of a strip, or its fuel; what is more stands outside. */
  #endRound(op: Opcode, tail: Tail): void {
    const { w, fuel } = this;
    const strip = this.#strip();
    const outside = present(tail.label, 'label');
    if (strip !== null) {
      this.settle(this.slots.atEntry(this.target));
      strip.move(1);
      w.brIf(present(this.#labels.get(this.target), 'label'), strip.goesOn());
      tail.current = this.current.slice();
      w.br(outside);
      this.ended = true;
      return;
    }
    w.set(fuel, w.i64.sub(fuel, this.sources()['cost'] as I64));
    tail.current = this.current.slice();
    w.brIf(outside, w.i64.ltS(fuel, w.i64.const(0n)));
    this.#paid = true;
    this.#emit(op);
    this.#paid = false;
  }

  /** Behind a strip its rounds are paid for, and the last one polls; behind another round there is not enough fuel. */
  #tail({ block, current }: Tail, loop: Loop): void {
    if (current === null) return;
    const { end, succs } = this.#of(block);
    this.#labels.set(loop.header, present(this.#again.get(loop.header), 'label'));
    this.#block = block;
    this.at = end - 1;
    this.current = current;
    this.ended = false;
    this.#arrays.forget();
    this.slots.enter(block);
    const strip = this.#strip();
    if (strip !== null) {
      strip.move(-1);
      strip.pay();
      this.#paidFrom = block;
    } else {
      this.refill(this.sources()['cost'] as I64);
      this.#paid = true;
    }
    this.#emit(this.inst.op);
    this.#paid = false;
    this.finish();
    if (!this.ended) this.goTo(present(succs.at(-1), 'way on'));
  }

  override poll(cost: I64): void {
    if (!this.#paid) super.poll(cost);
  }

  #leavesStrip(block: number): boolean {
    return this.#strip()?.strip.body.has(block) === false;
  }

  #copy(): void {
    const { op, values } = this.inst;
    let from = 0;
    let to = 0;
    op.placed.forEach(({ role }, i) => {
      if (role === 'use') from = values[i] as number;
      else to = values[i] as number;
    });
    const wanted = this.slots.before(this.at + 1)[to] as Rep;
    const rep = wanted === REP.dead || wanted === REP.any ? (this.current[from] as Rep) : wanted;
    if (rep !== REP.dead) this.write(to, rep, this.read(from, rep));
    else this.current[to] = REP.dead;
  }

  protected override goTo(block: number): void {
    const { merge, loop } = this.#of(block);
    if (this.#leavesStrip(block)) this.payRounds();
    if (merge || loop) this.settle(this.slots.atEntry(block));
    const label = this.#labelOf(block);
    if (label !== null) this.w.br(label);
    else this.#nested(block);
  }

  protected override branchWhere(condition: I32, block: number): void {
    const label = this.#labelOf(block);
    if (label !== null && this.#isSettled(block) && !this.#leavesStrip(block)) return this.w.brIf(label, condition);
    this.w.if(condition, () => this.aside(() => this.goTo(block)));
  }

  /** The label to which a branch from the current block goes; null if the block is written in its place. */
  #labelOf(block: number): Label | null {
    const { merge, loop } = this.#of(block);
    if (!merge && !(loop && block <= this.#block)) return null;
    return present(this.#labels.get(block), 'label');
  }

  #isSettled(block: number): boolean {
    return this.slots
      .atEntry(block)
      .every((rep, slot) => rep === REP.dead || this.current[slot] === rep || this.current[slot] === REP.dead);
  }

  #nested(block: number): void {
    const from = this.#block;
    if (this.#of(block).idom !== from) throw new Bug('a block is written outside of its dominator');
    this.#tree(block);
    this.#block = from;
  }
}
