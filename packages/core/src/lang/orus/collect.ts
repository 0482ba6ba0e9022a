/**
 * Tail values (9.3): where the value of a block's last statement goes.
 *
 * A `Sink` travels with the last statement of a body into its branches. In a function it returns the value; in a block or match
 * expression it stores it in a temporary, whose type is known when all branches have been seen. Whether every path stored one is
 * the question of definite assignment, so the temporary takes part in it as a variable.
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkExpr } from './check-expr.ts';
import { checkStmt } from './check-stmt.ts';
import type { Cx, Draft, Mutable } from './context.ts';
import { closeBlock, markSet, newLocal, openBlock, typeOf } from './context.ts';
import { coerce, infer, isEmptyArray, join, toAny } from './convert.ts';
import type { Variable } from './symbols.ts';
import type { Block } from './syntax.ts';
import type { Ty } from './types.ts';
import { nodeType } from './types.ts';

export type Sink = { readonly kind: 'return' } | Collector;

export const RETURN: Sink = { kind: 'return' };

export interface Collector {
  readonly kind: 'collect';
  readonly want: Ty | null;
  readonly variable: Variable;
  readonly local: hir.LocalId;
  readonly slots: { readonly draft: Draft; readonly node: Mutable<hir.Expr & { kind: 'assign' }> }[];
}

export function newCollector(cx: Cx, want: Ty | null): Collector {
  const ty: Ty = { kind: 'any' };
  const local = newLocal(cx, 'value', ty);
  const variable: Variable = {
    kind: 'variable',
    name: 'value',
    span: null,
    form: 'implicit',
    ty,
    mutable: true,
    owner: cx.func,
    hoisted: true,
    set: false,
    lengthConstant: false,
    place: { kind: 'local', local },
    direct: null,
  };
  return { kind: 'collect', want, variable, local, slots: [] };
}

/** The type that a tail value should have, as a wish. */
export function sinkWant(cx: Cx, sink: Sink): Ty | null {
  return sink.kind === 'return' ? cx.func.result : sink.want;
}

/** Hands the value of a tail statement on. */
export function deliver(cx: Cx, sink: Sink, draft: Draft, span: Span): void {
  if (sink.kind === 'return') {
    const value = coerce(cx, draft, cx.func.result, { what: 'the result' });
    cx.out.push({ kind: 'return', value, span });
    cx.flow.live = false;
    return;
  }
  const node: Mutable<hir.Expr & { kind: 'assign' }> = {
    kind: 'assign',
    target: { kind: 'local', local: sink.local },
    value: { kind: 'nil', ty: hir.NIL, span },
    ty: hir.NIL,
    span,
  };
  sink.slots.push({ draft, node });
  cx.out.push({ kind: 'expr', expr: node, span });
  markSet(cx, sink.variable);
}

/** The expression that executes `body`, in which `sink` collected, and has the value that was stored. */
export function collected(cx: Cx, sink: Collector, body: hir.Stmt[], span: Span): hir.Expr {
  const complete = sink.variable.set || !cx.flow.live;
  const ty = collectedType(cx, sink, complete);
  const entry = cx.build.locals.get(sink.local) as Mutable<hir.Local>;
  entry.type = nodeType(ty);
  entry.assigned = true;
  for (const slot of sink.slots) {
    slot.node.value = coerce(cx, slot.draft, ty);
    slot.node.ty = nodeType(ty);
  }
  const nil: hir.Expr = { kind: 'nil', ty: hir.NIL, span };
  const first: hir.Stmt = complete
    ? { kind: 'declare', local: sink.local, span }
    : { kind: 'let', local: sink.local, init: ty.kind === 'any' ? toAny(cx, nil) : nil, span };
  const result: hir.Expr = { kind: 'local', local: sink.local, checked: false, ty: nodeType(ty), span };
  return { kind: 'block', body: [first, ...body], result, ty: nodeType(ty), span };
}

function collectedType(cx: Cx, sink: Collector, complete: boolean): Ty {
  if (sink.slots.length === 0) return hir.NIL;
  const drafts = sink.slots.map((slot) => slot.draft);
  if (!complete) return drafts.every((draft) => typeOf(draft).kind === 'nil') ? hir.NIL : hir.ANY;
  const adapting = drafts.some((draft) => draft.kind === 'flex' || isEmptyArray(draft));
  // A place of type any decides nothing: the alternatives adapt to each other, as those of a conditional do.
  if (adapting && sink.want !== null && sink.want.kind !== 'any') return sink.want;
  const joined = join(cx, drafts);
  return joined.ok ? joined.ty : (sink.want ?? hir.ANY);
}

/** A block expression: its value is the tail value of its last statement. */
export function collectBlock(cx: Cx, block: Block, want: Ty | null): Draft {
  const list = block.statements;
  const last = list.at(-1);
  const saved = openBlock(cx, false);
  if (last?.kind === 'expr-stmt') {
    for (let index = 0; index < list.length - 1; index++) checkStmt(cx, list[index] as typeof last, null);
    const draft = checkExpr(cx, last.expr, want);
    const body = closeBlock(cx, saved);
    if (body.length === 0) return draft;
    const result = want === null ? infer(cx, draft) : coerceAdapting(cx, draft, want);
    return { kind: 'block', body, result, ty: result.ty, span: block.span };
  }
  const sink = newCollector(cx, want);
  for (const statement of list) checkStmt(cx, statement, statement === last ? sink : null);
  return collected(cx, sink, closeBlock(cx, saved), block.span);
}

/** Adapts what adapts and leaves every other mismatch to the place that the value goes to. */
function coerceAdapting(cx: Cx, draft: Draft, want: Ty): hir.Expr {
  if (draft.kind === 'flex' || isEmptyArray(draft)) return coerce(cx, draft, want);
  return draft as hir.Expr;
}
