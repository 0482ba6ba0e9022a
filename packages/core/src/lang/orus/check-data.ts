/**
 * Arrays and structs: literals, indexing, slices (7.8, 7.9, section 10).
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkExpr } from './check-expr.ts';
import type { Cx, Draft } from './context.ts';
import { bad, freshInt, mention, report, show, typeOf } from './context.ts';
import { coerce, fromAny, infer, join, settle } from './convert.ts';
import { openArray, readElement } from './elements.ts';
import { callFunction } from './function-use.ts';
import { nothingHelp, reportDuplicate, reportUnknownMember } from './names.ts';
import { checkIndexType } from './places.ts';
import type { FieldInfo, StructInfo } from './symbols.ts';
import { withoutParens } from './syntax.ts';
import type * as syntax from './syntax.ts';
import { hold } from './temporaries.ts';
import { checkLengthName, findType } from './type-names.ts';
import type { Ty } from './types.ts';
import { arrayOf, isInteger, nodeType, prune } from './types.ts';

// ---------------------------------------------------------------------------------------------------------- arrays

export function checkArray(cx: Cx, expr: syntax.ArrayLiteral, want: Ty | null): Draft {
  const wanted = want?.kind === 'array' ? prune(want.element) : null;
  const items: Draft[] = [];
  // Row 20: in classic even a literal at a place of `any` elements has elements of one type.
  const inherited = wanted ?? (want?.kind === 'any' ? want : null);
  const wish = inherited?.kind === 'any' && !cx.edition.mixedAnyArrays ? null : inherited;
  for (const element of expr.elements) items.push(checkExpr(cx, element, wish));
  return arrayLiteral(cx, expr, items, wanted, want);
}

function arrayLiteral(
  cx: Cx,
  expr: syntax.ArrayLiteral,
  items: readonly Draft[],
  wanted: Ty | null,
  want: Ty | null,
): Draft {
  const { span } = expr;
  if (items.length === 0) {
    const { plan, openElements } = cx.module;
    const ty = wanted === null ? openArray(expr.id, plan, openElements, () => freshInt(cx)) : arrayOf(wanted);
    return { kind: 'array', items: [], ty: nodeType({ ...ty }), span };
  }
  const element = elementType(cx, items, wanted, want?.kind === 'any');
  if (element === null) {
    for (const item of items) settle(cx, item);
    return bad(span);
  }
  const values = items.map((item) => coerce(cx, item, element));
  return { kind: 'array', items: values, ty: nodeType(arrayOf(element)), span };
}

/**
 * The element type of a literal; null after reporting elements that do not go together. Row 20 lets them differ where an `any` is
 * wanted, be it as the element or as the whole.
 */
function elementType(cx: Cx, items: readonly Draft[], wanted: Ty | null, forAny: boolean): Ty | null {
  if (wanted !== null && (wanted.kind !== 'any' || cx.edition.mixedAnyArrays)) return wanted;
  const joined = join(cx, items);
  if (joined.ok) return wanted ?? joined.ty;
  if (forAny && cx.edition.mixedAnyArrays) return hir.ANY;
  const first = show(cx, typeOf(joined.first));
  const other = show(cx, typeOf(joined.other));
  report(cx, 'E2001', { form: 'elements', first, other }, joined.other.span, {
    text: `this is \`${other}\``,
    labels: [{ span: joined.first.span, text: `this is \`${first}\`` }],
    help: cx.edition.mixedAnyArrays ? 'for an array of anything, declare the variable as `[any]`' : undefined,
  });
  return null;
}

export function checkFill(cx: Cx, expr: syntax.FillLiteral, want: Ty | null): Draft {
  const wanted = want?.kind === 'array' ? prune(want.element) : null;
  const value = checkExpr(cx, expr.value, wanted);
  const count = checkExpr(cx, expr.count, null);
  return fill(cx, expr, value, count, wanted);
}

