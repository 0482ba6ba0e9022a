/**
 * `match` in both positions, and the operator `matches` (section 12, 7.5).
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkExpr } from './check-expr.ts';
import { findVariant, resolveOwner } from './check-member.ts';
import { equality } from './check-operator.ts';
import { checkStmt } from './check-stmt.ts';
import type { Sink } from './collect.ts';
import { collected, newCollector } from './collect.ts';
import type { Cx, Draft } from './context.ts';
import { bad, report, typeOf } from './context.ts';
import { coerce, fromAny, settle } from './convert.ts';
import { closeArm, finishMatch, joined, openArm, openMatch } from './match-patterns.ts';
import type { EnumInfo, TypeSymbol } from './symbols.ts';
import type { BinaryExpr, CallExpr, Expr, MatchExpr, MemberExpr, Statement } from './syntax.ts';
import { withoutParens } from './syntax.ts';
import { hold } from './temporaries.ts';
import type { Ty } from './types.ts';
import { isNumber, nodeType } from './types.ts';

export function checkMatchStatement(cx: Cx, match: MatchExpr, sink: Sink | null): void {
  const state = openMatch(cx, match, checkExpr(cx, match.subject, null), false);
  for (const arm of match.arms) {
    const open = openArm(cx, state, arm);
    const list = arm.body.statements;
    for (let index = 0; index < list.length; index++) {
      checkStmt(cx, list[index] as Statement, index === list.length - 1 ? sink : null);
    }
    closeArm(cx, state, open);
  }
  const body = finishMatch(cx, state);
  cx.out.push({ kind: 'block', body, span: match.span });
}

export function checkMatchValue(cx: Cx, match: MatchExpr, want: Ty | null): Draft {
  const state = openMatch(cx, match, checkExpr(cx, match.subject, null), true);
  const sink = newCollector(cx, want);
  for (const arm of match.arms) {
    const open = openArm(cx, state, arm);
    const list = arm.body.statements;
    for (let index = 0; index < list.length; index++) {
      checkStmt(cx, list[index] as Statement, index === list.length - 1 ? sink : null);
    }
    closeArm(cx, state, open);
  }
  const live = cx.flow.live;
  const value = collected(cx, sink, finishMatch(cx, state), match.span);
  cx.flow.live = live && cx.flow.live;
  return value;
}

// --------------------------------------------------------------------------------------------------------- matches

/** `v matches p`: `v == p`, unless `p` is a variant with arguments of which some are `_`. */
/** `matches` with a variant of which some arguments are blank; null if it is a comparison. */
export function checkMatchesVariant(cx: Cx, expr: BinaryExpr, left: Draft): hir.Expr | null {
  const right = withoutParens(expr.right);
  if (right.kind !== 'call') return null;
  const variant = variantCall(cx, right);
  if (variant === null) return null;
  const args: (Draft | null)[] = [];
  const info = variant.info.variants[variant.index];
  for (const argument of right.args) {
    args.push(isBlank(argument) ? null : checkExpr(cx, argument, info?.payload[args.length]?.ty ?? null));
  }
  return matchesVariant(cx, expr, right, left, variant, args);
}

function isBlank(expr: Expr): boolean {
  return expr.kind === 'name-expr' && expr.text === '_';
}

interface FoundVariant {
  readonly symbol: TypeSymbol;
  readonly info: EnumInfo;
  readonly index: number;
}

function variantCall(cx: Cx, call: CallExpr): FoundVariant | null {
  if (call.callee.kind !== 'member' || !call.args.some(isBlank)) return null;
  return variantNamed(cx, call.callee);
}

function variantNamed(cx: Cx, callee: MemberExpr): FoundVariant | null {
  const owner = resolveOwner(cx, callee.object);
  if (owner?.kind !== 'type') return null;
  const info = cx.build.typeInfos.get(owner.symbol.id);
  if (info.kind !== 'enum') return null;
  const index = findVariant(cx, info, callee.name);
  return index === null ? null : { symbol: owner.symbol, info, index };
}

function matchesVariant(
  cx: Cx,
  expr: BinaryExpr,
  call: CallExpr,
  left: Draft,
  variant: FoundVariant,
  args: readonly (Draft | null)[],
): hir.Expr {
  const { symbol, info, index } = variant;
  const fields = info.variants[index]?.payload ?? [];
  if (fields.length !== args.length) {
    const callee = `\`${info.name}.${info.variants[index]?.name}\``;
    report(cx, 'E2009', { form: 'count', callee, expected: fields.length, found: args.length }, call.argsSpan);
    return { ...bad(expr.span), ty: hir.BOOL };
  }
  const { span } = expr;
  const body: hir.Stmt[] = [];
  const subject = hold(cx, 'subject', settle(cx, left), body);
  const values = args.map((draft, at) => {
    if (draft === null) return null;
    const field = fields[at]?.ty;
    // A flexible integer takes the field's type, as where the variant is made.
    const takesType = draft.kind === 'flex' && field !== undefined && isNumber(field);
    return hold(cx, 'payload', takesType ? coerce(cx, draft, field) : settle(cx, draft), body);
  });
  const result = variantTest(cx, subject, symbol, index, fields, values, expr.opSpan, span);
  return { kind: 'block', body, result, ty: hir.BOOL, span };
}

function variantTest(
  cx: Cx,
  subject: hir.Expr,
  symbol: TypeSymbol,
  index: number,
  fields: readonly { readonly ty: Ty }[],
  values: readonly (hir.Expr | null)[],
  opSpan: Span,
  span: Span,
): hir.Expr {
  const ty = typeOf(subject);
  if (ty.kind !== 'any' && !(ty.kind === 'enum' && ty.id === symbol.id))
    return { kind: 'bool', value: false, ty: hir.BOOL, span };
  const enumTy: Ty = { kind: 'enum', id: symbol.id };
  const operand = ty.kind === 'any' ? fromAny(subject, enumTy, 'exact', null) : subject;
  const tests: hir.Expr[] = [
    { kind: 'isVariant', operand: subject, type: symbol.id, variant: index, ty: hir.BOOL, span },
  ];
  values.forEach((value, at) => {
    if (value === null) return;
    const field = nodeType(fields[at]?.ty ?? { kind: 'any' });
    const payload: hir.Expr = { kind: 'payload', operand, type: symbol.id, variant: index, index: at, ty: field, span };
    tests.push(equality(cx, 'matches', 'eq', opSpan, payload, value, span));
  });
  return joined('and', tests);
}
