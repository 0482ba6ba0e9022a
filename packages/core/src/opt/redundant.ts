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
 *     unbox #c (w)              behind it w is of that type, as where a branch on `is #c (w)` was taken
 *
 * Constants are shared only where they are close together: a register that holds one from one end of a long function to the other is
 * worth less than the instruction that makes it.
 */
import { type Cfg, cfgOf } from '../analysis/cfg.ts';
import { type Dominators, dominates, dominatorsOf } from '../analysis/dominators.ts';
import { TYPE_CODES } from '../base/kinds.ts';
import { applyForwarding, Forwarding, removeUnreachable } from '../ir/edit.ts';
import { isPure } from '../ir/effects.ts';
import type { Block, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import type { OpName, Scalar, VariantImm } from '../ir/ops.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const redundant: FuncPass = {
  name: 'redundant',
  doc: 'nothing is computed or checked that is known from before',
  run: (func, cx) => new Numbering(func, cx).run(),
};

/** How far apart in a block two equal constants may be and still be one. */
const CONSTANT_REACH = 64;

const CONSTANTS: ReadonlySet<OpName> = new Set<OpName>([
  'const.i32',
  'const.i64',
  'const.f64',
  'const.str',
  'const.null',
  'const.nil',
]);

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
  readonly #makers: (Inst | undefined)[] = [];
  /** Expressions that dominate the current place. */
  readonly #known = new Map<string, ValueId | null>();
  /** Values that are known to be zero (0) or not (1). */
  readonly #truth = new Map<ValueId, number>();
  /** Orders that are known, by `#orderKey`; the value says whether strict. */
  readonly #orders = new Map<string, boolean>();
  /** Types of words that were tested or unboxed. */
  readonly #types = new Map<ValueId, number>();
  /** How to leave a block again. */
  readonly #undo: (() => void)[] = [];
  readonly #constantIds = new Map<string, number>();
  #changed = false;

  constructor(func: Func, cx: PassContext) {
    this.#func = func;
    this.#cx = cx;
    this.#cfg = cfgOf(func);
    this.#tree = dominatorsOf(this.#cfg);
    for (const block of this.#cfg.blocks)
      for (const inst of block.insts) if (inst.result !== null) this.#makers[inst.result] = inst;
  }

  run(): boolean {
    const open: { readonly block: number; readonly mark: number }[] = [];
    for (const position of this.#tree.preorder) {
      for (let top = open.at(-1); top !== undefined && !dominates(this.#tree, top.block, position); top = open.at(-1)) {
        while (this.#undo.length > top.mark) this.#undo.pop()?.();
        open.pop();
      }
      open.push({ block: position, mark: this.#undo.length });
      this.#enter(position);
      this.#visit(this.#cfg.blocks[position] as Block);
    }
    applyForwarding(this.#func, this.#forwarding);
    if (this.#changed) removeUnreachable(this.#func);
    return this.#changed;
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
    this.#enterLoop(position);
    const sources: { readonly edge: Edge; readonly order: Order | null }[] = [];
    for (let e = start; e < end; e++) {
      const { term } = blocks[preds[e] as number] as Block;
      // A branch with both edges here says nothing; it shows as two predecessors.
      if (term.kind !== 'br' || term.then.block === term.else.block) return;
      const holds = term.then.block === id;
      if (end - start === 1) return this.#learn(term.cond, holds);
      sources.push({ edge: holds ? term.then : term.else, order: this.#orderOf(term.cond, holds) });
    }
    for (const [i, param] of block.params.entries()) this.#learnParam(param, i, sources);
  }

  /** What let control into a loop is about values made before it, and so stays true in it. */
  #enterLoop(position: number): void {
    const { predStart, preds, blocks, ids } = this.#cfg;
    let only: Block | null = null;
    for (let e = predStart[position] as number; e < (predStart[position + 1] as number); e++) {
      const pred = preds[e] as number;
      if (dominates(this.#tree, position, pred)) continue;
      if (only !== null) return;
      only = blocks[pred] as Block;
    }
    const start = predStart[position] as number;
    if (only === null || (predStart[position + 1] as number) - start === 1) return;
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
    const recent = new Map<string, { readonly value: ValueId; readonly at: number }>();
    const kept: Inst[] = [];
    for (const inst of block.insts) {
      for (const [i, arg] of inst.args.entries()) inst.args[i] = this.#get(arg);
      if (CONSTANTS.has(inst.op) ? this.#isRecent(inst, recent, kept.length) : this.#isKnown(inst)) {
        this.#changed = true;
        continue;
      }
      kept.push(inst);
    }
    if (kept.length < block.insts.length) block.insts = kept;
    const { term } = block;
    if (term.kind !== 'br') return;
    const truth = this.#truthOf(this.#get(term.cond));
    if (truth === null || !this.#cx.may()) return;
    block.term = { kind: 'jump', to: truth === 0 ? term.else : term.then, span: term.span };
    this.#changed = true;
  }

  #isRecent(inst: Inst, recent: Map<string, { value: ValueId; at: number }>, at: number): boolean {
    const key = `${inst.op} ${printed(inst)}`;
    const last = recent.get(key);
    if (last !== undefined && at - last.at <= CONSTANT_REACH && this.#cx.may()) {
      this.#forwarding.set(inst.result as ValueId, last.value);
      return true;
    }
    recent.set(key, { value: inst.result as ValueId, at });
    return false;
  }

  /** Whether an instruction can go, being known; otherwise it is noted for those below it. */
  #isKnown(inst: Inst): boolean {
    if (inst.op === 'trap.if') return this.#isPassed(inst);
    this.#relax(inst);
    if (!isPure(inst) && inst.op !== 'is') return false;
    if (inst.result !== null && this.#decide(inst)) return false;
    const key = `${inst.op} ${printed(inst)} ${inst.args.map((arg) => this.#key(arg)).join()}`;
    const before = this.#known.get(key);
    if (before !== undefined && this.#cx.may()) {
      if (inst.result !== null && before !== null) this.#forwarding.set(inst.result, before);
      return true;
    }
    this.#set(this.#known, key, inst.result);
    const type = inst.op === 'unbox.f64' ? TYPE_CODES.f64 : inst.op.startsWith('unbox.') ? inst.imm : null;
    if (type !== null) this.#set(this.#types, inst.args[0] as ValueId, type as number);
    return false;
  }

  #isPassed(inst: Inst): boolean {
    const cond = inst.args[0] as ValueId;
    if (this.#truthOf(cond) === 0 && this.#cx.may()) return true;
    this.#learn(cond, false);
    return false;
  }

  /* ---- facts --------------------------------------------------------------------------------------------------- */

  #get(value: ValueId): ValueId {
    return this.#forwarding.get(value);
  }

  /** Equal constants are one thing here, wherever they are made. */
  #key(value: ValueId): number {
    const maker = this.#makers[value];
    if (maker === undefined || !CONSTANTS.has(maker.op)) return value;
    const text = `${maker.op} ${printed(maker)}`;
    let id = this.#constantIds.get(text);
    if (id === undefined) this.#constantIds.set(text, (id = -1 - this.#constantIds.size));
    return id;
  }

  #constantOf(value: ValueId): Scalar | null {
    const maker = this.#makers[value];
    return maker?.op === 'const.i32' || maker?.op === 'const.i64' ? (maker.imm as Scalar) : null;
  }

  #learn(cond: ValueId, holds: boolean): void {
    const value = this.#get(cond);
    this.#set(this.#truth, value, holds ? 1 : 0);
    const maker = this.#makers[value];
    if (maker?.op === 'eqz.i32') this.#learn(maker.args[0] as ValueId, !holds);
    if (maker?.op === 'is' && holds) this.#set(this.#types, this.#get(maker.args[0] as ValueId), maker.imm as number);
    const order = this.#orderOf(value, holds);
    if (order !== null) this.#learnOrder(order);
  }

  #learnOrder({ left, right, strict }: Order): void {
    const key = `${this.#key(left)}<${this.#key(right)}`;
    if (this.#orders.get(key) !== true) this.#set(this.#orders, key, strict);
    // For the bounds of one value: every upper and lower bound, newest first.
    const upper = `${this.#key(left)}<`;
    const lower = `>${this.#key(right)}`;
    this.#set(this.#bounds, upper, { bound: right, strict, next: this.#bounds.get(upper) ?? null });
    this.#set(this.#bounds, lower, { bound: left, strict, next: this.#bounds.get(lower) ?? null });
  }

  readonly #bounds = new Map<string, Bound>();

  /** The order that a comparison states if it holds, or if it does not. */
  #orderOf(cond: ValueId, holds: boolean): Order | null {
    const maker = this.#makers[this.#get(cond)];
    if (maker === undefined) return null;
    const [x, y] = maker.args.map((arg) => this.#get(arg)) as [ValueId, ValueId];
    switch (maker.op) {
      case 'lt_s.i32':
      case 'lt_s.i64':
        return holds ? { left: x, right: y, strict: true } : { left: y, right: x, strict: false };
      case 'le_s.i32':
      case 'le_s.i64':
        return holds ? { left: x, right: y, strict: false } : { left: y, right: x, strict: true };
      case 'eqz.i32':
        return this.#orderOf(x, !holds);
      default:
        return null;
    }
  }

  #truthOf(cond: ValueId): number | null {
    const known = this.#truth.get(cond);
    if (known !== undefined) return known;
    const order = this.#orderOf(cond, true);
    return order === null ? null : this.#compare(order);
  }

  /** Whether an order holds, if that is known. */
  #compare({ left, right, strict }: Order): number | null {
    const [l, r] = [this.#key(left), this.#key(right)];
    const forward = this.#orders.get(`${l}<${r}`);
    if (forward === true || (forward === false && !strict)) return 1;
    const backward = this.#orders.get(`${r}<${l}`);
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
    for (let b = this.#bounds.get(step > 0n ? `${x}<` : `>${x}`) ?? null; b !== null && !fits; b = b.next) {
      const bound = this.#constantOf(b.bound);
      const margin = b.strict ? 1n : 0n;
      const most = (1n << bits) - 1n;
      const least = -(1n << bits);
      if (step > 0n) fits = (bound === null ? most : BigInt(bound)) - margin + step <= most;
      else fits = (bound === null ? least : BigInt(bound)) + margin + step >= least;
    }
    if (!fits || !this.#cx.may()) return;
    inst.op = op.replace('c.', '.') as OpName;
    inst.exc = null;
    this.#changed = true;
  }
}

interface Bound {
  readonly bound: ValueId;
  readonly strict: boolean;
  readonly next: Bound | null;
}

function printed(inst: Inst): string {
  const { imm } = inst;
  if (imm !== null && typeof imm === 'object') return `${(imm as VariantImm).type}.${imm.variant}`;
  return Object.is(imm, -0) ? '-0' : String(imm);
}
