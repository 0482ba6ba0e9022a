/**
 * One function's bytecode as structured WebAssembly.
 *
 * Blocks are written along the tree of dominators: what a block dominates stands inside it or behind it, loops are `loop`, and a
 * block with several ways in stands behind a `block` that its predecessors leave. After Norman Ramsey, "Beyond Relooper" (2022).
 */
import { Bug, present } from '../../base/bug.ts';
import { OPCODES } from '../../isa/definitions.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import type { Opcode } from '../../isa/opcode.ts';
import type { BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import type { CodeWriter, Expr, I32, Label } from '../../wasm/code-writer.ts';
import type { WasmType } from '../../wasm/types.ts';
import { flowOf, type Flow, type FlowBlock, type Refusal } from './flow.ts';
import type { Linkage } from './linkage.ts';
import { REP, Slots, calleeOf, type Rep } from './slots.ts';
import { UnitEmitter } from './unit-emitter.ts';

/** A function ready to be written, from one of its instructions on. */
export interface Plan {
  readonly func: FuncIndex;
  /** The pc at which it is entered: 0, or a poll at which frames stand that go on in it. */
  readonly entry: number;
  readonly flow: Flow;
  readonly slots: Slots;
}

/** Whether an instruction only copies a slot. */
function isCopy({ placed }: Opcode): boolean {
  return placed.length === 2 && placed.every(({ kind, role }) => kind === 'slot' && role !== 'imm');
}

/** Whether a call hands the running function value on, which the interpreter does: the callee has captures. */
function needsClosure(inst: DecodedInst, program: BytecodeProgram): boolean {
  const callee = calleeOf(inst);
  return callee !== null && present(program.funcs[callee], 'function').captures.length > 0;
}

export function planUnit(link: Linkage, func: FuncIndex, entry: number): Plan | Refusal {
  const code = present(link.program.funcs[func], 'function');
  const flow = flowOf(code, entry);
  if (typeof flow === 'string') return flow;
  for (const { start, end } of flow.blocks) {
    for (let i = start; i < end; i++) {
      if (needsClosure(flow.insts[i] as DecodedInst, link.program)) return 'opcode without machine code';
    }
  }
  return { func, entry, flow, slots: new Slots(flow, code, link.program) };
}

/** Writes the body of a plan's function; parameters as `HIDDEN_PARAMS` says, and the function's own if it is entered at its start. */
export function translate(link: Linkage, w: CodeWriter, plan: Plan): void {
  new Translator(link, w, plan).writeAll();
}

class Translator extends UnitEmitter {
  readonly #plan: Plan;
  /** Labels of the loops and merges around what is being written. */
  readonly #labels = new Map<number, Label>();
  /** The block that is being written. */
  #block = 0;

  constructor(link: Linkage, w: CodeWriter, plan: Plan) {
    const params = plan.entry === 0 ? present(link.program.funcs[plan.func], 'function').params : [];
    super(w, link, plan.func, plan.flow, plan.slots, params);
    this.#plan = plan;
  }

  writeAll(): void {
    this.withExits(() => {
      const wanted = this.slots.atEntry(0);
      if (this.#plan.entry === 0) this.settle(wanted);
      else this.load(wanted);
      this.#tree(0);
    });
  }

  #of(block: number): FlowBlock {
    return this.flow.blocks[block] as FlowBlock;
  }

  #tree(block: number): void {
    const { loop, children } = this.#of(block);
    const merges = children.filter((child) => this.#of(child).merge);
    if (!loop) return this.#behind(block, merges);
    this.w.loop((label) => {
      this.#labels.set(block, label);
      this.#behind(block, merges);
    });
  }

  /** The block, and behind it the merges that it dominates, the first of them innermost. */
  #behind(block: number, merges: readonly number[]): void {
    const last = merges.at(-1);
    if (last === undefined) return this.#instructions(block);
    this.w.block((label) => {
      this.#labels.set(last, label);
      this.#behind(block, merges.slice(0, -1));
    });
    this.#tree(last);
  }

  #instructions(block: number): void {
    const { start, end, loop, merge, succs } = this.#of(block);
    this.#block = block;
    const wanted = this.slots.atEntry(block);
    if (loop || merge) this.current = wanted.slice();
    this.slots.enter(block);
    for (this.at = start; this.at < end; this.at++) {
      const { op } = this.inst;
      this.ended = false;
      this.link.watch?.(this.w, this.#plan, this.at, start, end);
      this.#instruction(op);
      this.finish();
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

  #instruction(op: Opcode): void {
    if (isCopy(op)) return this.#copy();
    const { emit } = present(OPCODES[op.number], 'opcode');
    // the operands are those that the entry declares
    const value = (emit as (w: unknown, s: unknown) => Expr<WasmType> | void)(this, this.sources());
    if (value) this.result(value);
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
    if (merge || loop) this.settle(this.slots.atEntry(block));
    const label = this.#labelOf(block);
    if (label !== null) this.w.br(label);
    else this.#nested(block);
  }

  protected override branchWhere(condition: I32, block: number): void {
    const label = this.#labelOf(block);
    if (label !== null && this.#isSettled(block)) return this.w.brIf(label, condition);
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
