/**
 * Operators on operands of known types: arithmetic, shifts, comparison, logic.
 *
 * The commonest operations are written out one closure each, also with a constant on the right, because a JS engine
 * optimises a closure for the operand types that this very piece of source has seen; the rest go through `arith.ts`.
 */
import { Bug } from '../../base/bug.ts';
import type { CompareOp, Expr } from '../../hir/hir.ts';
import {
  bigOp,
  boolOp,
  complementBig,
  complementNumber,
  isBig,
  isNumericKind,
  negateBig,
  negateNumber,
  numberOp,
  shiftBig,
  shiftNumber,
} from './arith.ts';
import type { Bigs, Context, Eval, Numbers } from './context.ts';
import { bigs, bools, dynamics, fromBigs, fromNumbers, integers, numbers } from './context.ts';
import { equal } from './equality.ts';
import { trap } from './errors.ts';
import type { Frame, Site } from './value.ts';
import { sameNumber } from './value.ts';

type Arith = Extract<Expr, { kind: 'arith' }>;
type Shift = Extract<Expr, { kind: 'shift' }>;
type Unary = Extract<Expr, { kind: 'unary' }>;
type Compare = Extract<Expr, { kind: 'compare' }>;
type Equal = Extract<Expr, { kind: 'equal' }>;
type Logic = Extract<Expr, { kind: 'logic' }>;

export function arithExpr(cx: Context, expr: Arith): Eval {
  const { op, mode } = expr;
  const kind = expr.ty.kind;
  const site = cx.site(expr.span);
  if (kind === 'bool') {
    const left = bools(cx, expr.left);
    const right = bools(cx, expr.right);
    const apply = boolOp(op);
    return (frame) => apply(left(frame), right(frame));
  }
  if (isBig(kind)) {
    const left = bigs(cx, expr.left);
    const right = bigs(cx, expr.right);
    const apply = bigOp(kind, op, mode);
    const written = kind === 'i64' && mode === 'checked' ? hotI64(op, left, right, site) : null;
    return fromBigs(cx, kind, written ?? ((frame) => apply(left(frame), right(frame), site)));
  }
  if (!isNumericKind(kind)) throw new Bug(`arithmetic on ${kind}`);
  const left = numbers(cx, expr.left);
  const right = numbers(cx, expr.right);
  const apply = numberOp(kind, op, mode);
  const constant = expr.right.kind === 'int' ? Number(expr.right.value) : null;
  const written =
    kind === 'f64'
      ? hotF64(op, left, right)
      : kind === 'i32' && mode === 'checked'
        ? constant !== null
          ? hotI32Constant(op, left, constant, site)
          : hotI32(op, left, right, site)
        : null;
  return fromNumbers(cx, kind, written ?? ((frame) => apply(left(frame), right(frame), site)));
}

function hotI32(op: Arith['op'], left: Numbers, right: Numbers, site: Site): Numbers | null {
  switch (op) {
    case 'add':
      return (frame) => {
        const sum = left(frame) + right(frame);
        if (sum !== (sum | 0)) trap('integerOverflow', site);
        return sum;
      };
    case 'sub':
      return (frame) => {
        const difference = left(frame) - right(frame);
        if (difference !== (difference | 0)) trap('integerOverflow', site);
        return difference;
      };
    default:
      return null;
  }
}

function hotI32Constant(op: Arith['op'], left: Numbers, right: number, site: Site): Numbers | null {
  switch (op) {
    case 'add':
      return (frame) => {
        const sum = left(frame) + right;
        if (sum !== (sum | 0)) trap('integerOverflow', site);
        return sum;
      };
    case 'sub':
      return (frame) => {
        const difference = left(frame) - right;
        if (difference !== (difference | 0)) trap('integerOverflow', site);
        return difference;
      };
    case 'rem':
      return right === 0 ? null : (frame) => (left(frame) % right) | 0;
    default:
      return null;
  }
}

function hotI64(op: Arith['op'], left: Bigs, right: Bigs, site: Site): Bigs | null {
  switch (op) {
    case 'add':
      return (frame) => {
        const sum = left(frame) + right(frame);
        if (sum !== BigInt.asIntN(64, sum)) trap('integerOverflow', site);
        return sum;
      };
    case 'sub':
      return (frame) => {
        const difference = left(frame) - right(frame);
        if (difference !== BigInt.asIntN(64, difference)) trap('integerOverflow', site);
        return difference;
      };
    case 'mul':
      return (frame) => {
        const product = left(frame) * right(frame);
        if (product !== BigInt.asIntN(64, product)) trap('integerOverflow', site);
        return product;
      };
    default:
      return null;
  }
}

function hotF64(op: Arith['op'], left: Numbers, right: Numbers): Numbers | null {
  switch (op) {
    case 'add':
      return (frame) => left(frame) + right(frame);
    case 'sub':
      return (frame) => left(frame) - right(frame);
    case 'mul':
      return (frame) => left(frame) * right(frame);
    default:
      return null;
  }
}

export function shiftExpr(cx: Context, expr: Shift): Eval {
  const { op } = expr;
  const kind = expr.ty.kind;
  const site = cx.site(expr.span);
  if (isBig(kind)) {
    const left = bigs(cx, expr.left);
    const count = integers(cx, expr.right, site);
    return fromBigs(cx, kind, (frame) => shiftBig(kind, op, left(frame), count(frame), site));
  }
  if (kind !== 'i32' && kind !== 'u32') throw new Bug(`a shift of ${kind}`);
  const left = numbers(cx, expr.left);
  const count = integers(cx, expr.right, site);
  return fromNumbers(cx, kind, (frame) => shiftNumber(kind, op, left(frame), count(frame), site));
}

