/**
 * Equality of values: the table of 7.3, its modern rows 9 and 10, and the strict comparison of `assert_eq`.
 *
 * Nested data is compared with an explicit stack. A pair met before counts as equal: if it is not, the comparison under way
 * there finds out. Nesting beyond the depth limit raises `stackOverflow`.
 */
import type { Style } from '../../hir/hir.ts';
import { trap } from './errors.ts';
import type { Machine } from './machine.ts';
import type { Member, Rep, Site, Value } from './value.ts';
import {
  ArrayValue,
  EnumValue,
  F64,
  isInteger,
  isNumber,
  isZero,
  label,
  numericValue,
  sameNumber,
  StructValue,
  toDynamic,
} from './value.ts';

/** `deep`: arrays and structs by content. `strict`: values of different types differ. */
interface Rules {
  readonly deep: boolean;
  readonly strict: boolean;
  readonly truthiness: boolean;
  readonly nilEqual: boolean;
}

const CLASSIC: Rules = { deep: false, strict: false, truthiness: true, nilEqual: false };
const MODERN: Rules = { deep: true, strict: false, truthiness: false, nilEqual: true };
const ASSERT_CLASSIC: Rules = { deep: true, strict: true, truthiness: false, nilEqual: false };
const ASSERT_MODERN: Rules = { deep: true, strict: true, truthiness: false, nilEqual: true };

/** `a == b` on values in dynamic form. */
export function equal(machine: Machine, a: Value, b: Value, style: Style, site: Site): boolean {
  return compareDeep(machine, a, b, style === 'classic' ? CLASSIC : MODERN, site);
}

/** Equality as `assert_eq` understands it. */
export function equalStrictly(machine: Machine, a: Value, b: Value, style: Style, site: Site): boolean {
  return compareDeep(machine, a, b, style === 'classic' ? ASSERT_CLASSIC : ASSERT_MODERN, site);
}

/** Two containers of one kind and size whose parts are compared one after the other. */
interface Pair {
  readonly left: Parts;
  readonly right: Parts;
  next: number;
}

interface Parts {
  readonly items: readonly Value[];
  readonly members: readonly Member[] | null;
  readonly rep: Rep;
}

function compareDeep(machine: Machine, a: Value, b: Value, rules: Rules, site: Site): boolean {
  return compareScalars(a, b, rules) ?? compareContainers(machine, a, b, rules, site);
}

function compareContainers(machine: Machine, a: Value, b: Value, rules: Rules, site: Site): boolean {
  const met = new Map<Value, Set<Value>>();
  const stack: Pair[] = [];

  /** Whether two values are equal so far; parts that need comparing are left on the stack. */
  const same = (left: Value, right: Value): boolean => {
    const scalar = compareScalars(left, right, rules);
    if (scalar !== null) return scalar;
    const pair = openPair(left, right);
    if (pair === null) return false;
    const others = met.get(left);
    if (others?.has(right) === true) return true;
    if (others === undefined) met.set(left, new Set([right]));
    else others.add(right);
    if (stack.length >= machine.maxDepth) trap('stackOverflow', site);
    stack.push(pair);
    return true;
  };

  if (!same(a, b)) return false;
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const at = top.next++;
    const left = part(top.left, at);
    const right = part(top.right, at);
    if (left === undefined || right === undefined) stack.pop();
    else if (!same(left, right)) return false;
  }
  return true;
}

function part(parts: Parts, at: number): Value | undefined {
  const stored = parts.items[at];
  if (stored === undefined) return undefined;
  return toDynamic(parts.members?.[at]?.rep ?? parts.rep, stored);
}

/** The answer where it does not depend on parts, else null. */
function compareScalars(a: Value, b: Value, rules: Rules): boolean | null {
  if (rules.strict && isNumber(a) && isNumber(b) && label(a) !== label(b)) return false;
  if (isNumber(a) && isNumber(b)) return sameNumber(numericValue(a), numericValue(b));
  if (typeof a === 'boolean' && typeof b === 'boolean') return a === b;
  if (rules.truthiness && typeof a === 'boolean' && isInteger(b)) return a === !isZero(b);
  if (rules.truthiness && typeof b === 'boolean' && isInteger(a)) return b === !isZero(a);
  if (a === null || b === null) return a === b && rules.nilEqual;
  if (typeof a !== 'object' || typeof b !== 'object' || a instanceof F64 || b instanceof F64) return a === b;
  if (a === b && !(a instanceof EnumValue) && !rules.deep) return true;
  const parts = a instanceof EnumValue || (rules.deep && (a instanceof ArrayValue || a instanceof StructValue));
  return parts ? null : a === b;
}

function openPair(a: Value, b: Value): Pair | null {
  if (a instanceof ArrayValue && b instanceof ArrayValue) {
    if (a.items.length !== b.items.length) return null;
    const parts = (array: ArrayValue): Parts => ({ items: array.items, members: null, rep: array.rep });
    return { left: parts(a), right: parts(b), next: 0 };
  }
  if (a instanceof StructValue && b instanceof StructValue && a.type === b.type) {
    const parts = (struct: StructValue): Parts => ({ items: struct.fields, members: a.type.fields, rep: 0 });
    return { left: parts(a), right: parts(b), next: 0 };
  }
  if (a instanceof EnumValue && b instanceof EnumValue && a.type === b.type && a.variant === b.variant) {
    const members = a.type.variants[a.variant]?.payload ?? [];
    const parts = (value: EnumValue): Parts => ({ items: value.payload, members, rep: 0 });
    return { left: parts(a), right: parts(b), next: 0 };
  }
  return null;
}
