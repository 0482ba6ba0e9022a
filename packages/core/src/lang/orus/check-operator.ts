/**
 * Operators (7.1 to 7.5): how operands meet, and which node an operation is.
 */
import type { Edit } from '../../base/diagnostic.ts';
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkExpr, checkInt, emptinessHelp } from './check-expr.ts';
import { checkMatchesVariant } from './check-match.ts';
import type { Cx, Draft, Segment } from './context.ts';
import { bad, beginBranch, endBranch, joinBranches, report, show, typeOf } from './context.ts';
import { claim, conversionHelp, fromAny, infer, join, settle, toAny } from './convert.ts';
import type { Flex, FlexOp } from './flexible.ts';
import type { BinaryOp } from './syntax.ts';
import { withoutParens } from './syntax.ts';
import type * as syntax from './syntax.ts';
import { isPure } from './temporaries.ts';
import type { Ty } from './types.ts';
import { FLEX, isInteger, isNumber, nodeType, prune } from './types.ts';
import { unify } from './unify.ts';

type ArithmeticOp = syntax.ArithmeticOp | syntax.BitOp;

const ARITH: Readonly<Record<ArithmeticOp, hir.ArithOp | hir.ShiftOp>> = {
  '+': 'add',
  '-': 'sub',
  '*': 'mul',
  '/': 'div',
  '%': 'rem',
  '&': 'and',
  '|': 'or',
  '^': 'xor',
  '<<': 'shl',
  '>>': 'shr',
};

const COMPARE: Readonly<Record<syntax.ComparisonOp, hir.CompareOp>> = {
  '==': 'eq',
  '!=': 'ne',
  '<': 'lt',
  '<=': 'le',
  '>': 'gt',
  '>=': 'ge',
  matches: 'eq',
};

function isArithmetic(op: BinaryOp): op is ArithmeticOp {
  return op in ARITH;
}

// ----------------------------------------------------------------------------------------------------------- unary

export function checkUnary(cx: Cx, expr: syntax.UnaryExpr): Draft {
  if (expr.op === '-' && expr.operand.kind === 'int') {
    const literal = expr.operand;
    // Classic reinterprets a hexadecimal before it is negated.
    if (literal.radix !== 16 || literal.suffix !== null || !cx.edition.looseLiterals) {
      return checkInt(cx, literal, true, expr.span);
    }
  }
  const operand = checkExpr(cx, expr.operand, null);
  return unary(cx, expr, operand);
}

function unary(cx: Cx, expr: syntax.UnaryExpr, operand: Draft): Draft {
  const { op, span } = expr;
  const ty = typeOf(operand);
  if (ty.kind === 'bad') return bad(span);
  if (op === 'not') return notOf(cx, operand, span);
  if (operand.kind === 'flex') {
    const tree: Flex =
      op === '-' ? { kind: 'neg', operand: operand.tree, span } : { kind: 'not', operand: operand.tree, span };
    return { kind: 'flex', ty: FLEX, tree, span };
  }
  const name = op === '-' ? 'neg' : 'bitnot';
  if (ty.kind === 'any') return { kind: 'dynUnary', op: name, style: cx.style, operand, ty: hir.ANY, span };
  if (op === '-' ? isNumber(ty) : isInteger(ty)) {
    return { kind: 'unary', op: name, mode: 'checked', operand, ty: nodeType(ty), span };
  }
  reportOperand(cx, op, ty, operand.span);
  return bad(span);
}

function notOf(cx: Cx, draft: Draft, span: Span): Draft {
  const operand = settle(cx, draft);
  const ty = typeOf(operand);
  if (ty.kind === 'bool') return { kind: 'unary', op: 'not', mode: 'checked', operand, ty: hir.BOOL, span };
  if (ty.kind === 'any') return { kind: 'dynUnary', op: 'not', style: cx.style, operand, ty: hir.ANY, span };
  if (cx.edition.integerLogic && isNumber(ty)) {
    const zero: hir.Expr =
      ty.kind === 'f64'
        ? { kind: 'float', value: 0, ty: hir.F64, span }
        : { kind: 'int', value: 0n, ty: nodeType(ty), span };
    return { kind: 'compare', op: 'eq', left: operand, right: zero, ty: hir.BOOL, span };
  }
  const help = isNumber(ty) ? 'compare with zero, as in `... == 0`' : emptinessHelp(ty, '==');
  report(cx, 'E2001', { form: 'operand', operator: 'not', operand: show(cx, ty) }, operand.span, { help });
  return bad(span);
}