export function unaryExpr(cx: Context, expr: Unary): Eval {
  const { mode } = expr;
  const kind = expr.ty.kind;
  const site = cx.site(expr.span);
  if (expr.op === 'not') {
    const operand = bools(cx, expr.operand);
    return (frame) => !operand(frame);
  }
  if (isBig(kind)) {
    const operand = bigs(cx, expr.operand);
    return expr.op === 'neg'
      ? fromBigs(cx, kind, (frame) => negateBig(kind, mode, operand(frame), site))
      : fromBigs(cx, kind, (frame) => complementBig(kind, operand(frame)));
  }
  if (!isNumericKind(kind)) throw new Bug(`${expr.op} of ${kind}`);
  const operand = numbers(cx, expr.operand);
  if (expr.op === 'neg') return fromNumbers(cx, kind, (frame) => negateNumber(kind, mode, operand(frame), site));
  if (kind === 'f64') throw new Bug('complement of f64');
  return fromNumbers(cx, kind, (frame) => complementNumber(kind, operand(frame)));
}

export function compareExpr(cx: Context, expr: Compare): Eval {
  const left = expr.left.ty.kind;
  const right = expr.right.ty.kind;
  if (left === 'string') return compareStrings(expr.op, textReader(cx, expr.left), textReader(cx, expr.right));
  if (left === 'bool') {
    const [a, b] = [bools(cx, expr.left), bools(cx, expr.right)];
    return expr.op === 'eq' ? (frame) => a(frame) === b(frame) : (frame) => a(frame) !== b(frame);
  }
  if (isBig(left) && isBig(right)) return compareBigs(expr.op, bigs(cx, expr.left), bigs(cx, expr.right));
  if (isBig(left) || isBig(right)) {
    // JS compares a number with a bigint mathematically, and NaN with nothing; the cast only names one of the two.
    const read = (operand: Expr) => (isBig(operand.ty.kind) ? bigs(cx, operand) : numbers(cx, operand)) as Numbers;
    return compareMixed(expr.op, read(expr.left), read(expr.right));
  }
  const a = numbers(cx, expr.left);
  if (expr.right.kind === 'int') return compareConstant(expr.op, a, Number(expr.right.value));
  return compareNumbers(expr.op, a, numbers(cx, expr.right));
}

function textReader(cx: Context, expr: Expr): (frame: Frame) => string {
  return cx.expr(expr) as (frame: Frame) => string;
}

function compareNumbers(op: CompareOp, left: Numbers, right: Numbers): Eval {
  switch (op) {
    case 'eq':
      return (frame) => left(frame) === right(frame);
    case 'ne':
      return (frame) => left(frame) !== right(frame);
    case 'lt':
      return (frame) => left(frame) < right(frame);
    case 'le':
      return (frame) => left(frame) <= right(frame);
    case 'gt':
      return (frame) => left(frame) > right(frame);
    case 'ge':
      return (frame) => left(frame) >= right(frame);
  }
}

function compareConstant(op: CompareOp, left: Numbers, right: number): Eval {
  switch (op) {
    case 'eq':
      return (frame) => left(frame) === right;
    case 'ne':
      return (frame) => left(frame) !== right;
    case 'lt':
      return (frame) => left(frame) < right;
    case 'le':
      return (frame) => left(frame) <= right;
    case 'gt':
      return (frame) => left(frame) > right;
    case 'ge':
      return (frame) => left(frame) >= right;
  }
}

function compareBigs(op: CompareOp, left: Bigs, right: Bigs): Eval {
  switch (op) {
    case 'eq':
      return (frame) => left(frame) === right(frame);
    case 'ne':
      return (frame) => left(frame) !== right(frame);
    case 'lt':
      return (frame) => left(frame) < right(frame);
    case 'le':
      return (frame) => left(frame) <= right(frame);
    case 'gt':
      return (frame) => left(frame) > right(frame);
    case 'ge':
      return (frame) => left(frame) >= right(frame);
  }
}

function compareMixed(op: CompareOp, left: Numbers, right: Numbers): Eval {
  switch (op) {
    case 'eq':
      return (frame) => sameNumber(left(frame), right(frame));
    case 'ne':
      return (frame) => !sameNumber(left(frame), right(frame));
    case 'lt':
      return (frame) => left(frame) < right(frame);
    case 'le':
      return (frame) => left(frame) <= right(frame);
    case 'gt':
      return (frame) => left(frame) > right(frame);
    case 'ge':
      return (frame) => left(frame) >= right(frame);
  }
}

function compareStrings(op: CompareOp, left: (frame: Frame) => string, right: (frame: Frame) => string): Eval {
  switch (op) {
    case 'eq':
      return (frame) => left(frame) === right(frame);
    case 'ne':
      return (frame) => left(frame) !== right(frame);
    case 'lt':
      return (frame) => left(frame) < right(frame);
    case 'le':
      return (frame) => left(frame) <= right(frame);
    case 'gt':
      return (frame) => left(frame) > right(frame);
    case 'ge':
      return (frame) => left(frame) >= right(frame);
  }
}

export function equalExpr(cx: Context, expr: Equal): Eval {
  const { machine } = cx;
  const { style, negate } = expr;
  const site = cx.site(expr.span);
  const left = dynamics(cx, expr.left);
  const right = dynamics(cx, expr.right);
  return (frame) => equal(machine, left(frame), right(frame), style, site) !== negate;
}

export function logicExpr(cx: Context, expr: Logic): Eval {
  const left = bools(cx, expr.left);
  const right = bools(cx, expr.right);
  return expr.op === 'and' ? (frame) => left(frame) && right(frame) : (frame) => left(frame) || right(frame);
}
