/**
 * What slots hold in the rounds of a counted loop, where that follows from its counter.
 *
 * A value is `scale * counter + terms + constant`, in which the factors stay the same while the loop runs. The sum is the one of 64-bit
 * arithmetic, which wraps: what instructions compute is the same modulo 2^64, whether they check for overflow or not.
 */
import { present } from '../../base/bug.ts';
import type { DecodedInst } from '../../isa/encode.ts';
import type { Flow } from './flow.ts';
import { REP, type Slots } from './slots.ts';
import type { Counting } from './counted-loops.ts';

type IntegerRep = Counting['rep'];

/** A slot that the loop does not write. */
export interface Factor {
  readonly slot: number;
  readonly rep: IntegerRep;
}

/** `times` the product of the factors, one or two. */
export interface Term {
  readonly times: number;
  readonly factors: readonly Factor[];
}

export interface Linear {
  /** A number, or one factor. */
  readonly scale: number | Factor;
  readonly terms: readonly Term[];
  readonly constant: number;
  /** Parts that were computed with 32 bits without a check: all is as said while they are numbers of 32 bits. */
  readonly narrow: readonly Linear[];
  /** Instructions on the way that raise an error at overflow, and what they give if they do not. */
  readonly checks: readonly CheckedStep[];
}

export interface CheckedStep {
  readonly inst: number;
  readonly rep: IntegerRep;
  readonly result: Linear;
}

/** Constants stay far from where doubles are not exact any more, and products of two from 2^63. */
const LARGEST = 2 ** 30;
const MOST_TERMS = 4;
/** Size of numbers of 32 bits. */
const SMALL = 2 ** 31;
const MOST_CHECKS = 8;

const constantOf = (constant: number): Linear => ({ scale: 0, terms: [], constant, narrow: [], checks: [] });

export const COUNTER: Linear = { ...constantOf(0), scale: 1 };

export const factorValue = (factor: Factor): Linear => ({ ...constantOf(0), terms: [{ times: 1, factors: [factor] }] });

/** Name of what is the same in two values that differ by a constant. */
export function shapeOf({ scale, terms }: Linear): string {
  const name = ({ slot, rep }: Factor): string => `${slot}:${rep}`;
  const all = terms.map(({ times, factors }) => `${times}*${factors.map(name).sort().join('*')}`);
  return [typeof scale === 'number' ? scale : name(scale), ...all.sort()].join(' ');
}

function checked(value: Linear): Linear | null {
  const numbers = [value.constant, ...value.terms.map(({ times }) => times)];
  if (typeof value.scale === 'number') numbers.push(value.scale);
  const fits =
    value.terms.length <= MOST_TERMS && value.narrow.length <= MOST_TERMS && value.checks.length <= MOST_CHECKS;
  return fits && numbers.every((each) => Math.abs(each) <= LARGEST) ? value : null;
}

function plus(a: Linear | null, b: Linear | null): Linear | null {
  if (a === null || b === null) return null;
  let { scale } = a;
  if (typeof scale === 'number' && typeof b.scale === 'number') scale += b.scale;
  else if (scale === 0) scale = b.scale;
  else if (b.scale !== 0) return null;
  const [terms, constant] = [[...a.terms, ...b.terms], a.constant + b.constant];
  const [narrow, checks] = [
    [...a.narrow, ...b.narrow],
    [...a.checks, ...b.checks],
  ];
  return checked({ scale, terms, constant, narrow, checks });
}

function times(a: Linear | null, b: Linear | null): Linear | null {
  if (a === null || b === null) return null;
  const number = (value: Linear): number | null =>
    value.scale === 0 && value.terms.length === 0 && isPlain(value) ? value.constant : null;
  const [byA, byB] = [number(a), number(b)];
  if (byA !== null) return byNumber(b, byA);
  if (byB !== null) return byNumber(a, byB);
  return byFactor(a, factorOf(b)) ?? byFactor(b, factorOf(a));
}

const isPlain = ({ narrow, checks }: Linear): boolean => narrow.length === 0 && checks.length === 0;

/** The factor that a value is, if it is nothing else. */
function factorOf(value: Linear): Factor | null {
  const { scale, terms, constant } = value;
  const [only, more] = terms;
  if (scale !== 0 || constant !== 0 || only === undefined || more !== undefined || !isPlain(value)) return null;
  return only.times === 1 && only.factors.length === 1 ? present(only.factors[0], 'factor') : null;
}

function byNumber({ scale, terms, constant, narrow, checks }: Linear, number: number): Linear | null {
  if (number === 0) return constantOf(0);
  if (typeof scale !== 'number' && number !== 1) return null;
  return checked({
    scale: typeof scale === 'number' ? scale * number : scale,
    terms: terms.map(({ times, factors }) => ({ times: times * number, factors })),
    constant: constant * number,
    narrow,
    checks,
  });
}

function byFactor({ scale, terms, constant, narrow, checks }: Linear, factor: Factor | null): Linear | null {
  if (factor === null || (scale !== 0 && scale !== 1) || terms.some(({ factors }) => factors.length > 1)) return null;
  const products = terms.map((term) => ({ times: term.times, factors: [...term.factors, factor] }));
  if (constant !== 0) products.push({ times: constant, factors: [factor] });
  return checked({ scale: scale === 0 ? 0 : factor, terms: products, constant: 0, narrow, checks });
}

