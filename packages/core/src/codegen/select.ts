/**
 * Instruction selection: IR to opcodes over virtual registers.
 *
 * Here stand blocks and how they end: comparisons fused with their branch, the latches of counted loops, block arguments as copies on edges.
 * Instructions and values stand in the classes below.
 */
import { cfgOf } from '../analysis/cfg.ts';
import { type IsLiveInto, livenessOf } from '../analysis/liveness.ts';
import { Bug, present } from '../base/bug.ts';
import { TRAP_NAMES } from '../base/traps.ts';
import type { Span } from '../base/source.ts';
import type { BlockId, Edge, Func, InlineSite, Inst, Terminator, ValueId } from '../ir/ir.ts';
import type { Opcode } from '../isa/opcode.ts';
import { hasOpcode, opcode } from '../isa/opcodes.ts';
import type { Copy, Handler, LBlock, LBlockId, LFunc, LInst, LTerm, Test, VReg } from './lir.ts';
import { isComparison, shapeTest } from './test-select.ts';
import { InstSelector } from './select-insts.ts';
import { isConst, NOTHING, type SelectContext } from './select-values.ts';

export function selectFunc(func: Func, cx: SelectContext): LFunc {
  return new Selector(func, cx).run();
}

type Branch = Extract<Terminator, { kind: 'br' }>;

/** An edge back whose copies stand in front of the branch (null if some do not), the test that reads what is there then, and where values are. */
interface Ahead {
  readonly edge: Edge | null;
  readonly test: Test;
  readonly held: ReadonlyMap<ValueId, VReg>;
}

/** What the edge back to a loop's head copies. */
type Moves = readonly (readonly [param: ValueId, arg: ValueId])[];

interface Step {
  readonly opcode: Opcode;
  readonly imm: number | null;
  readonly by: VReg | null;
}

/** Steps that are one instruction with the test behind them. */
const STEPS: ReadonlySet<string> = new Set(['add.i32.imm', 'add.i64.imm']);

const SIDES = ['then', 'else'] as const;

class Selector extends InstSelector {
  #liveness: IsLiveInto | null = null;
  readonly #handlers = new Map<LBlockId, Handler>();

  run(): LFunc {
    const entry = this.block(this.func.entry);
    for (const id of this.order) this.#registerHandler(id);
    for (const [i, id] of this.order.entries()) this.#selectBlock(i, id);
    const params = entry.params as unknown as VReg[];
    this.blocks[0]?.insts.unshift({
      kind: 'enter',
      params,
      span: this.func.span,
      inlined: [],
      handler: null,
      keeps: NOTHING,
    });
    return {
      name: this.func.name,
      blocks: this.#splitEdges(),
      kinds: this.kinds,
      handlers: this.#handlers,
      params,
    };
  }

  #registerHandler(id: BlockId): void {
    const block = this.block(id);
    const note = (exc: Edge | null) => {
      if (exc === null) return;
      const target = this.target(exc.block);
      if (this.#handlers.has(target)) return;
      const [error, ...params] = this.block(exc.block).params as unknown as VReg[];
      this.#handlers.set(target, { error: present(error, 'error parameter'), params: new Set(params) });
    };
    for (const inst of block.insts) note(inst.exc);
    if (block.term.kind === 'trap') note(block.term.exc);
  }

