/**
 * Removes what was computed or checked before: global value numbering along the dominator tree, with facts.
 *
 * An instruction without effects whose equal dominates it gives way to that (if both can fail, the first one did not). What a
 * dominating branch or check has decided is known below it:
 *
 *     br c, b1, b2              in b1 (entered nowhere else) c is not zero; in b2 it is
 *     trap.if c                 behind it c is zero
 *     c = lt_s(x, y)            ... and so are the order of x and y, and everything that follows from it
 *     b1(i) entered only by branches on lt_s(arg, n):   i < n      (a loop's own condition, tested at its latch)
 *     addc(i, 1), i < n         cannot overflow: add(i, 1)
 *     depth.check 2             and behind it depth.check 1 and 2 pass
 *     unbox #c (w)              behind it w is of that type, as where a branch on `is #c (w)` was taken
 *
 * Constants are shared only where they are close together: a register that holds one from one end of a long function to the other is
 * worth less than the instruction that makes it.
 */
import type { Analyses } from '../analysis/analyses.ts';
import type { Cfg } from '../analysis/cfg.ts';
import type { Defs } from '../analysis/defs.ts';
import { type Dominators, dominates } from '../analysis/dominators.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { applyForwarding, Forwarding, removeUnreachable } from '../ir/edit.ts';
import { isPure } from '../ir/effects.ts';
import type { Block, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import { type OpName, type Scalar, sharedName } from '../ir/ops.ts';
import { ConstantNumbers, Expressions, isConstant } from './expressions.ts';
import type { Change, FuncPass, PassContext } from './pass.ts';

export const redundant: FuncPass = {
  name: 'redundant',
  doc: 'nothing is computed or checked that is known from before',
  makes: 0,
  run: (func, cx) => new Numbering(func, cx.analyses(func), cx).run(),
};

/** How far apart in a block two equal constants may be and still be one. */
const CONSTANT_REACH = 64;

/** `left < right`, or `left <= right`, signed. */
interface Order {
  readonly left: ValueId;
  readonly right: ValueId;
  readonly strict: boolean;
}

class Numbering {
  readonly #func: Func;
  readonly #cx: PassContext;
  readonly #cfg: Cfg;
  readonly #tree: Dominators;
  readonly #forwarding = new Forwarding();
  readonly #makers: Defs['inst'];
  /** Expressions that dominate the current place. */
  readonly #known: Expressions;
  /** By value: 1 if it is known to be zero, 2 if it is known not to be. */
  readonly #truth: Uint8Array;
  readonly #truthUndo: number[] = [];
  /** Orders that are known, by `#orderKey`; the value says whether strict. */
  readonly #orders = new Map<number, boolean>();
  /** For the bounds of one value: every upper and lower bound, newest first. */
  readonly #upper = new Map<number, Bound>();
  readonly #lower = new Map<number, Bound>();
  /** Types of words that were tested or unboxed. */
  readonly #types = new Map<number, number>();
  /** By how much deeper than the function calls may nest, as is known. */
  #deepest = 0;
  /** How to leave a block again. */
  readonly #undo: (() => void)[] = [];
  readonly #constants: ConstantNumbers;
  /** By constant: where it was last made, and the block of that. */
  readonly #recentValue: ValueId[] = [];
  readonly #recentAt: number[] = [];
  readonly #recentBlock: (Block | undefined)[] = [];
  #changed = false;
  /** Whether some block leads elsewhere than before. */
  #flow = false;

  constructor(func: Func, analyses: Analyses, cx: PassContext) {
    this.#func = func;
    this.#cx = cx;
    this.#cfg = analyses.cfg;
    this.#tree = analyses.dominators;
    this.#makers = analyses.defs.inst;
    this.#truth = analyses.arrays.u8(func.values.size);
    this.#constants = new ConstantNumbers(this.#makers, analyses.arrays.i32(func.values.size));
    this.#known = new Expressions(this.#constants, analyses.arrays);
  }

  run(): Change {
    const { preorder } = this.#tree;
    // Blocks around the current one in the dominator tree, each with how much was known before it.
    const open: number[] = [];
    for (let i = 0; i < preorder.length; i++) {
      const position = preorder[i] as number;
      while (open.length > 0 && !dominates(this.#tree, open[open.length - 4] as number, position)) {
        this.#known.cut(open.pop() as number);
        const truths = open.pop() as number;
        while (this.#truthUndo.length > truths) {
          const old = this.#truthUndo.pop() as number;
          this.#truth[old >> 2] = old & 3;
        }
        const mark = open.pop() as number;
        while (this.#undo.length > mark) this.#undo.pop()?.();
        open.pop();
      }
      open.push(position, this.#undo.length, this.#truthUndo.length, this.#known.size);
      this.#enter(position);
      this.#visit(this.#cfg.blocks[position] as Block);
    }
    applyForwarding(this.#func, this.#forwarding);
    if (!this.#flow) return this.#changed ? 'values' : false;
    removeUnreachable(this.#func);
    return true;
  }

  #set<K, V>(map: Map<K, V>, key: K, value: V): void {
    const had = map.has(key);
    const old = map.get(key);
    map.set(key, value);
    this.#undo.push(() => (had ? map.set(key, old as V) : map.delete(key)));
  }

  /* ---- blocks -------------------------------------------------------------------------------------------------- */

  /** Notes what is known because of how the block is entered. */
  #enter(position: number): void {
    const { predStart, preds, predThrows, blocks, ids } = this.#cfg;
    const start = predStart[position] as number;
    const end = predStart[position + 1] as number;
    const id = ids[position];
    if (start === end || predThrows[start] === 1) return;
    const block = blocks[position] as Block;
    if (end - start > 1) this.#enterLoop(position);
    if (end - start > 1 && block.params.length === 0) return;
    const sources: { readonly edge: Edge; readonly order: Order | null }[] = [];
    for (let e = start; e < end; e++) {
      const { term } = blocks[preds[e] as number] as Block;
      // A branch with both edges here says nothing; it shows as two predecessors.
      if (term.kind !== 'br' || term.then.block === term.else.block) return;
      const holds = term.then.block === id;
      if (end - start === 1) return this.#learn(term.cond, holds);
      sources.push({ edge: holds ? term.then : term.else, order: this.#orderOf(term.cond, holds) });
    }
    for (let i = 0; i < block.params.length; i++) this.#learnParam(block.params[i] as ValueId, i, sources);
  }

  /** What let control into a loop is about values made before it, and so stays true in it. */
  #enterLoop(position: number): void {
    const { predStart, preds, blocks, ids } = this.#cfg;
    let only: Block | null = null;
    for (let e = predStart[position] as number; e < (predStart[position + 1] as number); e++) {
      const pred = preds[e] as number;
      // What a block dominates comes behind it in reverse postorder.
      if (pred >= position && dominates(this.#tree, position, pred)) continue;
      if (only !== null) return;
      only = blocks[pred] as Block;
    }
    if (only === null) return;
    const { term } = only;
    if (term.kind === 'br' && term.then.block !== term.else.block)
      this.#learn(term.cond, term.then.block === ids[position]);
  }

  /** A parameter whose argument is on the same side of one bound on every way in. */
  #learnParam(
    param: ValueId,
    at: number,
    sources: readonly { readonly edge: Edge; readonly order: Order | null }[],
  ): void {
    let below: { bound: ValueId; strict: boolean } | null = null;
    let above: { bound: ValueId; strict: boolean } | null = null;
    for (const [n, { edge, order }] of sources.entries()) {
      const arg = this.#forwarding.get(edge.args[at] as ValueId);
      if (order === null) return;
      const upper = this.#get(order.left) === arg ? { bound: this.#get(order.right), strict: order.strict } : null;
      const lower = this.#get(order.right) === arg ? { bound: this.#get(order.left), strict: order.strict } : null;
      below = n === 0 ? upper : this.#common(below, upper);
      above = n === 0 ? lower : this.#common(above, lower);
    }
    // The bound is used in every predecessor; it is visible here unless it is itself one of their own values. Constants always are.
    if (below !== null && below.bound !== param)
      this.#learnOrder({ left: param, right: below.bound, strict: below.strict });
    if (above !== null && above.bound !== param)
      this.#learnOrder({ left: above.bound, right: param, strict: above.strict });
  }

  #common(a: { bound: ValueId; strict: boolean } | null, b: { bound: ValueId; strict: boolean } | null) {
    if (a === null || b === null || this.#key(a.bound) !== this.#key(b.bound)) return null;
    return { bound: a.bound, strict: a.strict && b.strict };
  }

  #visit(block: Block): void {
    const { insts } = block;
    let kept: Inst[] | null = null;
    let count = 0;
    for (let i = 0; i < insts.length; i++) {
      const inst = insts[i] as Inst;
      const { args } = inst;
      for (let k = 0; k < args.length; k++) args[k] = this.#get(args[k] as ValueId);
      if (isConstant(inst.op) ? this.#isRecent(inst, block, count) : this.#isKnown(inst)) {
        this.#changed = true;
        if (inst.exc !== null) this.#flow = true;
        kept ??= insts.slice(0, i);
        continue;
      }
      count += 1;
      kept?.push(inst);
    }
    if (kept !== null) block.insts = kept;
    const { term } = block;
    if (term.kind !== 'br') return;
    const truth = this.#truthOf(this.#get(term.cond));
    if (truth === null || !this.#cx.may()) return;
    block.term = { kind: 'jump', to: truth === 0 ? term.else : term.then, span: term.span };
    this.#changed = true;
    this.#flow = true;
  }

  #isRecent(inst: Inst, block: Block, at: number): boolean {
    const value = inst.result as ValueId;
    const id = -1 - this.#constants.key(value);
    const near = this.#recentBlock[id] === block && at - (this.#recentAt[id] as number) <= CONSTANT_REACH;
    if (near && this.#cx.may()) {
      this.#forwarding.set(value, this.#recentValue[id] as ValueId);
      return true;
    }
    this.#recentValue[id] = value;
    this.#recentAt[id] = at;
    this.#recentBlock[id] = block;
    return false;
  }

  /** Whether an instruction can go, being known; otherwise it is noted for those below it. */
  #isKnown(inst: Inst): boolean {
    const { op, result } = inst;
    if (op === 'trap.if') return this.#isPassed(inst);
    if (op === 'depth.check') return this.#isDeepEnough(inst);
    this.#relax(inst);
    if (!isPure(inst) && op !== 'is') return false;
    if (result !== null && this.#decide(inst)) return false;
    const before = this.#known.findOrAdd(inst);
    if (before !== null && this.#cx.may()) {
      if (result !== null && before.result !== null) this.#forwarding.set(result, before.result);
      return true;
    }
    if (before !== null) this.#known.add(inst);
    const type = UNBOXING.has(op) ? (op === 'unbox.f64' ? TYPE_CODES.f64 : inst.imm) : null;
    if (type !== null) this.#set(this.#types, inst.args[0] as ValueId, type as number);
    return false;
  }

  #isPassed(inst: Inst): boolean {
    const cond = inst.args[0] as ValueId;
    if (this.#truthOf(cond) === 0 && this.#cx.may()) return true;
    this.#learn(cond, false);
    return false;
  }

  /** Whether calls have been checked to nest so deep; a handler may stand behind a check that failed. */
  #isDeepEnough({ imm, exc }: Inst): boolean {
    const deeper = Number(imm);
    const before = this.#deepest;
    if (deeper <= before) return this.#cx.may();
    if (exc !== null) return false;
    this.#deepest = deeper;
    this.#undo.push(() => {
      this.#deepest = before;
    });
    return false;
  }

  /* ---- facts --------------------------------------------------------------------------------------------------- */

  #get(value: ValueId): ValueId {
    return this.#forwarding.get(value);
  }

  /** Equal constants are one thing here, wherever they are made. */
  #key(value: ValueId): number {
    return this.#constants.key(value);
  }

  #setTruth(value: ValueId, truth: number): void {
    this.#truthUndo.push((value << 2) | (this.#truth[value] as number));
    this.#truth[value] = truth;
  }

  #constantOf(value: ValueId): Scalar | null {
    const maker = this.#makers[value];
    return maker?.op === 'const.i32' || maker?.op === 'const.i64' ? (maker.imm as Scalar) : null;
  }

  #learn(cond: ValueId, holds: boolean): void {
    const value = this.#get(cond);
    this.#setTruth(value, holds ? 2 : 1);
    const maker = this.#makers[value];
    if (maker?.op === 'eqz.i32') this.#learn(maker.args[0] as ValueId, !holds);
    if (maker?.op === 'is' && holds) this.#set(this.#types, this.#get(maker.args[0] as ValueId), maker.imm as number);
    const order = this.#orderOf(value, holds);
    if (order !== null) this.#learnOrder(order);
  }

  #learnOrder({ left, right, strict }: Order): void {
    const l = this.#key(left);
    const r = this.#key(right);
    const key = orderKey(l, r);
    if (this.#orders.get(key) !== true) this.#set(this.#orders, key, strict);
    this.#set(this.#upper, l, { bound: right, strict, next: this.#upper.get(l) ?? null });
    this.#set(this.#lower, r, { bound: left, strict, next: this.#lower.get(r) ?? null });
  }

  /** The order that a comparison states if it holds, or if it does not. */
  #orderOf(cond: ValueId, holds: boolean): Order | null {
    const maker = this.#makers[this.#get(cond)];
    switch (maker?.op) {
      case 'lt_s.i32':
      case 'lt_s.i64':
      case 'le_s.i32':
      case 'le_s.i64': {
        const x = this.#get(maker.args[0] as ValueId);
        const y = this.#get(maker.args[1] as ValueId);
        const strict = maker.op === 'lt_s.i32' || maker.op === 'lt_s.i64';
        return holds ? { left: x, right: y, strict } : { left: y, right: x, strict: !strict };
      }
      case 'eqz.i32':
        return this.#orderOf(this.#get(maker.args[0] as ValueId), !holds);
      default:
        return null;
    }
  }

  #truthOf(cond: ValueId): number | null {
    const known = this.#truth[cond];
    if (known === 1 || known === 2) return known - 1;
    const order = this.#orderOf(cond, true);
    return order === null ? null : this.#compare(order);
  }

  /** Whether an order holds, if that is known. */
  #compare({ left, right, strict }: Order): number | null {
    const [l, r] = [this.#key(left), this.#key(right)];
    if (this.#orders.size === 0) return null;
    const forward = this.#orders.get(orderKey(l, r));
    if (forward === true || (forward === false && !strict)) return 1;
    const backward = this.#orders.get(orderKey(r, l));
    if (backward === true || (backward === false && strict)) return 0;
    return null;
  }

  /** Makes a test whose outcome is known a constant. */
  #decide(inst: Inst): boolean {
    const value = inst.result as ValueId;
    let outcome: number | null = null;
    if (inst.op === 'eqz.i32') {
      const truth = this.#truthOf(inst.args[0] as ValueId);
      outcome = truth === null ? null : 1 - truth;
    } else if (inst.op === 'is') {
      const type = this.#types.get(inst.args[0] as ValueId);
      outcome = type === undefined ? null : Number(type === inst.imm);
    } else {
      const order = this.#orderOf(value, true);
      outcome = order === null ? null : this.#compare(order);
    }
    if (outcome === null || !this.#cx.may()) return false;
    inst.op = 'const.i32';
    inst.args = [];
    inst.imm = outcome;
    this.#changed = true;
    return true;
  }

  /** A checked sum or difference with a constant that a known bound keeps from overflowing becomes a wrapping one. */
  #relax(inst: Inst): void {
    const { op } = inst;
    if (op !== 'addc.i32' && op !== 'addc.i64' && op !== 'subc.i32' && op !== 'subc.i64') return;
    const constant = this.#constantOf(inst.args[1] as ValueId);
    if (constant === null) return;
    const step = op.startsWith('add') ? BigInt(constant) : -BigInt(constant);
    if (step === 0n) return;
    const bits = op.endsWith('i32') ? 31n : 63n;
    const x = this.#key(inst.args[0] as ValueId);
    let fits = false;
    for (let b = (step > 0n ? this.#upper : this.#lower).get(x) ?? null; b !== null && !fits; b = b.next) {
      const bound = this.#constantOf(b.bound);
      const margin = b.strict ? 1n : 0n;
      const most = (1n << bits) - 1n;
      const least = -(1n << bits);
      if (step > 0n) fits = (bound === null ? most : BigInt(bound)) - margin + step <= most;
      else fits = (bound === null ? least : BigInt(bound)) + margin + step >= least;
    }
    if (!fits || !this.#cx.may()) return;
    inst.op = sharedName(op.replace('c.', '.') as OpName);
    if (inst.exc !== null) this.#flow = true;
    inst.exc = null;
    this.#changed = true;
  }
}

interface Bound {
  readonly bound: ValueId;
  readonly strict: boolean;
  readonly next: Bound | null;
}

function orderKey(left: number, right: number): number {
  return left * 2 ** 26 + right;
}

const UNBOXING: ReadonlySet<OpName> = new Set<OpName>(['unbox.i32', 'unbox.i64', 'unbox.f64', 'unbox.ref']);
