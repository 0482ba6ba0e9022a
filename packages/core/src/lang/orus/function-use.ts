/**
 * Functions that exist once, as they are used: called, or taken as a value.
 *
 * In a program that is the function itself. In a session a function of an earlier entry is reached through a module variable, its
 * link, and so is every function of the session's own scope: a later entry may replace it, and then all its callers
 * call the new one. A call through a variable looks at the function that is there, so the new one may have another signature.
 */
import type { Span } from '../../base/source.ts';
import type * as hir from '../../hir/hir.ts';
import type { Cx } from './context.ts';
import type { FunctionLink, FunctionSymbol, ParamInfo } from './symbols.ts';
import { nodeType, type Ty } from './types.ts';

/** What is needed of a function to use it. */
interface Callable {
  readonly func: hir.FuncId;
  readonly link: FunctionLink | null;
  readonly params: readonly ParamInfo[];
  readonly result: Ty;
}

export function callFunction(target: Callable, args: readonly hir.Expr[], span: Span): hir.Expr {
  const ty = nodeType(target.result);
  if (target.link === null || target.link.direct) return { kind: 'call', func: target.func, args, ty, span };
  return { kind: 'callValue', callee: linked(target, target.link, span), args, ty, span };
}

/** A function as a value. */
export function functionAsValue(symbol: FunctionSymbol, span: Span): hir.Expr {
  if (symbol.link !== null && !symbol.link.direct) return linked(symbol, symbol.link, span);
  return { kind: 'func', func: symbol.func, ty: nodeType(typeOfFunction(symbol)), span };
}

function linked(target: Callable, link: FunctionLink, span: Span): hir.Expr {
  return { kind: 'global', global: link.slot, checked: false, ty: nodeType(typeOfFunction(target)), span };
}

function typeOfFunction({ params, result }: Pick<Callable, 'params' | 'result'>): Ty {
  return { kind: 'func', params: params.map((param) => param.ty), result };
}

/**
 * The link of a new function, or null outside sessions. One that replaces a function takes over its variable. `replaceable` says that a
 * later entry may do so with this one.
 */
export function linkFunction(
  cx: Cx,
  name: string,
  target: Omit<Callable, 'link'>,
  replaced: FunctionLink | null,
  replaceable: boolean,
): FunctionLink | null {
  const { session, globals } = cx.build;
  if (session === null) return null;
  const ty = typeOfFunction(target);
  const link = { slot: replaced?.slot ?? newSlot(cx, name, ty), direct: !replaceable };
  if (replaced !== null) {
    const before = globals.get(link.slot);
    globals.set(link.slot, { ...before, type: nodeType(ty) });
    session.undo.push(() => globals.set(link.slot, before));
  }
  session.links.push({ func: target.func, ty, link });
  return link;
}

function newSlot(cx: Cx, name: string, ty: Ty): hir.GlobalId {
  return cx.build.globals.add({ name, type: nodeType(ty), module: cx.module.name });
}
