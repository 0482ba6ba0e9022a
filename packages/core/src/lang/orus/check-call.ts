/**
 * Calls (7.10, 9.2): which function a call means, its arguments, the node.
 *
 * A call first finds its target, which says what its parameters want, then checks the arguments, then builds the node. The
 * arguments are checked in `checkCall` itself, so that nested calls cost two frames a level.
 */
import type { Edit, Label } from '../../base/diagnostic.ts';
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { type BuiltinCall, builtinTarget } from './check-builtin.ts';
import { checkExpr } from './check-expr.ts';
import { useNested } from './check-function.ts';
import { callFunction } from './function-use.ts';
import { exportedValue, findVariant, makeVariant, resolveOwner } from './check-member.ts';
import { bad, type Cx, type Draft, mention, mentionMethods, readVariable, report, show, typeOf } from './context.ts';
import { coerce, infer, settle, toAny } from './convert.ts';
import { BUILTIN_NAMES, isProbe, reportNoMember, reportUnknownMember, reportUnknownName } from './names.ts';
import {
  type FunctionSymbol,
  lookup,
  type MethodInfo,
  type Owner,
  type StructInfo,
  type TypeInfo,
  type TypeSymbol,
  type Variable,
} from './symbols.ts';
import type { CallExpr, Expr, MemberExpr, NameExpr } from './syntax.ts';
import { nodeType, type Ty } from './types.ts';

/** A function whose parameters are known; `params` null means that all arguments are `any`. */
export interface DirectTarget {
  readonly kind: 'direct';
  readonly params: readonly Ty[] | null;
  /** As the subject of "... takes 2 arguments". */
  readonly name: string;
  readonly labels: readonly Label[];
  readonly build: (args: readonly hir.Expr[]) => hir.Expr;
}

export type CallTarget = DirectTarget | BuiltinCall | { readonly kind: 'bad' };

const NO_TARGET: CallTarget = { kind: 'bad' };

export function checkCall(cx: Cx, expr: CallExpr): Draft {
  const { callee } = expr;
  let target: CallTarget;
  if (callee.kind === 'name-expr') target = namedTarget(cx, expr, callee);
  else if (callee.kind === 'member') {
    const owner = resolveOwner(cx, callee.object);
    if (owner !== null) {
      if (isProbe(cx, callee.name.text)) cx.build.session?.probe?.member(cx, owner);
      target = ownedTarget(cx, expr, callee, owner);
    } else target = memberTarget(cx, expr, callee, settle(cx, checkExpr(cx, callee.object, null)));
  } else target = valueTarget(cx, expr, settle(cx, checkExpr(cx, callee, null)));
  const order = target.kind === 'builtin' ? target.order : null;
  const args: Draft[] = [];
  for (let step = 0; step < expr.args.length; step++) {
    const index = order?.[step] ?? step;
    args[index] = checkExpr(cx, expr.args[index] as Expr, wanted(target, args, index));
  }
  return finishCall(cx, expr, target, args);
}

/** What an argument should be. */
function wanted(target: CallTarget, before: readonly Draft[], index: number): Ty | null {
  if (target.kind === 'builtin') return target.want(before, index);
  if (target.kind === 'bad' || target.params === null) return null;
  return target.params[index] ?? null;
}

function finishCall(cx: Cx, expr: CallExpr, target: CallTarget, args: readonly Draft[]): Draft {
  if (target.kind === 'builtin') return target.build(args);
  if (target.kind === 'bad') {
    for (const draft of args) settle(cx, draft);
    return bad(expr.span);
  }
  const { params } = target;
  if (params === null) return target.build(args.map((draft) => toAny(cx, draft)));
  if (params.length !== args.length) {
    const { name, labels } = target;
    report(cx, 'E2009', { form: 'count', callee: name, expected: params.length, found: args.length }, expr.argsSpan, {
      labels,
    });
  }
  const values = args.map((draft, index) => {
    const want = params[index];
    const what = `argument ${index + 1} of ${target.name}`;
    return want === undefined ? infer(cx, draft) : coerce(cx, draft, want, { what, labels: target.labels });
  });
  return target.build(values);
}

// --------------------------------------------------------------------------------------------------------- targets

function declaredAt(span: Span | null): readonly Label[] {
  return span === null ? [] : [{ span, text: 'declared here' }];
}

