/**
 * Statements: the dispatcher of the walk, blocks, branches, loops, errors, jumps.
 *
 * `sink` takes the tail value where the statement is the last one of a body whose value is used, and is null otherwise. The loops
 * over the statements of a block stand in each construct, to keep the depth of recursion at two frames a level.
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkAssignStatement } from './check-assign.ts';
import { checkDeclare } from './check-declare.ts';
import { checkDestructure } from './check-destructure.ts';
import { asCondition, checkExpr } from './check-expr.ts';
import { checkNestedFunction } from './check-function.ts';
import { checkMatchStatement } from './check-match.ts';
import { checkPrint } from './check-print.ts';
import type { Sink } from './collect.ts';
import { deliver, sinkWant } from './collect.ts';
import type { Cx, Draft, Mutable, Segment } from './context.ts';
import {
  beginBranch,
  closeBlock,
  declareVariable,
  endBranch,
  freshInt,
  joinBranches,
  openBlock,
  report,
  show,
  typeOf,
} from './context.ts';
import { claim, coerce, fromAny, reportMismatch, settle, toAny } from './convert.ts';
import { readElement } from './elements.ts';
import { classicDefault } from './flexible.ts';
import type { Block, NodeId, Statement } from './syntax.ts';
import { withoutParens } from './syntax.ts';
import type * as syntax from './syntax.ts';
import type { Ty } from './types.ts';
import { isInteger, prune } from './types.ts';
import { unify } from './unify.ts';

export function checkStmt(cx: Cx, statement: Statement, sink: Sink | null): void {
  if (!cx.flow.live) {
    checkUnreachable(cx, statement, sink);
    return;
  }
  switch (statement.kind) {
    case 'declare':
      checkDeclare(cx, statement);
      return;
    case 'assign-stmt':
      checkAssignStatement(cx, statement);
      return;
    case 'destructure':
      checkDestructure(cx, statement);
      return;
    case 'expr-stmt':
      checkExpressionStatement(cx, statement, sink);
      return;
    case 'print':
      checkPrint(cx, statement);
      return;
    case 'return':
      checkReturn(cx, statement);
      return;
    case 'break':
    case 'continue':
      checkJump(cx, statement);
      return;
    case 'if':
      checkIf(cx, statement, sink);
      return;
    case 'while':
      checkWhile(cx, statement);
      return;
    case 'for-range':
      checkForRange(cx, statement);
      return;
    case 'for-each':
      checkForEach(cx, statement);
      return;
    case 'match-stmt':
      checkMatchStatement(cx, statement.match, sink);
      return;
    case 'try':
      checkTry(cx, statement, sink);
      return;
    case 'block-stmt':
      checkBlock(cx, statement.block, sink);
      return;
    case 'function':
      checkNestedFunction(cx, statement);
      return;
    case 'pass':
    case 'struct-decl':
    case 'enum-decl':
    case 'impl':
    case 'use':
      // The last four stand at a module's top level only, where `check-module.ts` meets them.
      return;
  }
}

/** What cannot be reached is checked, but is not part of the program. */
function checkUnreachable(cx: Cx, statement: Statement, sink: Sink | null): void {
  const { out } = cx;
  cx.out = [];
  cx.flow.live = true;
  checkStmt(cx, statement, sink);
  cx.flow.live = false;
  cx.out = out;
}

function checkExpressionStatement(cx: Cx, statement: syntax.ExprStmt, sink: Sink | null): void {
  const expr = withoutParens(statement.expr);
  if (expr.kind === 'conditional' && expr.other === null) {
    checkOneSided(cx, expr, sink);
    return;
  }
  // An assignment has no tail value, one in parentheses is an expression like any other.
  if (sink === null || statement.expr.kind === 'assign') {
    const value = settle(cx, checkExpr(cx, expr, null));
    cx.out.push({ kind: 'expr', expr: value, span: statement.span });
    return;
  }
  const draft = checkExpr(cx, statement.expr, sinkWant(cx, sink));
  if (sink.kind === 'return' && cx.func.result.kind === 'any' && typeOf(draft).kind === 'nil') {
    // Nothing to return: what comes after the last statement does the same.
    cx.out.push({ kind: 'expr', expr: draft as hir.Expr, span: statement.span });
    return;
  }
  deliver(cx, sink, draft, statement.span);
}

