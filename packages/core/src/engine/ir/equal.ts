/**
 * Equality of self-describing values: 7.3, rows 9 and 10 of section 23, and the strict comparison of `assert_eq`.
 *
 * Work is a list of pairs still to compare. A pair of containers that was begun counts as equal: if it is not, the comparison
 * under way finds out. `depth` of a pair is its nesting; beyond the limit the guest gets `stackOverflow`.
 */
import type { IrField } from '../../ir/ir.ts';
import type { Machine } from './machine.ts';
import {
  type Any,
  ArrayObj,
  codeOfAny,
  Int,
  isNumber,
  magnitude,
  NIL,
  RecordObj,
  stored,
  type Value,
} from './value.ts';

export interface EqualityRules {
  /** Arrays and structs by content. */
  readonly deep: boolean;
  /** Numbers of different types differ. */
  readonly strict: boolean;
  readonly modern: boolean;
}

/** Containers under comparison: equal in size and type, slot by slot. */
interface Pair {
  readonly left: readonly Value[];
  readonly right: readonly Value[];
  readonly leftCode: (at: number) => Any;
  readonly rightCode: (at: number) => Any;
  at: number;
}

export function equalValues(m: Machine, a: Any, b: Any, rules: EqualityRules): boolean {
  const begun = new Map<Any, Set<Any>>();
  const open: Pair[] = [];
  const begin = (left: Any, right: Any): boolean => {
    const known = compareSimple(left, right, rules);
    if (known !== null) return known;
    const partners = begun.get(left) ?? new Set<Any>();
    if (partners.has(right)) return true;
    partners.add(right);
    begun.set(left, partners);
    const pair = pairOf(m, left, right);
    if (pair === null) return false;
    if (open.length >= m.limits.depth) m.trap('stackOverflow');
    open.push(pair);
    return true;
  };
  if (!begin(a, b)) return false;
  for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
    const { at } = top;
    if (at >= top.left.length) {
      open.pop();
      continue;
    }
    top.at = at + 1;
    if (!begin(top.leftCode(at), top.rightCode(at))) return false;
  }
  return true;
}

/** Null where the parts decide. */
function compareSimple(a: Any, b: Any, rules: EqualityRules): boolean | null {
  if (isNumber(a) && isNumber(b)) {
    if (rules.strict && codeOfAny(a) !== codeOfAny(b)) return false;
    // biome-ignore lint/suspicious/noDoubleEquals: mathematical equality of a number and a bigint
    return magnitude(a) == magnitude(b);
  }
  const truthy = !rules.strict && !rules.modern;
  if (truthy && typeof a === 'boolean' && b instanceof Int) return a === (b.value !== 0n);
  if (truthy && typeof b === 'boolean' && a instanceof Int) return b === (a.value !== 0n);
  if (a === NIL && b === NIL) return rules.modern;
  if (a instanceof ArrayObj && b instanceof ArrayObj) return rules.deep ? null : a === b;
  if (a instanceof RecordObj && b instanceof RecordObj) {
    if (a.type !== b.type || a.variant !== b.variant) return false;
    return rules.deep || a.variant >= 0 ? null : a === b;
  }
  return a === b;
}

function pairOf(m: Machine, a: Any, b: Any): Pair | null {
  if (a instanceof ArrayObj && b instanceof ArrayObj) {
    if (a.items.length !== b.items.length) return null;
    const item = (array: ArrayObj) => (at: number) => stored(array.code, array.items[at] as Value);
    return { left: a.items, right: b.items, leftCode: item(a), rightCode: item(b), at: 0 };
  }
  const left = a as RecordObj;
  const right = b as RecordObj;
  const fields = fieldsOf(m, left);
  const slot = (record: RecordObj) => (at: number) => stored((fields[at] as IrField).code, record.slots[at] as Value);
  return { left: left.slots, right: right.slots, leftCode: slot(left), rightCode: slot(right), at: 0 };
}

export function fieldsOf(m: Machine, record: RecordObj): readonly IrField[] {
  const type = m.program.types[record.type];
  if (type === undefined) return [];
  return type.kind === 'struct' ? type.fields : (type.variants[record.variant]?.payload ?? []);
}
