/**
 * Structs, enums and their methods (sections 10 and 11).
 *
 * First the names are declared, then fields, payloads and methods are given their types, so that types may name each other in any
 * order; defaults and bodies are checked where they stand.
 */
import * as hir from '../../hir/hir.ts';
import { coerceInitialiser } from './check-declare.ts';
import { checkExpr } from './check-expr.ts';
import { checkBody, newFuncCx, newFunction, signatureOf } from './check-function.ts';
import type { Cx } from './context.ts';
import { isInherited, isSession, report } from './context.ts';
import { linkFunction } from './function-use.ts';
import { MAX_TYPES } from './limits.ts';
import { proposal, reportDuplicate } from './names.ts';
import type { EnumInfo, FieldDefault, MethodInfo, StructInfo, TypeSymbol } from './symbols.ts';
import type { EnumDecl, Expr, FieldDecl, FunctionDecl, ImplDecl, Name, StructDecl } from './syntax.ts';
import { withoutParens } from './syntax.ts';
import { checkLengths, resolveType } from './type-names.ts';
import type { Ty } from './types.ts';
import { nodeType } from './types.ts';

type Methods = Map<string, { readonly func: hir.FuncId; readonly instance: boolean }>;

// ---------------------------------------------------------------------------------------------------------- names

export function declareStruct(cx: Cx, decl: StructDecl): void {
  const name = decl.name.text;
  const info: StructInfo = {
    kind: 'struct',
    name,
    span: decl.name.span,
    fields: [],
    fieldIndex: new Map(),
    methods: new Map(),
    bodies: new Map(),
  };
  const id = cx.build.types.add({ kind: 'struct', name, fields: [], methods: new Map() });
  cx.build.typeInfos.add(info);
  declareType(cx, decl.name, id, decl.pub !== null);
}

export function declareEnum(cx: Cx, decl: EnumDecl): void {
  const name = decl.name.text;
  const info: EnumInfo = { kind: 'enum', name, span: decl.name.span, variants: [], variantIndex: new Map() };
  const id = cx.build.types.add({ kind: 'enum', name, variants: [] });
  cx.build.typeInfos.add(info);
  declareType(cx, decl.name, id, decl.pub !== null);
}

function declareType(cx: Cx, name: Name, id: hir.TypeId, pub: boolean): void {
  if (id === MAX_TYPES) report(cx, 'E1006', { problem: `a program has at most ${MAX_TYPES} types` }, name.span);
  const symbol: TypeSymbol = { kind: 'type', name: name.text, span: name.span, id };
  const earlier = cx.module.types.get(name.text);
  if (earlier !== undefined && !isInherited(cx, name.text, earlier)) {
    reportDuplicate(cx, name.text, name.span, cx.module.importSpans.get(name.text) ?? earlier.span);
    return;
  }
  cx.module.importSpans.delete(name.text);
  cx.module.types.set(name.text, symbol);
  if (pub) cx.module.exports.types.set(name.text, symbol);
  else cx.module.exports.hidden.add(name.text);
}

/** The type that a declaration made, unless its name was taken. */
function declared(cx: Cx, decl: StructDecl | EnumDecl): TypeSymbol | null {
  const symbol = cx.module.types.get(decl.name.text);
  return symbol !== undefined && symbol.span === decl.name.span ? symbol : null;
}

// ------------------------------------------------------------------------------------------------- fields, payloads

export function defineStruct(cx: Cx, decl: StructDecl): void {
  const symbol = declared(cx, decl);
  const info = symbol === null ? null : cx.build.typeInfos.get(symbol.id);
  if (symbol === null || info?.kind !== 'struct') {
    for (const field of decl.fields) resolveType(cx, field.type);
    return;
  }
  for (const field of decl.fields) {
    const name = field.name.text;
    const ty = resolveType(cx, field.type);
    const earlier = info.fieldIndex.get(name);
    if (earlier !== undefined) {
      reportDuplicate(cx, name, field.name.span, info.fields[earlier]?.span ?? null);
      continue;
    }
    info.fieldIndex.set(name, info.fields.length);
    info.fields.push({ name, ty, span: field.name.span, default: newDefault(cx, info, field, ty) });
  }
  const fields = info.fields.map((field) => ({ name: field.name, type: nodeType(field.ty) }));
  const methods: Methods = new Map();
  cx.build.types.set(symbol.id, { kind: 'struct', name: info.name, fields, methods });
}

