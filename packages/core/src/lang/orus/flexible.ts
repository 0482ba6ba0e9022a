/**
 * Flexible integers (4.4): expressions of unsuffixed integer literals, whose value is exact and whose type comes from where
 * they stand.
 *
 * The checker builds a small tree of them; when the context is known, `evaluate` gives the value in that type. Most trees
 * mean the same number in every type, but a complement, a left shift and (in classic) a large hexadecimal literal do not, which
 * is why the tree is kept rather than its value. Row 11 of section 23 judges each literal of a tree by itself, with a
 * minus sign directly in front of it; `findMisfit` does that.
 */
import type { Span } from '../../base/source.ts';
import type { NumType } from '../../hir/hir.ts';
import { fitsType, INT_RANGE } from './types.ts';

export type FlexOp = '+' | '-' | '*' | '/' | '%' | '&' | '|' | '^' | '<<' | '>>';

/** `value` of a literal has the minus sign in front of it worked in; `hex` tells of a hexadecimal without one. */
export interface FlexLiteral {
  readonly kind: 'literal';
  readonly value: bigint;
  readonly hex: boolean;
  readonly span: Span;
}

export type Flex =
  | FlexLiteral
  | { readonly kind: 'neg'; readonly operand: Flex; readonly span: Span }
  | { readonly kind: 'not'; readonly operand: Flex; readonly span: Span }
  | { readonly kind: 'binary'; readonly op: FlexOp; readonly left: Flex; readonly right: Flex; readonly span: Span };

/** What a tree is worth in a type; `trap` if computing it fails when executed. */
export type FlexValue =
  | { readonly kind: 'value'; readonly value: bigint }
  | { readonly kind: 'trap'; readonly trap: 'divisionByZero' | 'shiftRange' };

const I64_MAX = INT_RANGE.i64[1];
const I32_RANGE = 2n ** 32n;

/**
 * The exact value of a tree whose type is `type`. `loose` is the classic reading of literals: saturated above `i64`, and 32-bit
 * hexadecimals reinterpreted as `i32`.
 */
export function evaluate(tree: Flex, type: NumType, loose: boolean): FlexValue {
  // Chains lean to the left, so only right operands recurse.
  const spine: Flex[] = [];
  let at = tree;
  while (at.kind !== 'literal') {
    spine.push(at);
    at = at.kind === 'binary' ? at.left : at.operand;
  }
  let value = literalValue(at, type, loose);
  for (let index = spine.length - 1; index >= 0; index--) {
    const step = spine[index] as Exclude<Flex, FlexLiteral>;
    if (step.kind === 'neg') value = -value;
    else if (step.kind === 'not') value = complement(value, type);
    else {
      const right = evaluate(step.right, type, loose);
      if (right.kind === 'trap') return right;
      const result = apply(step.op, value, right.value, type);
      if (typeof result !== 'bigint') return result;
      value = result;
    }
  }
  return { kind: 'value', value };
}

function literalValue(literal: FlexLiteral, type: NumType, loose: boolean): bigint {
  if (!loose || type === 'u64' || type === 'f64') return literal.value;
  if (literal.value > I64_MAX) return I64_MAX;
  if (literal.value < -I64_MAX - 1n) return -I64_MAX;
  if (type === 'i32' && literal.hex && literal.value < I32_RANGE) return BigInt.asIntN(32, literal.value);
  return literal.value;
}

function complement(value: bigint, type: NumType): bigint {
  if (type === 'u32' || type === 'u64') return INT_RANGE[type][1] - value;
  return -value - 1n;
}

function apply(op: FlexOp, left: bigint, right: bigint, type: NumType): bigint | FlexValue {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      return right === 0n ? { kind: 'trap', trap: 'divisionByZero' } : left / right;
    case '%':
      return right === 0n ? { kind: 'trap', trap: 'divisionByZero' } : left % right;
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
    case '>>':
      return shift(op, left, right, type);
  }
}

function shift(op: '<<' | '>>', left: bigint, count: bigint, type: NumType): bigint | FlexValue {
  const bits = type === 'i32' || type === 'u32' ? 32 : 64;
  if (count < 0n || count >= BigInt(bits)) return { kind: 'trap', trap: 'shiftRange' };
  if (op === '>>') return left >> count;
  const shifted = left << count;
  // Lost bits are no overflow, but a left operand that did not fit is still out of range.
  if (type === 'f64' || !fitsType(left, type)) return shifted;
  return type === 'u32' || type === 'u64' ? BigInt.asUintN(bits, shifted) : BigInt.asIntN(bits, shifted);
}

/** Every literal of a tree, from left to right. */
export function literals(tree: Flex): FlexLiteral[] {
  const found: FlexLiteral[] = [];
  const open: Flex[] = [tree];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.kind === 'literal') found.push(at);
    else if (at.kind === 'binary') open.push(at.right, at.left);
    else open.push(at.operand);
  }
  return found;
}

/** The first literal of a tree that is outside an integer type. A shift's count takes no part in the type. */
export function findMisfit(tree: Flex, type: NumType): FlexLiteral | undefined {
  if (type === 'f64') return undefined;
  return literals(tree).find((literal) => !fitsType(literal.value, type));
}

/** The type that classic gives a tree without context. */
export function classicDefault(tree: Flex): 'i32' | 'i64' {
  return literals(tree).every((literal) => fitsType(literal.value, 'i32')) ? 'i32' : 'i64';
}

/** Whether the tree is one literal, perhaps with a minus sign. */
export function isLiteral(tree: Flex): tree is FlexLiteral {
  return tree.kind === 'literal';
}
