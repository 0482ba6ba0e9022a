/**
 * Places in other objects: fields and elements as the targets of assignments, read and written through.
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkAssignable } from './assignable.ts';
import { checkExpr } from './check-expr.ts';
import { moduleMember } from './check-member.ts';
import type { Cx } from './context.ts';
import { assignPlace, bad, readVariable, report, show, typeOf } from './context.ts';
import { settle } from './convert.ts';
import { readElement } from './elements.ts';
import { NO_TABLE_HELP } from './habits.ts';
import { reportNoField } from './check-member.ts';
import { reportNoMember } from './names.ts';
import type { Variable } from './symbols.ts';
import type * as syntax from './syntax.ts';
import { hold } from './temporaries.ts';
import type { Ty } from './types.ts';
import { nodeType, prune } from './types.ts';

/** A place to store in, with the type that it takes. */
export interface PlaceDraft {
  readonly place: hir.Place;
  readonly ty: Ty;
  readonly variable: Variable | null;
}

export function storePlace(target: syntax.AssignTarget): { what?: string } {
  return target.kind === 'member' ? { what: `the value of \`${target.name.text}\`` } : {};
}

/** The place that a member or element is, with its object and index evaluated; null if there is an error. */
export function checkPlace(cx: Cx, target: syntax.MemberExpr | syntax.IndexExpr): PlaceDraft | null {
  if (target.kind === 'index') {
    const array = settle(cx, checkExpr(cx, target.object, null));
    const index = settle(cx, checkExpr(cx, target.index, null));
    return elementPlace(cx, target, array, index);
  }
  const member = moduleMember(cx, target);
  if (member === null) return fieldPlace(cx, target, settle(cx, checkExpr(cx, target.object, null)));
  if (member === 'error' || !checkAssignable(cx, member, target.name.span)) return null;
  return member.kind === 'variable' ? { place: assignPlace(cx, member), ty: member.ty, variable: member } : null;
}

function elementPlace(cx: Cx, target: syntax.IndexExpr, array: hir.Expr, index: hir.Expr): PlaceDraft | null {
  const ty = typeOf(array);
  if (!checkIndexType(cx, index) || ty.kind === 'bad') return null;
  const place: hir.Place = { kind: 'index', array, index };
  if (ty.kind === 'array') return { place, ty: ty.element, variable: null };
  if (ty.kind === 'any') return { place, ty: hir.ANY, variable: null };
  if (ty.kind === 'string') {
    report(cx, 'E2001', { form: 'other', problem: 'the bytes of a string cannot be assigned' }, target.span, {
      help: 'strings are immutable: build a new one',
    });
  } else {
    report(cx, 'E2001', { form: 'action', action: 'index', found: show(cx, ty) }, target.object.span);
  }
  return null;
}

/** An index or bound is an integer. */
export function checkIndexType(cx: Cx, index: hir.Expr): boolean {
  const ty = prune(typeOf(index));
  if (ty.kind === 'bad') return false;
  if (ty.kind === 'any' || ty.kind === 'int-var' || fitsInteger(ty.kind)) return true;
  report(
    cx,
    'E2001',
    { form: 'other', problem: `an index is an integer, but this is \`${show(cx, ty)}\`` },
    index.span,
    { help: ty.kind === 'string' ? NO_TABLE_HELP : undefined },
  );
  return false;
}

function fitsInteger(kind: string): boolean {
  return kind === 'i32' || kind === 'i64' || kind === 'u32' || kind === 'u64';
}

function fieldPlace(cx: Cx, target: syntax.MemberExpr, object: hir.Expr): PlaceDraft | null {
  const ty = typeOf(object);
  const name = target.name.text;
  if (ty.kind === 'bad') return null;
  if (ty.kind === 'any') {
    return { place: { kind: 'dynField', mode: cx.argMode, object, name }, ty: hir.ANY, variable: null };
  }
  const info = ty.kind === 'struct' ? cx.build.typeInfos.get(ty.id) : null;
  if (info?.kind === 'struct' && ty.kind === 'struct') {
    const index = info.fieldIndex.get(name);
    const field = index === undefined ? undefined : info.fields[index];
    if (index !== undefined && field !== undefined) {
      return { place: { kind: 'field', object, type: ty.id, index }, ty: field.ty, variable: null };
    }
  }
  if (info?.kind === 'struct') reportNoField(cx, info, target.name);
  else reportNoMember(cx, 'field', target.name, ty, object.span, target.span, null);
  return null;
}

/** The same place with its parts evaluated by `body` into temporaries; variables may stay if nothing changes them meanwhile. */
export function holdPlace(cx: Cx, place: hir.Place, body: hir.Stmt[], still: boolean): hir.Place {
  const held = (name: string, expr: hir.Expr): hir.Expr =>
    still && expr.kind === 'local' && !expr.checked ? { ...expr } : hold(cx, name, expr, body);
  switch (place.kind) {
    case 'field':
    case 'dynField':
      return { ...place, object: held('object', place.object) };
    case 'index':
      return { ...place, array: held('array', place.array), index: held('index', place.index) };
    default:
      return place;
  }
}

export function readPlace(cx: Cx, draft: PlaceDraft, place: hir.Place, span: Span): hir.Expr {
  const ty = nodeType(prune(draft.ty));
  switch (place.kind) {
    case 'field':
      return { kind: 'field', object: place.object, type: place.type, index: place.index, ty, span };
    case 'dynField':
      return { kind: 'dynField', object: place.object, name: place.name, ty, span };
    case 'index': {
      const array = typeOf(place.array);
      const element = array.kind === 'array' ? readElement(array) : hir.ANY;
      return { kind: 'index', base: place.array, index: place.index, ty: nodeType(element), span };
    }
    default:
      return draft.variable === null ? bad(span) : readVariable(cx, draft.variable, span);
  }
}
