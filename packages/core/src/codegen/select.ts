/**
 * Instruction selection: IR to opcodes over virtual registers.
 *
 * An IR operation has an opcode of its own name or one found through the table. Selection adds what a table cannot say: comparisons fused
 * with their branch, constants folded into immediate forms and otherwise made where they are needed (in front of the outermost
 * loop, once; elsewhere in the block), block arguments as copies on edges, and handler parameters as copies in front of what can fail.
 */
import { type Cfg, cfgOf } from '../analysis/cfg.ts';
import { type Dominators, dominates, dominatorsOf } from '../analysis/dominators.ts';
import { type IsLiveInto, livenessOf } from '../analysis/liveness.ts';
import { Bug, present } from '../base/bug.ts';
import type { BuiltinName } from '../base/builtins.ts';
import { NOMINAL } from '../base/kinds.ts';
import type { TrapName } from '../base/traps.ts';
import { TRAP_NAMES } from '../base/traps.ts';
import type { Span } from '../base/source.ts';
import type { Block, BlockId, Edge, Func, FuncId, InlineSite, Inst, SigId, Terminator, ValueId } from '../ir/ir.ts';
import type { OpName, VariantImm } from '../ir/ops.ts';
import type { Opcode, PlacedOperand } from '../isa/opcode.ts';
import { hasOpcode, opcode, opcodesFor } from '../isa/opcodes.ts';
import { fieldRange } from '../isa/operand.ts';
import { builtinForm, builtinNumber, immediateForm, selectOp } from '../isa/select.ts';
import type { Copy, Handler, LBlock, LBlockId, LFunc, LInst, LTerm, Test, VReg, Window } from './lir.ts';
import { operandsOf, visitOperands } from './lir.ts';
import type { Pools } from './pools.ts';
import { f64Bits } from './pools.ts';
import type { Regions } from './regions.ts';
import { findRegions } from './regions.ts';
import { isComparison, shapeTest } from './test-select.ts';

/** What selection must know of the program around a function. */
export interface SelectContext {
  readonly pools: Pools;
  /** How many constants short instructions may name. */
  readonly shortConstants: number;
  readonly hasCaptures: (func: FuncId) => boolean;
}

/** Constants put in front of one loop; more than this would fill the frame for little. */
const HOISTED_PER_LOOP = 48;

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

interface Step {
  readonly opcode: Opcode;
  readonly imm: number | null;
  readonly by: VReg | null;
}

type ConstInst = Inst & { op: `const.${string}` };

const CONSTS: ReadonlySet<string> = new Set(['i32', 'i64', 'f64', 'str', 'null', 'nil'].map((what) => `const.${what}`));

const NOTHING: VReg[] = [];

const SIDES = ['then', 'else'] as const;

function isConst(inst: Inst | undefined): inst is ConstInst {
  return inst !== undefined && CONSTS.has(inst.op);
}

class Selector {
  readonly #func: Func;
  readonly #cx: SelectContext;
  readonly #order: BlockId[];
  /** By block id. */
  readonly #position: Int32Array;
  readonly #kinds: LFunc['kinds'];
  readonly #defs: (Inst | undefined)[];
  /** By value: the block whose instruction makes it. */
  readonly #homes: (Block | undefined)[];
  readonly #uses: Int32Array;
  readonly #regions: Regions;
  /** Made when first needed. */
  #cfg: Cfg | null = null;
  #tree: Dominators | null = null;
  #liveness: IsLiveInto | null = null;
  readonly #blocks: LBlock[] = [];
  /** Calls of methods by name, with the name's value, and the instructions that would find them. */
  readonly #methodCalls = new Map<Inst, ValueId>();
  readonly #found = new Set<Inst>();
  #findsMethods = false;
  readonly #handlers = new Map<LBlockId, Handler>();
  /** Constants put at the end of a block for the loop behind it, by block and constant. */
  readonly #hoisted = new Map<number, Map<string, VReg>>();
  /** Constants already made in the current block. */
  #local = new Map<string, VReg>();
  #out: LInst[] = [];
  #at = 0;
  #span: Span;
  #inlined: readonly InlineSite[] = [];