function fill(cx: Cx, expr: syntax.FillLiteral, value: Draft, count: Draft, wanted: Ty | null): Draft {
  const element = wanted === null ? infer(cx, value) : coerce(cx, value, wanted);
  const times = settle(cx, count);
  const ty = typeOf(times);
  const name = withoutParens(expr.count);
  if (expr.separator === ',' && name.kind === 'name-expr') {
    const help = `for so many elements write \`[...; ${name.text}]\`, for two end the list with a comma`;
    if (ty.kind === 'bad' || !checkLengthName(cx, name.text, name.span, help)) return bad(expr.span);
  } else if (ty.kind !== 'any' && ty.kind !== 'bad' && !isInteger(ty)) {
    const problem = `the length of an array is an integer, but this is \`${show(cx, ty)}\``;
    report(cx, 'E2001', { form: 'other', problem }, times.span);
    return bad(expr.span);
  }
  const counted = ty.kind === 'any' ? fromAny(times, hir.I64, 'convert', null) : times;
  return { kind: 'fill', value: element, count: counted, ty: nodeType(arrayOf(typeOf(element))), span: expr.span };
}

// -------------------------------------------------------------------------------------------------------- elements

export function checkIndex(cx: Cx, expr: syntax.IndexExpr): Draft {
  const base = settle(cx, checkExpr(cx, expr.object, null));
  const index = settle(cx, checkExpr(cx, expr.index, null));
  return indexed(cx, expr, base, index);
}

function indexed(cx: Cx, expr: syntax.IndexExpr, base: hir.Expr, index: hir.Expr): Draft {
  const ty = typeOf(base);
  const { span } = expr;
  if (ty.kind === 'bad') return bad(span);
  if (ty.kind !== 'array' && ty.kind !== 'string' && ty.kind !== 'any') {
    const help = ty.kind === 'struct' ? 'fields are reached with `.`' : nothingHelp(ty);
    report(cx, 'E2001', { form: 'action', action: 'index', found: show(cx, ty) }, base.span, { help });
    return bad(span);
  }
  const ok = checkIndexType(cx, index);
  if (ty.kind === 'array') {
    const element = readElement(ty);
    return ok ? { kind: 'index', base, index, ty: nodeType(element), span } : { ...bad(span), ty: nodeType(element) };
  }
  if (ty.kind === 'string') return ok ? { kind: 'index', base, index, ty: hir.STRING, span } : bad(span);
  return ok ? { kind: 'index', base, index, ty: hir.ANY, span } : bad(span);
}

export function checkSlice(cx: Cx, expr: syntax.SliceExpr): Draft {
  const base = settle(cx, checkExpr(cx, expr.object, null));
  const start = expr.start === null ? null : settle(cx, checkExpr(cx, expr.start, null));
  const end = expr.end === null ? null : settle(cx, checkExpr(cx, expr.end, null));
  return sliced(cx, expr, base, start, end);
}

function sliced(cx: Cx, expr: syntax.SliceExpr, base: hir.Expr, start: hir.Expr | null, end: hir.Expr | null): Draft {
  const ty = typeOf(base);
  const { span } = expr;
  if (ty.kind === 'bad') return bad(span);
  const startOk = start === null || checkIndexType(cx, start);
  const endOk = end === null || checkIndexType(cx, end);
  const sliceable = ty.kind === 'array' || ty.kind === 'any' || (ty.kind === 'string' && cx.edition.stringSlices);
  if (!sliceable) {
    report(cx, 'E2001', { form: 'action', action: 'slice', found: show(cx, ty) }, base.span);
    return bad(span);
  }
  if (!startOk || !endOk) return { ...bad(span), ty: base.ty };
  const inclusive = expr.inclusive || cx.edition.sliceEnd === 'inclusive';
  return { kind: 'slice', style: cx.style, base, start, end, inclusive, ty: base.ty, span };
}

// --------------------------------------------------------------------------------------------------------- structs

