/**
 * From drafts to nodes of a wanted type: assignability (4.3), adaption of flexible integers (4.4), `any` in both directions.
 *
 * `coerce` is the only way in which a value gets into a typed place. Where nobody wants a type, `settle` gives a flexible
 * integer its default for good, and `infer` gives it the type of something that goes on living (a variable, an element), which
 * in edition 2026 is found from use (row 12).
 */
import type { Label } from '../../base/diagnostic.ts';
import type { Span } from '../../base/source.ts';
import type { TrapName } from '../../base/traps.ts';
import * as hir from '../../hir/hir.ts';
import type { Cx, Draft, FlexDraft, Mutable, PendingLiteral } from './context.ts';
import { bad, freshInt, report, show, typeOf } from './context.ts';
import type { Flex } from './flexible.ts';
import { bindOpen, expose } from './elements.ts';
import { classicDefault, evaluate, findMisfit, isLiteral, literals } from './flexible.ts';
import type { OpenElement, Ty } from './types.ts';
import { ANY_ARRAY, arrayOf, BAD, fitsType, isInteger, isNumber, kindOf, nodeType, prune } from './types.ts';
import { assignable, unify } from './unify.ts';

// -------------------------------------------------------------------------------------------------------- literals

/** A node for a flexible integer whose type is `ty`; completed later if that is still unknown. */
export function claim(cx: Cx, draft: FlexDraft, ty: Ty, mode: PendingLiteral['mode']): hir.Expr {
  const node: hir.Expr = { kind: 'int', value: 0n, ty: nodeType(ty), span: draft.span };
  const literal: PendingLiteral = { node, tree: draft.tree, ty, mode };
  if (kindOf(ty) === 'int-var') cx.module.pending.push(literal);
  else completeLiteral(cx, literal, mode);
  return node;
}

/** Gives a literal's node its value, now that its type is known. */
export function completeLiteral(cx: Cx, literal: PendingLiteral, mode: PendingLiteral['mode']): void {
  const loose = cx.edition.looseLiterals;
  const { tree } = literal;
  let type = kindOf(literal.ty) as hir.NumType;
  if (mode === 'near' && !fitsNear(tree, type, loose)) type = defaultType(cx, tree);
  const misfit = loose ? undefined : findMisfit(tree, type);
  if (misfit !== undefined) {
    reportRange(cx, misfit.value, type, misfit.span);
    return;
  }
  const node = literal.node as { kind: string; value?: unknown; trap?: TrapName; ty: hir.Type };
  const result = evaluate(tree, type, loose);
  node.ty = { kind: type };
  if (result.kind === 'trap') {
    node.kind = 'trap';
    node.trap = result.trap;
    delete node.value;
  } else if (type === 'f64') {
    node.kind = 'float';
    node.value = Number(result.value);
  } else if (fitsType(result.value, type)) {
    node.value = result.value;
  } else if (mode === 'context' || isLiteral(tree)) {
    reportRange(cx, result.value, type, tree.span);
  } else {
    node.kind = 'trap';
    node.trap = 'integerOverflow';
    delete node.value;
  }
}

/** Whether a literal beside a comparison can have the type of the other side without changing the outcome. */
function fitsNear(tree: Flex, type: hir.NumType, loose: boolean): boolean {
  const result = evaluate(tree, type, loose);
  if (result.kind === 'trap') return type !== 'f64';
  if (type === 'f64') return Number.isSafeInteger(Number(result.value));
  if (loose && literals(tree).some((literal) => literal.hex)) return false;
  return fitsType(result.value, type) && (loose || findMisfit(tree, type) === undefined);
}

function defaultType(cx: Cx, tree: Flex): hir.IntType {
  return cx.edition.integerDefault === 'inferred' ? 'i64' : classicDefault(tree);
}

function reportRange(cx: Cx, value: bigint, type: string, span: Span): void {
  const wider = (type === 'i32' || value < 0n) && fitsType(value, 'i64') ? 'the type `i64` holds it' : undefined;
  report(cx, 'E2001', { form: 'range', value: String(value), type }, span, { help: wider });
}