/** A default is a function, unless it is a literal, which needs none of the module's names. */
function newDefault(cx: Cx, info: StructInfo, field: FieldDecl, ty: Ty): FieldDefault | null {
  const value = field.defaultValue;
  if (value === null) return null;
  if (isLiteral(value)) {
    const constant = coerceInitialiser(cx, checkExpr(cx, value, ty), ty);
    return { func: null, constant };
  }
  const name = `${info.name}.${field.name.text}`;
  const func = newFunction(cx, name, 'function', ty, value.span);
  const link = linkFunction(cx, name, { func, params: [], result: ty }, null, false);
  return { func, link, constant: null };
}

function isLiteral(expr: Expr): boolean {
  const value = withoutParens(expr);
  if (value.kind === 'unary' && value.op === '-') return value.operand.kind === 'int' || value.operand.kind === 'float';
  return value.kind === 'int' || value.kind === 'float' || value.kind === 'string' || value.kind === 'bool';
}

export function defineEnum(cx: Cx, decl: EnumDecl): void {
  const symbol = declared(cx, decl);
  const params = new Map<string, Ty>(decl.typeParams.map((param) => [param.text, hir.ANY]));
  const info = symbol === null ? null : cx.build.typeInfos.get(symbol.id);
  for (const variant of decl.variants) {
    const payload = variant.payload.map((field, index) => ({
      name: field.name?.text ?? String(index),
      ty: resolveType(cx, field.type, params),
    }));
    if (info?.kind !== 'enum') continue;
    const name = variant.name.text;
    const earlier = info.variantIndex.get(name);
    if (earlier !== undefined) {
      reportDuplicate(cx, name, variant.name.span, info.variants[earlier]?.span ?? null);
      continue;
    }
    info.variantIndex.set(name, info.variants.length);
    info.variants.push({ name, span: variant.name.span, payload });
  }
  if (symbol === null || info?.kind !== 'enum') return;
  const variants = info.variants.map((variant) => ({
    name: variant.name,
    payload: variant.payload.map((field) => ({ name: field.name, type: nodeType(field.ty) })),
  }));
  cx.build.types.set(symbol.id, { kind: 'enum', name: info.name, variants });
}

/** Where a struct stands: its lengths, and the defaults that are no literals. */
export function checkFields(cx: Cx, decl: StructDecl): void {
  const symbol = declared(cx, decl);
  const info = symbol === null ? null : cx.build.typeInfos.get(symbol.id);
  for (const field of decl.fields) {
    checkLengths(cx, field.type);
    const index = info?.kind === 'struct' ? info.fieldIndex.get(field.name.text) : undefined;
    const first = info?.kind === 'struct' && index !== undefined ? info.fields[index] : undefined;
    // The second of two fields of one name is not there.
    const known = first?.span === field.name.span ? first : undefined;
    const func = known?.default?.func ?? null;
    if (field.defaultValue !== null && known !== undefined && func !== null) {
      checkDefault(cx, func, field.defaultValue, known.ty);
    }
  }
}

function checkDefault(cx: Cx, id: hir.FuncId, value: Expr, ty: Ty): void {
  const { func, scope, out, flow } = cx;
  const record = cx.build.funcs.get(id);
  cx.func = newFuncCx(id, record.name, 'function', func, ty, null);
  cx.module.links.set(id, cx.func.links);
  cx.scope = { kind: 'function', parent: scope, owner: cx.func, transparent: false, values: null, declares: null };
  cx.out = [];
  cx.flow = { live: true, trail: [] };
  const result = coerceInitialiser(cx, checkExpr(cx, value, ty), ty);
  const statement: hir.Stmt = { kind: 'return', value: result, span: value.span };
  const body = [...cx.out, statement];
  cx.build.funcs.set(id, { ...record, body });
  Object.assign(cx, { func, scope, out, flow });
}

