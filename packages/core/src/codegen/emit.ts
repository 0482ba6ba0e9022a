/**
 * From allocated code to words: moves, reloads and stores around spilled operands, branches with the fewest jumps, and the tables
 * of try ranges, safepoints and source positions.
 */
import { Bug, present } from '../base/bug.ts';
import type { Span } from '../base/source.ts';
import type { InlineSite } from '../ir/ir.ts';
import { encode, setTarget } from '../isa/encode.ts';
import type { Opcode, PlacedOperand } from '../isa/opcode.ts';
import { hasOpcode, opcode } from '../isa/opcodes.ts';
import type { HandlerRange, Pc, PcEntry, Safepoint } from '../isa/program.ts';
import { builtinIsSafepoint, builtinNumber, builtinOf } from '../isa/select.ts';
import type { Allocation } from './allocate.ts';
import type { Copy, LBlock, LBlockId, LFunc, LInst, Test, VReg } from './lir.ts';
import { operandsOf, visitOperands } from './lir.ts';
import { LiveSlotScan } from './live-slots.ts';
import type { SlotMove } from './parallel-move.ts';
import { sequentialise } from './parallel-move.ts';
import { invertTest } from './test-select.ts';
import { MAX_SAFEPOINT_ENTRIES } from './too-large.ts';

export interface EmittedCode {
  readonly code: Uint32Array;
  readonly handlers: readonly HandlerRange[];
  readonly safepoints: readonly Safepoint[];
  readonly lines: readonly PcEntry[];
  /** Moves that coalescing did not remove. */
  readonly moves: number;
}

/** Null if the function's tables of references would be too large. */
export function emitFunc(
  func: LFunc,
  allocation: Allocation,
  nameOf: (site: InlineSite) => string,
): EmittedCode | null {
  return new CodeEmitter(func, allocation, nameOf).run();
}

type OpInst = LInst & { kind: 'op' };

const NO_SLOTS: readonly number[] = [];
const NO_MOVES: readonly SlotMove[] = [];
const NO_SITES: PcEntry['inlined'] = [];

class CodeEmitter {
  readonly #func: LFunc;
  readonly #a: Allocation;
  readonly #nameOf: (site: InlineSite) => string;
  readonly #out: number[] = [];
  readonly #fixups: { at: number; to: LBlockId }[] = [];
  readonly #starts: number[] = [];
  /** Where each block's code goes on if it has none of its own. */
  readonly #threaded: LBlockId[];
  readonly #handlers: { start: number; end: number; to: LBlockId }[] = [];
  /** Blocks at which errors arrive. */
  readonly #handlerTargets: ReadonlySet<LBlockId>;
  readonly #safepoints: Safepoint[] = [];
  /** References named by them. */
  #entries = 0;
  readonly #lines: PcEntry[] = [];
  readonly #live: LiveSlotScan;
  #span: Span | null = null;
  #inlined: readonly InlineSite[] = [];
  #sitesFor: readonly InlineSite[] = [];
  #sites: PcEntry['inlined'] = NO_SITES;
  #block = 0;
  /** Pieces of spilled ranges that hold their value in a register here. */
  #loaded = new Set<VReg>();
  #moves = 0;

  constructor(func: LFunc, allocation: Allocation, nameOf: (site: InlineSite) => string) {
    this.#func = func;
    this.#a = allocation;
    this.#nameOf = nameOf;
    this.#live = new LiveSlotScan(func, allocation);
    this.#threaded = threadJumps(func.blocks, (block) => this.#isEmpty(block));
    this.#handlerTargets = new Set([...func.handlers.keys()].map((block) => this.#threaded[block] as LBlockId));
  }

