/**
 * Built-in functions (section 15): arguments, result types, nodes.
 */
import * as hir from '../../hir/hir.ts';
import { bad, type Cx, type Draft, report, show, typeOf } from './context.ts';
import { boxed, coerce, infer, isEmptyArray, settle, toAny } from './convert.ts';
import { readElement } from './elements.ts';
import { nothingHelp } from './names.ts';
import type { CallExpr, Expr } from './syntax.ts';
import { withoutParens } from './syntax.ts';
import { type ArrayTy, isInteger, nodeType, prune, type Ty } from './types.ts';
import { unify } from './unify.ts';

export interface BuiltinCall {
  readonly kind: 'builtin';
  /** What an argument should be, given those that were checked before it. */
  readonly want: (before: readonly Draft[], index: number) => Ty | null;
  /** The order in which the arguments are checked, if it is not that of the source. */
  readonly order: readonly number[] | null;
  readonly build: (args: readonly Draft[]) => hir.Expr;
}

interface Row {
  readonly least: number;
  readonly most: number;
  readonly build: (cx: Cx, expr: CallExpr, args: readonly Draft[]) => hir.Expr;
}

const ROWS: Readonly<Record<string, Row>> = {
  len: { least: 1, most: 1, build: lenCall },
  push: { least: 2, most: 2, build: pushCall },
  pop: { least: 1, most: 1, build: popCall },
  sorted: { least: 1, most: 1, build: sortedCall },
  range: { least: 1, most: 3, build: rangeCall },
  input: { least: 0, most: 1, build: inputCall },
  int: { least: 1, most: 1, build: intCall },
  float: { least: 1, most: 1, build: floatCall },
  typeof: { least: 1, most: 1, build: typeofCall },
  istype: { least: 2, most: 2, build: istypeCall },
  timestamp: { least: 0, most: 0, build: timestampCall },
  assert_eq: { least: 3, most: 3, build: assertCall },
};

export function builtinTarget(cx: Cx, expr: CallExpr, name: string): BuiltinCall {
  const row = ROWS[name] as Row;
  return {
    kind: 'builtin',
    want: (before, index) => argumentWish(cx, name, before, index),
    order: name === 'assert_eq' && cx.edition.assertAdapts ? assertOrder(expr) : null,
    build: (args) => {
      if (args.length < row.least || args.length > row.most) {
        const expected = row.least === row.most ? row.least : `${row.least} to ${row.most}`;
        report(cx, 'E2009', { form: 'count', callee: `\`${name}\``, expected, found: args.length }, expr.argsSpan);
        for (const draft of args) settle(cx, draft);
        return bad(expr.span);
      }
      if (args.some((draft) => typeOf(draft).kind === 'bad')) {
        for (const draft of args) settle(cx, draft);
        return { ...bad(expr.span), ty: nodeType(resultOfBad(cx, name)) };
      }
      return row.build(cx, expr, args);
    },
  };
}

/** With a faulty argument the result is typed only where it is evident. */
function resultOfBad(cx: Cx, name: string): Ty {
  switch (name) {
    case 'len':
    case 'int':
      return { kind: cx.edition.countType };
    case 'input':
    case 'typeof':
      return hir.STRING;
    case 'istype':
    case 'assert_eq':
      return hir.BOOL;
    default:
      return { kind: 'bad' };
  }
}

function argumentWish(cx: Cx, name: string, before: readonly Draft[], index: number): Ty | null {
  if (name === 'push' && index === 1) {
    const array = before[0];
    const ty = array === undefined ? null : typeOf(array);
    return ty?.kind === 'array' ? prune(ty.element) : null;
  }
  if (name === 'assert_eq' && index > 0 && cx.edition.assertAdapts) {
    const other = before[3 - index];
    return other === undefined || other.kind === 'flex' ? hir.ANY : typeOf(other);
  }
  return null;
}

