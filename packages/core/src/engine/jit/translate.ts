/**
 * One function's bytecode as structured WebAssembly.
 *
 * Blocks are written along the tree of dominators: what a block dominates stands inside it or behind it, loops are `loop`, and a
 * block with several ways in stands behind a `block` that its predecessors leave. After Norman Ramsey, "Beyond Relooper" (2022).
 */
import { Bug, present } from '../../base/bug.ts';
import type { Opcode } from '../../isa/opcode.ts';
import type { FuncIndex } from '../../isa/program.ts';
import type { CodeWriter, Expr, I32, I64, Label, Local } from '../../wasm/code-writer.ts';
import type { WasmType } from '../../wasm/types.ts';
import { constantsAt } from './constants.ts';
import { flowOf, targetOf, type FlowBlock, type Refusal } from './flow.ts';
import { mayLeave, type Linkage } from './linkage.ts';
import { isPoll, loopsOf, type Loop } from './loops.ts';
import type { Plan } from './plan.ts';
import { REP, Slots, type Rep } from './slots.ts';
import { commonSlots } from './shared-exits.ts';
import { NOTHING_CHECKED, rangesOf, writeReach } from './strip-bounds.ts';
import { StripWriter } from './strip-writer.ts';
import { countingOf, type Counting } from './counted-loops.ts';
import { ElementEmitter } from './element-emitter.ts';

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

class Translator extends ElementEmitter {
  readonly #plan: Plan;
  /** Labels of the loops and merges around what is being written. */
  readonly #labels = new Map<number, Label>();
  /** Where a tight loop is entered again from outside. */
  readonly #again = new Map<number, Label>();
  /** What is done outside of the tight loop that is being written, at its end. */
  #tails: Tail[] = [];
  /** Loops of which many rounds are paid for at once. */
  readonly #strips = new Map<Loop, StripWriter>();
  /** The block at the end of a strip from where on it has been paid for. */
  #paidFrom = -1;
  /** Whether the frame has just come in and is on its way to the poll where it stands. */
  #coming: Local<'i32'> | null = null;
  /** Whether the fuel for the poll that is being written has been taken. */
  #paid = false;

  constructor(link: Linkage, w: CodeWriter, plan: Plan) {
    const params = plan.entry === 0 ? present(link.program.funcs[plan.func], 'function').params : [];
    super(w, link, plan.func, plan.flow, plan.slots, params);
    this.#plan = plan;
  }

  protected get loops(): Plan['loops'] {
    return this.#plan.loops;
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
    const described = present(this.loops[block], 'loop');
    this.#beforeLoop(described);
    const body = (): void =>
      this.w.loop((label) => {
        this.#labels.set(block, label);
        this.#inside(block);
      });
    this.#behind(exits, () => (described.tight ? this.#deeper(described, () => this.#tight(described, body)) : body()));
  }

