/**
 * Destructuring (6.2, row 17 of section 23): one array taken apart, or a list of values assigned one by one.
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkAssignable, declaredPlace } from './assignable.ts';
import { firstAssignment, implicitScope } from './check-assign.ts';
import { checkExpr } from './check-expr.ts';
import type { Cx, Draft } from './context.ts';
import { bad, declareVariable, isSession, letStatement, report, show, typeOf } from './context.ts';
import { coerce, fromAny, infer, settle } from './convert.ts';
import { readElement } from './elements.ts';
import type { PlaceDraft } from './places.ts';
import { checkPlace, holdPlace } from './places.ts';
import { lookup, type ValueSymbol } from './symbols.ts';
import type { Expr } from './syntax.ts';
import type * as syntax from './syntax.ts';
import { hold } from './temporaries.ts';
import type { Ty } from './types.ts';
import { ANY_ARRAY, BAD, isNumber, nodeType, prune } from './types.ts';
import { assignable } from './unify.ts';

export function checkDestructure(cx: Cx, statement: syntax.DestructureStmt): void {
  if (statement.values.length === 1) {
    takeApart(cx, statement, statement.values[0] as Expr);
    return;
  }
  const places = statement.targets.map((target) => listPlace(cx, target));
  const drafts = statement.values.map((value, index) => checkExpr(cx, value, wishOf(places[index] ?? null)));
  assignList(cx, statement, places, drafts);
}

function wishOf(place: PlaceDraft | null): Ty | null {
  return place === null ? null : prune(place.ty);
}

/** A target of a comma list, its object and index already evaluated; null for a new name, `_` or an error. */
function listPlace(cx: Cx, target: syntax.AssignTarget): PlaceDraft | null {
  if (target.kind === 'error') return null;
  if (target.kind === 'name-expr') {
    const symbol = target.text === '_' ? undefined : lookup(cx.scope, target.text);
    if (symbol === undefined || symbol.kind !== 'variable') return null;
    return { place: { kind: 'local', local: -1 as hir.LocalId }, ty: symbol.ty, variable: symbol };
  }
  const draft = checkPlace(cx, target);
  if (draft === null) return { place: { kind: 'local', local: -1 as hir.LocalId }, ty: BAD, variable: null };
  const body: hir.Stmt[] = [];
  const place = holdPlace(cx, draft.place, body, false);
  cx.out.push(...body);
  return { ...draft, place };
}

function assignList(
  cx: Cx,
  statement: syntax.DestructureStmt,
  places: readonly (PlaceDraft | null)[],
  drafts: readonly Draft[],
): void {
  const { targets, values, span } = statement;
  if (targets.length !== values.length) {
    const args = {
      form: 'count' as const,
      callee: 'this assignment',
      expected: targets.length,
      found: values.length,
      noun: 'value',
    };
    report(cx, 'E2009', args, statement.opSpan);
  }
  // All values exist before the first is stored.
  const held = drafts.map((draft, index) => {
    const place = places[index];
    const renewed = place?.variable != null && renews(cx, place.variable, draft);
    const value = place == null || renewed ? infer(cx, draft) : coerce(cx, draft, place.ty);
    return hold(cx, 'value', value, cx.out as hir.Stmt[]);
  });
  targets.forEach((target, index) => {
    const value = held[index] ?? bad(span);
    if (target.kind === 'name-expr') storeName(cx, target, value);
    else if (target.kind !== 'error') storePlaceDraft(cx, places[index] ?? null, value, target.span);
  });
}

function storePlaceDraft(cx: Cx, draft: PlaceDraft | null, value: hir.Expr, span: Span): void {
  if (draft === null || prune(draft.ty).kind === 'bad') return;
  const expr: hir.Expr = { kind: 'assign', target: draft.place, value, ty: nodeType(draft.ty), span };
  cx.out.push({ kind: 'expr', expr, span });
}

/** Stores a value under a name by the rules of a plain assignment. */
function storeName(cx: Cx, target: syntax.NameExpr, draft: Draft): void {
  const { text: name, span } = target;
  if (name === '_') return;
  const symbol = lookup(cx.scope, name);
  if (symbol === undefined || renews(cx, symbol, draft)) {
    const scope = implicitScope(cx.scope);
    const plain = scope === cx.scope;
    const mutable = !(cx.edition.implicitTopLevelImmutable && plain && scope.kind === 'module');
    const init = infer(cx, draft);
    const variable = declareVariable(cx, scope, {
      name,
      span,
      form: 'implicit',
      ty: typeOf(init),
      mutable,
      hoisted: !plain,
    });
    if (plain) cx.out.push(letStatement(variable, init, span));
    else firstAssignment(cx, variable, init, span, true);
    return;
  }
  if (!checkAssignable(cx, symbol, span) || symbol.kind !== 'variable') return;
  firstAssignment(cx, symbol, coerce(cx, draft, symbol.ty, declaredPlace(symbol)), span, true);
}

/** At the top level of a session a value of another type makes a new variable of the name (ruling 10). */
function renews(cx: Cx, symbol: ValueSymbol, draft: Draft): boolean {
  if (!isSession(cx) || cx.scope.kind !== 'module') return false;
  if (symbol.kind !== 'variable') return true;
  const ty = prune(symbol.ty);
  const from = prune(typeOf(draft));
  if (ty.kind === 'any' || from.kind === 'bad') return false;
  if (draft.kind === 'flex') return !isNumber(ty);
  return from.kind === 'any' || !assignable(from, ty);
}

/** `a, b = e`: the elements of an array, in order. */
function takeApart(cx: Cx, statement: syntax.DestructureStmt, value: Expr): void {
  const body: hir.Stmt[] = [];
  const places = statement.targets.map((target) => listPlace(cx, target));
  const array = arrayValue(cx, settle(cx, checkExpr(cx, value, null)));
  const held = hold(cx, 'array', array, body);
  cx.out.push(...body);
  const ty = typeOf(array);
  const element = ty.kind === 'array' ? readElement(ty) : BAD;
  statement.targets.forEach((target, index) => {
    const position: hir.Expr = { kind: 'int', value: BigInt(index), ty: hir.I32, span: target.span };
    const item: hir.Expr = { kind: 'index', base: held, index: position, ty: nodeType(element), span: target.span };
    if (ty.kind === 'bad') {
      if (target.kind === 'name-expr') storeName(cx, target, bad(target.span));
    } else if (target.kind === 'name-expr') {
      if (target.text === '_') cx.out.push({ kind: 'expr', expr: item, span: target.span });
      storeName(cx, target, item);
    } else {
      const place = places[index] ?? null;
      if (place !== null) storePlaceDraft(cx, place, coerce(cx, item, place.ty), target.span);
    }
  });
}

function arrayValue(cx: Cx, value: hir.Expr): hir.Expr {
  const ty = typeOf(value);
  if (ty.kind === 'array' || ty.kind === 'bad') return value;
  if (ty.kind === 'any') return fromAny(value, ANY_ARRAY, 'exact', 'notArray');
  report(cx, 'E2001', { form: 'action', action: 'take apart', found: show(cx, ty) }, value.span, {
    help: 'only an array can be assigned to several names',
  });
  return bad(value.span);
}