function reportOperand(cx: Cx, operator: string, ty: Ty, span: Span): void {
  report(cx, 'E2001', { form: 'operand', operator, operand: show(cx, ty) }, span);
}

// ---------------------------------------------------------------------------------------------------------- binary

/** A chain of operators that leans to the left is walked in a loop. */
export function checkBinary(cx: Cx, expr: syntax.BinaryExpr): Draft {
  const chain: syntax.BinaryExpr[] = [];
  let first: syntax.Expr = expr;
  while (first.kind === 'binary') {
    chain.push(first);
    first = withoutParens(first.left);
  }
  let left = checkExpr(cx, first, null);
  for (let link = chain.pop(); link !== undefined; link = chain.pop()) {
    const variant = link.op === 'matches' ? checkMatchesVariant(cx, link, left) : null;
    if (variant !== null) {
      left = variant;
      continue;
    }
    const mark = beginBranch(cx);
    const right = checkExpr(cx, link.right, null);
    if (link.op === 'and' || link.op === 'or') skipBranch(cx, mark);
    left = combine(cx, link, left, right);
  }
  return left;
}

/** What the right side of `and`, `or` assigns may not have been executed. */
function skipBranch(cx: Cx, mark: number): void {
  const skipped: Segment = { live: true, set: [] };
  joinBranches(cx, [skipped, endBranch(cx, mark, true)]);
}

function combine(cx: Cx, expr: syntax.BinaryExpr, left: Draft, right: Draft): Draft {
  const { op, opSpan, span } = expr;
  if (op === 'and' || op === 'or') return logic(cx, op, opSpan, left, right, span);
  if (isArithmetic(op)) return arithmetic(cx, op, opSpan, left, right, span);
  return comparison(cx, op, opSpan, left, right, span);
}

/** `+ - * / %` and the operators on bits, also of compound assignments. */
export function arithmetic(cx: Cx, op: ArithmeticOp, opSpan: Span, left: Draft, right: Draft, span: Span): Draft {
  const a = typeOf(left);
  const b = typeOf(right);
  if (a.kind === 'bad' || b.kind === 'bad') return bad(span);
  if (left.kind === 'flex' && right.kind === 'flex') {
    const tree = { kind: 'binary' as const, op: op as FlexOp, left: left.tree, right: right.tree, span };
    return { kind: 'flex', ty: FLEX, tree, span };
  }
  if (op === '<<' || op === '>>') return shift(cx, op, opSpan, left, right, span);
  if (a.kind === 'any' || b.kind === 'any') return dynamicArithmetic(cx, op, left, right, span);
  if (op === '+' && a.kind === 'string' && b.kind === 'string') {
    return { kind: 'concat', left: settle(cx, left), right: settle(cx, right), ty: hir.STRING, span };
  }
  if (op === '*' && (a.kind === 'array') !== (b.kind === 'array')) {
    const repeated = repeat(cx, left, right, span);
    if (repeated !== null) return repeated;
  }
  const bits = op === '&' || op === '|' || op === '^';
  const fits = (ty: Ty): boolean => ty.kind === 'flex' || (bits ? isInteger(ty) : isNumber(ty));
  if (fits(a) && fits(b)) {
    const ty = left.kind === 'flex' ? b : a;
    if (left.kind === 'flex' || right.kind === 'flex' || unify(a, b)) {
      return {
        kind: 'arith',
        op: ARITH[op] as hir.ArithOp,
        mode: 'checked',
        left: left.kind === 'flex' ? claim(cx, left, ty, 'context') : left,
        right: right.kind === 'flex' ? claim(cx, right, ty, 'context') : right,
        ty: nodeType(prune(ty)),
        span,
      };
    }
  }
  reportOperands(cx, op, opSpan, left, right);
  return bad(span);
}