/** `a() if c` as a statement is an `if`. */
function checkOneSided(cx: Cx, expr: syntax.ConditionalExpr, sink: Sink | null): void {
  const cond = asCondition(cx, checkExpr(cx, expr.condition, hir.BOOL));
  const mark = beginBranch(cx);
  const live = cx.flow.live;
  const saved = openBlock(cx, true);
  const draft = checkExpr(cx, expr.then, sink === null ? null : sinkWant(cx, sink));
  if (sink === null) cx.out.push({ kind: 'expr', expr: settle(cx, draft), span: expr.span });
  else deliver(cx, sink, draft, expr.span);
  const then = closeBlock(cx, saved);
  const segment = endBranch(cx, mark, live);
  joinBranches(cx, [segment, { live, set: [] }]);
  cx.out.push({ kind: 'if', cond, then, else: [], span: expr.span });
}

// ------------------------------------------------------------------------------------------------ blocks, branches

function checkBlock(cx: Cx, block: Block, sink: Sink | null): void {
  const saved = openBlock(cx, false);
  const list = block.statements;
  for (let index = 0; index < list.length; index++) {
    checkStmt(cx, list[index] as Statement, index === list.length - 1 ? sink : null);
  }
  const body = closeBlock(cx, saved);
  cx.out.push({ kind: 'block', body, span: block.span });
}

interface CheckedBranch {
  readonly cond: hir.Expr;
  readonly then: hir.Stmt[];
  readonly span: Span;
}

function checkIf(cx: Cx, statement: syntax.IfStmt, sink: Sink | null): void {
  const live = cx.flow.live;
  const checked: CheckedBranch[] = [];
  const segments: Segment[] = [];
  for (const branch of statement.branches) {
    const before = beginBranch(cx);
    const cond = asCondition(cx, checkExpr(cx, branch.condition, hir.BOOL));
    // Only the first condition is certainly evaluated.
    if (checked.length > 0) endBranch(cx, before, live);
    const mark = beginBranch(cx);
    const saved = openBlock(cx, true);
    const list = branch.body.statements;
    for (let index = 0; index < list.length; index++) {
      checkStmt(cx, list[index] as Statement, index === list.length - 1 ? sink : null);
    }
    checked.push({ cond, then: closeBlock(cx, saved), span: branch.span });
    segments.push(endBranch(cx, mark, live));
  }
  let rest: hir.Stmt[] = [];
  const mark = beginBranch(cx);
  if (statement.otherwise !== null) {
    const saved = openBlock(cx, true);
    const list = statement.otherwise.statements;
    for (let index = 0; index < list.length; index++) {
      checkStmt(cx, list[index] as Statement, index === list.length - 1 ? sink : null);
    }
    rest = closeBlock(cx, saved);
  }
  segments.push(endBranch(cx, mark, live));
  joinBranches(cx, segments);
  cx.out.push(...nestIfs(checked, rest));
}

/** `if`s nested in the `else` of the one before. */
export function nestIfs(branches: readonly CheckedBranch[], otherwise: hir.Stmt[]): hir.Stmt[] {
  let rest = otherwise;
  for (let index = branches.length - 1; index >= 0; index--) {
    const { cond, then, span } = branches[index] as CheckedBranch;
    rest = [{ kind: 'if', cond, then, else: rest, span }];
  }
  return rest;
}

function checkTry(cx: Cx, statement: syntax.TryStmt, sink: Sink | null): void {
  const live = cx.flow.live;
  const transparent = cx.edition.transparentBlocks;
  const mark = beginBranch(cx);
  let saved = openBlock(cx, transparent);
  let list = statement.body.statements;
  for (let index = 0; index < list.length; index++) {
    checkStmt(cx, list[index] as Statement, index === list.length - 1 ? sink : null);
  }
  const body = closeBlock(cx, saved);
  const first = endBranch(cx, mark, live);
  saved = openBlock(cx, transparent);
  const error = catchVariable(cx, statement.variable);
  list = statement.handler.statements;
  for (let index = 0; index < list.length; index++) {
    checkStmt(cx, list[index] as Statement, index === list.length - 1 ? sink : null);
  }
  const handler = closeBlock(cx, saved);
  joinBranches(cx, [first, endBranch(cx, mark, live)]);
  cx.out.push({ kind: 'try', body, error, handler, span: statement.span });
}