  #selectBlock(i: number, id: BlockId): void {
    const block = this.block(id);
    this.at = i;
    this.out = [];
    // Clearing a map makes a new table.
    if (this.local.size > 0) this.local.clear();
    if (this.handlerHolds.size > 0) this.handlerHolds.clear();
    if (this.findsMethods) this.noteMethodCalls(block.insts);
    // A poll at the end belongs to the branch behind it, if nothing is emitted between them.
    let poll: number | null = null;
    for (const inst of block.insts) {
      if (isConst(inst) || this.#isFused(inst, block.term) || this.found.has(inst)) continue;
      if (poll !== null) this.#emitPoll(poll);
      poll = null;
      this.span = inst.span;
      this.inlined = inst.inlined;
      // The poll of the entry stands first: a call looks for it there, and pays it at once.
      if (inst.op === 'poll' && i === 0 && this.out.length === 0) this.#emitPoll(inst.imm as number);
      else if (inst.op === 'poll') poll = inst.imm as number;
      else this.selectInst(inst);
    }
    const { term } = block;
    // A stop at the poll stands where the poll does.
    if (poll === null) {
      this.span = term.span;
      this.inlined = term.kind === 'trap' ? term.inlined : [];
    }
    const selected = this.#selectTerm(term, poll);
    this.blocks.push({ insts: this.out, term: selected, depth: this.regions.depth[i] as number });
  }