function reportOperands(cx: Cx, operator: string, opSpan: Span, left: Draft, right: Draft): void {
  const a = typeOf(left);
  const b = typeOf(right);
  let help: string | undefined;
  let edit: Edit | undefined;
  const numeric = (ty: Ty): boolean => ty.kind === 'flex' || isNumber(ty);
  if (isNumber(a) && isNumber(b)) help = numbersHelp(cx, a, b);
  else if (operator === '+' && (a.kind === 'string') !== (b.kind === 'string')) {
    const other = a.kind === 'string' ? right : left;
    help = conversionHelp(cx, typeOf(other), hir.STRING);
    if (help !== undefined && typeOf(other).kind !== 'error') edit = asString(cx, other.span);
  } else if (operator === '%' && a.kind === 'string') {
    help = 'values go into a text with `print("... @ ...", value)`, or with `+` and `value as string`';
  } else if (operator === '*' && (a.kind === 'string' || b.kind === 'string')) {
    help = '`*` repeats arrays only; repeat a text in a loop';
  } else if ((a.kind === 'string' && numeric(b)) || (numeric(a) && b.kind === 'string')) {
    const reader = typeOf(a.kind === 'string' ? right : left).kind === 'f64' ? 'float' : 'int';
    help = `read a number from a text with \`${reader}(...)\``;
  } else if (operator === '+' && a.kind === 'array') {
    help = 'add elements with `push(array, value)`';
  } else if (a.kind === 'bool' && numeric(b) && CHAINED.has(operator)) {
    help = 'a comparison gives a `bool`: join two of them with `and`, as in `a < b and b < c`';
  }
  report(cx, 'E2001', { form: 'operands', operator, left: show(cx, a), right: show(cx, b) }, opSpan, {
    labels: [
      { span: left.span, text: `this is \`${show(cx, a)}\`` },
      { span: right.span, text: `this is \`${show(cx, b)}\`` },
    ],
    help,
    edit,
  });
}

/** What is chained in mathematics and elsewhere. */
const CHAINED: ReadonlySet<string> = new Set(['<', '<=', '>', '>=']);

/** Two numbers of different types: the one that cannot lose anything is converted. */
function numbersHelp(cx: Cx, a: Ty, b: Ty): string | undefined {
  if (a.kind === 'f64' || b.kind === 'f64') {
    const whole = a.kind === 'f64' ? b : a;
    const open = whole.kind === 'int-var' ? ', or begin its variable with a number such as `0.0`' : '';
    return `convert the whole number with \`as f64\`${open}`;
  }
  const wide = (ty: Ty): boolean => ty.kind === 'i64' || ty.kind === 'u64';
  return wide(b) && !wide(a) ? conversionHelp(cx, a, b) : conversionHelp(cx, b, a);
}

/** Puts an operand into a conversion, if its text is short. */
function asString(cx: Cx, span: Span): Edit | undefined {
  const text = cx.build.files.get(span.file).text.slice(span.start, span.end);
  if (!/^[\w.]{1,40}$/.test(text)) return undefined;
  const replacement = `(${text} as string)`;
  return { span, replacement, description: `write \`${replacement}\`` };
}

/** The count of a shift constrains nothing; the result has the type of the left operand. */
function shift(cx: Cx, op: '<<' | '>>', opSpan: Span, left: Draft, right: Draft, span: Span): Draft {
  const a = typeOf(left);
  const b = typeOf(right);
  const fits = (ty: Ty): boolean => ty.kind === 'flex' || ty.kind === 'any' || isInteger(ty);
  if (!fits(a) || !fits(b)) {
    reportOperands(cx, op, opSpan, left, right);
    return bad(span);
  }
  const name = ARITH[op] as hir.ShiftOp;
  if (a.kind === 'any' || b.kind === 'any') {
    const adapt = right.kind === 'flex' ? 'right' : null;
    const whole: hir.Expr = {
      kind: 'dynArith',
      op: name,
      style: cx.style,
      adapt,
      left: toAny(cx, left),
      right: toAny(cx, right),
      ty: hir.ANY,
      span,
    };
    return isInteger(a) ? fromAny(whole, a, 'exact', null) : whole;
  }
  const shifted = infer(cx, left);
  return { kind: 'shift', op: name, left: shifted, right: settle(cx, right), ty: shifted.ty, span };
}

/**
 * With an `any` among the operands the values decide, unless the other operand already says what the result can only be: a
 * number (except under `*`, which also repeats arrays), or a string under `+`.
 */
