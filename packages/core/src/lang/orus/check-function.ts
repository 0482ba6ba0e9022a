/**
 * Functions (section 9): signatures, bodies, lambdas, nested functions.
 *
 * A nested function is a local variable that holds a closure, except that one which captures nothing is called directly. Whether
 * it does is known only after its body, so the calls it makes to itself are completed then.
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkStmt } from './check-stmt.ts';
import { RETURN } from './collect.ts';
import {
  type Cx,
  declareVariable,
  type Draft,
  type Flow,
  type FuncCx,
  letStatement,
  localEntry,
  mention,
  type Mutable,
  newLinks,
  type NewVariable,
  readVariable,
  withDeclares,
} from './context.ts';
import { reportDuplicate } from './names.ts';
import type { ParamInfo, Scope, Variable } from './symbols.ts';
import type { FunctionDecl, LambdaExpr, Param, Statement } from './syntax.ts';
import { BAD, nodeType, type Ty } from './types.ts';
import { checkLengths, resolveType } from './type-names.ts';

export interface Signature {
  readonly params: readonly ParamInfo[];
  readonly result: Ty;
}

type Parts = FunctionDecl | LambdaExpr;

/** Parameters and result as declared; `self` without a type is the struct's. */
export function signatureOf(cx: Cx, parts: Parts, self: Ty | null): Signature {
  const params = parts.params.map((param, index) => ({
    name: param.name.text,
    ty: paramType(cx, param, index === 0 ? self : null),
  }));
  const result: Ty = parts.result === null ? { kind: 'any' } : resolveType(cx, parts.result);
  return { params, result };
}

function paramType(cx: Cx, param: Param, self: Ty | null): Ty {
  if (param.type !== null) return resolveType(cx, param.type);
  return self !== null && param.name.text === 'self' ? self : { kind: 'any' };
}

export function functionType(signature: Signature): Ty {
  return { kind: 'func', params: signature.params.map((param) => param.ty), result: signature.result };
}

/** Enters a function in the program's table; its body follows with `closeFunction`. */
export function newFunction(cx: Cx, name: string, kind: hir.Func['kind'], result: Ty, span: Span): hir.FuncId {
  const record: hir.Func = {
    name,
    kind,
    params: [],
    result: nodeType(result),
    style: cx.style,
    captures: [],
    body: [],
    span,
  };
  return cx.build.funcs.add(record);
}

interface Opened {
  readonly func: FuncCx;
  readonly scope: Scope;
  readonly out: hir.Stmt[];
  readonly flow: Flow;
  readonly params: readonly hir.LocalId[];
}

/** The body of a function, which `self` names in itself. */
export function checkBody(
  cx: Cx,
  id: hir.FuncId,
  kind: hir.Func['kind'],
  decl: FunctionDecl | LambdaExpr,
  signature: Signature,
  self: Variable | null,
): void {
  const opened = openFunction(cx, id, kind, decl, signature, self);
  const list = decl.body.statements;
  const sink = signature.result.kind === 'nil' ? null : RETURN;
  for (let index = 0; index < list.length; index++) {
    checkStmt(cx, list[index] as Statement, index === list.length - 1 ? sink : null);
  }
  closeFunction(cx, opened, decl.span);
}

/** Goes into a function's body; a function of the module sees only the module's scope. */
function openFunction(
  cx: Cx,
  id: hir.FuncId,
  kind: hir.Func['kind'],
  parts: Parts,
  signature: Signature,
  self: Variable | null,
): Opened {
  const saved = { func: cx.func, scope: cx.scope, out: cx.out, flow: cx.flow };
  const name = parts.kind === 'lambda' ? 'lambda' : parts.name.text;
  cx.func = newFuncCx(id, name, kind, saved.func, signature.result, self);
  cx.module.links.set(id, cx.func.links);
  cx.scope = {
    kind: 'function',
    parent: saved.scope,
    owner: cx.func,
    transparent: false,
    values: null,
    declares: null,
  };
  cx.out = [];
  cx.flow = { live: true, trail: [] };
  for (const param of parts.params) checkLengths(cx, param.type);
  checkLengths(cx, parts.result);
  return {
    ...saved,
    params: parts.params.map((param, index) => declareParam(cx, param, signature.params[index]?.ty ?? BAD)),
  };
}

export function newFuncCx(
  id: hir.FuncId,
  name: string,
  kind: hir.Func['kind'],
  parent: FuncCx | null,
  result: Ty,
  self: Variable | null,
): FuncCx {
  const strict = result.kind !== 'any' && result.kind !== 'nil' && result.kind !== 'bad';
  return { id, name, kind, parent, result, strict, captures: new Set(), self, selfCalls: [], links: newLinks() };
}

function declareParam(cx: Cx, param: Param, ty: Ty): hir.LocalId {
  const name = param.name.text;
  const earlier = cx.scope.values?.get(name);
  if (earlier !== undefined) reportDuplicate(cx, name, param.name.span, earlier.span);
  const form = name === 'self' ? 'self' : 'param';
  const variable = declareVariable(cx, cx.scope, { name, span: param.name.span, form, ty, mutable: param.mut });
  return (variable.place as { local: hir.LocalId }).local;
}