  /** A block, and behind it the merges that it dominates. */
  #inside(block: number): void {
    const merges = this.#of(block).children.filter((child) => this.#of(child).merge);
    this.#behind(merges, () => this.#instructions(block));
  }

  /** In a loop that is never repeated, if no other stands around: the deeper a loop stands, the larger may be what V8 unrolls. */
  #deeper({ parent }: Loop, body: () => void): void {
    if (parent === null) this.w.loop(body);
    else body();
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
    this.current = this.slots.atEntry(loop.header).slice();
    this.keep(loop);
    // The outermost loop around a frame that comes in is begun by that alone, and what the loop keeps is fetched when it has arrived.
    if (this.#of(loop.header).role === 'code' || loop.parent !== null) this.fetch(loop);
    const counting = countingOf(this.flow, this.slots, loop, (inst) => this.mayLeaveAt(inst));
    if (counting !== null) this.#planStrip(loop, counting);
  }

  /** Makes a loop go in strips, which stay in bounds where that can be told. */
  #planStrip(loop: Loop, counting: Counting): void {
    const { w } = this;
    const lengthOf = (inst: number): Local<'i64'> | null => this.lengthOf(inst, loop);
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
    for (const inst of checked.proved) this.inBounds.add(inst);
    for (const inst of checked.exact) this.exact.add(inst);
    w.set(bounds.from, writer.counter);
    const length = (inst: number): I64 => present(lengthOf(inst), 'length of what is read');
    writeReach(w, counting, bounds, checked, length, (slot, rep) => this.local(slot, rep));
  }

  #beginStrip(header: number, loop: Loop): void {
    const strip = this.#strips.get(loop);
    if (strip === undefined) return;
    strip.begin(this.link.rounds);
    const outside = strip.keepInBounds();
    if (outside === null) return;
    const { at } = this;
    const block = this.block;
    const paidFrom = this.#paidFrom;
    this.block = header;
    // No round of the strip has run.
    this.#paidFrom = header;
    this.slots.enter(header);
    this.at = this.#of(header).start;
    this.w.if(this.isWrong ? this.w.i32.const(1) : outside, () => this.aside(() => this.guessed()));
    this.at = at;
    this.block = block;
    this.#paidFrom = paidFrom;
  }

  /** The strip in which the code runs that is written, unless its rounds have been paid for. */
  #strip(): StripWriter | null {
    const loop = this.loops[this.block] ?? null;
    return loop === null || this.block === this.#paidFrom ? null : (this.#strips.get(loop) ?? null);
  }

  protected override payRounds(): void {
    this.#strip()?.pay();
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
    this.block = block;
    const wanted = this.slots.atEntry(block);
    if (loop || merge) {
      this.current = wanted.slice();
      this.arrays.forget();
    }
    this.slots.enter(block);
    if (role !== 'code') return this.#way(role);
    for (this.at = start; this.at < end; this.at++) {
      const { op } = this.inst;
      this.ended = false;
      this.link.watch?.(this.w, this.#plan, this.at, start, end);
      this.#instruction(op);
      this.finish();
      this.passArrays();
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

  /** To the first successor a frame that has just come in, else to the second. */
  #way(role: 'enter' | 'dispatch' | 'arrive'): void {
    const { w } = this;
    this.arrays.forget();
    const [first, second] = this.#of(this.block).succs as [number, number];
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
    for (let loop = this.loops[this.block] ?? null; loop !== null; loop = loop.parent) around.unshift(loop);
    for (const loop of around) this.fetch(loop);
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
      this.write(slot, made === REP.any ? REP.i64 : made, this.operation(op) as Expr<WasmType>);
      if (rep !== this.current[slot]) this.write(slot, rep, this.read(slot, rep));
    }
    this.at = at;
  }

  #instruction(op: Opcode): void {
    if (isCopy(op)) return this.#copy();
    const element = this.mayLeave ? this.keptElement() : null;
    if (element !== null) return this.#steadyElement(element);
    const tail = this.at + 1 === this.#of(this.block).end && this.#tails.find(({ block }) => block === this.block);
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
    const value = this.operation(op);
    if (value) this.result(value);
  }

  protected override get target(): number {
    return present(this.#of(this.block).succs[0], 'branch target');
  }

  /** Whether a block ends with a poll that goes on with a loop. */
  #closes(loop: Loop, block: number): boolean {
    const { end, succs } = this.#of(block);
    const last = this.flow.insts[end - 1];
    return (
      this.loops[block] === loop &&
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
    this.block = block;
    this.at = end - 1;
    this.current = current;
    this.ended = false;
    this.arrays.forget();
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
    if (!merge && !(loop && block <= this.block)) return null;
    return present(this.#labels.get(block), 'label');
  }

  #isSettled(block: number): boolean {
    return this.slots
      .atEntry(block)
      .every((rep, slot) => rep === REP.dead || this.current[slot] === rep || this.current[slot] === REP.dead);
  }

  #nested(block: number): void {
    const from = this.block;
    if (this.#of(block).idom !== from) throw new Bug('a block is written outside of its dominator');
    this.#tree(block);
    this.block = from;
  }
}