export function checkStruct(cx: Cx, expr: syntax.StructLiteral): Draft {
  const symbol = findType(cx, expr.type.module, expr.type.name);
  const found = symbol === null ? null : cx.build.typeInfos.get(symbol.id);
  const info = found?.kind === 'struct' ? found : null;
  const values: Draft[] = [];
  for (const field of expr.fields) {
    const index = info?.fieldIndex.get(field.name.text);
    const wanted = index === undefined ? null : (info?.fields[index]?.ty ?? null);
    values.push(checkExpr(cx, field.value, wanted));
  }
  if (symbol !== null && info !== null) return structLiteral(cx, expr, symbol.id, info, values);
  if (found !== null && symbol !== null) report(cx, 'E2003', { name: symbol.name, kind: 'struct' }, expr.type.span);
  for (const value of values) settle(cx, value);
  return bad(expr.span);
}

function structLiteral(
  cx: Cx,
  expr: syntax.StructLiteral,
  id: hir.TypeId,
  info: StructInfo,
  drafts: readonly Draft[],
): Draft {
  const given: (hir.Expr | null)[] = info.fields.map(() => null);
  const order: number[] = [];
  let ok = true;
  expr.fields.forEach((field, at) => {
    const name = field.name.text;
    const index = info.fieldIndex.get(name);
    const draft = drafts[at] as Draft;
    const declared = index === undefined ? undefined : info.fields[index];
    if (index === undefined || declared === undefined) {
      reportUnknownMember(cx, 'field', name, info.name, field.name.span, info.fieldIndex.keys());
      settle(cx, draft);
      ok = false;
      return;
    }
    const value = coerce(cx, draft, declared.ty, {
      what: `field \`${name}\``,
      labels: [{ span: declared.span, text: 'declared here' }],
    });
    if (given[index] != null) {
      const earlier = expr.fields.find((other) => other.name.text === name);
      reportDuplicate(cx, name, field.name.span, earlier?.name.span ?? null, 'field');
      return;
    }
    given[index] = value;
    order.push(index);
  });
  const ty: hir.Type = { kind: 'struct', id };
  const missing = info.fields.filter((field, index) => given[index] === null && field.default === null);
  if (missing.length > 0 && ok) {
    const labels = info.span === null ? [] : [{ span: info.span, text: 'declared here' }];
    report(cx, 'E2009', { form: 'field', struct: info.name, fields: missing.map((field) => field.name) }, expr.span, {
      labels,
    });
    ok = false;
  }
  if (!ok) return { ...bad(expr.span), ty };
  return orderedStruct(cx, expr.span, ty, id, info, given, order);
}

/**
 * The node takes fields in declaration order; if they were written in another, or a default comes before a written one, the
 * written ones go through temporaries.
 */
function orderedStruct(
  cx: Cx,
  span: Span,
  ty: hir.Type,
  id: hir.TypeId,
  info: StructInfo,
  given: readonly (hir.Expr | null)[],
  order: readonly number[],
): hir.Expr {
  const body: hir.Stmt[] = [];
  const values = [...given];
  if (!inOrder(info, given, order)) {
    for (const index of order) {
      const value = given[index];
      if (value != null) values[index] = hold(cx, info.fields[index]?.name ?? 'field', value, body);
    }
  }
  const fields = values.map((value, index) => value ?? defaultValue(cx, info.fields[index] as FieldInfo, span));
  const node: hir.Expr = { kind: 'struct', type: id, fields, ty, span };
  return body.length === 0 ? node : { kind: 'block', body, result: node, ty, span };
}

function inOrder(info: StructInfo, given: readonly (hir.Expr | null)[], order: readonly number[]): boolean {
  if (order.some((index, at) => at > 0 && index < (order[at - 1] ?? 0))) return false;
  const lastWritten = order.at(-1) ?? -1;
  return info.fields.every(
    (field, index) => index > lastWritten || given[index] != null || field.default?.constant != null,
  );
}

function defaultValue(cx: Cx, field: FieldInfo, span: Span): hir.Expr {
  const value = field.default;
  if (value === null) return bad(span);
  if (value.func === null) return { ...value.constant };
  mention(cx, value.func);
  return callFunction({ func: value.func, link: value.link, params: [], result: field.ty }, [], span);
}