  constructor(func: Func, cx: SelectContext) {
    this.#func = func;
    this.#cx = cx;
    this.#span = func.span;
    this.#kinds = func.values.values().slice();
    this.#order = [func.entry];
    for (const id of func.blocks.keys()) if (id !== func.entry) this.#order.push(id);
    this.#position = new Int32Array(func.nextBlock).fill(-1);
    for (let i = 0; i < this.#order.length; i++) this.#position[this.#order[i] as BlockId] = i;
    this.#defs = new Array<Inst | undefined>(func.values.size);
    this.#homes = new Array<Block | undefined>(func.values.size);
    this.#uses = new Int32Array(func.values.size);
    for (const id of this.#order) this.#countUses(this.#block(id));
    this.#regions = findRegions(this.#order.map((id) => this.#targets(this.#block(id).term)));
  }

  run(): LFunc {
    const entry = this.#block(this.#func.entry);
    for (const id of this.#order) this.#registerHandler(id);
    for (const [i, id] of this.#order.entries()) this.#selectBlock(i, id);
    const params = entry.params as unknown as VReg[];
    this.#blocks[0]?.insts.unshift({
      kind: 'enter',
      params,
      span: this.#func.span,
      inlined: [],
      handler: null,
      keeps: NOTHING,
    });
    return {
      name: this.#func.name,
      blocks: this.#splitEdges(),
      kinds: this.#kinds,
      handlers: this.#handlers,
      params,
    };
  }

  /* ---- blocks ---------------------------------------------------------------------------------------------------- */

  #block(id: BlockId): Block {
    const block = this.#func.blocks.get(id);
    if (block === undefined) throw new Bug(`there is no block b${id}`);
    return block;
  }

  #target(id: BlockId): LBlockId {
    return this.#position[id] as LBlockId;
  }

  #targets(term: Terminator): LBlockId[] {
    if (term.kind === 'jump') return [this.#target(term.to.block)];
    return term.kind === 'br' ? [this.#target(term.then.block), this.#target(term.else.block)] : [];
  }

  #countUses(block: Block): void {
    const uses = this.#uses;
    const count = (values: readonly ValueId[]) => {
      for (let i = 0; i < values.length; i++) {
        const v = values[i] as ValueId;
        uses[v] = (uses[v] as number) + 1;
      }
    };
    for (const inst of block.insts) {
      if (inst.imm === 'dyn.method') this.#findsMethods = true;
      count(inst.args);
      if (inst.exc !== null) {
        count(inst.exc.args);
      }
      if (inst.result !== null) {
        this.#defs[inst.result] = inst;
        this.#homes[inst.result] = block;
      }
    }
    const { term } = block;
    if (term.kind === 'jump') count(term.to.args);
    else if (term.kind === 'br') {
      count([term.cond]);
      count(term.then.args);
      count(term.else.args);
    } else if (term.kind === 'ret' && term.value !== null) count([term.value]);
    else if (term.kind === 'trap' && term.exc !== null) count(term.exc.args);
  }

  #registerHandler(id: BlockId): void {
    const block = this.#block(id);
    const note = (exc: Edge | null) => {
      if (exc === null) return;
      const target = this.#target(exc.block);
      if (this.#handlers.has(target)) return;
      const [error, ...params] = this.#block(exc.block).params as unknown as VReg[];
      this.#handlers.set(target, { error: present(error, 'error parameter'), params: new Set(params) });
    };
    for (const inst of block.insts) note(inst.exc);
    if (block.term.kind === 'trap') note(block.term.exc);
  }

