/**
 * One module: its declarations first (they are visible in all of it), then its statements in order, then what only the whole shows.
 */
import type { Span } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import {
  checkFields,
  checkMethods,
  declareEnum,
  declareImpl,
  declareStruct,
  defineEnum,
  defineStruct,
} from './check-types.ts';
import { firstAssignment } from './check-assign.ts';
import { checkExpr } from './check-expr.ts';
import { checkStmt } from './check-stmt.ts';
import { checkBody, newFuncCx, newFunction, signatureOf } from './check-function.ts';
import {
  bind,
  type Build,
  type Cx,
  declareVariable,
  type EntryScope,
  isInherited,
  isSession,
  letStatement,
  type ModuleCx,
  typeOf,
} from './context.ts';
import { settle } from './convert.ts';
import { linkFunction } from './function-use.ts';
import { type ElementPlan, planOf } from './elements.ts';
import { finishModule } from './finish-module.ts';
import { importModule } from './imports.ts';
import type { LoadedModule } from './modules.ts';
import { reportDuplicate } from './names.ts';
import { type Exports, type FunctionSymbol, lookup, type Scope } from './symbols.ts';
import { type FunctionDecl, type Statement, withoutParens } from './syntax.ts';
import { nodeType } from './types.ts';

type ExportsOf = ReadonlyMap<LoadedModule, Exports>;

/** Checks a module whose uses have been checked; gives what it exports. */
export function checkModule(build: Build, loaded: LoadedModule, exportsOf: ExportsOf, isEntry: boolean): Exports {
  return checkAll(build, loaded, exportsOf, isEntry, null).module.exports;
}

/** Checks an entry of a session, which goes on in the scope that is given. */
export function checkEntry(build: Build, loaded: LoadedModule, exportsOf: ExportsOf, entry: EntryScope): Cx {
  return checkAll(build, loaded, exportsOf, false, entry);
}

function checkAll(
  build: Build,
  loaded: LoadedModule,
  exportsOf: ExportsOf,
  isEntry: boolean,
  entry: EntryScope | null,
): Cx {
  const before = sizesOf(build);
  // See `elements.ts` for why a module may be checked again.
  let cx = checkWith(
    build,
    loaded,
    exportsOf,
    isEntry,
    loaded.syntax.edition.integerDefault === 'inferred' ? 'learn' : 'any',
    entry,
  );
  const again = cx.module.openElements.length === 0 ? null : planOf(cx.module.openElements);
  if (again !== null) {
    rollBack(build, before);
    cx = checkWith(build, loaded, exportsOf, isEntry, again, entry);
  }
  const cells = cx.module.openElements;
  if (cells.length > 0 && (build.diagnostics.length > before.diagnostics || planOf(cells) !== null)) {
    rollBack(build, before);
    cx = checkWith(build, loaded, exportsOf, isEntry, 'any', entry);
  }
  return cx;
}

type Sizes = Readonly<
  Record<'types' | 'locals' | 'globals' | 'funcs' | 'modules' | 'diagnostics' | 'links' | 'undo', number>
>;

export function sizesOf(build: Build): Sizes {
  const { types, locals, globals, funcs, modules, diagnostics } = build;
  return {
    types: types.size,
    locals: locals.size,
    globals: globals.size,
    funcs: funcs.size,
    modules: modules.length,
    diagnostics: diagnostics.length,
    links: build.session?.links.length ?? 0,
    undo: build.session?.undo.length ?? 0,
  };
}

/** Forgets all that was added since the sizes were taken, and takes back what was changed. */
export function rollBack(build: Build, sizes: Sizes): void {
  const { session } = build;
  if (session !== null) {
    for (const takeBack of session.undo.splice(sizes.undo).reverse()) takeBack();
    session.links.length = sizes.links;
    for (const id of session.flags.keys()) if (id >= sizes.globals) session.flags.delete(id);
  }
  build.types.truncate(sizes.types);
  build.typeInfos.truncate(sizes.types);
  build.locals.truncate(sizes.locals);
  build.globals.truncate(sizes.globals);
  build.funcs.truncate(sizes.funcs);
  build.modules.length = sizes.modules;
  build.diagnostics.length = sizes.diagnostics;
}