// --------------------------------------------------------------------------------------------------------- methods

function structOf(cx: Cx, decl: ImplDecl): { symbol: TypeSymbol; info: StructInfo } | null {
  const symbol = cx.module.types.get(decl.target.text);
  const info =
    symbol === undefined || cx.module.importSpans.has(decl.target.text) ? null : cx.build.typeInfos.get(symbol.id);
  return symbol !== undefined && info?.kind === 'struct' ? { symbol, info } : null;
}

function* structNames(cx: Cx): IterableIterator<string> {
  for (const { id, name } of cx.module.types.values()) if (cx.build.typeInfos.get(id).kind === 'struct') yield name;
}

/** Enters the methods of an `impl`; their bodies are checked where it stands. */
export function declareImpl(cx: Cx, decl: ImplDecl): void {
  const target = structOf(cx, decl);
  if (target === null) {
    const name = decl.target.text;
    const { help = 'methods belong to a struct of the same file' } = proposal(
      cx,
      name,
      decl.target.span,
      structNames(cx),
    );
    report(cx, 'E2003', { name, kind: 'struct' }, decl.target.span, { help });
    return;
  }
  for (const method of decl.methods) declareMethod(cx, target.symbol, target.info, method);
}

function declareMethod(cx: Cx, symbol: TypeSymbol, info: StructInfo, decl: FunctionDecl): void {
  const name = decl.name.text;
  const self: Ty = { kind: 'struct', id: symbol.id };
  const signature = signatureOf(cx, decl, self);
  const known = info.methods.get(name);
  const replaced =
    known !== undefined && isInherited(cx, symbol.name, symbol) && !cx.module.newMethods.has(known) ? known : null;
  const earlier = replaced !== null ? undefined : (known?.span ?? info.fields[info.fieldIndex.get(name) ?? -1]?.span);
  if (earlier !== undefined) reportDuplicate(cx, name, decl.name.span, earlier);
  const func = newFunction(cx, name, 'method', signature.result, decl.span);
  const instance = decl.params[0]?.name.text === 'self';
  const link =
    earlier !== undefined
      ? null
      : linkFunction(cx, `${symbol.name}.${name}`, { func, ...signature }, replaced?.link ?? null, isSession(cx));
  const method: MethodInfo = { kind: 'function', name, span: decl.name.span, func, ...signature, link, instance };
  info.bodies.set(decl, method);
  if (earlier !== undefined) return;
  const type = cx.build.types.get(symbol.id);
  cx.build.session?.undo.push(() => {
    if (known === undefined) info.methods.delete(name);
    else info.methods.set(name, known);
    if (type.kind === 'struct') (type.methods as Methods).delete(name);
  });
  cx.module.newMethods.add(method);
  info.methods.set(name, method);
  // The table of the type is complete before anything runs; until then it is ours to fill.
  if (type.kind === 'struct') (type.methods as Methods).set(name, { func, instance });
  const named = cx.module.methods.get(name) ?? [];
  named.push(func);
  cx.module.methods.set(name, named);
}

/** The bodies of an `impl`. */
export function checkMethods(cx: Cx, decl: ImplDecl): void {
  const target = structOf(cx, decl);
  for (const method of decl.methods) {
    const known = target?.info.bodies.get(method);
    if (known !== undefined) checkBody(cx, known.func, 'method', method, known, null);
    else checkOrphan(cx, method);
  }
}

/** A method of nothing: its body is still checked. */
function checkOrphan(cx: Cx, decl: FunctionDecl): void {
  const signature = signatureOf(cx, decl, { kind: 'bad' });
  const func = newFunction(cx, decl.name.text, 'method', signature.result, decl.span);
  checkBody(cx, func, 'method', decl, signature, null);
}