function dynamicArithmetic(cx: Cx, op: ArithmeticOp, left: Draft, right: Draft, span: Span): Draft {
  const ty = typeOf(typeOf(left).kind === 'any' ? right : left);
  const bits = op === '&' || op === '|' || op === '^';
  const number = op !== '*' && (bits ? isInteger(ty) : isNumber(ty));
  const decided = number || (op === '+' && ty.kind === 'string');
  if (decided && left.kind !== 'flex' && right.kind !== 'flex' && (typeOf(left).kind !== 'any' || isPure(right))) {
    const a = operandOf(left, ty);
    const b = operandOf(right, ty);
    if (!number) return { kind: 'concat', left: a, right: b, ty: hir.STRING, span };
    return { kind: 'arith', op: ARITH[op] as hir.ArithOp, mode: 'checked', left: a, right: b, ty: nodeType(ty), span };
  }
  const whole: hir.Expr = {
    kind: 'dynArith',
    op: ARITH[op],
    style: cx.style,
    adapt: left.kind === 'flex' ? 'left' : right.kind === 'flex' ? 'right' : null,
    left: toAny(cx, left),
    right: toAny(cx, right),
    ty: hir.ANY,
    span,
  };
  // The right operand may do something before the left one turns out to be of another type.
  return decided ? fromAny(whole, ty, 'exact', 'operandTypes') : whole;
}

function operandOf(operand: hir.Expr, ty: Ty): hir.Expr {
  return typeOf(operand).kind === 'any' ? fromAny(operand, ty, 'exact', 'operandTypes') : operand;
}

/** `array * n` and `n * array`; null if the count is no integer. */
function repeat(cx: Cx, left: Draft, right: Draft, span: Span): hir.Expr | null {
  const arrayFirst = typeOf(left).kind === 'array';
  const counted = arrayFirst ? right : left;
  const kind = typeOf(counted).kind;
  if (kind !== 'flex' && !isInteger(typeOf(counted))) return null;
  const array = settle(cx, arrayFirst ? left : right);
  const count = settle(cx, counted);
  if (arrayFirst || count.kind === 'int') return { kind: 'repeat', array, count, ty: array.ty, span };
  // The node evaluates the array first, the source the count.
  const local = cx.build.locals.add({ name: 'count', type: count.ty, captured: false, assigned: false });
  const read: hir.Expr = { kind: 'local', local, checked: false, ty: count.ty, span: count.span };
  const result: hir.Expr = { kind: 'repeat', array, count: read, ty: array.ty, span };
  return { kind: 'block', body: [{ kind: 'let', local, init: count, span: count.span }], result, ty: array.ty, span };
}

// ----------------------------------------------------------------------------------------------------- comparisons

export function comparison(
  cx: Cx,
  op: syntax.ComparisonOp,
  opSpan: Span,
  left: Draft,
  right: Draft,
  span: Span,
): hir.Expr {
  const name = COMPARE[op];
  if (name === 'eq' || name === 'ne') return equality(cx, op, name, opSpan, left, right, span);
  const a = typeOf(left);
  const b = typeOf(right);
  if (a.kind === 'bad' || b.kind === 'bad') return { ...bad(span), ty: hir.BOOL };
  const text = a.kind === 'string' && b.kind === 'string';
  const numbers = (a.kind === 'flex' || isNumber(a)) && (b.kind === 'flex' || isNumber(b));
  if (text || numbers) {
    return { kind: 'compare', op: name, left: beside(cx, left, b), right: beside(cx, right, a), ty: hir.BOOL, span };
  }
  if (a.kind === 'any' || b.kind === 'any') {
    return { kind: 'dynCompare', op: name, left: toAny(cx, left), right: toAny(cx, right), ty: hir.BOOL, span };
  }
  reportOperands(cx, op, opSpan, left, right);
  return { ...bad(span), ty: hir.BOOL };
}

/** A literal beside a comparison takes the other side's type if that cannot change the outcome. */
function beside(cx: Cx, draft: Draft, other: Ty): hir.Expr {
  if (draft.kind !== 'flex') return draft;
  return isNumber(other) ? claim(cx, draft, other, 'near') : settle(cx, draft);
}