function checkWith(
  build: Build,
  loaded: LoadedModule,
  exportsOf: ExportsOf,
  isEntry: boolean,
  plan: ElementPlan,
  entry: EntryScope | null,
): Cx {
  const cx = newCx(build, loaded, plan, entry);
  const { statements } = loaded.syntax;
  const functions = declareAll(cx, loaded, statements, exportsOf);
  statements.forEach((statement, index) => {
    cx.module.statement = index;
    if (entry !== null && index === statements.length - 1) checkLast(cx, statement, functions);
    else checkTopLevel(cx, statement, functions);
  });
  finishInit(cx, loaded.syntax.span);
  finishModule(cx);
  if (isEntry) build.main = automaticMain(cx, functions);
  return cx;
}

function newCx(build: Build, loaded: LoadedModule, plan: ElementPlan, entry: EntryScope | null): Cx {
  const { edition, file } = loaded.syntax;
  const exports: Exports = { name: loaded.name, values: new Map(), types: new Map(), hidden: new Set() };
  const module: ModuleCx = {
    name: loaded.name,
    edition,
    file,
    exports,
    types: new Map(entry?.types),
    variables: [],
    importSpans: new Map(entry?.importSpans),
    ended: new Map(),
    unknown: new Map(),
    statements: loaded.syntax.statements,
    firstDeclared: null,
    intVars: [],
    openElements: [],
    plan,
    methods: new Map(),
    pending: [],
    links: new Map(),
    mentions: [],
    labels: new Map(),
    badTypes: new Set(),
    namesMissing: false,
    statement: 0,
    returnsEarly: false,
    callsMain: false,
    entry,
    newMethods: new Set(),
    last: null,
  };
  const style: hir.Style = edition.name === 'classic' ? 'classic' : 'modern';
  const { span } = loaded.syntax;
  const id = build.funcs.add({
    name: loaded.name,
    kind: 'init',
    params: [],
    result: hir.BOOL,
    style,
    captures: [],
    body: [],
    span,
  });
  const func = newFuncCx(id, loaded.name, 'init', null, hir.BOOL, null);
  const values = entry === null ? null : new Map(entry.values);
  const scope: Scope = { kind: 'module', parent: null, owner: func, transparent: false, values, declares: null };
  const argMode: hir.ArgMode = edition.anyNumbersConvert ? 'convert' : 'exact';
  return { build, module, edition, style, argMode, func, scope, out: [], flow: { live: true, trail: [] } };
}

// ---------------------------------------------------------------------------------------------------- declarations

type Functions = Map<FunctionDecl, FunctionSymbol>;

/** Enters imports, types and functions, which are visible everywhere in the module. */
function declareAll(cx: Cx, loaded: LoadedModule, statements: readonly Statement[], exportsOf: ExportsOf): Functions {
  for (const statement of statements) {
    if (statement.kind === 'use') {
      const target = loaded.uses.get(statement) ?? null;
      importModule(cx, statement, target === null ? null : (exportsOf.get(target) ?? null));
    } else if (statement.kind === 'struct-decl') declareStruct(cx, statement);
    else if (statement.kind === 'enum-decl') declareEnum(cx, statement);
  }
  const functions: Functions = new Map();
  for (const statement of statements) {
    if (statement.kind === 'struct-decl') defineStruct(cx, statement);
    else if (statement.kind === 'enum-decl') defineEnum(cx, statement);
  }
  for (const statement of statements) {
    if (statement.kind === 'function') functions.set(statement, declareFunction(cx, statement));
    else if (statement.kind === 'impl') declareImpl(cx, statement);
  }
  return functions;
}

