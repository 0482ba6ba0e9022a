/**
 * Assignments (6.2, row 16 of section 23): to names, which they may declare, and to fields and elements; with an operator or plain.
 */
import type { Span } from '../../base/source.ts';
import type * as hir from '../../hir/hir.ts';
import { checkAssignable, declaredPlace } from './assignable.ts';
import { exportVariable } from './check-declare.ts';
import { checkExpr } from './check-expr.ts';
import { checkLambda, defineFunctionVariable, functionType, signatureOf } from './check-function.ts';
import { arithmetic } from './check-operator.ts';
import {
  assignPlace,
  bad,
  type Cx,
  declareVariable,
  type Draft,
  isSession,
  letStatement,
  markSet,
  readVariable,
  typeOf,
} from './context.ts';
import { coerce, infer, settle } from './convert.ts';
import { reportUnknownName } from './names.ts';
import type { PlaceDraft } from './places.ts';
import { checkPlace, holdPlace, readPlace, storePlace } from './places.ts';
import type { Scope, ValueSymbol, Variable } from './symbols.ts';
import { lookup } from './symbols.ts';
import { withoutParens } from './syntax.ts';
import type * as syntax from './syntax.ts';
import { isPure } from './temporaries.ts';
import { nodeType, prune } from './types.ts';

export function checkAssignStatement(cx: Cx, statement: syntax.AssignStmt): void {
  const { assign, span } = statement;
  const { target } = assign;
  if (assign.op === null && target.kind === 'name-expr' && target.text !== '_') {
    const symbol = lookup(cx.scope, target.text);
    if (symbol !== undefined && cx.scope.kind === 'module' && isSession(cx)) {
      assignInSession(cx, statement, target, symbol);
      return;
    }
    if (symbol === undefined) {
      declareImplicit(cx, assign, target, statement.pub !== null, true);
      return;
    }
  }
  cx.out.push({ kind: 'expr', expr: settle(cx, checkAssign(cx, assign)), span });
}

/**
 * `x = e` at the top level of a session for a name that is known: a value of the variable's type goes into it; any other
 * makes a new variable of that name (ruling 10). Whether it is of that type shows when it is checked.
 */
function assignInSession(cx: Cx, statement: syntax.AssignStmt, target: syntax.NameExpr, symbol: ValueSymbol): void {
  const { assign, span } = statement;
  const { diagnostics } = cx.build;
  const reported = diagnostics.length;
  const written = cx.out.length;
  if (symbol.kind === 'variable' && checkAssignable(cx, symbol, target.span)) {
    const draft = checkExpr(cx, assign.value, symbol.ty);
    const dynamic = typeOf(draft).kind === 'any' && prune(symbol.ty).kind !== 'any';
    const value = dynamic ? null : coerce(cx, draft, symbol.ty, declaredPlace(symbol));
    if (value !== null && diagnostics.length === reported) {
      const place = assignPlace(cx, symbol);
      markSet(cx, symbol);
      cx.out.push({
        kind: 'expr',
        expr: { kind: 'assign', target: place, value, ty: nodeType(symbol.ty), span },
        span,
      });
      return;
    }
    diagnostics.length = reported;
    cx.out.length = written;
  }
  declareImplicit(cx, assign, target, statement.pub !== null, true, true);
}

/** An assignment as an expression. */
export function checkAssign(cx: Cx, assign: syntax.AssignExpr): Draft {
  const { target } = assign;
  if (target.kind === 'error') {
    checkExpr(cx, assign.value, null);
    return bad(assign.span);
  }
  if (assign.op !== null) return compound(cx, assign, target, assign.op);
  if (target.kind !== 'name-expr') return assignTo(cx, assign, target);
  if (target.text === '_') return settle(cx, checkExpr(cx, assign.value, null));
  const symbol = lookup(cx.scope, target.text);
  if (symbol === undefined) return declareImplicit(cx, assign, target, false, false);
  return assignName(cx, assign, target, symbol);
}

function assignName(cx: Cx, assign: syntax.AssignExpr, target: syntax.NameExpr, symbol: ValueSymbol): hir.Expr {
  const ok = checkAssignable(cx, symbol, target.span);
  const ty = symbol.kind === 'variable' ? symbol.ty : null;
  const draft = checkExpr(cx, assign.value, ty);
  if (!ok || symbol.kind !== 'variable') return bad(assign.span);
  const value = coerce(cx, draft, symbol.ty, declaredPlace(symbol));
  const place = assignPlace(cx, symbol);
  markSet(cx, symbol);
  return { kind: 'assign', target: place, value, ty: nodeType(symbol.ty), span: assign.span };
}

/** Where an implicit declaration puts its name: outside the blocks that are transparent for it. */
export function implicitScope(scope: Scope): Scope {
  let at = scope;
  while (at.transparent && at.parent !== null) at = at.parent;
  return at;
}

/**
 * `x = e` for a name that is not visible. As a statement directly in the block that gets the name it is a `let`; elsewhere the
 * variable is declared at the start of that block and may be unset when it is read. A statement pushes itself.
 */