/** Settles a draft for good: a flexible integer takes its default type. */
export function settle(cx: Cx, draft: Draft): hir.Expr {
  if (draft.kind !== 'flex') return draft;
  return claim(cx, draft, { kind: defaultType(cx, draft.tree) }, 'free');
}

/** Settles a draft whose type goes on living in a variable or element: there a flexible integer's type may come from use. */
export function infer(cx: Cx, draft: Draft): hir.Expr {
  if (draft.kind !== 'flex') return draft;
  if (cx.edition.integerDefault === 'inferred') return claim(cx, draft, freshInt(cx), 'free');
  return settle(cx, draft);
}

// ------------------------------------------------------------------------------------------------------ conversions

/** The value as an `any` that other code may keep. */
export function toAny(cx: Cx, draft: Draft): hir.Expr {
  expose(typeOf(draft));
  return boxed(cx, draft);
}

/** The value as an `any` that is only looked at. */
export function boxed(cx: Cx, draft: Draft): hir.Expr {
  const operand = settle(cx, draft);
  const kind = typeOf(operand).kind;
  if (kind === 'any' || kind === 'bad') return operand;
  return { kind: 'toAny', operand, ty: hir.ANY, span: operand.span };
}

/** A value of type `any` as `ty`. */
export function fromAny(operand: hir.Expr, ty: Ty, mode: hir.ArgMode, trap: TrapName | null): hir.Expr {
  return { kind: 'fromAny', mode, trap, operand, ty: nodeType(ty), span: operand.span };
}

/** What a mismatch may say besides the types. */
export interface PlaceInfo {
  /** As the subject of a sentence, such as "argument 2 of `area`". */
  readonly what?: string;
  readonly labels?: readonly Label[];
}

/** The value as one of type `want`, or E2001. */
export function coerce(cx: Cx, draft: Draft, want: Ty, place?: PlaceInfo): hir.Expr {
  if (want.kind === 'open') return storeElement(cx, draft, want);
  const from = typeOf(draft);
  if (want.kind === 'any') return toAny(cx, draft);
  if (want.kind === 'bad' || from.kind === 'bad') return settle(cx, draft);
  if (draft.kind === 'flex') {
    if (isNumber(want)) return claim(cx, draft, want, 'context');
  } else if (from.kind === 'any') {
    return fromAny(draft, want, isNumber(want) ? cx.argMode : 'exact', null);
  } else if (isEmptyArray(draft) && want.kind === 'array') {
    (draft as Mutable<hir.Expr>).ty = nodeType(want);
    return draft;
  } else if (assignable(from, want)) {
    return draft;
  }
  reportMismatch(cx, draft.span, from, want, place);
  return bad(draft.span);
}

/** The value as an element of an array that began as `[]`: the first one decides the type, which others may contradict. */
function storeElement(cx: Cx, draft: Draft, cell: OpenElement): hir.Expr {
  const decided = prune(cell);
  if (decided.kind === 'any') return toAny(cx, draft);
  if (draft.kind === 'flex') {
    if (decided.kind === 'open') bindOpen(decided, freshInt(cx));
    else if (!isInteger(decided)) cell.conflict = true;
    const element = prune(cell);
    return isInteger(element) ? claim(cx, draft, element, 'context') : settle(cx, draft);
  }
  const from = typeOf(draft);
  if (decided.kind === 'open') bindOpen(decided, from);
  else if (from.kind === 'any' || !assignable(from, decided)) cell.conflict = true;
  return draft;
}

export function reportMismatch(cx: Cx, span: Span, from: Ty, want: Ty, place?: PlaceInfo): void {
  const found = show(cx, from);
  const expected = show(cx, want);
  const args = { form: 'mismatch' as const, expected, found };
  report(cx, 'E2001', place?.what === undefined ? args : { ...args, place: place.what }, span, {
    labels: place?.labels ?? [],
    help: conversionHelp(cx, from, want),
  });
}

