/**
 * In which interval each integer lies, and where: abstract interpretation along the dominator tree.
 *
 * A value has one interval wherever it is visible, made narrower below what a branch or check has decided (*constraints*, undone on the
 * way back up the tree). A sweep visits blocks so that all forward edges come before their targets; what flows back
 * is kept for the next sweep:
 *
 *     rising sweeps      from nothing; a loop's parameter that grows jumps to the bound which the constraints at the latch
 *                        give it, to 0 from above, or to the end of its type, so a few sweeps reach a state that holds
 *     the last sweep     starts from that state, without jumps, so intervals only shrink; `visit` sees every instruction
 *
 * A function without loops takes the last sweep alone.
 */
import { TYPE_CODES } from '../base/kinds.ts';
import type { Block, BlockId, Edge, Func, Inst, Kind, ValueId } from '../ir/ir.ts';
import type { OpName, Scalar } from '../ir/ops.ts';
import type { Cfg } from './cfg.ts';
import { type Dominators, dominates } from './dominators.ts';
import { Interval, transferOf } from './interval.ts';

/** Asked in the last sweep, at an instruction, about values that are visible there. */
export interface RangesHere {
  lo(value: ValueId): number;
  hi(value: ValueId): number;
  /** Whether the exact result of an arithmetic operation always has its type. */
  fits(inst: Inst): boolean;
  /** The result of a comparison or test, if it is always the same. */
  decided(inst: Inst): number | null;
}

/** Called before the instruction takes effect. What it changes must not change the meaning of values. */
export type RangeVisitor = (inst: Inst, block: Block, index: number) => void;

/** After so many rising sweeps nothing is claimed; real programs need two or three. */
const SWEEPS = 12;
/** How often a bound may jump before it goes to the end of its type. */
const JUMPS = 3;
/** How deep in `and` and `or` a condition is looked into. */
const LEARN_DEPTH = 8;

/** How far sums and products of sums and products are looked into, and a bound of them that rounding does not lift beyond 64 bits. */
const MAGNITUDE_DEPTH = 3;
const SAFE = 2 ** 62;

const plus = (a: number, b: number): number => a + b;
/** 0 times an unknown is 0. */
const times = (a: number, b: number): number => (a === 0 || b === 0 ? 0 : a * b);
const MAGNITUDES: ReadonlyMap<OpName, (a: number, b: number) => number> = new Map([
  ...(['add.i64', 'addc.i64', 'sub.i64', 'subc.i64'] as const).map((op) => [op, plus] as const),
  ...(['mul.i64', 'mulc.i64'] as const).map((op) => [op, times] as const),
]);

const STEPS: ReadonlySet<OpName> = new Set<OpName>(
  (['i32', 'i64'] as const).flatMap((w): OpName[] => [`add.${w}`, `addc.${w}`, `sub.${w}`, `subc.${w}`]),
);

const CHECK = 1;
const ACCESS = 2;
/** Operations after which more is known of an operand. */
const LEARNS: ReadonlyMap<OpName, number> = new Map<OpName, number>([
  ['trap.if', CHECK],
  ...(['i32', 'i64', 'f64', 'ref'] as const).flatMap((kind): [OpName, number][] => [
    [`array.get.${kind}`, ACCESS],
    [`array.set.${kind}`, ACCESS],
  ]),
]);

/** Calls `visit` with every reachable instruction, in an order where definitions come first. False if no state was found. */
export function sweepRanges(
  func: Func,
  cfg: Cfg,
  tree: Dominators,
  visit: (ranges: RangesHere) => RangeVisitor,
): boolean {
  const state = new RangeState(func, cfg, tree);
  if (!state.rise()) return false;
  state.fall(visit(state));
  return true;
}

const { POSITIVE_INFINITY: UP, NEGATIVE_INFINITY: DOWN } = Number;