function declareImplicit(
  cx: Cx,
  assign: syntax.AssignExpr,
  target: syntax.NameExpr,
  pub: boolean,
  isStatement: boolean,
  /** There is a variable of that name, which this one replaces. */
  replaces = false,
): hir.Expr {
  const scope = implicitScope(cx.scope);
  const plain = isStatement && scope === cx.scope;
  const value = withoutParens(assign.value);
  const mutable = !(cx.edition.implicitTopLevelImmutable && plain && scope.kind === 'module');
  const about = { name: target.text, span: target.span, form: 'implicit' as const, mutable, hoisted: !plain };
  if (value.kind === 'lambda') {
    const signature = signatureOf(cx, value, null);
    const variable = declareVariable(cx, scope, { ...about, ty: functionType(signature) });
    if (pub) exportVariable(cx, variable);
    const init = settle(cx, checkLambda(cx, value, signature));
    if (plain) {
      defineFunctionVariable(cx, variable, init, assign.span);
      return init;
    }
    return firstAssignment(cx, variable, init, assign.span, isStatement);
  }
  const draft = checkExpr(cx, assign.value, null);
  const again = lookup(cx.scope, target.text);
  if (!replaces && again !== undefined && again.kind === 'variable') {
    // The right side itself assigned the name.
    const stored = coerce(cx, draft, again.ty, declaredPlace(again));
    return firstAssignment(cx, again, stored, assign.span, isStatement);
  }
  const init = infer(cx, draft);
  const lengthConstant = !mutable && draft.kind === 'flex';
  const variable = declareVariable(cx, scope, { ...about, ty: typeOf(init), lengthConstant });
  if (pub) exportVariable(cx, variable);
  if (!plain) return firstAssignment(cx, variable, init, assign.span, isStatement);
  cx.out.push(letStatement(variable, init, assign.span));
  return init;
}

export function firstAssignment(
  cx: Cx,
  variable: Variable,
  value: hir.Expr,
  span: Span,
  isStatement: boolean,
): hir.Expr {
  const place = assignPlace(cx, variable);
  markSet(cx, variable);
  const node: hir.Expr = { kind: 'assign', target: place, value, ty: nodeType(variable.ty), span };
  if (isStatement) cx.out.push({ kind: 'expr', expr: node, span });
  return node;
}

function assignTo(cx: Cx, assign: syntax.AssignExpr, target: syntax.MemberExpr | syntax.IndexExpr): hir.Expr {
  const place = checkPlace(cx, target);
  const draft = checkExpr(cx, assign.value, place === null ? null : prune(place.ty));
  if (place === null) return bad(assign.span);
  const value = coerce(cx, draft, place.ty, storePlace(target));
  if (place.variable !== null) markSet(cx, place.variable);
  return { kind: 'assign', target: place.place, value, ty: nodeType(place.ty), span: assign.span };
}

function compound(
  cx: Cx,
  assign: syntax.AssignExpr,
  target: syntax.NameExpr | syntax.MemberExpr | syntax.IndexExpr,
  op: syntax.ArithmeticOp | syntax.BitOp,
): Draft {
  if (target.kind === 'name-expr') {
    const symbol = lookup(cx.scope, target.text);
    if (symbol === undefined) reportUnknownName(cx, target.text, target.span, 'variable');
    const ok = symbol !== undefined && checkAssignable(cx, symbol, target.span);
    const left = ok && symbol.kind === 'variable' ? readVariable(cx, symbol, target.span) : bad(target.span);
    const right = checkExpr(cx, assign.value, null);
    if (!ok || symbol.kind !== 'variable') return bad(assign.span);
    const draft = arithmetic(cx, op, assign.opSpan, left, right, assign.span);
    const value = coerce(cx, draft, symbol.ty, declaredPlace(symbol));
    const place = assignPlace(cx, symbol);
    return { kind: 'assign', target: place, value, ty: nodeType(symbol.ty), span: assign.span };
  }
  const place = checkPlace(cx, target);
  const right = checkExpr(cx, assign.value, null);
  return place === null ? bad(assign.span) : updatePlace(cx, assign, op, place, right);
}

/** `p.f += e`: the object and the index are held in temporaries where the right side could change them. */
function updatePlace(
  cx: Cx,
  assign: syntax.AssignExpr,
  op: syntax.ArithmeticOp | syntax.BitOp,
  draft: PlaceDraft,
  right: Draft,
): Draft {
  const { span } = assign;
  const body: hir.Stmt[] = [];
  const place = holdPlace(cx, draft.place, body, right.kind === 'flex' || isPure(right));
  const left = readPlace(cx, draft, place, assign.target.span);
  const sum = arithmetic(cx, op, assign.opSpan, left, right, span);
  const value = coerce(cx, sum, draft.ty, storePlace(assign.target));
  const node: hir.Expr = { kind: 'assign', target: place, value, ty: nodeType(prune(draft.ty)), span };
  return body.length === 0 ? node : { kind: 'block', body, result: node, ty: node.ty, span };
}