  #selectBlock(i: number, id: BlockId): void {
    const block = this.#block(id);
    this.#at = i;
    this.#out = [];
    this.#local = new Map();
    this.#handlerHolds.clear();
    if (this.#findsMethods) this.#noteMethodCalls(block.insts);
    // A poll at the end belongs to the branch behind it, if nothing is emitted between them.
    let poll: number | null = null;
    for (const inst of block.insts) {
      if (isConst(inst) || this.#isFused(inst, block.term) || this.#found.has(inst)) continue;
      if (poll !== null) this.#emitPoll(poll);
      poll = null;
      this.#span = inst.span;
      this.#inlined = inst.inlined;
      // The poll of the entry stands first: a call looks for it there, and pays it at once.
      if (inst.op === 'poll' && i === 0 && this.#out.length === 0) this.#emitPoll(inst.imm as number);
      else if (inst.op === 'poll') poll = inst.imm as number;
      else this.#selectInst(inst);
    }
    const { term } = block;
    // A stop at the poll stands where the poll does.
    if (poll === null) {
      this.#span = term.span;
      this.#inlined = term.kind === 'trap' ? term.inlined : [];
    }
    const selected = this.#selectTerm(term, poll);
    this.#blocks.push({ insts: this.#out, term: selected, depth: this.#regions.depth[i] as number });
  }

  #selectTerm(term: Terminator, poll: number | null): LTerm {
    const place = { span: this.#span, inlined: this.#inlined };
    switch (term.kind) {
      case 'jump':
        this.#copyArgs(term.to);
        return { kind: 'jump', to: this.#target(term.to.block), poll, ...place };
      case 'br':
        return this.#selectBranch(term, poll, place);
      case 'ret':
        if (poll !== null) this.#emitPoll(poll);
        this.#span = term.span;
        this.#inlined = [];
        if (term.value === null) this.#emit(opcode('ret.void'), []);
        else this.#emit(opcode('ret'), [this.#reg(term.value)]);
        return { kind: 'end' };
      case 'trap':
        if (poll !== null) this.#emitPoll(poll);
        this.#span = term.span;
        this.#inlined = term.inlined;
        this.#emit(opcode('trap'), [TRAP_NAMES.indexOf(term.trap)], null, term.exc);
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
    const [then, otherwise] = [this.#target(term.then.block), this.#target(term.else.block)];
    let ahead = poll === null ? null : this.#countAhead(term);
    const test = ahead?.test ?? this.#test(term.cond, poll !== null);
    ahead ??= this.#copyAhead(term, term.then, test) ?? this.#copyAhead(term, term.else, test);
    const held = ahead?.held ?? null;
    this.#pendingEdges.push({
      from: this.#at,
      then: ahead?.edge === term.then ? null : term.then,
      else: ahead?.edge === term.else ? null : term.else,
      held,
    });
    return { kind: 'branch', test: ahead?.test ?? test, then, else: otherwise, poll, ...place };
  }

  #emitPoll(cost: number): void {
    this.#emit(opcode('poll'), [cost]);
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
   * The test must not read what is gone, and reads the parameters where it read the arguments.
   */
  #copyAhead(term: Branch, edge: Edge, test: Test): Ahead | null {
    const moving = this.#movesBack(term, edge);
    if (moving === null || moving.pairs.length === 0) return null;
    const { pairs, held } = moving;
    if (test.regs.some((reg) => pairs.some(([param]) => Number(param) === Number(reg)))) return null;
    this.#copyArgs(edge);
    return { edge, held, test: { ...test, regs: test.regs.map((reg) => held.get(reg as unknown as ValueId) ?? reg) } };
  }

  /**
   * The latch of a counted loop: a parameter that is compared as it was and stepped. The other copies go in front, and the step, which is
   * the last instruction, writes the parameter itself; emission makes one instruction of it and the test (`upto`, `downto`).
   */
  #countAhead(term: Branch): Ahead | null {
    const edge = term.then;
    const compare = this.#defs[term.cond];
    const kind = compare?.op === 'lt_s.i64' ? 'i64' : compare?.op === 'lt_s.i32' ? 'i32' : null;
    if (compare === undefined || kind === null) return null;
    if (!this.#isFused(compare, term) || !this.#inThisBlock(compare)) return null;
    const at = edge.args.findIndex((next, i) => this.#isCounter(edge, i, compare.args, next));
    if (at === -1) return null;
    const counter = this.#block(edge.block).params[at] as ValueId;
    const next: number = edge.args[at] as ValueId;
    const rises = compare.args[0] === counter;
    const limit = compare.args[rises ? 1 : 0] as ValueId;
    const found = this.#out.findIndex(
      (inst) => inst.kind === 'op' && /^add\./.test(inst.opcode.name) && inst.values[0] === next,
    );
    const step = this.#stepOf(this.#out[found], kind, counter);
    if (step === null || this.#target(edge.block) > this.#at || this.#target(term.else.block) <= this.#at) return null;
    if (term.else.args.includes(counter) || this.#isLiveInto(counter, term.else.block)) return null;
    // The other copies go in front as well if they can, else behind the branch.
    const moving = this.#movesBack(term, edge);
    const pairs = moving === null ? [] : moving.pairs.filter(([param]) => param !== counter);
    if (pairs.some(([param]) => param === limit || param === (step.by as number | null))) return null;
    if (moving === null && edge.args.some((arg, i) => i !== at && arg === counter)) return null;

    const bound = this.#reg(limit);
    this.#out.splice(found, 1);
    this.#pushCopies(pairs.map(([param, arg]) => ({ dst: param as unknown as VReg, src: this.#fresh(arg) })));
    const reg = counter as unknown as VReg;
    this.#emit(step.opcode, [reg, reg, step.by ?? (step.imm as number)]);
    const name = `${rises ? 'upto' : 'downto'}${step.by === null ? '' : '.by'}.${kind}`;
    const regs = step.by === null ? [reg, bound] : [reg, bound, step.by];
    const held = moving?.held ?? new Map([[next as ValueId, reg]]);
    return { edge: moving === null ? null : edge, held, test: { name, regs, imm: step.imm } };
  }

  /** Whether a parameter of a loop's head is compared, and what comes back to it serves nothing else. */
  #isCounter(edge: Edge, i: number, compared: readonly ValueId[], next: ValueId): boolean {
    const param = this.#block(edge.block).params[i] as ValueId;
    return next !== param && compared.includes(param) && compared[0] !== compared[1] && this.#uses[next] === 1;
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

  /** What an edge back to a loop's head copies, and where each argument is afterwards; null if it cannot be copied in front of the branch. */
  #movesBack(
    term: Branch,
    edge: Edge,
  ): { pairs: readonly (readonly [ValueId, ValueId])[]; held: Map<ValueId, VReg> } | null {
    const other = edge === term.then ? term.else : term.then;
    if (edge.args.length === 0 || this.#target(edge.block) > this.#at) return null;
    if (this.#target(other.block) <= this.#at) return null;
    const { params } = this.#block(edge.block);
    const pairs = params.map((param, i) => [param, edge.args[i] as ValueId] as const).filter(([p, arg]) => p !== arg);
    const held = new Map<ValueId, VReg>();
    for (const [param, arg] of pairs) if (!held.has(arg)) held.set(arg, param as unknown as VReg);
    for (const [param, arg] of pairs) {
      if (
        this.#isLiveInto(param, other.block) ||
        (!isConst(this.#defs[arg]) && this.#isLiveInto(arg, other.block)) ||
        (other.args.includes(param) && !held.has(param))
      )
        return null;
    }
    return { pairs, held };
  }

  /** Whether a block or what follows it uses a value. */
  #isLiveInto(value: ValueId, block: BlockId): boolean {
    this.#liveness ??= livenessOf(this.#func, (this.#cfg ??= cfgOf(this.#func)));
    return this.#liveness(value, block);
  }

  /** Copies for the arguments of an edge, at the end of what is being emitted; `held`: values that are elsewhere by now. */
  #copyArgs(edge: Edge, held: ReadonlyMap<ValueId, VReg> | null = null): void {
    const params = this.#block(edge.block).params as unknown as VReg[];
    const copies: Copy[] = [];
    for (const [i, arg] of edge.args.entries()) {
      const dst = present(params[i], 'parameter of a block');
      const src = held?.get(arg) ?? this.#fresh(arg);
      if (dst !== src) copies.push({ dst, src });
    }
    this.#pushCopies(copies);
  }

  #pushCopies(copies: readonly Copy[]): void {
    if (copies.length > 0) this.#out.push(this.#copies(copies));
  }

  /** Puts the copies of conditional edges into blocks of their own, directly behind the branch, and renumbers. */
  #splitEdges(): LBlock[] {
    const extra = new Map<number, { side: 'then' | 'else'; block: LBlock; to: LBlockId }[]>();
    for (const pending of this.#pendingEdges) {
      const { from, held } = pending;
      for (const side of SIDES) {
        const edge = pending[side];
        if (edge === null || edge.args.length === 0) continue;
        this.#out = [];
        this.#local = new Map();
        this.#at = from;
        this.#copyArgs(edge, held);
        if (this.#out.length === 0) continue;
        const { term, depth } = this.#blocks[from] as LBlock;
        const place =
          term.kind === 'end' ? { span: this.#func.span, inlined: [] } : { span: term.span, inlined: term.inlined };
        const to = this.#target(edge.block);
        const list = extra.get(from) ?? [];
        list.push({ side, block: { insts: this.#out, term: { kind: 'jump', to, poll: null, ...place }, depth }, to });
        extra.set(from, list);
      }
    }
    if (extra.size === 0) return this.#blocks;

    // Old position to new one; the else side stands first, so that it is what a branch falls into.
    const renumbered: LBlockId[] = [];
    let next = 0;
    for (let b = 0; b < this.#blocks.length; b++) {
      renumbered.push(next as LBlockId);
      next += 1 + (extra.get(b)?.length ?? 0);
    }
    const move = (id: LBlockId): LBlockId => renumbered[id] as LBlockId;
    const handlers = [...this.#handlers].map(([id, handler]) => [move(id), handler] as const);
    this.#handlers.clear();
    for (const [id, handler] of handlers) this.#handlers.set(id, handler);
    const blocks: LBlock[] = [];
    for (const [b, block] of this.#blocks.entries()) {
      const sides = (extra.get(b) ?? []).sort((x, y) => (x.side < y.side ? -1 : 1));
      let { term } = block;
      if (term.kind === 'jump') term = { ...term, to: move(term.to) };
      else if (term.kind === 'branch') {
        term = { ...term, then: move(term.then), else: move(term.else) };
        for (const [i, { side }] of sides.entries())
          term = { ...term, [side]: (move(b as LBlockId) + 1 + i) as LBlockId };
      }
      block.term = term;
      blocks.push(block);
      for (const { block: split, to } of sides) {
        if (split.term.kind === 'jump') split.term = { ...split.term, to: move(to) };
        blocks.push(split);
      }
    }
    for (const block of blocks) {
      block.insts = block.insts.map((inst) =>
        inst.handler === null ? inst : { ...inst, handler: move(inst.handler) },
      );
    }
    return blocks;
  }

  /* ---- instructions ---------------------------------------------------------------------------------------------- */

  #op(
    op: Opcode,
    values: readonly number[],
    window: Window | null,
    handler: LBlockId | null,
    keeps: readonly VReg[],
  ): LInst {
    return { kind: 'op', opcode: op, values, window, span: this.#span, inlined: this.#inlined, handler, keeps };
  }

  #copies(copies: readonly Copy[]): LInst {
    return { kind: 'copies', copies, span: this.#span, inlined: this.#inlined, handler: null, keeps: NOTHING };
  }

  /** What each handler parameter holds in the current block, by register. */
  readonly #handlerHolds = new Map<VReg, ValueId>();

  #emit(op: Opcode, values: readonly number[], window: Window | null = null, exc: Edge | null = null): void {
    // A window is filled before the instruction reads its registers: they must not lie in it.
    const keeps: VReg[] = window === null ? NOTHING : [];
    if (window !== null) {
      visitOperands(op, values, (reg, reads) => {
        if (reads) keeps.push(reg);
      });
    }
    if (exc === null) {
      this.#out.push(this.#op(op, values, window, null, keeps));
      return;
    }
    const handler = this.#target(exc.block);
    const [, ...params] = this.#block(exc.block).params as unknown as VReg[];
    const copies: Copy[] = [];
    for (const [i, arg] of exc.args.entries()) {
      const dst = present(params[i], 'handler parameter');
      if (this.#handlerHolds.get(dst) === arg) continue;
      this.#handlerHolds.set(dst, arg);
      copies.push({ dst, src: this.#fresh(arg) });
    }
    if (copies.length > 0) this.#out.push(this.#copies(copies));
    this.#out.push(this.#op(op, values, window, handler, [...params, ...keeps]));
  }

  #selectInst(inst: Inst): void {
    const { op, args, imm } = inst;
    const result = inst.result as VReg | null;
    switch (op) {
      case 'box.ref':
        this.#out.push(this.#copies([{ dst: present(result, 'result'), src: this.#reg(args[0]) }]));
        return;
      case 'call': {
        const func = imm as FuncId;
        const env = this.#cx.hasCaptures(func) ? 'call.env' : 'call';
        this.#emit(opcode(env), [func, inst.inlined.length + 1, 0], this.#window(args, result, true), inst.exc);
        return;
      }
      case 'call.closure':
        this.#emit(
          opcode(op),
          [this.#reg(args[0]), 0, imm as SigId, inst.inlined.length + 1],
          this.#window(args.slice(1), result, true),
          inst.exc,
        );
        return;
      case 'call.boxed': {
        const name = this.#methodCalls.get(inst);
        if (name !== undefined) {
          const object = this.#reg(args[1]);
          this.#emit(
            opcode('call.method'),
            [object, 0, present(this.#name(name), 'name'), args.length - 1, inst.inlined.length],
            this.#window(args.slice(1), result, true),
            inst.exc,
          );
          return;
        }
        this.#emit(
          opcode(op),
          [this.#reg(args[0]), 0, args.length - 1, inst.inlined.length],
          this.#window(args.slice(1), result, true),
          inst.exc,
        );
        return;
      }
      case 'trap.if':
        if (!this.#trapUnlessIs(inst)) this.#selectPlain(inst);
        return;
      case 'rt':
        this.#selectBuiltin(inst, imm as BuiltinName, result);
        return;
      case 'struct.new':
        this.#emit(
          opcode(op),
          [this.#resultOf(inst), 0, NOMINAL + (imm as number), args.length],
          this.#window(args, null, false),
          inst.exc,
        );
        return;
      case 'enum.new': {
        const { type, variant } = imm as VariantImm;
        if (args.length === 0) {
          this.#emit(opcode('const.variant'), [this.#resultOf(inst), type * 0x10000 + variant]);
          return;
        }
        const values = [this.#resultOf(inst), 0, NOMINAL + type, variant, args.length];
        this.#emit(opcode(op), values, this.#window(args, null, false), inst.exc);
        return;
      }
      case 'closure.new': {
        if (args.length === 0) {
          this.#emit(opcode('const.func'), [this.#resultOf(inst), imm as number]);
          return;
        }
        const values = [this.#resultOf(inst), 0, imm as number, args.length];
        this.#emit(opcode(op), values, this.#window(args, null, false), inst.exc);
        return;
      }
      default:
        this.#selectPlain(inst);
    }
  }

  #selectBuiltin(inst: Inst, name: BuiltinName, result: VReg | null): void {
    const direct = opcodesFor(`rt:${name}`)[0];
    const values = direct === undefined ? null : this.#directOperands(direct, inst);
    if (direct !== undefined && values !== null) {
      this.#emit(direct, values, null, inst.exc);
      return;
    }
    const form = builtinForm(name);
    const number = builtinNumber(name);
    if (operandsOf(form).some((o) => o.kind === 'window')) {
      this.#emit(form, [number, 0], this.#window(inst.args, result, false), inst.exc);
    } else this.#emitOperands(form, inst, inst.args, [number]);
  }

  /** A test of a type, not, and an error if so: one instruction, if the test has just been written for that alone. */
  #trapUnlessIs({ args, imm, exc }: Inst): boolean {
    const [not, is] = [this.#out.at(-1), this.#out.at(-2)];
    if (not?.kind !== 'op' || is?.kind !== 'op' || not.opcode.name !== 'eqz.i32' || is.opcode.name !== 'is')
      return false;
    const [tested, src, code] = is.values as [ValueId, number, number];
    if (not.values[0] !== args[0] || not.values[1] !== tested) return false;
    if (this.#uses[args[0] as ValueId] !== 1 || this.#uses[tested] !== 1) return false;
    this.#out.length -= 2;
    this.#emit(opcode('trap.is'), [src, TRAP_NAMES.indexOf(imm as TrapName), code], null, exc);
    return true;
  }

  /** Operands of a built-in for its own opcode, in the same order; null if one that must be constant is not. */
  #directOperands(direct: Opcode, inst: Inst): number[] | null {
    const operands = operandsOf(direct);
    const given = operands.filter(({ role }) => role !== 'def');
    const fixed = given.map(({ role, kind }, i) =>
      role === 'imm' ? this.#fixed(inst.args[i] as ValueId, kind) : null,
    );
    if (given.some(({ role }, i) => role === 'imm' && fixed[i] === null)) return null;
    if (given.length !== inst.args.length) throw new Bug(`${direct.name} does not take ${inst.args.length} operands`);
    const values = given.map((_, i) => fixed[i] ?? this.#reg(inst.args[i]));
    return operands[0]?.role === 'def' ? [this.#resultOf(inst), ...values] : values;
  }

  #fixed(value: ValueId, kind: string): number | null {
    if (kind === 'selector') return this.#name(value);
    const integer = this.#integer(value);
    return integer === null ? null : Number(integer);
  }

  /** The number of a constant string. */
  #name(value: ValueId): number | null {
    const def = this.#defs[value];
    return def?.op === 'const.str' ? this.#cx.pools.string(def.imm as string) : null;
  }

  /**
   * A method found by name and called at once is one instruction: the two that find it are left out, and the call is made where it stands.
   *
   *     f = rt dyn.method, x, "name"        g = rt any.func, f        call.boxed g, x, y
   */
  #noteMethodCalls(insts: readonly Inst[]): void {
    const plain = insts.filter((inst) => !isConst(inst));
    for (const [i, find] of plain.entries()) {
      const [func, call] = [plain[i + 1], plain[i + 2]];
      if (find.op !== 'rt' || find.imm !== 'dyn.method' || func === undefined || call?.op !== 'call.boxed') continue;
      if (func.op !== 'rt' || func.imm !== 'any.func' || func.args[0] !== find.result) continue;
      if (call.args[0] !== func.result || call.args[1] !== find.args[0]) continue;
      if (this.#uses[find.result as ValueId] !== 1 || this.#uses[func.result as ValueId] !== 1) continue;
      if (this.#name(find.args[1] as ValueId) === null || !sameEdge(find.exc, call.exc)) continue;
      this.#found.add(find).add(func);
      this.#methodCalls.set(call, find.args[1] as ValueId);
    }
  }

  /** Registers for operands, one immediate at most: with a constant right operand in its immediate form, if there is one. */
  #selectPlain(inst: Inst): void {
    const { op, imm, args } = inst;
    const plain = plainOf(op, typeof imm === 'number' ? imm : undefined);
    if (args.length === 2 && imm === null) {
      const [left, right] = args as [ValueId, ValueId];
      const { form, commutes, sum } = formsOf(op, plain);
      if (form !== null) {
        if (this.#selectImmediate(form, inst, left, this.#integer(right))) return;
        if (commutes && this.#selectImmediate(form, inst, right, this.#integer(left))) return;
      }
      // x - c is x + -c, and overflows exactly when that does.
      const subtrahend = sum === null ? null : this.#integer(right);
      if (sum !== null && subtrahend !== null && this.#selectImmediate(sum, inst, left, -subtrahend)) return;
    }
    const immediate = imm === null ? [] : [typeof imm === 'string' ? TRAP_NAMES.indexOf(imm as TrapName) : Number(imm)];
    const immOperand = immediate.length === 0 ? undefined : operandsOf(plain).find((o) => o.role === 'imm');
    const tooLong = immOperand !== undefined && !fitsField(immOperand, immediate[0] ?? 0);
    this.#emitOperands(tooLong ? opcode(`${plain.name}.long`) : plain, inst, args, immediate);
  }

  /** With a constant right operand, if the field is large enough for it. */
  #selectImmediate(form: Opcode, inst: Inst, left: ValueId, right: bigint | null): boolean {
    if (right === null) return false;
    const operand = operandsOf(form).find((o) => o.name === 'rhs') as PlacedOperand;
    const { min, max } = fieldRange(operand.field);
    if (right < min || right > max) return false;
    this.#emitOperands(form, inst, [left], [Number(right)]);
    return true;
  }

  #emitOperands(op: Opcode, inst: Inst, args: readonly ValueId[], imms: readonly number[]): void {
    let nextArg = 0;
    let nextImm = 0;
    const operands = operandsOf(op);
    const values: number[] = [];
    for (let i = 0; i < operands.length; i++) {
      const { role, name } = operands[i] as PlacedOperand;
      if (role === 'def') values.push(this.#resultOf(inst));
      else if (role === 'use') values.push(this.#reg(args[nextArg++]));
      else {
        // Opcodes specialised on a type code leave the immediate out.
        const value = imms[nextImm++];
        if (value === undefined) throw new Bug(`${op.name}: no ${name}`);
        values.push(value);
      }
    }
    if (nextArg !== args.length) throw new Bug(`${op.name} does not take ${args.length} operands`);
    this.#emit(op, values, null, inst.exc);
  }

  #window(args: readonly ValueId[], result: VReg | null, call: boolean): Window {
    const used = result !== null && this.#uses[result] !== 0 ? result : null;
    return { args: args.map((arg) => this.#fresh(arg)), result: used, call };
  }

  #resultOf(inst: Inst): VReg {
    return inst.result === null ? this.#newReg('i64') : (inst.result as unknown as VReg);
  }

  #newReg(kind: LFunc['kinds'][number]): VReg {
    this.#kinds.push(kind);
    return (this.#kinds.length - 1) as VReg;
  }

  /* ---- conditions ------------------------------------------------------------------------------------------------ */

  /** A comparison used once, by the branch that ends this block, is part of it. */
  #isFused(inst: Inst, term: Terminator): boolean {
    if (inst.result === null || term.kind !== 'br' || this.#uses[inst.result] !== 1) return false;
    if (inst.result === term.cond) return isComparison(inst.op) || inst.op === 'eqz.i32';
    const cond = this.#defs[term.cond];
    return (
      cond?.op === 'eqz.i32' && cond.args[0] === inst.result && this.#uses[term.cond] === 1 && isComparison(inst.op)
    );
  }

  #test(cond: ValueId, polls: boolean): Test {
    let value = cond;
    let negate = false;
    let def = this.#defs[value];
    if (def?.op === 'eqz.i32' && this.#uses[value] === 1 && this.#inThisBlock(def)) {
      value = present(def.args[0], 'operand');
      negate = true;
      def = this.#defs[value];
    }
    const [left, right] = def?.args ?? [];
    const fusable = def !== undefined && isComparison(def.op) && this.#uses[value] === 1 && this.#inThisBlock(def);
    if (!fusable || left === undefined || right === undefined) {
      return { name: negate ? 'z' : 'nz', regs: [this.#reg(value)], imm: null };
    }
    const counts = polls && (this.#isStepped(left) || this.#isStepped(right));
    const shape = shapeTest((def as Inst).op, left, right, negate, (v) => (counts ? null : this.#integer(v)));
    if (shape.imm !== null && !hasOpcode(`br.${shape.name}.imm`)) {
      throw new Bug(`no opcode br.${shape.name}.imm`);
    }
    return { ...shape, regs: shape.regs.map((v) => this.#reg(v)) };
  }

  /**
   * Whether a value is a step that was taken right before, in a loop that has a place for constants: then step, poll and
   * comparison with a register become one instruction (see `emit.ts`), which a constant in the comparison would prevent.
   */
  #isStepped(value: ValueId): boolean {
    const last = this.#out.at(-1);
    if (last?.kind !== 'op' || last.handler !== null || last.values[0] !== (value as number)) return false;
    return /^add\.i(32|64)\.imm$/.test(last.opcode.name) && this.#loopEntry() !== null;
  }

  #inThisBlock(inst: Inst): boolean {
    return inst.result !== null && this.#homes[inst.result] === this.#block(this.#order[this.#at] as BlockId);
  }

  /* ---- values ---------------------------------------------------------------------------------------------------- */

  /** The value of an integer constant. */
  #integer(value: ValueId): bigint | null {
    const def = this.#defs[value];
    return def?.op === 'const.i32' || def?.op === 'const.i64' ? BigInt(def.imm as number | bigint) : null;
  }

  /** The register of a value; a constant is made in front of the outermost loop around here, or in this block. */
  #reg(value: ValueId | undefined): VReg {
    const v = present(value, 'operand');
    const def = this.#defs[v];
    if (!isConst(def)) return v as unknown as VReg;
    const key = constantKey(def);
    const entry = this.#loopEntry();
    if (entry !== null) {
      const shared = this.#hoisted.get(entry) ?? new Map<string, VReg>();
      this.#hoisted.set(entry, shared);
      const known = shared.get(key);
      if (known !== undefined) return known;
      if (shared.size < HOISTED_PER_LOOP) {
        const reg = this.#newReg(this.#func.values.get(v));
        (this.#blocks[entry] as LBlock).insts.push(this.#constant(def, reg));
        shared.set(key, reg);
        return reg;
      }
    }
    const known = this.#local.get(key);
    if (known !== undefined) return known;
    const reg = this.#fresh(v);
    this.#local.set(key, reg);
    return reg;
  }

  /** The block that the outermost loop around here is entered from, if whatever gets here has been through it. */
  #loopEntry(): number | null {
    const entry = this.#regions.entryOf(this.#at);
    if (entry === null || entry >= this.#at) return null;
    // A loop that never ends may stand around others in layout only.
    const cfg = (this.#cfg ??= cfgOf(this.#func));
    const tree = (this.#tree ??= dominatorsOf(cfg));
    const position = (at: number): number => cfg.position[this.#order[at] as BlockId] as number;
    return dominates(tree, position(entry), position(this.#at)) ? entry : null;
  }

  /** As `reg`, but a constant gets a register of its own, which a copy or window can take over. */
  #fresh(value: ValueId): VReg {
    const def = this.#defs[value];
    if (!isConst(def)) return value as unknown as VReg;
    const reg = this.#newReg(this.#func.values.get(value));
    this.#out.push(this.#constant(def, reg));
    return reg;
  }

  #constant(inst: ConstInst, reg: VReg): LInst {
    const [op, ...values] = this.#constantForm(inst);
    return this.#op(opcode(op), [reg, ...values], null, null, NOTHING);
  }

  #constantForm(inst: ConstInst): [string, ...number[]] {
    const { op, imm } = inst;
    switch (op) {
      case 'const.i32': {
        const value = imm as number;
        return [value === (value << 16) >> 16 ? 'const.i32' : 'const.i32.long', value];
      }
      case 'const.i64': {
        const value = imm as bigint;
        if (value === BigInt.asIntN(16, value)) return ['const.i64', Number(value)];
        if (value === BigInt.asIntN(32, value)) return ['const.i64.long', Number(value)];
        return this.#pooled(BigInt.asUintN(64, value));
      }
      case 'const.f64':
        return this.#pooled(f64Bits(imm as number));
      case 'const.str':
        return ['const.str', this.#cx.pools.string(imm as string)];
      case 'const.null':
      case 'const.nil':
        return [op];
      default:
        throw new Bug(`${op} is not a constant`);
    }
  }

  #pooled(bits: bigint): [string, number] {
    const id = this.#cx.pools.constant(bits);
    return [id < Math.min(this.#cx.shortConstants, 0x10000) ? 'const.pool' : 'const.pool.long', id];
  }
}

/** Equal for constants that may share a register; 0 and -0 may not. */
function constantKey({ op, imm }: ConstInst): string {
  return `${op} ${Object.is(imm, -0) ? '-0' : imm}`;
}

function sameEdge(a: Edge | null, b: Edge | null): boolean {
  if (a === null || b === null) return a === b;
  return a.block === b.block && a.args.length === b.args.length && a.args.every((arg, i) => arg === b.args[i]);
}

const DIFFERENCE = /^sub(c?\.i(?:32|64))$/;
const COMMUTATIVE = /^(add|addc|mul|mulc|and|or|xor|eq|ne)\.i(32|64)$/;

/** Opcodes that instructions have been selected as, by operation and (where it decides) type code. */
const PLAIN = new Map<string, Map<number, Opcode>>();

function plainOf(op: OpName, code: number | undefined): Opcode {
  let byCode = PLAIN.get(op);
  if (byCode === undefined) PLAIN.set(op, (byCode = new Map()));
  // Only a few dozen codes have opcodes of their own; the rest are fields, types and costs.
  const key = code === undefined || code < 0 || code >= NOMINAL ? -1 : code;
  let plain = byCode.get(key);
  if (plain === undefined) byCode.set(key, (plain = selectOp(op, key === -1 ? undefined : key)));
  return plain;
}

/** What a binary operation may become with a constant operand. */
interface Forms {
  /** With an immediate right operand. */
  readonly form: Opcode | null;
  readonly commutes: boolean;
  /** For a difference: the sum with an immediate. */
  readonly sum: Opcode | null;
}

const FORMS = new Map<OpName, Forms>();

function formsOf(op: OpName, plain: Opcode): Forms {
  let forms = FORMS.get(op);
  if (forms === undefined) {
    const difference = DIFFERENCE.exec(op);
    forms = {
      form: immediateForm(plain, 0),
      commutes: COMMUTATIVE.test(op),
      sum: difference === null ? null : immediateForm(opcode(`add${difference[1]}`), 0),
    };
    FORMS.set(op, forms);
  }
  return forms;
}

function fitsField(operand: PlacedOperand, value: number): boolean {
  const { min, max } = fieldRange(operand.field);
  return value >= min && value <= max;
}