  #selectTerm(term: Terminator, poll: number | null): LTerm {
    const place = { span: this.span, inlined: this.inlined };
    switch (term.kind) {
      case 'jump':
        this.#copyArgs(term.to);
        return { kind: 'jump', to: this.target(term.to.block), poll, span: place.span, inlined: place.inlined };
      case 'br':
        return this.#selectBranch(term, poll, place);
      case 'ret':
        if (poll !== null) this.#emitPoll(poll);
        this.span = term.span;
        this.inlined = [];
        if (term.value === null) this.emit(opcode('ret.void'), []);
        else this.emit(opcode('ret'), [this.reg(term.value)]);
        return { kind: 'end' };
      case 'trap':
        if (poll !== null) this.#emitPoll(poll);
        this.span = term.span;
        this.inlined = term.inlined;
        this.emit(opcode('trap'), [TRAP_NAMES.indexOf(term.trap)], null, term.exc);
        return { kind: 'end' };
      default:
        return { kind: 'end' };
    }
  }

  #selectBranch(
    term: Extract<Terminator, { kind: 'br' }>,
    poll: number | null,
    place: { span: Span; inlined: readonly InlineSite[] },
  ): LTerm {
    const [then, otherwise] = [this.target(term.then.block), this.target(term.else.block)];
    let ahead = poll === null ? null : this.#countAhead(term);
    const test = ahead?.test ?? this.#test(term.cond, poll !== null);
    ahead ??= this.#copyAhead(term, term.then, test) ?? this.#copyAhead(term, term.else, test);
    const held = ahead?.held ?? null;
    this.#pendingEdges.push({
      from: this.at,
      then: ahead?.edge === term.then ? null : term.then,
      else: ahead?.edge === term.else ? null : term.else,
      held,
    });
    const { span, inlined } = place;
    return { kind: 'branch', test: ahead?.test ?? test, then, else: otherwise, poll, span, inlined };
  }

  #emitPoll(cost: number): void {
    this.emit(opcode('poll'), [cost]);
  }

  /* ---- edges ----------------------------------------------------------------------------------------------------- */

  readonly #pendingEdges: {
    readonly from: number;
    readonly then: Edge | null;
    readonly else: Edge | null;
    /** Where values are now that copies have been made in front of the branch. */
    readonly held: ReadonlyMap<ValueId, VReg> | null;
  }[] = [];

  /**
   * Copies for the edge of a branch back to a loop's head, in front of the branch, so that the branch itself can go back: if neither the
   * parameters' old values nor the arguments are wanted on the other side but as arguments, which come from the parameters then.
   * The test must not read what is gone, and reads the parameters where it read the arguments. The step of a counter that is tested follows
   * the copies, because emission makes one instruction of it and the test.
   */
  #copyAhead(term: Branch, edge: Edge, test: Test): Ahead | null {
    const moving = this.#movesBack(term, edge);
    if (moving === null || moving.pairs.length === 0) return null;
    const { pairs, held } = moving;
    if (test.regs.some((reg) => pairs.some(([param]) => Number(param) === Number(reg)))) return null;
    const step = this.out.at(-1);
    const counter = this.#steppedBy(step, term, test, pairs);
    if (step?.kind === 'op' && counter !== null) {
      const [, , by] = step.values as [number, number, number];
      this.out.pop();
      this.#pushMoves(pairs.filter(([param]) => param !== counter));
      this.emit(step.opcode, [counter, counter, by]);
    } else this.#pushMoves(pairs);
    return { edge, held, test: { ...test, regs: test.regs.map((reg) => held.get(reg as unknown as ValueId) ?? reg) } };
  }

  /**
   * The latch of a counted loop: a parameter that is compared as it was and stepped. The other copies go in front, and the step, which is
   * the last instruction, writes the parameter itself; emission makes one instruction of it and the test (`upto`, `downto`).
   */
  #countAhead(term: Branch): Ahead | null {
    const edge = term.then;
    const compare = this.defs[term.cond];
    const kind = compare?.op === 'lt_s.i64' ? 'i64' : compare?.op === 'lt_s.i32' ? 'i32' : null;
    if (compare === undefined || kind === null) return null;
    if (!this.#isFused(compare, term) || !this.inThisBlock(compare)) return null;
    const at = edge.args.findIndex((next, i) => this.#isCounter(edge, i, compare.args, next));
    if (at === -1) return null;
    const counter = this.block(edge.block).params[at] as ValueId;
    const next: number = edge.args[at] as ValueId;
    const rises = compare.args[0] === counter;
    const limit = compare.args[rises ? 1 : 0] as ValueId;
    const found = this.out.findIndex(
      (inst) => inst.kind === 'op' && inst.opcode.name.startsWith('add.') && inst.values[0] === next,
    );
    const step = this.#stepOf(this.out[found], kind, counter);
    if (step === null || this.target(edge.block) > this.at || this.target(term.else.block) <= this.at) return null;
    if (term.else.args.includes(counter) || this.#isLiveInto(counter, term.else.block)) return null;
    // The other copies go in front as well if they can, else behind the branch.
    const moving = this.#movesBack(term, edge);
    const pairs = moving === null ? [] : moving.pairs.filter(([param]) => param !== counter);
    if (pairs.some(([param]) => param === limit || param === (step.by as number | null))) return null;
    if (moving === null && edge.args.some((arg, i) => i !== at && arg === counter)) return null;

    const bound = this.reg(limit);
    this.out.splice(found, 1);
    this.#pushMoves(pairs);
    const reg = counter as unknown as VReg;
    this.emit(step.opcode, [reg, reg, step.by ?? (step.imm as number)]);
    const name = `${rises ? 'upto' : 'downto'}${step.by === null ? '' : '.by'}.${kind}`;
    const regs = step.by === null ? [reg, bound] : [reg, bound, step.by];
    const held = moving?.held ?? new Map([[next as ValueId, reg]]);
    return { edge: moving === null ? null : edge, held, test: { name, regs, imm: step.imm } };
  }

  /** Whether a parameter of a loop's head is compared, and what comes back to it serves nothing else. */
  #isCounter(edge: Edge, i: number, compared: readonly ValueId[], next: ValueId): boolean {
    const param = this.block(edge.block).params[i] as ValueId;
    return next !== param && compared.includes(param) && compared[0] !== compared[1] && this.uses[next] === 1;
  }

  /** The step of a counter as a loop's last instruction can take it: a small constant, or with 64 bits a register. */
  #stepOf(inst: LInst | undefined, kind: 'i32' | 'i64', counter: ValueId): Step | null {
    if (inst?.kind !== 'op') return null;
    const { opcode: op, values } = inst;
    const [, left, right] = values as [number, number, number];
    if (op.name.endsWith('.imm')) {
      return left === counter && right === (right << 24) >> 24 ? { opcode: op, imm: right, by: null } : null;
    }
    if (kind === 'i32' || left === right || (left !== counter && right !== counter)) return null;
    return { opcode: op, imm: null, by: (left === counter ? right : left) as VReg };
  }

  /** The parameter that an instruction steps by a constant, if what comes out serves nothing but the branch: its test and its arguments. */
  #steppedBy(inst: LInst | undefined, term: Branch, test: Test, pairs: Moves): ValueId | null {
    if (inst?.kind !== 'op' || !STEPS.has(inst.opcode.name)) return null;
    const [next, counter] = inst.values as [ValueId, ValueId];
    if (!pairs.some(([param, arg]) => param === counter && arg === next)) return null;
    const places: readonly number[] = [...test.regs, ...term.then.args, ...term.else.args];
    const tested = test.regs.some((reg) => Number(reg) === next);
    return tested && this.uses[next] === places.filter((each) => each === next).length ? counter : null;
  }

  /** What an edge back to a loop's head copies, and where each argument is afterwards; null if it cannot be copied in front of the branch. */
  #movesBack(term: Branch, edge: Edge): { pairs: Moves; held: Map<ValueId, VReg> } | null {
    const other = edge === term.then ? term.else : term.then;
    if (edge.args.length === 0 || this.target(edge.block) > this.at) return null;
    if (this.target(other.block) <= this.at) return null;
    const { params } = this.block(edge.block);
    const pairs = params.map((param, i) => [param, edge.args[i] as ValueId] as const).filter(([p, arg]) => p !== arg);
    const held = new Map<ValueId, VReg>();
    for (const [param, arg] of pairs) if (!held.has(arg)) held.set(arg, param as unknown as VReg);
    for (const [param, arg] of pairs) {
      if (
        this.#isLiveInto(param, other.block) ||
        (!isConst(this.defs[arg]) && this.#isLiveInto(arg, other.block)) ||
        (other.args.includes(param) && !held.has(param))
      )
        return null;
    }
    return { pairs, held };
  }

  /** Whether a block or what follows it uses a value. */
  #isLiveInto(value: ValueId, block: BlockId): boolean {
    this.#liveness ??= livenessOf(this.func, (this.cfg ??= cfgOf(this.func)));
    return this.#liveness(value, block);
  }

  /** Copies for the arguments of an edge, at the end of what is being emitted; `held`: values that are elsewhere by now. */
  #copyArgs(edge: Edge, held: ReadonlyMap<ValueId, VReg> | null = null): void {
    const params = this.block(edge.block).params as unknown as VReg[];
    const copies: Copy[] = [];
    for (const [i, arg] of edge.args.entries()) {
      const dst = present(params[i], 'parameter of a block');
      const src = held?.get(arg) ?? this.fresh(arg);
      if (dst !== src) copies.push({ dst, src });
    }
    this.#pushCopies(copies);
  }

  #pushMoves(pairs: Moves): void {
    this.#pushCopies(pairs.map(([param, arg]) => ({ dst: param as unknown as VReg, src: this.fresh(arg) })));
  }

  #pushCopies(copies: readonly Copy[]): void {
    if (copies.length > 0) this.out.push(this.copies(copies));
  }

  /** Puts the copies of conditional edges into blocks of their own, directly behind the branch, and renumbers. */
  #splitEdges(): LBlock[] {
    const extra = new Map<number, { side: 'then' | 'else'; block: LBlock; to: LBlockId }[]>();
    for (const pending of this.#pendingEdges) {
      const { from, held } = pending;
      for (const side of SIDES) {
        const edge = pending[side];
        if (edge === null || edge.args.length === 0) continue;
        this.out = [];
        if (this.local.size > 0) this.local.clear();
        this.at = from;
        this.#copyArgs(edge, held);
        if (this.out.length === 0) continue;
        const { term, depth } = this.blocks[from] as LBlock;
        const place =
          term.kind === 'end' ? { span: this.func.span, inlined: [] } : { span: term.span, inlined: term.inlined };
        const to = this.target(edge.block);
        const list = extra.get(from) ?? [];
        list.push({ side, block: { insts: this.out, term: { kind: 'jump', to, poll: null, ...place }, depth }, to });
        extra.set(from, list);
      }
    }
    if (extra.size === 0) return this.blocks;

    // Old position to new one; the else side stands first, so that it is what a branch falls into.
    const renumbered: LBlockId[] = [];
    let next = 0;
    for (let b = 0; b < this.blocks.length; b++) {
      renumbered.push(next as LBlockId);
      next += 1 + (extra.get(b)?.length ?? 0);
    }
    const move = (id: LBlockId): LBlockId => renumbered[id] as LBlockId;
    const handlers = [...this.#handlers].map(([id, handler]) => [move(id), handler] as const);
    this.#handlers.clear();
    for (const [id, handler] of handlers) this.#handlers.set(id, handler);
    const blocks: LBlock[] = [];
    for (const [b, block] of this.blocks.entries()) {
      const sides = (extra.get(b) ?? []).sort((x, y) => (x.side < y.side ? -1 : 1));
      const { term } = block;
      if (term.kind === 'jump') term.to = move(term.to);
      else if (term.kind === 'branch') {
        term.then = move(term.then);
        term.else = move(term.else);
        for (const [i, { side }] of sides.entries()) term[side] = (move(b as LBlockId) + 1 + i) as LBlockId;
      }
      blocks.push(block);
      for (const { block: split, to } of sides) {
        if (split.term.kind === 'jump') split.term.to = move(to);
        blocks.push(split);
      }
    }
    if (this.#handlers.size === 0) return blocks;
    for (const { insts } of blocks) {
      for (const inst of insts) if (inst.handler !== null) inst.handler = move(inst.handler);
    }
    return blocks;
  }

  /* ---- conditions ------------------------------------------------------------------------------------------------ */

  /** A comparison used once, by the branch that ends this block, is part of it. */
  #isFused(inst: Inst, term: Terminator): boolean {
    if (inst.result === null || term.kind !== 'br' || this.uses[inst.result] !== 1) return false;
    if (inst.result === term.cond) return isComparison(inst.op) || inst.op === 'eqz.i32';
    const cond = this.defs[term.cond];
    return (
      cond?.op === 'eqz.i32' && cond.args[0] === inst.result && this.uses[term.cond] === 1 && isComparison(inst.op)
    );
  }

  #test(cond: ValueId, polls: boolean): Test {
    let value = cond;
    let negate = false;
    let def = this.defs[value];
    if (def?.op === 'eqz.i32' && this.uses[value] === 1 && this.inThisBlock(def)) {
      value = present(def.args[0], 'operand');
      negate = true;
      def = this.defs[value];
    }
    const [left, right] = def?.args ?? [];
    const fusable = def !== undefined && isComparison(def.op) && this.uses[value] === 1 && this.inThisBlock(def);
    if (!fusable || left === undefined || right === undefined) {
      return { name: negate ? 'z' : 'nz', regs: [this.reg(value)], imm: null };
    }
    const counts = polls && (this.#isStepped(left) || this.#isStepped(right));
    const shape = shapeTest((def as Inst).op, left, right, negate, (v) => (counts ? null : this.integer(v)));
    if (shape.imm !== null && !hasOpcode(`br.${shape.name}.imm`)) {
      throw new Bug(`no opcode br.${shape.name}.imm`);
    }
    return { ...shape, regs: shape.regs.map((v) => this.reg(v)) };
  }

  /**
   * Whether a value is a step that was taken right before, in a loop that has a place for constants: then step, poll and
   * comparison with a register become one instruction (see `emit.ts`), which a constant in the comparison would prevent.
   */
  #isStepped(value: ValueId): boolean {
    const last = this.out.at(-1);
    if (last?.kind !== 'op' || last.handler !== null || last.values[0] !== (value as number)) return false;
    const { name } = last.opcode;
    return STEPS.has(name) && this.loopEntry() !== null;
  }
}