function namedTarget(cx: Cx, expr: CallExpr, callee: NameExpr): CallTarget {
  const name = callee.text;
  const symbol = lookup(cx.scope, name);
  switch (symbol?.kind) {
    case 'variable':
      return symbol.form === 'function'
        ? nestedTarget(cx, expr, symbol)
        : valueTarget(cx, expr, readVariable(cx, symbol, callee.span));
    case 'function':
      return functionTarget(cx, expr, symbol);
    case 'bad':
      return NO_TARGET;
    case 'module':
      report(cx, 'E1010', { name, kind: 'function' }, callee.span, { text: 'this is a module' });
      return NO_TARGET;
  }
  if (BUILTIN_NAMES.has(name)) return builtinTarget(cx, expr, name);
  const type = cx.module.types.get(name);
  if (type !== undefined) {
    reportCalledType(cx, expr, name, callee.span, cx.build.typeInfos.get(type.id));
  } else {
    reportUnknownName(cx, name, callee.span, 'function');
  }
  return NO_TARGET;
}

/** `Point(1, 2)`, as if a type were a function that makes its values. */
function reportCalledType(cx: Cx, expr: CallExpr, name: string, span: Span, info: TypeInfo): void {
  let help: string;
  let edit: Edit | undefined;
  if (info.kind === 'enum') {
    help = `a value is made with one of its variants: \`${name}.${info.variants[0]?.name ?? 'Variant'}\``;
  } else {
    const fields = info.fields.map((field) => `${field.name}: ...`).join(', ');
    help = `a value is made with \`${name}{ ${fields.length < 60 ? fields : 'field: value'} }\``;
    if (info.fields.length === expr.args.length && expr.args.length > 0) {
      const values = info.fields.map((field, at) => `${field.name}: ${textOf(cx, (expr.args[at] as Expr).span)}`);
      const replacement = `${name}{ ${values.join(', ')} }`;
      if (replacement.length < 80) edit = { span: expr.span, replacement, description: `write \`${replacement}\`` };
    }
  }
  report(cx, 'E1010', { name, kind: 'function' }, span, { text: 'this is a type', help, edit });
}

function textOf(cx: Cx, span: Span): string {
  return cx.build.files.get(span.file).text.slice(span.start, span.end);
}

function nestedTarget(cx: Cx, expr: CallExpr, variable: Variable): CallTarget {
  const ty = variable.ty;
  if (ty.kind !== 'func') return NO_TARGET;
  return {
    kind: 'direct',
    params: ty.params,
    name: `\`${variable.name}\``,
    labels: declaredAt(variable.span),
    build: (args) => useNested(cx, variable, args, ty.result, expr.span),
  };
}

function functionTarget(cx: Cx, expr: CallExpr, symbol: FunctionSymbol): CallTarget {
  mention(cx, symbol.func);
  if (symbol.name === 'main' && cx.func.kind === 'init') cx.module.callsMain = true;
  return {
    kind: 'direct',
    params: symbol.params.map((param) => param.ty),
    name: `\`${symbol.name}\``,
    labels: declaredAt(symbol.span),
    build: (args) => callFunction(symbol, args, expr.span),
  };
}

/** A call of whatever value stands before the parentheses. */
function valueTarget(cx: Cx, expr: CallExpr, callee: hir.Expr): CallTarget {
  const ty = typeOf(callee);
  const { span } = expr;
  if (ty.kind === 'bad') return NO_TARGET;
  if (ty.kind === 'any') {
    const build = (args: readonly hir.Expr[]): hir.Expr => ({ kind: 'dynCall', callee, args, ty: hir.ANY, span });
    return { kind: 'direct', params: null, name: 'this function', labels: [], build };
  }
  if (ty.kind !== 'func') {
    report(cx, 'E2001', { form: 'action', action: 'call', found: show(cx, ty) }, callee.span);
    return NO_TARGET;
  }
  return {
    kind: 'direct',
    params: ty.params,
    name: 'this function',
    labels: [],
    build: (args) => ({ kind: 'callValue', callee, args, ty: nodeType(ty.result), span }),
  };
}

function ownedTarget(cx: Cx, expr: CallExpr, callee: MemberExpr, owner: Owner): CallTarget {
  if (owner.kind === 'bad') return NO_TARGET;
  if (owner.kind === 'module') {
    const found = exportedValue(cx, owner.symbol, callee.name);
    if (found === null) return NO_TARGET;
    if (found.kind === 'function') return functionTarget(cx, expr, found);
    return valueTarget(cx, expr, readVariable(cx, found, callee.span));
  }
  const info = cx.build.typeInfos.get(owner.symbol.id);
  if (info.kind === 'struct') return staticTarget(cx, expr, callee, info);
  return variantTarget(cx, expr, callee, owner.symbol);
}

