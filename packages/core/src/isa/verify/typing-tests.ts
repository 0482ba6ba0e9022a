/**
 * Rows for comparisons and tests: what they tell about the values that they compare.
 */
import type { Opcode } from '../opcode.ts';
import { operandValue } from './code.ts';
import type { Fact } from './slot-types.ts';
import { type Step, type Typing, plain } from './step.ts';

const COMPARES: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt_s: (a, b) => a < b,
  le_s: (a, b) => a <= b,
  gt_s: (a, b) => a > b,
  ge_s: (a, b) => a >= b,
  lt_u: (a, b) => a >>> 0 < b >>> 0,
  le_u: (a, b) => a >>> 0 <= b >>> 0,
};

/** How a comparison or branch of i32 compares, by its name: `lt_s.i32`, `br.eq.i32.imm`; undefined for other opcodes. */
function orderOf(name: string): string | undefined {
  const words = name.split('.');
  if (words[0] === 'br' || words[0] === 'loop') words.shift();
  const [order = '', type, form, ...more] = words;
  const isOne = order in COMPARES && type === 'i32' && (form === undefined || form === 'imm') && more.length === 0;
  return isOne ? order : undefined;
}

export function isComparison({ name }: Opcode): boolean {
  return orderOf(name) !== undefined;
}

/** The fact that a comparison of a variant's number with a constant states. */
export function comparisonFact(s: Step): Fact | null {
  const order = orderOf(s.inst.op.name);
  if (order === undefined) return null;
  const holds = COMPARES[order];
  const [left, right] = ['lhs', 'rhs'].map((name) => sideOf(s, name)) as [Side, Side];
  const [tag, constant, swapped] = left.tag !== null ? [left.tag, right.value, false] : [right.tag, left.value, true];
  if (tag === null || constant === null || holds === undefined) return null;
  const among = variantsWhere(s, tag, (number) => (swapped ? holds(constant, number) : holds(number, constant)));
  return among === null ? null : { test: 'variants', of: tag, among, not: false };
}

interface Side {
  /** The value whose variant it numbers. */
  readonly tag: number | null;
  readonly value: number | null;
}

function sideOf(s: Step, name: string): Side {
  const at = s.inst.op.placed.findIndex((operand) => operand.name === name);
  const operand = s.inst.op.placed[at];
  const number = s.inst.values[at] as number;
  if (operand?.role === 'imm') return { tag: null, value: number };
  const type = s.types.get(s.state.get(number));
  if (type.k !== 'i32') return { tag: null, value: null };
  return { tag: type.fact?.test === 'tag' ? type.fact.of : null, value: type.value };
}

/** The variants of a value for whose numbers a test holds; null if nobody holds the value any more. */
function variantsWhere(s: Step, value: number, holds: (number: number) => boolean): bigint | null {
  for (let slot = 0; slot < s.state.values.length; slot++) {
    if (s.state.values[slot] !== value) continue;
    const heap = s.types.heapOf(s.state.get(slot));
    const def = heap?.is === 'enum' ? s.summaries.program.types[heap.type] : undefined;
    if (def?.kind !== 'enum') continue;
    let among = 0n;
    for (let i = 0; i < def.variants.length; i++) if (holds(i)) among |= 1n << BigInt(i);
    return among;
  }
  return null;
}

/** Comparisons tell about variants. */
export const compareNumbers: Typing = (s) => {
  const fact = comparisonFact(s);
  plain(s);
  if (fact !== null) s.define(s.types.fact(fact));
};

export const invert: Typing = (s) => {
  const type = s.types.get(s.use(firstUse(s.inst.op)));
  plain(s);
  if (type.k !== 'i32') return;
  const { value, fact } = type;
  if (value !== null) return s.define(s.types.constant(value === 0 ? 1 : 0));
  if (fact === null) return;
  if (fact.test === 'tag') {
    s.define(s.types.fact({ test: 'variants', of: fact.of, among: 1n, not: false }));
  } else s.define(s.types.fact({ ...fact, not: !fact.not }));
};

function firstUse(op: Opcode): string {
  return op.placed.find(({ role }) => role === 'use')?.name ?? '';
}

export const sameReference: Typing = (s) => {
  const [left, right] = [operandValue(s.inst, 'lhs'), operandValue(s.inst, 'rhs')];
  const [a, b] = [s.slotOfKind(left, 'ref'), s.slotOfKind(right, 'ref')];
  if (a === s.types.null && b === s.types.null) return s.define(s.types.constant(1));
  const about = b === s.types.null ? left : a === s.types.null ? right : null;
  s.define(about === null ? s.types.i32 : s.factAbout(about, (of) => ({ test: 'null', of, not: false })));
};
