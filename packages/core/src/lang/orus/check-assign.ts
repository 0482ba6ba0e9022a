/**
 * Declarations and assignments (6.2, 6.3, rows 16 and 17 of section 23).
 */
import type { Edit, Label } from '../../base/diagnostic.ts';
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkExpr } from './check-expr.ts';
import { checkLambda, defineFunctionVariable, functionType, signatureOf } from './check-function.ts';
import { moduleMember } from './check-member.ts';
import { arithmetic } from './check-operator.ts';
import {
  assignPlace,
  bad,
  type Cx,
  declareVariable,
  type Draft,
  freshInt,
  letStatement,
  markSet,
  newLocal,
  readVariable,
  report,
  show,
  typeOf,
} from './context.ts';
import { claim, coerce, fromAny, infer, settle } from './convert.ts';
import { expose, readElement } from './elements.ts';
import { isLiteral } from './flexible.ts';
import { reportDuplicate, reportUnknownMember, reportUnknownName } from './names.ts';
import { lookup, type Scope, type ValueSymbol, type Variable } from './symbols.ts';
import type * as syntax from './syntax.ts';
import { type Expr, type LambdaExpr, withoutParens } from './syntax.ts';
import { ANY_ARRAY, BAD, fitsType, nodeType, prune, type Ty } from './types.ts';
import { checkLengths, resolveType } from './type-names.ts';

// ---------------------------------------------------------------------------------------------------- declarations

export function checkDeclare(cx: Cx, decl: syntax.DeclareStmt): void {
  const name = decl.name.text;
  if (decl.form === 'const' && cx.scope.kind === 'module' && !/^[A-Z][A-Z0-9_]*$/.test(name)) {
    const capitals = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toUpperCase();
    const help = /^[A-Z][A-Z0-9_]*$/.test(capitals) ? `call it \`${capitals}\`` : undefined;
    report(cx, 'E1013', { name }, decl.name.span, { help });
  }
  const declared = decl.type === null ? null : resolveType(cx, decl.type);
  checkLengths(cx, decl.type);
  const value = withoutParens(decl.value);
  if (value.kind === 'lambda' && name !== '_') {
    declareLambda(cx, decl, value, declared);
    return;
  }
  const draft = checkExpr(cx, decl.value, declared);
  finishDeclare(cx, decl, declared, draft);
}

function finishDeclare(cx: Cx, decl: syntax.DeclareStmt, declared: Ty | null, draft: Draft): void {
  const init = initialiser(cx, decl, declared, draft);
  if (decl.name.text === '_') {
    cx.out.push({ kind: 'expr', expr: init, span: decl.span });
    return;
  }
  const lengthConstant = !decl.mutable && draft.kind === 'flex';
  const variable = declareExplicit(cx, decl, declared ?? typeOf(init), lengthConstant);
  cx.out.push(letStatement(variable, init, decl.span));
}

function initialiser(cx: Cx, decl: syntax.DeclareStmt, declared: Ty | null, draft: Draft): hir.Expr {
  if (declared !== null) return coerceInitialiser(cx, draft, declared);
  if (decl.form === 'let' && draft.kind === 'flex') return claim(cx, draft, freshInt(cx), 'free');
  return infer(cx, draft);
}

/** The value of a declaration; row 11 reinterprets a hexadecimal that is the whole initialiser of an `i32`. */
export function coerceInitialiser(cx: Cx, draft: Draft, declared: Ty): hir.Expr {
  if (draft.kind === 'flex' && declared.kind === 'i32' && !cx.edition.looseLiterals) {
    const { tree } = draft;
    if (isLiteral(tree) && tree.hex && fitsType(tree.value, 'u32')) {
      return { kind: 'int', value: BigInt.asIntN(32, tree.value), ty: hir.I32, span: draft.span };
    }
  }
  return coerce(cx, draft, declared);
}

