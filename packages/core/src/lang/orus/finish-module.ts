/**
 * What is known only when a module has been read to its end: integer types from use, the values of the literals that have them,
 * which variables are globals, and which reads of those must be checked.
 */
import type * as hir from '../../hir/hir.ts';
import { type Cx, type FuncLinks, type PendingLiteral, withDeclares } from './context.ts';
import { completeLiteral } from './convert.ts';
import { closeElements } from './elements.ts';
import type { ModulePlace, ModuleUse, Variable } from './symbols.ts';
import { type IntVar, nodeType, prune } from './types.ts';

export function finishModule(cx: Cx): void {
  solveIntegers(cx);
  closeElements(cx.module.openElements);
  if (cx.module.returnsEarly) {
    // What comes after a `return` may never be declared.
    for (const variable of cx.module.variables) modulePlace(variable).since = Number.POSITIVE_INFINITY;
  }
  const locals = new Map<Variable, hir.LocalId>();
  for (const variable of cx.module.variables) placeVariable(cx, variable, locals);
  // In a session a function may be called by what an entry left behind that ended early, so every read stays checked.
  if (cx.build.session === null) uncheckReads(cx);
  const declares: hir.Stmt[] = [];
  for (const { variable, span } of cx.scope.declares ?? []) {
    const local = locals.get(variable);
    if (local !== undefined) declares.push({ kind: 'declare', local, span });
  }
  const body = declares.concat(withDeclares(cx.scope, cx.out));
  const { funcs, modules } = cx.build;
  funcs.set(cx.func.id, { ...funcs.get(cx.func.id), body });
  modules.push({ name: cx.module.name, init: cx.func.id });
}

// -------------------------------------------------------------------------------------------------------- integers

/** Integers that no use has decided are `i64`; then literals get their values. */
function solveIntegers(cx: Cx): void {
  const { pending, intVars } = cx.module;
  const modes = pending.map((literal) => modeOf(literal));
  for (const cell of intVars) {
    const root = prune(cell) as IntVar;
    if (root.kind === 'int-var') root.kind = 'i64';
  }
  for (const cell of intVars) {
    cell.kind = (prune(cell) as IntVar).kind;
  }
  for (const [index, literal] of pending.entries()) completeLiteral(cx, literal, modes[index] ?? literal.mode);
}

/** A type that some use has wanted is a context, also for the literal that began it. */
function modeOf(literal: PendingLiteral): PendingLiteral['mode'] {
  if (literal.mode === 'near') return 'near';
  return prune(literal.ty).kind === 'int-var' ? 'free' : 'context';
}

// ------------------------------------------------------------------------------------------------------- variables

function modulePlace(variable: Variable): ModulePlace {
  return variable.place as ModulePlace;
}

/** Makes a variable a global, or a local of the initialiser, and completes the nodes that mention it. */
function placeVariable(cx: Cx, variable: Variable, locals: Map<Variable, hir.LocalId>): void {
  const place = modulePlace(variable);
  const { build } = cx;
  const type = nodeType(variable.ty);
  if (place.shared) {
    const global = build.globals.add({ name: variable.name, type, module: cx.module.name });
    place.global = global;
    build.session?.flags.set(global, addFlag(cx, variable.name));
    for (const use of place.uses) useGlobal(use, global);
  } else {
    const local = build.locals.add({ name: variable.name, type, captured: false, assigned: place.assigned });
    locals.set(variable, local);
    for (const use of place.uses) useLocal(use, local);
  }
  if (!cx.module.exports.values.has(variable.name)) cx.module.exports.hidden.add(variable.name);
}

/** The variable that tells whether another one is set. */
function addFlag(cx: Cx, name: string): hir.GlobalId {
  return cx.build.globals.add({ name: `${name} is set`, type: { kind: 'bool' }, module: cx.module.name });
}

function useGlobal(use: ModuleUse, global: hir.GlobalId): void {
  if (!('init' in use)) {
    use.kind = 'global';
    use.global = global;
    return;
  }
  const { init } = use;
  const assign: hir.Expr = {
    kind: 'assign',
    target: { kind: 'global', global },
    value: init,
    ty: init.ty,
    span: use.span,
  };
  const statement = use as { kind: string; expr?: hir.Expr; init?: hir.Expr; local?: hir.LocalId };
  statement.kind = 'expr';
  statement.expr = assign;
  delete statement.init;
  delete statement.local;
}

function useLocal(use: ModuleUse, local: hir.LocalId): void {
  if (!('init' in use)) {
    use.kind = 'local';
    delete use.global;
  }
  use.local = local;
}

/**
 * A read of a module variable in a function needs no check if the function cannot run before the variable's declaration has.
 * A function can run from the first top-level statement on that mentions it, or mentions one that does.
 */
function uncheckReads(cx: Cx): void {
  const { links, mentions, methods } = cx.module;
  const all = [...methods.values()].flat();
  const earliest = new Map<hir.FuncId, number>();
  let foreign = false;
  for (const { func, statement } of mentions) {
    const open = typeof func === 'string' ? [...(methods.get(func) ?? [])] : [func];
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const link = links.get(at);
      if (link === undefined && !foreign) {
        // Code of another module may call any method of a value that it is given.
        foreign = true;
        open.push(...all);
      }
      if (link === undefined || earliest.has(at)) continue;
      earliest.set(at, statement);
      open.push(...reached(cx, link));
    }
  }
  for (const [func, link] of links) {
    const from = earliest.get(func) ?? Number.POSITIVE_INFINITY;
    for (const { node, place } of link.reads) node.checked = from <= place.since;
  }
}

function reached(cx: Cx, link: FuncLinks): hir.FuncId[] {
  const found = [...link.funcs];
  for (const name of link.methodNames) found.push(...(cx.module.methods.get(name) ?? []));
  return found;
}