/** Leaves a function's body: writes out what happens at its end and enters it in the table. */
function closeFunction(cx: Cx, opened: Opened, span: Span): void {
  const { func, out } = cx;
  if (cx.flow.live) out.push(ending(func, span));
  if (func.self !== null && func.selfCalls.length > 0) completeSelfCalls(cx, func, func.self);
  const record: hir.Func = {
    name: func.name,
    kind: func.kind,
    params: opened.params,
    result: nodeType(func.result),
    style: cx.style,
    captures: [...func.captures],
    body: withDeclares(cx.scope, out),
    span,
  };
  cx.build.funcs.set(func.id, record);
  // What the body assigns is assigned when it is called, if ever.
  for (const variable of cx.flow.trail) variable.set = false;
  cx.func = opened.func;
  cx.scope = opened.scope;
  cx.out = opened.out;
  cx.flow = opened.flow;
}

/** What happens when control reaches the end of a body. */
function ending(func: FuncCx, span: Span): hir.Stmt {
  const end = { file: span.file, start: Math.max(span.start, span.end - 1), end: span.end };
  if (func.result.kind === 'nil') return { kind: 'return', value: null, span: end };
  if (func.strict) {
    return { kind: 'raise', trap: 'runtime', message: `Function '${func.name}' ended without returning a value`, span };
  }
  const nil: hir.Expr = { kind: 'nil', ty: hir.NIL, span: end };
  return { kind: 'return', value: { kind: 'toAny', operand: nil, ty: hir.ANY, span: end }, span: end };
}

function completeSelfCalls(cx: Cx, func: FuncCx, self: Variable): void {
  const closure = func.captures.size > 0;
  for (const { node, args } of func.selfCalls) {
    const made = closure ? closureUse(cx, self, args, node) : directUse(func.id, args, node);
    Object.assign(node, made);
  }
}

function directUse(func: hir.FuncId, args: readonly hir.Expr[] | null, node: hir.Expr): hir.Expr {
  const { ty, span } = node;
  return args === null ? { kind: 'func', func, ty, span } : { kind: 'call', func, args, ty, span };
}

function closureUse(cx: Cx, self: Variable, args: readonly hir.Expr[] | null, node: hir.Expr): hir.Expr {
  const callee = readVariable(cx, self, node.span);
  if (args === null) return callee;
  return { kind: 'callValue', callee, args, ty: node.ty, span: node.span };
}

/** `fn(…): …` as an expression; `signature` if it has been read already. */
export function checkLambda(cx: Cx, lambda: LambdaExpr, given?: Signature): Draft {
  const signature = given ?? signatureOf(cx, lambda, null);
  const id = newFunction(cx, 'lambda', 'lambda', signature.result, lambda.span);
  mention(cx, id);
  checkBody(cx, id, 'lambda', lambda, signature, null);
  return { kind: 'func', func: id, ty: nodeType(functionType(signature)), span: lambda.span };
}

/** A named function inside a block. */
export function checkNestedFunction(cx: Cx, decl: FunctionDecl): void {
  const signature = signatureOf(cx, decl, null);
  const id = newFunction(cx, decl.name.text, 'function', signature.result, decl.span);
  const variable = declareNested(cx, decl, functionType(signature));
  mention(cx, id);
  checkBody(cx, id, 'function', decl, signature, variable);
  defineNested(cx, id, variable, decl.span);
}

function declareNested(cx: Cx, decl: FunctionDecl, ty: Ty): Variable {
  const name = decl.name.text;
  const earlier = cx.scope.values?.get(name);
  if (earlier !== undefined) reportDuplicate(cx, name, decl.name.span, earlier.span);
  const about: NewVariable = { name, span: decl.name.span, form: 'function', ty, mutable: false };
  return declareVariable(cx, cx.scope, about);
}

function defineNested(cx: Cx, id: hir.FuncId, variable: Variable, span: Span): void {
  const func = cx.build.funcs.get(id);
  if (func.captures.length === 0) {
    variable.direct = id;
    return;
  }
  const value: hir.Expr = { kind: 'func', func: id, ty: nodeType(variable.ty), span };
  defineFunctionVariable(cx, variable, value, span);
}

/** Gives a variable its function; one that captures its own variable needs it to exist before. */
export function defineFunctionVariable(cx: Cx, variable: Variable, value: hir.Expr, span: Span): void {
  const { place } = variable;
  if (place.kind === 'module' || !localEntry(cx, place.local).captured) {
    cx.out.push(letStatement(variable, value, span));
    return;
  }
  localEntry(cx, place.local).assigned = true;
  cx.scope.declares ??= [];
  cx.scope.declares.push({ variable, span });
  const target: hir.Place = { kind: 'local', local: place.local };
  const assign: Mutable<hir.Expr> = { kind: 'assign', target, value, ty: value.ty, span };
  cx.out.push({ kind: 'expr', expr: assign, span });
}

/** Uses a nested function by its name: as a value, or called with arguments. */
export function useNested(
  cx: Cx,
  variable: Variable,
  args: readonly hir.Expr[] | null,
  result: Ty,
  span: Span,
): hir.Expr {
  const ty = nodeType(args === null ? variable.ty : result);
  const node: hir.Expr = { kind: 'nil', ty, span };
  if (variable.direct !== null) {
    mention(cx, variable.direct);
    return directUse(variable.direct, args, node);
  }
  if (cx.func.self === variable) {
    cx.func.selfCalls.push({ node, args });
    return node;
  }
  return closureUse(cx, variable, args, node);
}