function declareExplicit(cx: Cx, decl: syntax.DeclareStmt, ty: Ty, lengthConstant: boolean): Variable {
  const name = decl.name.text;
  const { span } = decl.name;
  const earlier = cx.scope.values?.get(name);
  if (earlier !== undefined) reportDuplicate(cx, name, span, earlier.span);
  const about = { name, span, form: decl.form, ty, mutable: decl.mutable, lengthConstant };
  const variable = declareVariable(cx, cx.scope, about);
  if (decl.pub !== null) exportVariable(cx, variable);
  return variable;
}

function exportVariable(cx: Cx, variable: Variable): void {
  if (variable.place.kind !== 'module') return;
  expose(variable.ty);
  variable.place.shared = true;
  cx.module.exports.values.set(variable.name, variable);
  cx.module.exports.hidden.delete(variable.name);
}

/** Ruling 5: a name whose initialiser is directly a lambda is visible in that lambda. */
function declareLambda(cx: Cx, decl: syntax.DeclareStmt, lambda: LambdaExpr, declared: Ty | null): void {
  const signature = signatureOf(cx, lambda, null);
  const variable = declareExplicit(cx, decl, declared ?? functionType(signature), false);
  const draft = checkLambda(cx, lambda, signature);
  const value = declared === null ? settle(cx, draft) : coerce(cx, draft, declared);
  defineFunctionVariable(cx, variable, value, decl.span);
}

// ----------------------------------------------------------------------------------------------- plain assignments

