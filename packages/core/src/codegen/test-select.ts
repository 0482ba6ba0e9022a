/**
 * Conditions: from an IR comparison, or any i32, to the test of a fused branch.
 *
 * There are opcodes for ==, !=, < and <=; the rest follows by exchanging operands (a > b is b < a), by the opposite for integers
 * (not a < b is b <= a), and for constants by their neighbour (a <= 5 is a < 6, a > 5 is a >= 6).
 */
import type { OpName } from '../ir/ops.ts';

/** A comparison whose operands are values or, on the right, a small constant. */
export interface TestShape<V> {
  readonly name: string;
  readonly regs: readonly V[];
  readonly imm: number | null;
}

const IMM_MIN = -0x8000n;
const IMM_MAX = 0x7fffn;

const ORDERS: ReadonlySet<string> = new Set(['eq', 'ne', 'lt_s', 'le_s', 'lt_u', 'le_u', 'lt', 'le']);
const KINDS: ReadonlySet<string> = new Set(['i32', 'i64', 'f64']);

interface Comparison {
  readonly order: string;
  readonly kind: string;
}

/** By operation, as far as somebody asked: what it compares and how, null if it is no comparison. */
const COMPARISONS = new Map<OpName, Comparison | null>();

function comparisonOf(op: OpName): Comparison | null {
  let known = COMPARISONS.get(op);
  if (known === undefined) {
    const dot = op.indexOf('.');
    const [order, kind] = [op.slice(0, dot), op.slice(dot + 1)];
    known = ORDERS.has(order) && KINDS.has(kind) ? { order, kind } : null;
    COMPARISONS.set(op, known);
  }
  return known;
}

/** Whether an IR operation can be part of a branch. */
export function isComparison(op: OpName): boolean {
  return comparisonOf(op) !== null;
}

/**
 * The test for `op(left, right)`, or for its negation. `constant` gives the value of an operand if it is known, as a signed integer.
 */
export function shapeTest<V>(
  op: OpName,
  left: V,
  right: V,
  negate: boolean,
  constant: (value: V) => bigint | null,
): TestShape<V> {
  const comparison = comparisonOf(op);
  if (comparison === null) throw new Error(`${op} is not a comparison`);
  const { order, kind } = comparison;
  if (kind === 'f64') return { name: `${floatOrder(order, negate)}.f64`, regs: [left, right], imm: null };

  const unsigned = order.endsWith('_u');
  let [test, a, b] = [order, left, right];
  if (negate) {
    if (test === 'eq') test = 'ne';
    else if (test === 'ne') test = 'eq';
    else [test, a, b] = [test.startsWith('lt') ? test.replace('lt', 'le') : test.replace('le', 'lt'), right, left];
  }
  if (!unsigned) {
    const onRight = constant(b);
    const onLeft = constant(a);
    if (test === 'eq' || test === 'ne') {
      const value = onRight ?? onLeft;
      const operand = onRight !== null ? a : b;
      if (value !== null && fits(value)) return { name: `${test}.${kind}`, regs: [operand], imm: Number(value) };
    } else if (onRight !== null) {
      // a < c, or a <= c as a < c + 1
      const bound = test === 'lt_s' ? onRight : onRight + 1n;
      if (fits(bound)) return { name: `lt_s.${kind}`, regs: [a], imm: Number(bound) };
    } else if (onLeft !== null) {
      // c <= b, or c < b as c + 1 <= b
      const bound = test === 'le_s' ? onLeft : onLeft + 1n;
      if (fits(bound)) return { name: `ge_s.${kind}`, regs: [b], imm: Number(bound) };
    }
  }
  return { name: `${test}.${kind}`, regs: [a, b], imm: null };
}

function fits(value: bigint): boolean {
  return value >= IMM_MIN && value <= IMM_MAX;
}

/** With a NaN neither a < b nor b <= a holds, so negation has names of its own. */
function floatOrder(order: string, negate: boolean): string {
  if (!negate) return order;
  return { eq: 'ne', ne: 'eq', lt: 'nlt', le: 'nle' }[order] ?? order;
}

/** The opposite of a test: its name, and whether it takes its two registers the other way round. */
interface Inverse {
  readonly name: string;
  readonly swaps: boolean;
}

/** By name, of tests of registers and of those with a constant. */
const INVERSES = new Map<string, Inverse>();
const CONSTANT_INVERSES = new Map<string, Inverse>();

/** The opposite of a test, where there is one. */
export function invertTest<V>({ name, regs, imm }: TestShape<V>): TestShape<V> | null {
  const table = imm === null ? INVERSES : CONSTANT_INVERSES;
  let inverse = table.get(name);
  if (inverse === undefined) table.set(name, (inverse = inverseOf(name, imm !== null)));
  if (!inverse.swaps) return { name: inverse.name, regs, imm };
  const [a, b] = regs;
  return a === undefined || b === undefined ? null : { name: inverse.name, regs: [b, a], imm };
}

function inverseOf(name: string, constant: boolean): Inverse {
  const rename = (to: string): Inverse => ({ name: to, swaps: false });
  if (name === 'nz') return rename('z');
  if (name === 'z') return rename('nz');
  const [order = '', kind = ''] = name.split('.');
  if (order === 'eq') return rename(`ne.${kind}`);
  if (order === 'ne') return rename(`eq.${kind}`);
  if (kind === 'f64') return rename(`${order.startsWith('n') ? order.slice(1) : `n${order}`}.f64`);
  if (constant) return rename(`${order === 'lt_s' ? 'ge_s' : 'lt_s'}.${kind}`);
  const opposite = order.startsWith('lt') ? order.replace('lt', 'le') : order.replace('le', 'lt');
  return { name: `${opposite}.${kind}`, swaps: true };
}