function catchVariable(cx: Cx, name: syntax.Name | null): hir.LocalId | null {
  if (name === null) return null;
  const about = { name: name.text, span: name.span, form: 'catch' as const, ty: hir.ERROR, mutable: true };
  const { place } = declareVariable(cx, cx.scope, about);
  return place.kind === 'local' ? place.local : null;
}

// ----------------------------------------------------------------------------------------------------------- loops

function labelOf(cx: Cx, id: NodeId): hir.LabelId {
  let label = cx.module.labels.get(id);
  if (label === undefined) {
    label = cx.build.labels++ as hir.LabelId;
    cx.module.labels.set(id, label);
  }
  return label;
}

function checkJump(cx: Cx, statement: syntax.BreakStmt | syntax.ContinueStmt): void {
  if (statement.target === null) return;
  cx.out.push({ kind: statement.kind, label: labelOf(cx, statement.target), span: statement.span });
  cx.flow.live = false;
}

function checkWhile(cx: Cx, statement: syntax.WhileStmt): void {
  const cond = asCondition(cx, checkExpr(cx, statement.condition, hir.BOOL));
  const live = cx.flow.live;
  const mark = beginBranch(cx);
  const saved = openBlock(cx, false);
  for (const inner of statement.body.statements) checkStmt(cx, inner, null);
  const body = closeBlock(cx, saved);
  endBranch(cx, mark, live);
  cx.out.push({ kind: 'while', label: labelOf(cx, statement.id), cond, body, span: statement.span });
}

function checkForEach(cx: Cx, statement: syntax.ForEachStmt): void {
  const over = settle(cx, checkExpr(cx, statement.iterable, null));
  const ty = itemType(cx, over);
  const live = cx.flow.live;
  const mark = beginBranch(cx);
  const around = openBlock(cx, false);
  const item = loopVariable(cx, statement.variable, ty);
  const saved = openBlock(cx, false);
  for (const inner of statement.body.statements) checkStmt(cx, inner, null);
  const body = closeBlock(cx, saved);
  closeBlock(cx, around);
  endBranch(cx, mark, live);
  cx.out.push({ kind: 'forEach', label: labelOf(cx, statement.id), item, over, body, span: statement.span });
}

function itemType(cx: Cx, over: hir.Expr): Ty {
  const ty = prune(typeOf(over));
  if (ty.kind === 'array') return readElement(ty);
  if (ty.kind === 'range') return hir.I64;
  if (ty.kind === 'string' || ty.kind === 'any' || ty.kind === 'bad' || isInteger(ty)) return ty;
  report(cx, 'E2001', { form: 'action', action: 'iterate over', found: show(cx, ty) }, over.span);
  return { kind: 'bad' };
}

function loopVariable(cx: Cx, name: syntax.Name, ty: Ty): hir.LocalId {
  const about = { name: name.text, span: name.span, form: 'loop' as const, ty, mutable: true };
  const { place } = declareVariable(cx, cx.scope, about);
  return (place as { local: hir.LocalId }).local;
}

function checkForRange(cx: Cx, statement: syntax.ForRangeStmt): void {
  const start = checkExpr(cx, statement.start, null);
  const end = checkExpr(cx, statement.end, null);
  const step = statement.step === null ? null : checkExpr(cx, statement.step, null);
  const node = rangeLoop(cx, statement, start, end, step);
  const live = cx.flow.live;
  const mark = beginBranch(cx);
  const around = openBlock(cx, false);
  node.item = loopVariable(cx, statement.variable, node.start.ty);
  const saved = openBlock(cx, false);
  for (const inner of statement.body.statements) checkStmt(cx, inner, null);
  node.body = closeBlock(cx, saved);
  closeBlock(cx, around);
  endBranch(cx, mark, live);
  cx.out.push(node);
}