/** `==`, `!=` and `matches` with a plain value, by 7.3 and rows 9 and 10. */
export function equality(
  cx: Cx,
  op: string,
  name: 'eq' | 'ne',
  opSpan: Span,
  left: Draft,
  right: Draft,
  span: Span,
): hir.Expr {
  const a = typeOf(left);
  const b = typeOf(right);
  if (a.kind === 'bad' || b.kind === 'bad') return { ...bad(span), ty: hir.BOOL };
  const numeric = (ty: Ty): boolean => ty.kind === 'flex' || isNumber(ty);
  const integral = (ty: Ty): boolean => ty.kind === 'flex' || isInteger(ty);
  const same = a.kind === b.kind && (a.kind === 'bool' || a.kind === 'string');
  if (same || (numeric(a) && numeric(b))) {
    return { kind: 'compare', op: name, left: beside(cx, left, b), right: beside(cx, right, a), ty: hir.BOOL, span };
  }
  if (!cx.edition.boolEqualsInteger && ((a.kind === 'bool' && integral(b)) || (integral(a) && b.kind === 'bool'))) {
    reportOperands(cx, op, opSpan, left, right);
    return { ...bad(span), ty: hir.BOOL };
  }
  const negate = name === 'ne';
  return {
    kind: 'equal',
    style: cx.style,
    negate,
    left: settle(cx, left),
    right: settle(cx, right),
    ty: hir.BOOL,
    span,
  };
}

// ----------------------------------------------------------------------------------------------------------- logic

function logic(cx: Cx, op: 'and' | 'or', opSpan: Span, left: Draft, right: Draft, span: Span): Draft {
  const a = typeOf(left);
  const b = typeOf(right);
  if (a.kind === 'bad' || b.kind === 'bad') return bad(span);
  const boolLike = (ty: Ty): boolean => ty.kind === 'bool' || ty.kind === 'any';
  if (cx.edition.integerLogic) {
    const integral = (ty: Ty): boolean => ty.kind === 'flex' || isInteger(ty);
    if (integral(a) && integral(b)) return bitwise(cx, op, opSpan, left, right, span);
    if (a.kind === 'any' && (boolLike(b) || integral(b))) {
      return { kind: 'dynLogic', op, left: settle(cx, left), right: toAny(cx, right), ty: hir.ANY, span };
    }
    if (b.kind === 'any' && integral(a)) {
      const first = settle(cx, left);
      const other = fromAny(settle(cx, right), typeOf(first), 'exact', null);
      return { kind: 'arith', op, mode: 'checked', left: first, right: other, ty: first.ty, span };
    }
  }
  if (boolLike(a) && boolLike(b)) {
    return { kind: 'logic', op, left: asBool(cx, left), right: asBool(cx, right), ty: hir.BOOL, span };
  }
  const integers = isInteger(a) && isInteger(b);
  const help = integers
    ? `for the bits use \`${op === 'and' ? '&' : '|'}\``
    : `\`${op}\` joins conditions; to choose a value, write \`a if condition else b\``;
  report(cx, 'E2001', { form: 'operands', operator: op, left: show(cx, a), right: show(cx, b) }, opSpan, {
    labels: [
      { span: left.span, text: `this is \`${show(cx, a)}\`` },
      { span: right.span, text: `this is \`${show(cx, b)}\`` },
    ],
    help,
  });
  return bad(span);
}

function asBool(cx: Cx, draft: Draft): hir.Expr {
  const operand = settle(cx, draft);
  return operand.ty.kind === 'any' ? fromAny(operand, hir.BOOL, 'exact', null) : operand;
}

/** Classic `and` and `or` of two integers of one type. */
function bitwise(cx: Cx, op: 'and' | 'or', opSpan: Span, left: Draft, right: Draft, span: Span): Draft {
  const joined = join(cx, [left, right]);
  if (!joined.ok) {
    reportOperands(cx, op, opSpan, left, right);
    return bad(span);
  }
  return {
    kind: 'arith',
    op,
    mode: 'checked',
    left: left.kind === 'flex' ? claim(cx, left, joined.ty, 'context') : left,
    right: right.kind === 'flex' ? claim(cx, right, joined.ty, 'context') : right,
    ty: nodeType(joined.ty),
    span,
  };
}
