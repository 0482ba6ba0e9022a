/**
 * The allocation checker: replays an allocation symbolically and finds every operand that would not hold its value.
 *
 * It shares nothing with the allocator but the result. For each slot it follows which registers' values the slot is known to
 * hold; where paths meet, only what all agree on remains. Edges to handlers are replayed too: an error leaves an
 * instruction before it wrote anything, and its handler's parameters must stand in their slots at that moment.
 *
 * Rules:
 *  1. An operand, an argument of a window and a copied register stand in their slot when they are read.
 *  2. What an instruction keeps for its handler stands in its slot while it runs.
 *  3. A call destroys every slot from its header on, a built-in those of its window.
 *  4. A window is filled before its instruction reads registers: none of them lies in it.
 */
import { HEADER_SLOTS } from '../isa/select.ts';
import type { Allocation } from './allocate.ts';
import type { LBlockId, LFunc, LInst, VReg } from './lir.ts';
import { successors, visitOperands } from './lir.ts';

/** Registers whose value each slot holds. */
type State = Map<number, ReadonlySet<VReg>>;

export function checkAllocation(func: LFunc, allocation: Allocation): string[] {
  const checker = new Checker(func, allocation);
  return checker.run();
}

class Checker {
  readonly #func: LFunc;
  readonly #a: Allocation;
  readonly #atEntry: (State | undefined)[] = [];
  #problems: string[] = [];
  #reporting = false;
  #queue: number[] = [];

  constructor(func: LFunc, allocation: Allocation) {
    this.#func = func;
    this.#a = allocation;
  }

  run(): string[] {
    this.#atEntry[0] = new Map();
    this.#queue = [0];
    for (let b = this.#queue.pop(); b !== undefined; b = this.#queue.pop()) this.#replay(b);
    this.#reporting = true;
    for (let b = 0; b < this.#func.blocks.length; b++) if (this.#atEntry[b] !== undefined) this.#replay(b);
    return this.#problems;
  }

  #slot(reg: VReg): number {
    return this.#a.slotOf(reg);
  }

  #expectHeld(state: State, reg: VReg, what: string): void {
    if (!this.#reporting || state.get(this.#slot(reg))?.has(reg)) return;
    this.#problems.push(`${what}: v${reg} is not in slot ${this.#slot(reg)}`);
  }

  #flow(to: LBlockId, state: State): void {
    if (this.#reporting) return;
    const known = this.#atEntry[to];
    if (known === undefined) {
      this.#atEntry[to] = new Map(state);
      this.#queue.push(to);
      return;
    }
    let changed = false;
    for (const [slot, held] of known) {
      const incoming = state.get(slot);
      const both = new Set([...held].filter((reg) => incoming?.has(reg)));
      if (both.size === held.size) continue;
      changed = true;
      if (both.size === 0) known.delete(slot);
      else known.set(slot, both);
    }
    if (changed) this.#queue.push(to);
  }

  #replay(b: number): void {
    const block = this.#func.blocks[b];
    const entry = this.#atEntry[b];
    if (block === undefined || entry === undefined) return;
    const state: State = new Map(entry);
    const first = this.#a.live.firstIndex[b] ?? 0;
    for (const [i, inst] of block.insts.entries()) this.#step(state, inst, first + i, `b${b}[${i}]`);
    if (block.term.kind === 'branch') {
      for (const reg of block.term.test.regs) this.#expectHeld(state, reg, `b${b} branch`);
    }
    for (const to of successors(block)) this.#flow(to, state);
  }

  #step(state: State, inst: LInst, index: number, where: string): void {
    for (const reg of inst.keeps) this.#expectHeld(state, reg, `${where} keeps`);
    if (inst.handler !== null) {
      const handler = this.#func.handlers.get(inst.handler);
      const atHandler = new Map(state);
      if (inst.kind === 'op' && inst.window !== null) this.#destroy(atHandler, inst, index);
      if (handler !== undefined) atHandler.set(this.#slot(handler.error), new Set([handler.error]));
      this.#flow(inst.handler, atHandler);
    }
    switch (inst.kind) {
      case 'enter':
        this.#write(
          state,
          inst.params.filter((param) => this.#a.classes.rangeOf(param).length > 0),
        );
        return;
      case 'copies': {
        for (const { src } of inst.copies) this.#expectHeld(state, src, `${where} copy`);
        const held = inst.copies.map(({ dst, src }) => {
          const same = this.#slot(dst) === this.#slot(src);
          return new Set(same ? [...(state.get(this.#slot(src)) ?? []), dst] : [dst]);
        });
        for (const [i, { dst }] of inst.copies.entries()) state.set(this.#slot(dst), held[i] as Set<VReg>);
        return;
      }
      default: {
        for (const arg of inst.window?.args ?? []) {
          this.#expectHeld(state, arg, `${where} ${inst.opcode.name} argument`);
        }
        if (inst.window !== null) this.#destroy(state, inst, index);
        visitOperands(inst.opcode, inst.values, (reg, reads) => {
          if (reads) this.#expectHeld(state, reg, `${where} ${inst.opcode.name}`);
        });
        visitOperands(inst.opcode, inst.values, (reg, _, writes) => {
          if (writes) this.#write(state, [reg]);
        });
        if (inst.window?.result != null) this.#write(state, [inst.window.result]);
      }
    }
  }

  #write(state: State, regs: readonly VReg[]): void {
    for (const reg of regs) state.set(this.#slot(reg), new Set([reg]));
  }

  #destroy(state: State, inst: LInst & { kind: 'op' }, index: number): void {
    const { window } = inst;
    const base = this.#a.windows.get(index);
    if (window === null || base === undefined) return;
    const from = window.call ? base - HEADER_SLOTS : base;
    const to = window.call ? Number.POSITIVE_INFINITY : base + Math.max(window.args.length, 1);
    for (const slot of [...state.keys()]) if (slot >= from && slot < to) state.delete(slot);
  }
}