/** The loop without its body: bounds of one integer type, or all `any` if only values decide. */
function rangeLoop(
  cx: Cx,
  statement: syntax.ForRangeStmt,
  start: Draft,
  end: Draft,
  step: Draft | null,
): Mutable<hir.ForRange> {
  const bounds = step === null ? [start, end] : [start, end, step];
  const ty = boundsType(cx, statement, bounds);
  const bound = (draft: Draft): hir.Expr => {
    if (ty.kind === 'any') return toAny(cx, draft);
    if (draft.kind === 'flex') return ty.kind === 'bad' ? settle(cx, draft) : claim(cx, draft, ty, 'context');
    return draft.ty.kind === 'any' && ty.kind !== 'bad' ? fromAny(draft, ty, 'exact', 'operandTypes') : draft;
  };
  const adapt: ('start' | 'end' | 'step')[] = [];
  if (ty.kind === 'any') {
    if (start.kind === 'flex') adapt.push('start');
    if (end.kind === 'flex') adapt.push('end');
    if (step?.kind === 'flex') adapt.push('step');
  }
  return {
    kind: 'forRange',
    label: labelOf(cx, statement.id),
    item: -1 as hir.LocalId,
    start: bound(start),
    end: bound(end),
    step: step === null ? null : bound(step),
    adapt,
    inclusive: statement.inclusive,
    body: [],
    span: statement.span,
  };
}

function boundsType(cx: Cx, statement: syntax.ForRangeStmt, bounds: readonly Draft[]): Ty {
  let known: Draft | null = null;
  let isAny = false;
  for (const draft of bounds) {
    const ty = typeOf(draft);
    if (draft.kind === 'flex') continue;
    if (ty.kind === 'bad') return ty;
    if (ty.kind === 'any') isAny = true;
    else if (!isInteger(ty)) {
      const problem = `a bound of a loop is an integer, but this is \`${show(cx, ty)}\``;
      report(cx, 'E2001', { form: 'other', problem }, draft.span);
      return { kind: 'bad' };
    } else if (known === null) known = draft;
    else if (!unify(typeOf(known), ty)) {
      const labels = [{ span: known.span, text: `this is \`${show(cx, typeOf(known))}\`` }];
      reportMismatch(cx, draft.span, ty, typeOf(known), { labels });
      return { kind: 'bad' };
    }
  }
  if (known !== null) return typeOf(known);
  if (isAny) return hir.ANY;
  if (cx.edition.integerDefault === 'inferred' || statement.body.form === 'brace') return freshInt(cx);
  const wide = bounds.some((draft) => draft.kind === 'flex' && classicDefault(draft.tree) === 'i64');
  return wide ? hir.I64 : hir.I32;
}

// ---------------------------------------------------------------------------------------------------------- return

function checkReturn(cx: Cx, statement: syntax.ReturnStmt): void {
  const { span } = statement;
  if (cx.func.kind === 'init') {
    if (statement.value !== null) {
      const value = settle(cx, checkExpr(cx, statement.value, null));
      cx.out.push({ kind: 'expr', expr: value, span });
    }
    cx.module.returnsEarly = true;
    cx.out.push({ kind: 'return', value: { kind: 'bool', value: true, ty: hir.BOOL, span }, span });
  } else {
    const draft = statement.value === null ? null : checkExpr(cx, statement.value, cx.func.result);
    cx.out.push({ kind: 'return', value: returned(cx, statement, draft), span });
  }
  cx.flow.live = false;
}

function returned(cx: Cx, statement: syntax.ReturnStmt, draft: Draft | null): hir.Expr | null {
  const { result } = cx.func;
  if (draft === null) {
    if (result.kind === 'nil') return null;
    if (cx.func.strict) {
      const problem = `\`return\` needs a value of type \`${show(cx, result)}\``;
      report(cx, 'E2001', { form: 'other', problem }, statement.keyword);
    }
    return toAny(cx, { kind: 'nil', ty: hir.NIL, span: statement.span });
  }
  if (result.kind === 'nil') {
    const problem = 'a function that is declared `-> void` returns no value';
    if (typeOf(draft).kind !== 'bad') report(cx, 'E2001', { form: 'other', problem }, draft.span);
    settle(cx, draft);
    return null;
  }
  return coerce(cx, draft, result, { what: 'the result' });
}