/** Operations on two registers or a register and a number (`.imm`); `c` are those that raise an error at overflow. */
const ARITHMETIC: readonly (string | undefined)[] = ['add', 'addc', 'sub', 'subc', 'mul', 'mulc'];

export class LinearValues {
  readonly #flow: Flow;
  readonly #slots: Slots;
  readonly #counting: Counting;
  readonly #header: number;
  /** Blocks of the loop in which a slot is written. */
  readonly #writers = new Map<number, Set<number>>();
  /** By instruction and slot. */
  readonly #known = new Map<number, Linear | null>();

  constructor(flow: Flow, slots: Slots, header: number, counting: Counting) {
    this.#flow = flow;
    this.#slots = slots;
    this.#counting = counting;
    this.#header = header;
    for (const block of counting.body) {
      const { start, end } = flow.blocks[block] as Flow['blocks'][number];
      for (let at = start; at < end; at++) {
        const { def } = slots.effects(at);
        if (def === null) continue;
        const writers = this.#writers.get(def.slot);
        if (writers === undefined) this.#writers.set(def.slot, new Set([block]));
        else writers.add(block);
      }
    }
  }

  /** What a slot with 64 bits holds before an instruction of a block; null if that is not known. */
  before(block: number, inst: number, slot: number): Linear | null {
    return this.#value(block, inst, slot, REP.i64);
  }

  /** Whether every way to the second block leads through the first. */
  dominates(first: number, block: number): boolean {
    let above = block;
    while (above > first) above = (this.#flow.blocks[above] as Flow['blocks'][number]).idom;
    return above === first;
  }

  #value(block: number, inst: number, slot: number, rep: IntegerRep): Linear | null {
    const key = (inst * this.#slots.count + slot) * 2 + (rep === REP.i32 ? 0 : 1);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.#known.set(key, null);
    const value = this.#found(block, inst, slot, rep);
    this.#known.set(key, value);
    return value;
  }

  #found(block: number, inst: number, slot: number, rep: IntegerRep): Linear | null {
    let end = inst;
    for (let at = block; ; ) {
      const { start, idom } = this.#flow.blocks[at] as Flow['blocks'][number];
      for (let def = end - 1; def >= start; def--) {
        if (this.#slots.effects(def).def?.slot === slot) return this.#made(at, def, rep);
      }
      if (at === this.#header) return this.#atEntry(slot, rep);
      if (!this.#isKeptAbove(slot, at)) return null;
      at = idom;
      end = (this.#flow.blocks[at] as Flow['blocks'][number]).end;
    }
  }

  /** Whether nothing between a block's dominator and the block writes a slot. Without the way back, ways lead from lower to higher numbers. */
  #isKeptAbove(slot: number, block: number): boolean {
    const { idom } = this.#flow.blocks[block] as Flow['blocks'][number];
    for (const writer of this.#writers.get(slot) ?? []) if (idom < writer && writer < block) return false;
    return true;
  }

  #atEntry(slot: number, rep: IntegerRep): Linear | null {
    const { counter, rep: counts } = this.#counting;
    if (this.#slots.atEntry(this.#header)[slot] !== rep) return null;
    if (slot === counter) return rep === counts ? COUNTER : null;
    if (this.#writers.has(slot)) return null;
    return factorValue({ slot, rep });
  }

  /** What an instruction gives. */
  #made(block: number, inst: number, rep: IntegerRep): Linear | null {
    const { op, values } = this.#flow.insts[inst] as DecodedInst;
    const operand = (name: string): number => values[op.placed.findIndex((each) => each.name === name)] as number;
    const width = rep === REP.i32 ? 'i32' : 'i64';
    const use = (name: string, as = rep): Linear | null => this.#value(block, inst, operand(name), as);
    const [what = '', type, form, ...more] = op.name.split('.');
    if (more.length > 0) return null;
    if (what === 'move') return use('src');
    if (what === 'i64' && type === 'from') return form === 'i32' && rep === REP.i64 ? use('src', REP.i32) : null;
    if (type !== width) return null;
    if (what === 'const') return checked(constantOf(operand('value')));
    if (!ARITHMETIC.includes(what)) return null;
    const right = form === undefined ? use('rhs') : checked(constantOf(operand('rhs')));
    const left = use('lhs');
    const negated = what.startsWith('sub') && right !== null ? byNumber(right, -1) : right;
    const result = what.startsWith('mul') ? times(left, right) : plus(left, negated);
    if (result === null) return null;
    if (what.endsWith('c')) return { ...result, checks: [...result.checks, { inst, rep, result }] };
    return rep === REP.i64 ? result : { ...result, narrow: [...result.narrow, result] };
  }
}

/** Whether a value is exact in 64 bits if the counter and all factors are numbers of 32 bits. */
export function isExactIfSmall({ scale, terms, constant }: Linear): boolean {
  const products = terms.map(({ times, factors }) => Math.abs(times) * SMALL ** factors.length);
  const counted = typeof scale === 'number' ? Math.abs(scale) * SMALL : SMALL ** 2;
  return products.reduce((a, b) => a + b, counted) + Math.abs(constant) < 2 ** 63;
}