function variantTarget(cx: Cx, expr: CallExpr, callee: MemberExpr, symbol: TypeSymbol): CallTarget {
  const info = cx.build.typeInfos.get(symbol.id);
  if (info.kind !== 'enum') return NO_TARGET;
  const index = findVariant(cx, info, callee.name);
  if (index === null) return NO_TARGET;
  const variant = info.variants[index];
  const params = (variant?.payload ?? []).map((field) => field.ty);
  return {
    kind: 'direct',
    params,
    name: `\`${info.name}.${callee.name.text}\``,
    labels: declaredAt(variant?.span ?? null),
    build: (args) =>
      args.length === params.length
        ? makeVariant(cx, symbol, info, index, args, expr.span, expr.argsSpan)
        : { ...bad(expr.span), ty: { kind: 'enum', id: symbol.id } },
  };
}

/** `T.m(args)`: a static method, or an instance method with the instance first. */
function staticTarget(cx: Cx, expr: CallExpr, callee: MemberExpr, info: StructInfo): CallTarget {
  const method = info.methods.get(callee.name.text);
  if (method === undefined) {
    reportUnknownMember(cx, 'method', callee.name.text, info.name, callee.name.span, info.methods.keys());
    return NO_TARGET;
  }
  return methodTarget(cx, expr, `\`${info.name}.${method.name}\``, method, null);
}

function methodTarget(cx: Cx, expr: CallExpr, name: string, method: MethodInfo, self: hir.Expr | null): CallTarget {
  mention(cx, method.func);
  const types = method.params.map((param) => param.ty);
  const given = self === null ? [] : [self];
  return {
    kind: 'direct',
    params: types.slice(given.length),
    name,
    labels: declaredAt(method.span),
    build: (args) => callFunction(method, [...given, ...args], expr.span),
  };
}

/** `v.m(args)`: a method, else the value of a field. */
function memberTarget(cx: Cx, expr: CallExpr, callee: MemberExpr, object: hir.Expr): CallTarget {
  const ty = typeOf(object);
  const name = callee.name.text;
  const { span } = expr;
  if (isProbe(cx, name)) cx.build.session?.probe?.member(cx, { ty });
  if (ty.kind === 'bad') return NO_TARGET;
  if (ty.kind === 'any') {
    mentionMethods(cx, name);
    const build = (args: readonly hir.Expr[]): hir.Expr => ({
      kind: 'dynMethod',
      object,
      name,
      args,
      ty: hir.ANY,
      span,
    });
    return { kind: 'direct', params: null, name: `\`${name}\``, labels: [], build };
  }
  if (ty.kind !== 'struct') {
    reportNoMember(cx, 'method', callee.name, ty, object.span, expr.span, textOf(cx, expr.argsSpan).slice(1, -1));
    return NO_TARGET;
  }
  const info = cx.build.typeInfos.get(ty.id) as StructInfo;
  const method = info.methods.get(name);
  if (method !== undefined) return instanceTarget(cx, expr, callee, info, method, object);
  const index = info.fieldIndex.get(name);
  const field = index === undefined ? undefined : info.fields[index];
  if (index === undefined || field === undefined) {
    reportUnknownMember(cx, 'method', name, info.name, callee.name.span, info.methods.keys(), info.fieldIndex.keys());
    return NO_TARGET;
  }
  return valueTarget(cx, expr, {
    kind: 'field',
    object,
    type: ty.id,
    index,
    ty: nodeType(field.ty),
    span: callee.span,
  });
}

function instanceTarget(
  cx: Cx,
  expr: CallExpr,
  callee: MemberExpr,
  info: StructInfo,
  method: MethodInfo,
  object: hir.Expr,
): CallTarget {
  if (!method.instance) {
    report(cx, 'E1010', { name: method.name, kind: 'method', owner: info.name }, callee.name.span, {
      text: 'this method has no `self`',
      help:
        method.params[0]?.name === 'this'
          ? 'its first parameter must be called `self`'
          : `make \`self\` its first parameter, or call it on the type: \`${info.name}.${method.name}(...)\``,
    });
    return NO_TARGET;
  }
  const self = method.params[0];
  const receiver = self === undefined ? object : coerce(cx, object, self.ty);
  return methodTarget(cx, expr, `\`${method.name}\``, method, receiver);
}