  run(): EmittedCode | null {
    const { blocks } = this.#func;
    for (let b = 0; b < blocks.length; b++) {
      this.#starts.push(this.#out.length);
      if (b > 0 && this.#threaded[b] !== b) continue;
      this.#emitBlock(b, blocks[b] as LBlock);
      if (this.#entries > MAX_SAFEPOINT_ENTRIES) return null;
    }
    const code = new Uint32Array(this.#out);
    for (const { at, to } of this.#fixups) setTarget(code, at, this.#startOf(to));
    return {
      code,
      handlers: this.#handlerRanges(),
      safepoints: this.#safepoints.slice(),
      lines: this.#lines.slice(),
      moves: this.#moves,
    };
  }

  #startOf(block: LBlockId): number {
    return present(this.#starts[this.#threaded[block] as LBlockId], 'start of a block');
  }

  #handlerRanges(): HandlerRange[] {
    const ranges: HandlerRange[] = [];
    for (const { start, end, to } of this.#handlers) {
      const slot = this.#a.slotOf(present(this.#func.handlers.get(to), 'handler').error);
      const last = ranges.at(-1);
      const target = this.#startOf(to);
      if (last !== undefined && last.end === start && last.target === target && last.slot === slot) {
        ranges[ranges.length - 1] = { ...last, end: end as Pc };
      } else {
        ranges.push({ start: start as Pc, end: end as Pc, target: target as Pc, slot });
      }
    }
    return ranges;
  }

  /* ---- blocks ---------------------------------------------------------------------------------------------------- */

  /** Nothing but copies that became nothing, and a jump. */
  #isEmpty(block: LBlock): boolean {
    if (block.term.kind !== 'jump' || block.term.poll !== null) return false;
    return block.insts.every((inst) => this.#isNothing(inst));
  }

  #isNothing(inst: LInst): boolean {
    return inst.kind === 'copies' && this.#movesOf(inst).length === 0;
  }

  #emitBlock(b: number, block: LBlock): void {
    this.#block = b;
    this.#loaded.clear();
    const first = present(this.#a.live.firstIndex[b], 'block');
    // A collection that an error has made due runs when control is at its handler.
    if (this.#handlerTargets.has(b as LBlockId)) this.#safepoint(this.#out.length, first, true);
    const { insts } = block;
    let last = insts.length - 1;
    while (last >= 0 && this.#isNothing(insts[last] as LInst)) last--;
    const fused = this.#fusedCount(b, block, insts[last], first + insts.length);
    for (let i = 0; i < (fused === null ? insts.length : last); i++) this.#emitInst(insts[i] as LInst, first + i);
    this.#emitTerm(b, block, first + insts.length, fused);
  }

  #emitInst(inst: LInst, index: number): void {
    this.#at(inst.span, inst.inlined);
    switch (inst.kind) {
      case 'copies':
        this.#emitMoves(this.#movesOf(inst));
        for (const { dst } of inst.copies) this.#loaded.delete(this.#a.classes.find(dst));
        return;
      case 'enter':
        this.#emitArrivals(inst.params);
        return;
      default:
        this.#emitOp(inst, index);
    }
  }

  /** Parameters go from where they arrive to their slots; those in registers that moves themselves need go to memory first. */
  #emitArrivals(params: readonly VReg[]): void {
    const { scratch, limit, spare } = this.#a;
    const moves: SlotMove[] = [];
    for (const [i, param] of params.entries()) {
      if (!this.#isLive(param)) continue;
      const aside = i >= scratch && i < limit;
      if (aside) this.#store(i, spare + 1 + i - scratch);
      moves.push({ dst: this.#a.slotOf(param), src: aside ? spare + 1 + i - scratch : i });
    }
    this.#emitMoves(moves);
  }

  #isLive(reg: VReg): boolean {
    return this.#a.classes.rangeOf(reg).length > 0;
  }

  #movesOf({ copies }: LInst & { kind: 'copies' }): readonly SlotMove[] {
    let moves: SlotMove[] | null = null;
    for (let i = 0; i < copies.length; i++) {
      const { dst, src } = copies[i] as Copy;
      if (!this.#isLive(dst)) continue;
      const to = this.#a.slotOf(dst);
      const from = this.#a.slotOf(src);
      if (to !== from) (moves ??= []).push({ dst: to, src: from });
    }
    return moves ?? NO_MOVES;
  }

  #at(span: Span, inlined: readonly InlineSite[]): void {
    if (this.#span === span && this.#inlined === inlined) return;
    this.#span = span;
    this.#inlined = inlined;
    const entry: PcEntry = {
      pc: this.#out.length as Pc,
      span,
      inlined: this.#sitesOf(inlined),
    };
    if (this.#lines.at(-1)?.pc === entry.pc) this.#lines.pop();
    this.#lines.push(entry);
  }

  /** The chain of calls as tables name it, made once for a stretch of instructions. */
  #sitesOf(inlined: readonly InlineSite[]): PcEntry['inlined'] {
    if (inlined.length === 0) return NO_SITES;
    if (this.#sitesFor !== inlined) {
      this.#sitesFor = inlined;
      this.#sites = inlined.map((site) => ({ callee: this.#nameOf(site), span: site.span }));
    }
    return this.#sites;
  }

  /* ---- instructions ---------------------------------------------------------------------------------------------- */

  #emitOp(inst: OpInst, index: number): void {
    const { opcode: op, window } = inst;
    const base = window === null ? 0 : present(this.#a.windows.get(index), 'window');
    if (window !== null) {
      this.#emitMoves(window.args.map((arg, i) => ({ dst: base + i, src: this.#a.slotOf(arg) })));
    }
    let stores: { slot: number; from: number }[] | null = null;
    let scratch = this.#a.scratch;
    const nextScratch = (): number => scratch++;
    const operands = operandsOf(op);
    const values = new Array<number>(operands.length);
    for (let i = 0; i < operands.length; i++) {
      const operand = operands[i] as PlacedOperand;
      const value = inst.values[i] as number;
      if (operand.kind === 'window') values[i] = base;
      else if (operand.role === 'imm') values[i] = value;
      else {
        const slot = this.#a.slotOf(value as VReg);
        if (slot < this.#a.limit) {
          values[i] = slot;
          continue;
        }
        const place = this.#operand(value as VReg, operand.role !== 'def', nextScratch);
        if (operand.role !== 'use' && place.home !== null) {
          stores ??= [];
          stores.push({ slot: place.home, from: place.register });
        }
        values[i] = place.register;
      }
    }
    // A result may take the place of an operand that was loaded: operands are read before it is written.
    const start = this.#encode(op, values);
    this.#note(inst, index, start, base);
    if (stores !== null) {
      for (const { slot, from } of stores) this.#store(from, slot);
      // What was written into a piece is there only now: the instruction may have read its old value from memory.
      visitOperands(op, inst.values, (reg, _, writes) => {
        if (writes) this.#loaded.add(this.#a.classes.find(reg));
      });
    }
    if (window?.result != null) {
      const dst = this.#a.slotOf(window.result);
      this.#emitMoves([{ dst, src: base }]);
      this.#loaded.delete(this.#a.classes.find(window.result));
    }
  }

  /** The register that stands for an operand here; `home` is where a spilled one must be stored if it is written. */
  #operand(reg: VReg, reads: boolean, scratch: () => number): { register: number; home: number | null } {
    const home = this.#a.slotOf(reg);
    if (home < this.#a.limit) return { register: home, home: null };
    const rep = this.#a.classes.find(reg);
    const piece = this.#a.pieces.get(this.#block)?.get(rep);
    if (piece === undefined) {
      // A written operand that is not read can use any scratch register: what it holds was read before.
      const register = reads ? scratch() : this.#a.scratch;
      if (reads) this.#load(register, home);
      return { register, home };
    }
    if (reads && !this.#loaded.has(rep)) {
      this.#load(piece, home);
      this.#loaded.add(rep);
    }
    return { register: piece, home };
  }

  /** Tables: try range and safepoint of the instruction at `start`. */
  #note(inst: OpInst, index: number, start: number, base: number): void {
    const end = this.#out.length;
    if (inst.handler !== null) this.#handlers.push({ start, end, to: inst.handler });
    const { safepoint } = inst.opcode.traits;
    if (safepoint === 'none' || (safepoint === 'rt' && !builtinIsSafepoint(builtinOf(inst.opcode, inst.values))))
      return;
    if (safepoint === 'call') {
      this.#safepoint(end - 1, index, false);
      return;
    }
    if (inst.window === null) {
      this.#safepoint(start, index, true);
      return;
    }
    // Operands that were copied to the window may have lost their own slots to it.
    const refs: number[] = [];
    const anys: number[] = [];
    const hold = (reg: VReg, slot: number): void => {
      const kind = this.#func.kinds[reg];
      if (kind === 'ref') refs.push(slot);
      else if (kind === 'any') anys.push(slot);
    };
    const { args } = inst.window;
    for (let i = 0; i < args.length; i++) hold(args[i] as VReg, base + i);
    const operands = operandsOf(inst.opcode);
    for (let i = 0; i < operands.length; i++) {
      const reg = inst.values[i] as VReg;
      if ((operands[i] as PlacedOperand).role === 'use') hold(reg, this.#a.slotOf(reg));
    }
    this.#safepoint(start, index, false, refs, anys);
    if (safepoint === 'both') this.#safepoint(end - 1, index, false);
  }

  #safepoint(
    pc: number,
    index: number,
    operands: boolean,
    moreRefs: readonly number[] = NO_SLOTS,
    moreAnys: readonly number[] = NO_SLOTS,
  ): void {
    if (this.#entries > MAX_SAFEPOINT_ENTRIES) return;
    const { refs, anys } = this.#live.at(index, operands);
    this.#entries += refs.length + anys.length;
    if (moreRefs.length === 0 && moreAnys.length === 0 && this.#safepoints.at(-1)?.pc !== pc) {
      this.#safepoints.push({ pc: pc as Pc, refs, anys });
      return;
    }
    // The first instruction of a handler may have one of its own.
    const same = this.#safepoints.at(-1)?.pc === pc ? this.#safepoints.pop() : undefined;
    this.#safepoints.push({
      pc: pc as Pc,
      refs: [...new Set([...refs, ...moreRefs, ...(same?.refs ?? [])])],
      anys: [...new Set([...anys, ...moreAnys, ...(same?.anys ?? [])])],
    });
  }

  #encode(op: Opcode, values: readonly number[]): number {
    return encode(this.#out, op, values);
  }

  #load(register: number, slot: number): void {
    this.#encode(opcode('ld.spill'), [register, slot]);
  }

  #store(register: number, slot: number): void {
    this.#encode(opcode('st.spill'), [register, slot]);
  }