class RangeState implements RangesHere {
  readonly #cfg: Cfg;
  readonly #tree: Dominators;
  readonly #makers: (Inst | undefined)[];
  /** Intervals of values, and what constraints say at the current place. */
  readonly #lo: Float64Array;
  readonly #hi: Float64Array;
  readonly #atLeast: Float64Array;
  readonly #atMost: Float64Array;
  /** Of parameters: what forward edges of this sweep bring, and what backward ones of the last and of this one do. */
  readonly #inLo: Float64Array;
  readonly #inHi: Float64Array;
  readonly #backLo: Float64Array;
  readonly #backHi: Float64Array;
  /** What constraints alone say of the arguments that flow back. */
  readonly #jumpLo: Float64Array;
  readonly #jumpHi: Float64Array;
  readonly #jumps: Uint8Array;
  readonly #wide: Uint8Array;
  /** By position: whether an edge was found to lead there in this sweep, and a backward one ever. */
  readonly #entered: Uint8Array;
  readonly #reentered: Uint8Array;
  readonly #isHeader: Uint8Array;
  readonly #hasLoops: boolean;
  /** Whether every backward edge leads to a block that dominates its source: only then is what flows back taken up again. */
  readonly #reducible: boolean;
  readonly #undoValue: ValueId[] = [];
  readonly #undoLo: number[] = [];
  readonly #undoHi: number[] = [];
  readonly #undoBelow: number[] = [];
  /**
   * Whether a value is less than some other of its type, so that one more is still in it; a bound that no double tells from the end
   * of the type. By constraints, of parameters by definition, and what edges of this sweep bring, as above.
   */
  readonly #below: Uint8Array;
  readonly #paramBelow: Uint8Array;
  readonly #inBelow: Uint8Array;
  readonly #backBelow: Uint8Array;
  readonly #out = new Interval();
  #rising = true;

  constructor(func: Func, cfg: Cfg, tree: Dominators) {
    this.#cfg = cfg;
    this.#tree = tree;
    const size = func.values.size;
    this.#makers = new Array<Inst | undefined>(size);
    this.#lo = new Float64Array(size).fill(DOWN);
    this.#hi = new Float64Array(size).fill(UP);
    this.#atLeast = new Float64Array(size).fill(DOWN);
    this.#atMost = new Float64Array(size).fill(UP);
    this.#inLo = new Float64Array(size);
    this.#inHi = new Float64Array(size);
    this.#backLo = new Float64Array(size).fill(UP);
    this.#backHi = new Float64Array(size).fill(DOWN);
    this.#jumpLo = new Float64Array(size).fill(UP);
    this.#jumpHi = new Float64Array(size).fill(DOWN);
    this.#jumps = new Uint8Array(size);
    this.#wide = new Uint8Array(size);
    this.#below = new Uint8Array(size);
    this.#paramBelow = new Uint8Array(size);
    this.#inBelow = new Uint8Array(size);
    this.#backBelow = new Uint8Array(size).fill(1);
    const count = cfg.blocks.length;
    this.#entered = new Uint8Array(count);
    this.#reentered = new Uint8Array(count);
    this.#isHeader = new Uint8Array(count);
    let loops = false;
    let reducible = true;
    for (let i = 0; i < count; i++) {
      for (let e = cfg.succStart[i] as number; e < (cfg.succStart[i + 1] as number); e++) {
        const to = cfg.succs[e] as number;
        if (to > i) continue;
        this.#isHeader[to] = 1;
        loops = true;
        reducible &&= dominates(tree, to, i);
      }
      const { insts, params } = cfg.blocks[i] as Block;
      for (const inst of insts) if (inst.result !== null) this.#makers[inst.result] = inst;
      for (const param of params) {
        this.#wide[param] = wideOf(func.values.get(param));
        // Nothing, until a sweep comes there: that may be a later one than the first.
        this.#lo[param] = UP;
        this.#hi[param] = DOWN;
        this.#paramBelow[param] = 1;
      }
    }
    this.#hasLoops = loops;
    this.#reducible = reducible;
  }