/** How to write the conversion that would make it fit, if there is one. */
export function conversionHelp(cx: Cx, from: Ty, want: Ty): string | undefined {
  const target = kindOf(want);
  const source = kindOf(from);
  const scalar = isNumber(from) || source === 'flex' || source === 'bool';
  if (scalar && (isNumber(want) || target === 'string')) {
    return `convert it with \`as ${target === 'int-var' ? 'i64' : show(cx, want)}\``;
  }
  if (target === 'bool' && (isNumber(from) || source === 'flex'))
    return 'write `true` or `false`, or compare, as in `... != 0`';
  if (source === 'string' && isInteger(want)) return 'read a number from a text with `int(...)`';
  if (source === 'string' && target === 'f64') return 'read a number from a text with `float(...)`';
  if (source === 'error' && target === 'string') return 'print it, or ask for its kind and message with `typeof`';
  return undefined;
}

/** The literal `[]`, which fits every array type. */
export function isEmptyArray(draft: Draft): boolean {
  return draft.kind === 'array' && draft.items.length === 0;
}

// ------------------------------------------------------------------------------------------------------------ joins

export type Joined =
  | { readonly ok: true; readonly ty: Ty }
  | { readonly ok: false; readonly first: Draft; readonly other: Draft };

/**
 * The one type of several values that may take each other's place: elements of an array, alternatives of a conditional. Flexible
 * integers adapt to the others; with an `any` among them it is `any`.
 */
export function join(cx: Cx, drafts: readonly Draft[]): Joined {
  let ty: Ty | null = null;
  let first: Draft | null = null;
  for (const draft of drafts) {
    const from = typeOf(draft);
    if (draft.kind === 'flex' || from.kind === 'bad' || isEmptyArray(draft)) continue;
    const both: Ty | null = ty === null ? from : joinTwo(ty, from);
    if (both === null) return { ok: false, first: first ?? draft, other: draft };
    ty = both;
    first ??= draft;
  }
  for (const draft of drafts) {
    if (draft.kind === 'flex') {
      if (ty === null) ty = flexType(cx, drafts);
      else if (ty.kind !== 'any' && !isNumber(ty)) return apart(first ?? draft, draft);
    } else if (isEmptyArray(draft)) {
      if (ty === null) ty = ANY_ARRAY;
      else if (ty.kind !== 'any' && ty.kind !== 'array') return apart(first ?? draft, draft);
    } else {
      continue;
    }
    first ??= draft;
  }
  return { ok: true, ty: ty ?? BAD };
}

/** Two values that do not go together, in the order of the source. */
function apart(a: Draft, b: Draft): Joined {
  return a.span.start <= b.span.start ? { ok: false, first: a, other: b } : { ok: false, first: b, other: a };
}

function joinTwo(a: Ty, b: Ty): Ty | null {
  if (a.kind === 'any' || b.kind === 'any') return { kind: 'any' };
  if (a.kind === 'array' && b.kind === 'array') {
    const element = joinTwo(prune(a.element), prune(b.element));
    if (element?.kind === 'any') {
      expose(a);
      expose(b);
    }
    return element === null ? null : arrayOf(element);
  }
  if (a.kind === 'func' && b.kind === 'func' && a.params.length === b.params.length) {
    return unify(a, b)
      ? a
      : { kind: 'func', params: a.params.map(() => ({ kind: 'any' as const })), result: { kind: 'any' } };
  }
  return unify(a, b) ? prune(a) : null;
}

function flexType(cx: Cx, drafts: readonly Draft[]): Ty {
  if (cx.edition.integerDefault === 'inferred') return freshInt(cx);
  const wide = drafts.some((draft) => draft.kind === 'flex' && classicDefault(draft.tree) === 'i64');
  return { kind: wide ? 'i64' : 'i32' };
}