  #emitMoves(moves: readonly SlotMove[]): void {
    for (const { dst, src } of sequentialise(moves, this.#a.spare)) {
      this.#moves++;
      const fromRegister = src < this.#a.limit;
      const toRegister = dst < this.#a.limit;
      if (fromRegister && toRegister) this.#encode(opcode('move'), [dst, src]);
      else if (toRegister) this.#load(dst, src);
      else if (fromRegister) this.#store(src, dst);
      else {
        if (this.#a.scratch === this.#a.limit) throw new Bug('a move between spill slots in a function without spills');
        this.#load(this.#a.scratch, src);
        this.#store(this.#a.scratch, dst);
      }
    }
  }

  /* ---- ends of blocks -------------------------------------------------------------------------------------------- */

  #next(b: number): number {
    let next = b + 1;
    while (next < this.#func.blocks.length && this.#threaded[next] !== next) next++;
    return next;
  }

  #jumpTo(op: Opcode, values: readonly number[], to: LBlockId): void {
    const targetAt = operandsOf(op).findIndex((operand) => operand.kind === 'target');
    const filled = [...values.slice(0, targetAt), 0, ...values.slice(targetAt)];
    this.#fixups.push({ at: this.#encode(op, filled), to });
  }

  #emitTerm(b: number, block: LBlock, index: number, fused: FusedCount | null): void {
    const { term } = block;
    if (term.kind === 'end') return;
    this.#at(term.span, term.inlined);
    const next = this.#next(b);
    if (term.kind === 'jump') {
      const to = this.#threaded[term.to] as LBlockId;
      this.#emitJump(to, term.poll, index, b, next);
      return;
    }
    const then = this.#threaded[term.then] as LBlockId;
    const otherwise = this.#threaded[term.else] as LBlockId;
    if (then === otherwise) {
      this.#emitJump(then, term.poll, index, b, next);
      return;
    }
    if (fused !== null) {
      this.#safepoint(this.#out.length, index, true);
      this.#jumpTo(fused.op, fused.values, then);
      if (otherwise !== next) this.#jumpTo(opcode('jump'), [], otherwise);
      return;
    }
    const { test, poll } = term;
    if (isRanging(test.name)) {
      this.#emitPoll(poll as number, index);
      this.#emitSteppedTest(test, then);
      if (otherwise !== next) this.#jumpTo(opcode('jump'), [], otherwise);
      return;
    }
    const inverse = invertTest(test);
    if (poll !== null) {
      if (then <= b && this.#emitLoop(test, poll, then, index)) {
        if (otherwise !== next) this.#jumpTo(opcode('jump'), [], otherwise);
        return;
      }
      if (otherwise <= b && inverse !== null && this.#emitLoop(inverse, poll, otherwise, index)) {
        if (then !== next) this.#jumpTo(opcode('jump'), [], then);
        return;
      }
      this.#emitPoll(poll, index);
    }
    if (then === next && inverse !== null) {
      this.#emitBranch(inverse, otherwise);
      return;
    }
    this.#emitBranch(test, then);
    if (otherwise !== next) this.#jumpTo(opcode('jump'), [], otherwise);
  }

  #emitPoll(cost: number, index: number): void {
    this.#safepoint(this.#out.length, index, true);
    this.#encode(opcode('poll'), [cost]);
  }

  #emitJump(to: LBlockId, poll: number | null, index: number, b: number, next: number): void {
    if (poll !== null && to <= b) {
      this.#safepoint(this.#out.length, index, true);
      this.#jumpTo(opcode('loop'), [poll], to);
      return;
    }
    if (poll !== null) this.#emitPoll(poll, index);
    if (to !== next) this.#jumpTo(opcode('jump'), [], to);
  }

  #testOperands(test: Test): number[] {
    let scratch = this.#a.scratch;
    const regs = test.regs.map((reg) => this.#operand(reg, true, () => scratch++).register);
    return test.imm === null ? regs : [...regs, test.imm];
  }

  #emitBranch(test: Test, to: LBlockId): void {
    const operands = this.#testOperands(test);
    this.#jumpTo(opcode(`br.${test.name}${test.imm === null ? '' : '.imm'}`), operands, to);
  }

  #emitLoop(test: Test, cost: number, to: LBlockId, index: number): boolean {
    const name = `loop.${test.name}${test.imm === null ? '' : '.imm'}`;
    if (!hasOpcode(name)) return false;
    const operands = this.#testOperands(test);
    this.#safepoint(this.#out.length, index, true);
    this.#jumpTo(opcode(name), [...operands, cost], to);
    return true;
  }

  /** A counter's step right before the loop's test becomes one instruction with it, poll included. */
  #fusedCount(b: number, { term }: LBlock, last: LInst | undefined, index: number): FusedCount | null {
    if (term.kind !== 'branch' || term.poll === null || last?.kind !== 'op' || last.handler !== null) return null;
    const then = this.#threaded[term.then] as LBlockId;
    if (isRanging(term.test.name))
      return then === this.#threaded[term.else] ? null : this.#fusedRange(term.test, term.poll);
    if (then <= b && term.test.name === 'nz') {
      const iterates = last.opcode.name === 'rt.1' && last.values[0] === builtinNumber('iter.more');
      return iterates && last.values[1] === term.test.regs[0] ? this.#fusedIteration(last, index, term.poll) : null;
    }
    const match = COUNTING.get(term.test.name);
    if (match === undefined || term.test.imm !== null || then > b || then === this.#threaded[term.else]) return null;
    const [order, kind] = match;
    if (last.opcode.name !== `add.${kind}.imm`) return null;
    const [dst, src, step] = last.values as [number, number, number];
    const counter = this.#a.slotOf(dst as VReg);
    if (counter !== this.#a.slotOf(src as VReg) || counter >= this.#a.limit) return null;
    const [left, right] = term.test.regs.map((reg) => this.#a.slotOf(reg)) as [number, number];
    if (left >= this.#a.limit || right >= this.#a.limit || left === right) return null;
    // limit < counter is counter > limit
    const [name, limit] = left === counter ? [`${order}_s`, right] : [order === 'lt' ? 'gt_s' : 'ge_s', left];
    if (left !== counter && right !== counter) return null;
    const op = `loop.add.${name}.${kind}`;
    return hasOpcode(op) ? { op: opcode(op), values: [counter, limit, step, term.poll] } : null;
  }

  /** Whether an iterator has a value left, asked by the branch at `index` alone. */
  #fusedIteration(last: OpInst, index: number, cost: number): FusedCount | null {
    const [, more, iterator] = last.values as [number, VReg, VReg];
    const slot = this.#a.slotOf(iterator);
    if (slot >= this.#a.limit || this.#isLiveAfter(more, index)) return null;
    return { op: opcode('loop.iter'), values: [slot, cost] };
  }

  #isLiveAfter(reg: VReg, index: number): boolean {
    const range = this.#a.classes.rangeOf(reg);
    for (let i = 0; i < range.length; i += 2) {
      if ((range[i] as number) <= 2 * index && (range[i + 1] as number) > 2 * index + 1) return true;
    }
    return false;
  }

  /** The step of a range loop and its test, unless something of it stands in memory. */
  #fusedRange({ name, regs, imm }: Test, cost: number): FusedCount | null {
    const slots = regs.map((reg) => this.#a.slotOf(reg));
    if (slots.some((slot) => slot >= this.#a.limit)) return null;
    return { op: opcode(`loop.${name}`), values: [...slots, ...(imm === null ? [] : [imm]), cost] };
  }

  /** The test of a range loop whose counter has been stepped already: with the counter as it was. */
  #emitSteppedTest({ name, regs, imm }: Test, to: LBlockId): void {
    const [way, kind] = [name.startsWith('upto') ? 'upto' : 'downto', name.slice(-3)];
    let scratch = this.#a.scratch;
    const [counter, limit, step] = regs.map((reg) => this.#operand(reg, true, () => scratch++).register) as number[];
    // In the counter's place if that was loaded; else there is room behind the other two.
    const old = counter !== undefined && counter >= this.#a.scratch ? counter : this.#a.scratch + 2;
    if (imm !== null) this.#encode(opcode(`add.${kind}.imm`), [old, counter as number, -imm]);
    else this.#encode(opcode(`sub.${kind}`), [old, counter as number, step as number]);
    const order = way === 'upto' ? [old, limit as number] : [limit as number, old];
    this.#jumpTo(opcode(`br.lt_s.${kind}`), order, to);
  }
}

/** Whether a test is that of a range loop, which steps its counter too. */
function isRanging(name: string): boolean {
  return name.startsWith('upto') || name.startsWith('downto');
}

/** Tests that may be one instruction with the step of a counter. */
const COUNTING: ReadonlyMap<string, readonly [order: 'lt' | 'le', kind: 'i32' | 'i64']> = new Map([
  ['lt_s.i32', ['lt', 'i32']],
  ['lt_s.i64', ['lt', 'i64']],
  ['le_s.i32', ['le', 'i32']],
  ['le_s.i64', ['le', 'i64']],
]);

interface FusedCount {
  readonly op: Opcode;
  /** Without the target. */
  readonly values: readonly number[];
}

/** Where an edge to each block really leads. A cycle of empty blocks keeps its first one. */
function threadJumps(blocks: readonly LBlock[], isEmpty: (block: LBlock) => boolean): LBlockId[] {
  const threaded = blocks.map((_, b) => b as LBlockId);
  const skips = blocks.map((block) => (isEmpty(block) && block.term.kind === 'jump' ? block.term.to : null));
  skips[0] = null;
  for (let b = 0; b < blocks.length; b++) {
    let to = b as LBlockId;
    const seen = new Set<LBlockId>();
    for (let skip = skips[to]; skip != null && !seen.has(to); skip = skips[to]) {
      seen.add(to);
      to = skip;
    }
    threaded[b] = to;
  }
  return threaded;
}
