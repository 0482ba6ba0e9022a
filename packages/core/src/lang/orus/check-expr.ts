/**
 * Expressions: the dispatcher of the walk, literals, names, conditionals.
 *
 * `want` is the type that the place of an expression wants, or null. It is a wish that literals follow; `coerce` enforces it.
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkAssign } from './check-assign.ts';
import { checkCall } from './check-call.ts';
import { checkArray, checkFill, checkIndex, checkSlice, checkStruct } from './check-data.ts';
import { checkLambda, useNested } from './check-function.ts';
import { checkMatchValue } from './check-match.ts';
import { checkMember } from './check-member.ts';
import { checkBinary, checkUnary } from './check-operator.ts';
import { collectBlock } from './collect.ts';
import type { Cx, Draft } from './context.ts';
import { bad, beginBranch, endBranch, joinBranches, mention, readVariable, report, show, typeOf } from './context.ts';
import { coerce, conversionHelp, fromAny, join, settle } from './convert.ts';
import { isLiteral } from './flexible.ts';
import { functionAsValue } from './function-use.ts';
import { BUILTIN_NAMES, reportUnknownName } from './names.ts';
import type { FunctionSymbol } from './symbols.ts';
import { lookup } from './symbols.ts';
import type { Expr } from './syntax.ts';
import { withoutParens } from './syntax.ts';
import type * as syntax from './syntax.ts';
import { resolveType } from './type-names.ts';
import type { Ty } from './types.ts';
import { fitsType, isNumber, kindOf, nodeType } from './types.ts';

export function checkExpr(cx: Cx, outer: Expr, want: Ty | null): Draft {
  const expr = withoutParens(outer);
  switch (expr.kind) {
    case 'int':
      return checkInt(cx, expr, false, expr.span);
    case 'float':
      return { kind: 'float', value: expr.value, ty: hir.F64, span: expr.span };
    case 'string':
      return { kind: 'string', value: expr.value, ty: hir.STRING, span: expr.span };
    case 'bool':
      return { kind: 'bool', value: expr.value, ty: hir.BOOL, span: expr.span };
    case 'name-expr':
      return checkName(cx, expr);
    case 'array':
      return checkArray(cx, expr, want);
    case 'fill':
      return checkFill(cx, expr, want);
    case 'struct':
      return checkStruct(cx, expr);
    case 'unary':
      return checkUnary(cx, expr);
    case 'binary':
      return checkBinary(cx, expr);
    case 'cast':
      return checkCast(cx, expr);
    case 'conditional':
      return checkConditional(cx, expr, want);
    case 'assign':
      return checkAssign(cx, expr);
    case 'call':
      return checkCall(cx, expr);
    case 'index':
      return checkIndex(cx, expr);
    case 'slice':
      return checkSlice(cx, expr);
    case 'member':
      return checkMember(cx, expr);
    case 'lambda':
      return checkLambda(cx, expr);
    case 'match':
      return checkMatchValue(cx, expr, want);
    case 'block-expr':
      return collectBlock(cx, expr.block, want);
    case 'paren':
    case 'error':
      return bad(expr.span);
  }
}

/** An integer literal, with the minus sign in front of it if it has one. */
export function checkInt(cx: Cx, literal: syntax.IntLiteral, negative: boolean, span: Span): Draft {
  const value = negative ? -literal.value : literal.value;
  const hex = literal.radix === 16 && !negative;
  if (literal.suffix === null)
    return { kind: 'flex', ty: { kind: 'flex' }, tree: { kind: 'literal', value, hex, span }, span };
  const type = literal.suffix;
  const ty = nodeType({ kind: type });
  if (fitsType(value, type)) return { kind: 'int', value, ty, span };
  if (hex && type === 'i32' && !cx.edition.looseLiterals && fitsType(value, 'u32')) {
    return { kind: 'int', value: BigInt.asIntN(32, value), ty, span };
  }
  // Negating an unsigned literal wraps; only a signed one is judged together with its sign.
  if (negative && fitsType(literal.value, type)) {
    return { kind: 'int', value: BigInt.asUintN(type === 'u32' ? 32 : 64, value), ty, span };
  }
  report(cx, 'E1001', { problem: `${value} is outside the range of \`${type}\`` }, span);
  return bad(span);
}