/** An array literal is checked after the other side, whose element type its literals take. */
function assertOrder(expr: CallExpr): readonly number[] | null {
  const isLiteral = (kind: string | undefined): boolean => kind === 'array' || kind === 'fill';
  return isLiteral(expr.args[1]?.kind) && expr.args.length === 3 && !isLiteral(expr.args[2]?.kind) ? [0, 2, 1] : null;
}

function mismatch(cx: Cx, name: string, draft: Draft, wanted: string): hir.Expr {
  const problem = `\`${name}\` takes ${wanted}, but this is \`${show(cx, typeOf(draft))}\``;
  report(cx, 'E2001', { form: 'other', problem }, draft.span, { help: nothingHelp(typeOf(draft)) });
  return bad(draft.span);
}

function lenCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  const value = settle(cx, args[0] as Draft);
  const kind = typeOf(value).kind;
  if (kind !== 'array' && kind !== 'string' && kind !== 'any') mismatch(cx, 'len', value, 'an array or a string');
  return { kind: 'builtin', name: 'len', args: [value], ty: { kind: cx.edition.countType }, span: expr.span };
}

function pushCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  const array = settle(cx, args[0] as Draft);
  const ty = typeOf(array);
  const added = args[1] as Draft;
  if (ty.kind === 'any') {
    return { kind: 'builtin', name: 'push', args: [array, toAny(cx, added)], ty: hir.ANY, span: expr.span };
  }
  if (ty.kind !== 'array') {
    settle(cx, added);
    return mismatch(cx, 'push', array, 'an array');
  }
  const value = coerce(cx, added, ty.element, { what: 'the element' });
  return { kind: 'builtin', name: 'push', args: [array, value], ty: array.ty, span: expr.span };
}

function popCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  const array = settle(cx, args[0] as Draft);
  const ty = typeOf(array);
  if (ty.kind === 'any') return { kind: 'builtin', name: 'pop', args: [array], ty: hir.ANY, span: expr.span };
  if (ty.kind !== 'array') return mismatch(cx, 'pop', array, 'an array');
  return { kind: 'builtin', name: 'pop', args: [array], ty: nodeType(readElement(ty)), span: expr.span };
}

function sortedCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  const array = settle(cx, args[0] as Draft);
  const kind = typeOf(array).kind;
  if (kind !== 'array' && kind !== 'any') return mismatch(cx, 'sorted', array, 'an array');
  return { kind: 'builtin', name: 'sorted', args: [array], ty: array.ty, span: expr.span };
}

function rangeCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  const values = args.map((draft) => {
    const value = settle(cx, draft);
    const ty = typeOf(value);
    if (ty.kind !== 'any' && !isInteger(ty)) mismatch(cx, 'range', value, 'integers');
    return value;
  });
  const one = (value: bigint): hir.Expr => ({ kind: 'int', value, ty: hir.I64, span: expr.span });
  const [first, second, third] = values;
  const bounds = second === undefined ? [one(0n), first ?? one(0n)] : [first ?? one(0n), second];
  return { kind: 'builtin', name: 'range', args: [...bounds, third ?? one(1n)], ty: hir.RANGE, span: expr.span };
}

function inputCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  const prompts = args.map((draft) => coerce(cx, draft, hir.STRING, { what: 'the prompt' }));
  return { kind: 'builtin', name: 'input', args: prompts, ty: hir.STRING, span: expr.span };
}

function intCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  const value = boxed(cx, args[0] as Draft);
  return { kind: 'builtin', name: 'int', args: [value], ty: { kind: cx.edition.countType }, span: expr.span };
}

function floatCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  return { kind: 'builtin', name: 'float', args: [boxed(cx, args[0] as Draft)], ty: hir.F64, span: expr.span };
}

function typeofCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  return { kind: 'builtin', name: 'typeof', args: [boxed(cx, args[0] as Draft)], ty: hir.STRING, span: expr.span };
}

function istypeCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  const { span } = expr;
  const label: hir.Expr = {
    kind: 'builtin',
    name: 'typeof',
    args: [boxed(cx, args[0] as Draft)],
    ty: hir.STRING,
    span,
  };
  const name = coerce(cx, args[1] as Draft, hir.STRING, { what: 'the name of the type' });
  return { kind: 'compare', op: 'eq', left: label, right: name, ty: hir.BOOL, span };
}

function timestampCall(_cx: Cx, expr: CallExpr): hir.Expr {
  return { kind: 'builtin', name: 'timestamp', args: [], ty: hir.F64, span: expr.span };
}

/**
 * Row 14: a flexible argument takes the type of the other. Where the other's type is known that happens here, else when the
 * call runs, which `adapt` asks for.
 */
function assertCall(cx: Cx, expr: CallExpr, args: readonly Draft[]): hir.Expr {
  const [label, actual, expected] = args as [Draft, Draft, Draft];
  let adapt: 'left' | 'right' | null = null;
  let left: hir.Expr;
  let right: hir.Expr;
  if (cx.edition.assertAdapts) {
    left = adapted(cx, actual, expected);
    right = adapted(cx, expected, actual);
    if (isFlexible(expr.args[1]) && holdsAny(cx, typeOf(right))) adapt = 'left';
    else if (isFlexible(expr.args[2]) && holdsAny(cx, typeOf(left))) adapt = 'right';
  } else {
    left = settle(cx, actual);
    right = settle(cx, expected);
  }
  return {
    kind: 'builtin',
    name: 'assertEq',
    style: cx.style,
    adapt,
    args: [boxed(cx, label), boxed(cx, left), boxed(cx, right)],
    ty: hir.BOOL,
    span: expr.span,
  };
}

function adapted(cx: Cx, draft: Draft, other: Draft): hir.Expr {
  const ty = typeOf(other);
  if (draft.kind === 'flex') {
    const numeric = ty.kind === 'f64' || isInteger(ty);
    return numeric ? coerce(cx, draft, ty) : settle(cx, draft);
  }
  if (isEmptyArray(draft)) return infer(cx, draft);
  if (draft.kind === 'array' || draft.kind === 'fill') adaptElements(draft, ty);
  return draft;
}

/** An array literal's own unknown element type follows the other side. */
function adaptElements(draft: hir.Expr, other: Ty): void {
  const ty = typeOf(draft);
  if (ty.kind !== 'array' || other.kind !== 'array') return;
  if (innermost(ty).kind === 'int-var') unify(ty, other);
}

function innermost(ty: ArrayTy): Ty {
  let at: Ty = ty;
  while (at.kind === 'array') at = prune(at.element);
  return at;
}

/** Whether an argument is written as literals only, some of them flexible integers, which adapt when the call runs. */
function isFlexible(expr: Expr | undefined): boolean {
  let found = false;
  const open = expr === undefined ? [] : [expr];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const inner = withoutParens(at);
    if (inner.kind === 'int') {
      if (inner.suffix !== null) return false;
      found = true;
    } else if (inner.kind === 'array') open.push(...inner.elements);
    else if (inner.kind === 'fill') open.push(inner.value);
    else if (inner.kind === 'unary') open.push(inner.operand);
    else if (inner.kind === 'binary') open.push(inner.left, inner.right);
    else if (inner.kind === 'call' && inner.callee.kind === 'member') open.push(...inner.args);
    else if (inner.kind !== 'string' && inner.kind !== 'bool' && inner.kind !== 'float') return false;
  }
  return found;
}

/** Whether a value of a type may have an `any` somewhere inside. */
function holdsAny(cx: Cx, ty: Ty): boolean {
  if (ty.kind === 'any') return true;
  if (ty.kind === 'array') return holdsAny(cx, prune(ty.element));
  if (ty.kind !== 'enum') return false;
  const info = cx.build.typeInfos.get(ty.id);
  return (
    info.kind === 'enum' && info.variants.some((variant) => variant.payload.some((field) => field.ty.kind === 'any'))
  );
}