  lo(value: ValueId): number {
    return Math.max(this.#lo[value] as number, this.#atLeast[value] as number);
  }

  hi(value: ValueId): number {
    return Math.min(this.#hi[value] as number, this.#atMost[value] as number);
  }

  fits(inst: Inst): boolean {
    return this.#transfer(inst) && this.#out.fits;
  }

  /**
   * Bounds beyond 2^53 are the end of the type in an interval, but a product of two that are known well, plus something, may well fit. This is a
   * bound of the result of sums and products regardless of its sign, a little too small at most (see `SAFE`).
   */
  #magnitude({ op, args }: Inst, depth: number): number {
    const combine = MAGNITUDES.get(op);
    if (combine === undefined) return UP;
    const [a, b] = args.map((arg) => {
      const known = Math.max(-this.lo(arg), this.hi(arg));
      const maker = this.#makers[arg];
      return known < UP || maker === undefined || depth === 0 ? known : this.#magnitude(maker, depth - 1);
    });
    return combine(a as number, b as number);
  }

  decided(inst: Inst): number | null {
    if (!this.#transfer(inst)) return null;
    const { lo, hi } = this.#out;
    return lo === hi ? lo : null;
  }

  /** False if no state that holds was found. */
  rise(): boolean {
    if (!this.#hasLoops) return true;
    if (!this.#reducible) return false;
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      this.#sweep(null);
      if (this.#holds()) return true;
    }
    return false;
  }

  fall(visit: RangeVisitor): void {
    this.#rising = false;
    this.#sweep(visit);
  }

  /** Whether what flowed back in the last sweep is within what the sweep assumed. */
  #holds(): boolean {
    const { blocks } = this.#cfg;
    for (let i = 0; i < blocks.length; i++) {
      if (this.#isHeader[i] === 0 || this.#reentered[i] === 0) continue;
      for (const param of (blocks[i] as Block).params) {
        if ((this.#backLo[param] as number) < (this.#lo[param] as number)) return false;
        if ((this.#backHi[param] as number) > (this.#hi[param] as number)) return false;
        if ((this.#backBelow[param] as number) < (this.#paramBelow[param] as number)) return false;
      }
    }
    return true;
  }

  /* ---- sweeping ------------------------------------------------------------------------------------------------ */

  #sweep(visit: RangeVisitor | null): void {
    const { blocks } = this.#cfg;
    this.#entered.fill(0);
    this.#entered[0] = 1;
    for (const { params } of blocks) {
      for (const param of params) {
        this.#inLo[param] = UP;
        this.#inHi[param] = DOWN;
        this.#inBelow[param] = 1;
      }
    }
    for (const param of blocks[0]?.params ?? []) {
      this.#full(param, this.#wide[param] === 1);
      this.#paramBelow[param] = 0;
    }
    const open: number[] = [];
    const marks: number[] = [];
    for (const position of this.#tree.preorder) {
      while (open.length > 0 && !dominates(this.#tree, open[open.length - 1] as number, position)) {
        open.pop();
        this.#undoTo(marks.pop() as number);
      }
      open.push(position);
      marks.push(this.#undoValue.length);
      if (this.#entered[position] === 1) this.#block(position, visit);
    }
    this.#undoTo(0);
  }

  #block(position: number, visit: RangeVisitor | null): void {
    const block = this.#cfg.blocks[position] as Block;
    if (position > 0) for (const param of block.params) this.#enterParam(param, this.#isHeader[position] === 1);
    this.#learnEntry(position);
    const { insts } = block;
    for (let i = 0; i < insts.length; i++) {
      const inst = insts[i] as Inst;
      visit?.(inst, block, i);
      if (inst.exc !== null) this.#pass(position, inst.exc, 1);
      if (inst.result !== null) this.#define(inst, inst.result);
      const learns = LEARNS.get(inst.op);
      if (learns === CHECK) this.#learn(inst.args[0] as ValueId, false);
      else if (learns === ACCESS) this.#constrain(inst.args[1] as ValueId, 0, 2 ** 32 - 1);
    }
    const { term } = block;
    if (term.kind === 'jump') this.#pass(position, term.to, 0);
    else if (term.kind === 'trap' && term.exc !== null) this.#pass(position, term.exc, 1);
    else if (term.kind === 'br') {
      const lo = this.lo(term.cond);
      const hi = this.hi(term.cond);
      if (lo !== 0 || hi !== 0) this.#passIf(position, term.cond, true, term.then);
      if (lo <= 0 && hi >= 0) this.#passIf(position, term.cond, false, term.else);
    }
  }

  #passIf(from: number, cond: ValueId, holds: boolean, edge: Edge): void {
    const mark = this.#undoValue.length;
    this.#learn(cond, holds);
    this.#pass(from, edge, 0);
    this.#undoTo(mark);
  }

  /** `skip`: a handler's first parameter is the error. */
  #pass(from: number, edge: Edge, skip: number): void {
    const to = this.#cfg.position[edge.block] as number;
    const { params } = this.#cfg.blocks[to] as Block;
    const back = to <= from;
    if (back) this.#reentered[to] = 1;
    else this.#entered[to] = 1;
    const [los, his] = back ? [this.#backLo, this.#backHi] : [this.#inLo, this.#inHi];
    const belows = back ? this.#backBelow : this.#inBelow;
    for (let i = 0; i < edge.args.length; i++) {
      const arg = edge.args[i] as ValueId;
      const param = params[i + skip] as ValueId;
      let lo = this.lo(arg);
      let hi = this.hi(arg);
      // A sum that was made before its operand was compared: once more with what is known now.
      const maker = this.#makers[arg];
      if (maker !== undefined && this.#isStep(maker) && this.#transfer(maker)) {
        lo = Math.max(lo, this.#out.lo);
        hi = Math.min(hi, this.#out.hi);
      }
      los[param] = Math.min(los[param] as number, lo);
      his[param] = Math.max(his[param] as number, hi);
      if (hi === UP && !this.#isBelow(arg)) belows[param] = 0;
      if (back && this.#rising) this.#noteJump(arg, param);
    }
  }

  /** How far a parameter may jump: to what constraints alone say of its argument. */
  #noteJump(arg: ValueId, param: ValueId): void {
    if (arg === param) return;
    let lo = this.#atLeast[arg] as number;
    let hi = this.#atMost[arg] as number;
    const maker = this.#makers[arg];
    if (maker !== undefined && this.#isStep(maker)) {
      const x = maker.args[0] as ValueId;
      const sign = maker.op.startsWith('sub') ? -1 : 1;
      const step = sign * (this.#lo[maker.args[1] as ValueId] as number);
      lo = Math.max(lo, (this.#atLeast[x] as number) + step);
      hi = Math.min(hi, (this.#atMost[x] as number) + step);
    }
    this.#jumpLo[param] = Math.min(this.#jumpLo[param] as number, lo);
    this.#jumpHi[param] = Math.max(this.#jumpHi[param] as number, hi);
  }

  /** A sum with, or difference of, something constant. */
  #isStep(inst: Inst): boolean {
    if (!STEPS.has(inst.op)) return false;
    const step = inst.args[1] as ValueId;
    return this.#lo[step] === this.#hi[step];
  }

  #enterParam(param: ValueId, header: boolean): void {
    let lo = this.#inLo[param] as number;
    let hi = this.#inHi[param] as number;
    // What a handler is given by the machine comes over no argument.
    let below = lo > hi ? 0 : (this.#inBelow[param] as number);
    if (header) {
      below &= (this.#backBelow[param] as number) & (this.#paramBelow[param] as number);
      this.#backBelow[param] = 1;
      lo = Math.min(lo, this.#backLo[param] as number);
      hi = Math.max(hi, this.#backHi[param] as number);
      const oldLo = this.#lo[param] as number;
      const oldHi = this.#hi[param] as number;
      if (!this.#rising) {
        lo = Math.max(lo, oldLo);
        hi = Math.min(hi, oldHi);
      } else if (oldLo <= oldHi) {
        if (lo < oldLo) lo = Math.min(lo, this.#jump(param, this.#jumpLo[param] as number, lo < 0 ? DOWN : 0));
        else lo = oldLo;
        if (hi > oldHi) hi = Math.max(hi, this.#jump(param, this.#jumpHi[param] as number, UP));
        else hi = oldHi;
      }
      this.#backLo[param] = UP;
      this.#backHi[param] = DOWN;
      this.#jumpLo[param] = UP;
      this.#jumpHi[param] = DOWN;
    }
    this.#paramBelow[param] = below;
    if (lo > hi) return this.#full(param, this.#wide[param] === 1);
    this.#close(param, lo, hi, this.#wide[param] === 1);
  }

  #jump(param: ValueId, bound: number, end: number): number {
    const jumps = this.#jumps[param] as number;
    if (jumps >= JUMPS) return end;
    this.#jumps[param] = jumps + 1;
    return Number.isFinite(bound) ? bound : end;
  }

  #define(inst: Inst, result: ValueId): void {
    if (!this.#transfer(inst)) return;
    const { lo, hi } = this.#out;
    // An operation that always fails gives nothing.
    this.#lo[result] = lo > hi ? DOWN : lo;
    this.#hi[result] = lo > hi ? UP : hi;
  }

  /** Whether one more than a value is known to have its type, whatever its interval says. */
  #isBelow(value: ValueId): boolean {
    return this.#hi[value] !== UP || this.#below[value] === 1 || this.#paramBelow[value] === 1;
  }

  /** Leaves the interval of the result in `#out`; false if the result is no integer. */
  #transfer(inst: Inst): boolean {
    const { op, args, imm } = inst;
    const out = this.#out;
    if (op === 'const.i32' || op === 'const.i64') {
      out.constant(imm as Scalar);
      return true;
    }
    const transfer = transferOf(op);
    if (transfer !== undefined) {
      const a = args[0] as ValueId;
      const b = args.length > 1 ? (args[1] as ValueId) : a;
      const c = args.length > 2 ? (args[2] as ValueId) : b;
      const [alo, ahi, blo, bhi] = [this.lo(a), this.hi(a), this.lo(b), this.hi(b)];
      if (alo > ahi || blo > bhi) out.full(!op.endsWith('i32'));
      else if (ahi === UP && blo === 1 && bhi === 1 && (op === 'add.i64' || op === 'addc.i64') && this.#isBelow(a))
        out.close64(alo + 1, UP, true, op === 'add.i64');
      else transfer(out, alo, ahi, blo, bhi, this.lo(c), this.hi(c));
      if (!out.fits && this.#magnitude(inst, MAGNITUDE_DEPTH) <= SAFE) {
        transferOf(checkedOf(op))?.(out, alo, ahi, blo, bhi, blo, bhi);
        out.fits = true;
      }
      return true;
    }
    if (imm === TYPE_CODES.bool && (op === 'unbox.i32' || op === 'array.get.i32' || op === 'array.pop.i32')) {
      out.set(0, 1);
      return true;
    }
    if (op.endsWith('.i32') || op === 'array.len' || op === 'str.len' || op === 'i32.from.f64') {
      out.full(false);
      return true;
    }
    return false;
  }

  /* ---- constraints --------------------------------------------------------------------------------------------- */

  /** What the branch says that is the only way into a block, but for ways back to it: they cannot change what it is about. */
  #learnEntry(position: number): void {
    const { predStart, preds, predThrows, blocks, ids } = this.#cfg;
    let only = -1;
    for (let e = predStart[position] as number; e < (predStart[position + 1] as number); e++) {
      const pred = preds[e] as number;
      if (pred >= position) continue;
      if (only !== -1 || predThrows[e] === 1) return;
      only = pred;
    }
    const term = blocks[only]?.term;
    if (term?.kind === 'br') this.#learn(term.cond, term.then.block === (ids[position] as BlockId));
  }

  #learn(cond: ValueId, holds: boolean, depth = 0): void {
    if (!holds) this.#constrain(cond, 0, 0);
    else if (this.lo(cond) >= 0) this.#constrain(cond, 1, UP);
    const maker = this.#makers[cond];
    if (maker === undefined || depth > LEARN_DEPTH) return;
    const { op } = maker;
    const [x, y] = maker.args as [ValueId, ValueId];
    switch (op) {
      case 'eqz.i32':
        return this.#learn(x, !holds, depth + 1);
      case 'and.i32':
        if (!holds || this.lo(x) < 0 || this.hi(x) > 1 || this.lo(y) < 0 || this.hi(y) > 1) return;
        this.#learn(x, true, depth + 1);
        return this.#learn(y, true, depth + 1);
      case 'or.i32':
        if (holds) return;
        this.#learn(x, false, depth + 1);
        return this.#learn(y, false, depth + 1);
      case 'eq.i32':
      case 'eq.i64':
        return holds ? this.#equal(x, y) : this.#differ(x, y);
      case 'ne.i32':
      case 'ne.i64':
        return holds ? this.#differ(x, y) : this.#equal(x, y);
      case 'lt_s.i32':
      case 'lt_s.i64':
        return holds ? this.#order(x, y, 1) : this.#order(y, x, 0);
      case 'le_s.i32':
      case 'le_s.i64':
        return holds ? this.#order(x, y, 0) : this.#order(y, x, 1);
      case 'lt_u.i32':
      case 'lt_u.i64':
        return holds ? this.#orderUnsigned(x, y, 1) : this.#orderUnsigned(y, x, 0);
      case 'le_u.i32':
      case 'le_u.i64':
        return holds ? this.#orderUnsigned(x, y, 0) : this.#orderUnsigned(y, x, 1);
      default:
    }
  }

  /** left + margin <= right */
  #order(left: ValueId, right: ValueId, margin: number): void {
    const most = this.hi(right) - margin;
    const least = this.lo(left) + margin;
    this.#constrain(left, DOWN, most, margin === 1);
    this.#constrain(right, least, UP);
  }

  #orderUnsigned(left: ValueId, right: ValueId, margin: number): void {
    // Below what is not negative as a signed number, everything is so.
    if (this.lo(right) >= 0) this.#constrain(left, 0, this.hi(right) - margin);
    if (this.lo(left) >= 0 && this.lo(right) >= 0) this.#constrain(right, this.lo(left) + margin, UP);
  }

  #equal(x: ValueId, y: ValueId): void {
    const [lo, hi] = [this.lo(x), this.hi(x)];
    this.#constrain(x, this.lo(y), this.hi(y));
    this.#constrain(y, lo, hi);
  }

  #differ(x: ValueId, y: ValueId): void {
    this.#exclude(x, y);
    this.#exclude(y, x);
  }

  /** Takes one value off an end. */
  #exclude(x: ValueId, y: ValueId): void {
    const value = this.lo(y);
    if (value !== this.hi(y)) return;
    if (this.lo(x) === value) this.#constrain(x, value + 1, UP);
    else if (this.hi(x) === value) this.#constrain(x, DOWN, value - 1);
  }

  #constrain(value: ValueId, lo: number, hi: number, below = false): void {
    const oldLo = this.#atLeast[value] as number;
    const oldHi = this.#atMost[value] as number;
    const oldBelow = this.#below[value] as number;
    if (lo > oldLo || hi < oldHi || (below && oldBelow === 0)) {
      this.#undoValue.push(value);
      this.#undoBelow.push(oldBelow);
      if (below) this.#below[value] = 1;
      this.#undoLo.push(oldLo);
      this.#undoHi.push(oldHi);
      this.#atLeast[value] = Math.max(lo, oldLo);
      this.#atMost[value] = Math.min(hi, oldHi);
    }
    const maker = this.#makers[value];
    if (maker?.op === 'i64.from.i32') this.#constrain(maker.args[0] as ValueId, lo, hi);
  }

  #undoTo(mark: number): void {
    while (this.#undoValue.length > mark) {
      const value = this.#undoValue.pop() as ValueId;
      this.#atLeast[value] = this.#undoLo.pop() as number;
      this.#atMost[value] = this.#undoHi.pop() as number;
      this.#below[value] = this.#undoBelow.pop() as number;
    }
  }

  #full(value: ValueId, wide: boolean): void {
    this.#out.full(wide);
    this.#lo[value] = this.#out.lo;
    this.#hi[value] = this.#out.hi;
  }

  #close(value: ValueId, lo: number, hi: number, wide: boolean): void {
    this.#out.close(wide, lo, hi);
    this.#lo[value] = this.#out.lo;
    this.#hi[value] = this.#out.hi;
  }
}

/** The operation that fails where this one may wrap. */
function checkedOf(op: OpName): OpName {
  return (op.includes('c.') ? op : op.replace('.', 'c.')) as OpName;
}

function wideOf(kind: Kind): number {
  return kind === 'i32' ? 0 : 1;
}