function declareFunction(cx: Cx, decl: FunctionDecl): FunctionSymbol {
  const name = decl.name.text;
  const signature = signatureOf(cx, decl, null);
  const func = newFunction(cx, name, 'function', signature.result, decl.span);
  const about = { kind: 'function', name, span: decl.name.span, func, ...signature } as const;
  const earlier = cx.scope.values?.get(name);
  if (earlier !== undefined && !isInherited(cx, name, earlier)) {
    reportDuplicate(cx, name, decl.name.span, cx.module.importSpans.get(name) ?? earlier.span);
    return { ...about, link: null };
  }
  const own = earlier?.kind === 'function' && !cx.module.importSpans.has(name) ? earlier.link : null;
  const symbol: FunctionSymbol = { ...about, link: linkFunction(cx, name, about, own, isSession(cx)) };
  cx.module.importSpans.delete(name);
  bind(cx.scope, decl.damaged ? { kind: 'bad', name, span: decl.name.span } : symbol);
  if (decl.pub === null) cx.module.exports.hidden.add(name);
  else cx.module.exports.values.set(name, symbol);
  return symbol;
}

// ------------------------------------------------------------------------------------------------------ statements

function checkTopLevel(cx: Cx, statement: Statement, functions: Functions): void {
  switch (statement.kind) {
    case 'function': {
      const symbol = functions.get(statement);
      const { namesMissing } = cx.module;
      cx.module.namesMissing ||= statement.damaged;
      if (symbol !== undefined) checkBody(cx, symbol.func, 'function', statement, symbol, null);
      cx.module.namesMissing = namesMissing;
      return;
    }
    case 'struct-decl':
      checkFields(cx, statement);
      return;
    case 'impl':
      checkMethods(cx, statement);
      return;
    default:
      checkStmt(cx, statement, null);
  }
}

/** The last statement of an entry of a session: the value of an expression goes into the variable `_`. */
function checkLast(cx: Cx, statement: Statement, functions: Functions): void {
  const isValue = statement.kind === 'expr-stmt' && statement.expr.kind !== 'assign' && cx.flow.live;
  const expr = isValue ? withoutParens(statement.expr) : null;
  if (expr === null || (expr.kind === 'conditional' && expr.other === null)) {
    checkTopLevel(cx, statement, functions);
    return;
  }
  const value = settle(cx, checkExpr(cx, expr, null));
  const ty = typeOf(value);
  const { span } = statement;
  if (ty.kind === 'nil' || ty.kind === 'bad') {
    cx.out.push({ kind: 'expr', expr: value, span });
    return;
  }
  const known = lookup(cx.scope, '_');
  if (known?.kind === 'variable' && hir.typeEquals(nodeType(known.ty), nodeType(ty))) {
    cx.module.last = known;
    firstAssignment(cx, known, value, span, true);
    return;
  }
  const about = { name: '_', span, form: 'implicit', ty, mutable: true } as const;
  cx.module.last = declareVariable(cx, cx.scope, about);
  bind(cx.scope, cx.module.last);
  cx.out.push(letStatement(cx.module.last, value, span));
}

function finishInit(cx: Cx, span: Span): void {
  const end = { file: span.file, start: span.end, end: span.end };
  if (cx.flow.live)
    cx.out.push({ kind: 'return', value: { kind: 'bool', value: false, ty: hir.BOOL, span: end }, span: end });
}

/** 19.6 and row 15: the function that runs by itself after the entry file's statements. */
function automaticMain(cx: Cx, functions: Functions): hir.FuncId | null {
  for (const [decl, symbol] of functions) {
    if (symbol.name !== 'main' || cx.scope.values?.get('main') !== symbol) continue;
    const shaped = cx.edition.autoMain === 'any' || decl.body.form === 'brace';
    return shaped && symbol.params.length === 0 && !cx.module.callsMain ? symbol.func : null;
  }
  return null;
}