function checkName(cx: Cx, expr: syntax.NameExpr): Draft {
  const symbol = lookup(cx.scope, expr.text);
  switch (symbol?.kind) {
    case 'variable':
      return symbol.form === 'function'
        ? useNested(cx, symbol, null, symbol.ty, expr.span)
        : readVariable(cx, symbol, expr.span);
    case 'function':
      return functionValue(cx, symbol, expr.span);
    case 'bad':
      return bad(expr.span);
    default:
      return reportNoValue(cx, expr, symbol !== undefined);
  }
}

function reportNoValue(cx: Cx, expr: syntax.NameExpr, isModule: boolean): Draft {
  const name = expr.text;
  if (isModule) {
    report(cx, 'E1010', { name, kind: 'variable' }, expr.span, {
      text: 'this is a module',
      help: `use one of its names, as in \`${name}.something\``,
    });
  } else if (cx.module.types.has(name) || (name === 'Result' && !cx.module.types.has(name))) {
    report(cx, 'E1010', { name, kind: 'variable' }, expr.span, { text: 'this is a type, not a value' });
  } else if (BUILTIN_NAMES.has(name)) {
    report(cx, 'E1010', { name, kind: 'variable' }, expr.span, {
      text: 'this is a built-in function, which can only be called',
      help: `wrap it: \`fn(x): ${name}(x)\``,
    });
  } else if (name === '_') {
    report(cx, 'E1010', { name, kind: 'variable' }, expr.span, { text: '`_` discards values and cannot be read' });
  } else {
    reportUnknownName(cx, name, expr.span);
  }
  return bad(expr.span);
}

/** A function as a value. */
export function functionValue(cx: Cx, symbol: FunctionSymbol, span: Span): hir.Expr {
  mention(cx, symbol.func);
  return functionAsValue(symbol, span);
}

/** A condition: a `bool`, or an `any` that is checked when executed. */
export function checkCondition(cx: Cx, expr: Expr): hir.Expr {
  const draft = checkExpr(cx, expr, hir.BOOL);
  return asCondition(cx, draft);
}

export function asCondition(cx: Cx, draft: Draft): hir.Expr {
  const ty = typeOf(draft);
  if (ty.kind === 'any') return fromAny(settle(cx, draft), hir.BOOL, 'exact', 'conditionNotBool');
  if (ty.kind !== 'bool' && ty.kind !== 'bad') {
    const help = isNumber(ty) || ty.kind === 'flex' ? 'compare it, as in `... != 0`' : emptinessHelp(ty, '>');
    report(cx, 'E1403', { form: 'type', found: show(cx, ty) }, draft.span, { help });
    return bad(draft.span);
  }
  return settle(cx, draft);
}

/** For a string or an array that is used as if it were true or false. */
export function emptinessHelp(ty: Ty, operator: '>' | '=='): string | undefined {
  const sized = ty.kind === 'string' || ty.kind === 'array';
  return sized ? `compare its length, as in \`len(...) ${operator} 0\`` : undefined;
}

function checkConditional(cx: Cx, expr: syntax.ConditionalExpr, want: Ty | null): Draft {
  const cond = asCondition(cx, checkExpr(cx, expr.condition, hir.BOOL));
  const mark = beginBranch(cx);
  const then = checkExpr(cx, expr.then, want);
  const first = endBranch(cx, mark, cx.flow.live);
  const other: Draft =
    expr.other === null ? { kind: 'nil', ty: hir.NIL, span: expr.span } : checkExpr(cx, expr.other, want);
  joinBranches(cx, [first, endBranch(cx, mark, cx.flow.live)]);
  return joinConditional(cx, expr, cond, then, other, want);
}