export function checkAssignStatement(cx: Cx, statement: syntax.AssignStmt): void {
  const { assign, span } = statement;
  const { target } = assign;
  if (assign.op === null && target.kind === 'name-expr' && target.text !== '_') {
    if (lookup(cx.scope, target.text) === undefined) {
      declareImplicit(cx, assign, target, statement.pub !== null, true);
      return;
    }
  }
  cx.out.push({ kind: 'expr', expr: settle(cx, checkAssign(cx, assign)), span });
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

function declaredPlace(variable: Variable): { labels: Label[] } {
  return {
    labels: variable.span === null ? [] : [{ span: variable.span, text: `\`${variable.name}\` is declared here` }],
  };
}

/** Where an implicit declaration puts its name: outside the blocks that are transparent for it. */
function implicitScope(scope: Scope): Scope {
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
  if (again !== undefined && again.kind === 'variable') {
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

function firstAssignment(cx: Cx, variable: Variable, value: hir.Expr, span: Span, isStatement: boolean): hir.Expr {
  const place = assignPlace(cx, variable);
  markSet(cx, variable);
  const node: hir.Expr = { kind: 'assign', target: place, value, ty: nodeType(variable.ty), span };
  if (isStatement) cx.out.push({ kind: 'expr', expr: node, span });
  return node;
}

/** Whether a name may be assigned here; E1014 if not. */
export function checkAssignable(cx: Cx, symbol: ValueSymbol, span: Span): boolean {
  const name = symbol.name;
  if (symbol.kind === 'bad') return false;
  const labels: Label[] = symbol.span === null ? [] : [{ span: symbol.span, text: 'declared here' }];
  if (symbol.kind !== 'variable') {
    report(cx, 'E1014', { name, kind: symbol.kind === 'module' ? 'import' : 'function' }, span, { labels });
    return false;
  }
  if (!symbol.mutable) {
    reportImmutable(cx, symbol, span, labels);
    return false;
  }
  const captured = symbol.owner !== cx.func && symbol.place.kind === 'local' && symbol.owner.kind !== 'init';
  if (captured && cx.edition.captureNeedsMut && symbol.form !== 'mut' && symbol.form !== 'let') {
    const more = symbol.form === 'implicit' ? mutEdit(symbol) : {};
    report(cx, 'E1014', { name, kind: 'captured' }, span, { labels, ...more });
    return false;
  }
  return true;
}

function reportImmutable(cx: Cx, variable: Variable, span: Span, labels: readonly Label[]): void {
  const { name, form } = variable;
  if (form === 'param') {
    report(cx, 'E1014', { name, kind: 'parameter' }, span, {
      labels,
      help: `copy it first: \`mut my_${name} = ${name}\``,
    });
  } else if (form === 'self' || form === 'function') {
    report(cx, 'E1014', { name, kind: form }, span, { labels });
  } else if (form === 'const') {
    report(cx, 'E1014', { name, kind: 'constant' }, span, { labels });
  } else {
    const text = [{ span: (variable.span ?? span) as Span, text: 'declared immutable here' }];
    report(cx, 'E1014', { name, kind: 'variable' }, span, {
      labels: text,
      ...(form === 'list' ? {} : mutEdit(variable)),
    });
  }
}

/** Writing `mut` in front of the name where it is declared. */
function mutEdit(variable: Variable): { help: string; edit?: Edit } {
  const help = `declare it with \`mut ${variable.name}\``;
  const { span } = variable;
  if (span === null) return { help };
  const at = { file: span.file, start: span.start, end: span.start };
  return { help, edit: { span: at, replacement: 'mut ', description: 'insert `mut`' } };
}

// ------------------------------------------------------------------------------------------ places in other objects

/** A place to store in, with the type that it takes. */
interface PlaceDraft {
  readonly place: hir.Place;
  readonly ty: Ty;
  readonly variable: Variable | null;
}

function assignTo(cx: Cx, assign: syntax.AssignExpr, target: syntax.MemberExpr | syntax.IndexExpr): hir.Expr {
  const place = checkPlace(cx, target);
  const draft = checkExpr(cx, assign.value, place === null ? null : prune(place.ty));
  if (place === null) return bad(assign.span);
  const value = coerce(cx, draft, place.ty, storePlace(target));
  if (place.variable !== null) markSet(cx, place.variable);
  return { kind: 'assign', target: place.place, value, ty: nodeType(place.ty), span: assign.span };
}

function storePlace(target: syntax.AssignTarget): { what?: string } {
  return target.kind === 'member' ? { what: `the value of \`${target.name.text}\`` } : {};
}

/** The place that a member or element is, with its object and index evaluated; null if there is an error. */
function checkPlace(cx: Cx, target: syntax.MemberExpr | syntax.IndexExpr): PlaceDraft | null {
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
  reportUnknownMember(
    cx,
    'field',
    name,
    show(cx, ty),
    target.name.span,
    info?.kind === 'struct' ? info.fieldIndex.keys() : [],
  );
  return null;
}

// -------------------------------------------------------------------------------------------- compound assignments

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

/** The same place with its parts evaluated by `body` into temporaries; variables may stay if nothing changes them meanwhile. */
function holdPlace(cx: Cx, place: hir.Place, body: hir.Stmt[], still: boolean): hir.Place {
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

/** Whether evaluating an expression changes nothing and cannot fail. */
export function isPure(expr: Draft): boolean {
  switch (expr.kind) {
    case 'flex':
    case 'int':
    case 'float':
    case 'bool':
    case 'string':
    case 'nil':
      return true;
    case 'local':
    case 'global':
      return !expr.checked;
    case 'toAny':
      return isPure(expr.operand);
    default:
      return false;
  }
}

/** An expression that repeats the value of `expr`, which `body` evaluates. */
export function hold(cx: Cx, name: string, expr: hir.Expr, body: hir.Stmt[]): hir.Expr {
  if (expr.kind === 'int' || expr.kind === 'string' || expr.kind === 'bool') return expr;
  const local = newLocal(cx, name, typeOf(expr));
  body.push({ kind: 'let', local, init: expr, span: expr.span });
  return { kind: 'local', local, checked: false, ty: expr.ty, span: expr.span };
}

function readPlace(cx: Cx, draft: PlaceDraft, place: hir.Place, span: Span): hir.Expr {
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

// --------------------------------------------------------------------------------------------------- destructuring

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
    const value = place == null ? infer(cx, draft) : coerce(cx, draft, place.ty);
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
  if (symbol === undefined) {
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