function joinConditional(
  cx: Cx,
  expr: syntax.ConditionalExpr,
  cond: hir.Expr,
  then: Draft,
  other: Draft,
  want: Ty | null,
): Draft {
  let ty: Ty;
  if (expr.other === null) ty = { kind: 'any' };
  else if (want !== null && (then.kind === 'flex' || other.kind === 'flex') && isNumber(want)) ty = want;
  else {
    const joined = join(cx, [then, other]);
    if (!joined.ok) {
      report(
        cx,
        'E2001',
        { form: 'branches', first: show(cx, typeOf(then)), other: show(cx, typeOf(other)) },
        other.span,
        {
          text: `this is \`${show(cx, typeOf(other))}\``,
          labels: [{ span: then.span, text: `this is \`${show(cx, typeOf(then))}\`` }],
        },
      );
      return bad(expr.span);
    }
    ty = joined.ty;
  }
  return {
    kind: 'cond',
    cond,
    then: coerce(cx, then, ty),
    else: coerce(cx, other, ty),
    ty: nodeType(ty),
    span: expr.span,
  };
}

const CAST_TARGETS: ReadonlySet<string> = new Set(['i32', 'i64', 'u32', 'u64', 'f64', 'bool', 'string']);

function checkCast(cx: Cx, expr: syntax.CastExpr): Draft {
  const draft = checkExpr(cx, expr.operand, null);
  return castTo(cx, expr, draft, resolveType(cx, expr.type));
}

function castTo(cx: Cx, expr: syntax.CastExpr, draft: Draft, target: Ty): Draft {
  const from = typeOf(draft);
  if (target.kind === 'bad') return bad(expr.span);
  const fromKind = kindOf(from);
  const castable = fromKind === 'any' || fromKind === 'flex' || fromKind === 'bool' || isNumber(from);
  const sameText = fromKind === 'string' && target.kind === 'string';
  if (!CAST_TARGETS.has(target.kind) || !(castable || sameText || fromKind === 'bad')) {
    const span = CAST_TARGETS.has(target.kind) ? expr.span : expr.type.span;
    const help = fromKind === 'string' || fromKind === 'error' ? conversionHelp(cx, from, target) : undefined;
    report(cx, 'E2005', { from: show(cx, from), to: show(cx, target) }, span, { help });
    return bad(expr.span);
  }
  if (draft.kind === 'flex') {
    const direct = castLiteral(cx, expr, draft, target);
    if (direct !== null) return direct;
  }
  const operand = settle(cx, draft);
  return { kind: 'cast', style: cx.style, operand, ty: nodeType(target), span: expr.span };
}

/** Row 11: a literal under `as` takes the type directly; null where the ordinary cast of its default type applies. */
function castLiteral(cx: Cx, expr: syntax.CastExpr, draft: Draft & { kind: 'flex' }, target: Ty): hir.Expr | null {
  if (cx.edition.looseLiterals || !isNumber(target)) return null;
  const { tree } = draft;
  const single = isLiteral(tree);
  if (target.kind === 'f64') return single ? coerce(cx, draft, target) : null;
  const type = target.kind as hir.IntType;
  // Row 7: the complement within the width that is wanted.
  if (tree.kind === 'not' && isLiteral(tree.operand) && fitsType(tree.operand.value, type)) {
    return coerce(cx, draft, target);
  }
  if (!single) return null;
  if (fitsType(tree.value, type)) return coerce(cx, draft, target);
  if (tree.hex && type === 'i32' && fitsType(tree.value, 'u32')) {
    return { kind: 'int', value: BigInt.asIntN(32, tree.value), ty: nodeType(target), span: draft.span };
  }
  let help: string | undefined;
  if (tree.value < 0n && (type === 'u32' || type === 'u64')) {
    const wrapped = BigInt.asUintN(type === 'u32' ? 32 : 64, tree.value);
    const complement = tree.value === -1n ? '~0' : `~${-tree.value - 1n}`;
    help = `for the value with the same bits write \`${complement}\` or \`${wrapped}\``;
  }
  report(cx, 'E2001', { form: 'range', value: String(tree.value), type }, draft.span, { help });
  return bad(expr.span);
}
