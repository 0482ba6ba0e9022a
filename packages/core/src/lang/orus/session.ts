/**
 * The front end of a session: one module scope that lasts, and entries that are checked against it one by one (sections 18, 24.10).
 *
 * An entry is a module whose scope begins with the names of the entries before. What it adds to the tables of types and module
 * variables stays under its number; its functions and locals are its own (see `Continuation` in hir.ts). All variables of the session
 * are module variables, and all functions are called through one, so a later entry can give either a new meaning.
 *
 * `check` gives the entry as a program and changes nothing that lasts, apart from what a caller of `accept` takes over.
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import { compareDiagnostics } from '../../base/diagnostic.ts';
import { IdMap } from '../../base/id-map.ts';
import type { FileId, SourceFile } from '../../base/source.ts';
import * as hir from '../../hir/hir.ts';
import { checkEntry, checkModule, rollBack, sizesOf } from './check-module.ts';
import type { Build, Cx, EntryScope, Probe, SessionBuild } from './context.ts';
import { chosenEdition, independent, newBuild } from './front.ts';
import { type LoadedModule, loadModules, type ModuleLoader } from './modules.ts';
import type { Exports, ModulePlace, ValueSymbol, Variable } from './symbols.ts';
import { nodeType, showType, type Ty } from './types.ts';

/** An entry that can run, in this order. */
export interface EntryProgram {
  readonly program: hir.Program;
  /** Puts the entry's functions into their variables; it cannot fail and must run to its end. */
  readonly link: hir.FuncId;
  /** Initialisers of modules that were not loaded before. */
  readonly modules: readonly hir.ModuleInfo[];
  /** The entry itself; true if a `return` ended it. */
  readonly main: hir.FuncId;
  /** Prints the entry's value, unless that is nil; null if it has none. */
  readonly show: hir.FuncId | null;
  /** The static type of the value. */
  readonly type: string | null;
}

export interface CheckedEntry {
  readonly diagnostics: readonly Diagnostic[];
  /** Null if there are errors. */
  readonly entry: EntryProgram | null;
  /** Makes the entry's names those of the session. */
  accept(): void;
  /** Instead of accepting it, after a module that it uses has failed: takes back what the entry changed. */
  reject(): void;
  /** Once it has run: whether it came to its end, so that its variables have values. */
  ran(complete: boolean): void;
}

export class SessionFront {
  readonly #build: Build;
  readonly #session: SessionBuild;
  readonly #loader: ModuleLoader;
  readonly #loaded = new Map<string, LoadedModule>();
  readonly #exports = new Map<LoadedModule, Exports>();
  #scope: EntryScope = { values: new Map(), types: new Map(), importSpans: new Map() };
  /** Variables that may have no value. */
  #unset = new Set<Variable>();
  /** Of the tables before the entry that was checked last. */
  #sizes: ReturnType<typeof sizesOf> | null = null;

  constructor(loader: ModuleLoader) {
    this.#loader = loader;
    this.#session = { flags: new Map(), links: [], undo: [], probe: null };
    this.#build = newBuild(this.#session);
  }

  get files(): IdMap<FileId, SourceFile> {
    return this.#build.files;
  }

  get scope(): EntryScope {
    return this.#scope;
  }

  /** Checks an entry. It must be accepted, or its names are forgotten. */
  check(path: string, text: string, edition: string | undefined): CheckedEntry {
    return this.#check(path, text, edition, null);
  }

  /** Forgets the entry that was checked last and that nobody will run. */
  forget(): void {
    if (this.#sizes !== null) rollBack(this.#build, this.#sizes);
  }

  /** Checks a text only to let `probe` look on. */
  look(text: string, edition: string | undefined, probe: Probe): void {
    const files = this.#build.files.size;
    this.#check('<look>', text, edition, probe);
    this.forget();
    this.#build.files.truncate(files);
  }

  #takeBack(): void {
    for (const takeBack of this.#session.undo.splice(0).reverse()) takeBack();
  }

  #check(path: string, text: string, edition: string | undefined, probe: Probe | null): CheckedEntry {
    const build = this.#build;
    const session = this.#session;
    // Nothing of an earlier entry refers to these.
    build.funcs.truncate(0);
    build.locals.truncate(0);
    build.modules.length = 0;
    build.diagnostics.length = 0;
    session.links.length = 0;
    session.undo.length = 0;
    for (const variable of this.#unset) variable.set = false;
    for (const [id, def] of build.types.entries()) {
      if (def.kind === 'struct' && def.methods.size > 0) build.types.set(id, { ...def, methods: new Map() });
    }
    const sizes = sizesOf(build);
    this.#sizes = sizes;

    const loaded = new Map(this.#loaded);
    const modules = loadModules({ path, text }, chosenEdition(edition), this.#loader, build.files, loaded);
    loaded.delete(path);
    const exportsOf = new Map(this.#exports);
    const own = modules.modules.at(-1) as LoadedModule;
    for (const module of modules.modules) {
      if (module !== own) exportsOf.set(module, checkModule(build, module, exportsOf, false));
    }
    session.probe = probe;
    const cx = checkEntry(build, own, exportsOf, this.#scope);
    session.probe = null;
    const diagnostics = [...modules.diagnostics, ...independent(build, modules.diagnostics)].sort(compareDiagnostics);
    if (diagnostics.some((diagnostic) => diagnostic.severity === 'error')) {
      rollBack(build, sizes);
      return { diagnostics, entry: null, accept: () => {}, reject: () => {}, ran: () => {} };
    }
    const type = cx.module.last === null ? null : this.show(cx.module.last.ty);
    const entry = this.#program(cx, type);
    return {
      diagnostics,
      entry,
      accept: () => this.#accept(cx, loaded, exportsOf),
      reject: () => this.#takeBack(),
      ran: (complete) => this.#settle(cx, complete),
    };
  }

  /** A type as messages show it. */
  show(ty: Ty): string {
    return showType(ty, (id) => this.#build.typeInfos.get(id).name);
  }

  typeInfo(id: hir.TypeId) {
    return this.#build.typeInfos.get(id);
  }

  #program(cx: Cx, type: string | null): EntryProgram {
    const build = this.#build;
    const modules = build.modules.slice(0, -1);
    const main = cx.func.id;
    const link = this.#linkFunction(cx);
    const show = cx.module.last === null ? null : this.#showFunction(cx, cx.module.last);
    const inits = [
      { name: 'link', init: link },
      ...modules,
      { name: cx.module.name, init: main },
      ...(show === null ? [] : [{ name: 'show', init: show }]),
    ];
    const { types, files } = build;
    const program: hir.Program = {
      files,
      types: copy(types),
      locals: copy(build.locals),
      globals: copy(build.globals),
      funcs: copy(build.funcs),
      modules: inits,
      main: null,
      continues: { flags: this.#session.flags },
    };
    return { program, link, modules, main, show, type };
  }

  #initialiser(cx: Cx, name: string, body: readonly hir.Stmt[]): hir.FuncId {
    const { span } = this.#build.funcs.get(cx.func.id);
    const end: hir.Stmt = { kind: 'return', value: { kind: 'bool', value: false, ty: hir.BOOL, span }, span };
    return this.#build.funcs.add({
      name,
      kind: 'init',
      params: [],
      result: hir.BOOL,
      style: cx.style,
      captures: [],
      body: [...body, end],
      span,
    });
  }

  #linkFunction(cx: Cx): hir.FuncId {
    const { span } = this.#build.funcs.get(cx.func.id);
    const body = this.#session.links.map(({ func, ty, link }): hir.Stmt => {
      const value: hir.Expr = { kind: 'func', func, ty: nodeType(ty), span };
      const target = { kind: 'global', global: link.slot } as const;
      return { kind: 'expr', expr: { kind: 'assign', target, value, ty: nodeType(ty), span }, span };
    });
    return this.#initialiser(cx, 'link', body);
  }

  /** Prints the value as `print` would, if it is one. */
  #showFunction(cx: Cx, variable: Variable): hir.FuncId {
    const { span } = this.#build.funcs.get(cx.func.id);
    const global = (variable.place as ModulePlace).global as hir.GlobalId;
    const value: hir.Expr = { kind: 'global', global, checked: false, ty: nodeType(variable.ty), span };
    const args = [value];
    const print: hir.Stmt = { kind: 'print', style: cx.style, format: null, scan: false, args, span };
    if (value.ty.kind !== 'any') return this.#initialiser(cx, 'show', [print]);
    const label: hir.Expr = { kind: 'builtin', name: 'typeof', args: [value], ty: hir.STRING, span };
    const nothing: hir.Expr = { kind: 'string', value: 'void', ty: hir.STRING, span };
    const cond: hir.Expr = { kind: 'compare', op: 'ne', left: label, right: nothing, ty: hir.BOOL, span };
    return this.#initialiser(cx, 'show', [{ kind: 'if', cond, then: [print], else: [], span }]);
  }

  #accept(cx: Cx, loaded: ReadonlyMap<string, LoadedModule>, exportsOf: ReadonlyMap<LoadedModule, Exports>): void {
    this.#scope = {
      values: cx.scope.values ?? new Map<string, ValueSymbol>(),
      types: cx.module.types,
      importSpans: cx.module.importSpans,
    };
    for (const [path, module] of loaded) this.#loaded.set(path, module);
    for (const [module, exports] of exportsOf) this.#exports.set(module, exports);
    for (const { link } of this.#session.links) link.direct = false;
    for (const variable of cx.module.variables) this.#unset.add(variable);
  }

  /** Variables that the entry certainly gave a value need no check from now on. */
  #settle(cx: Cx, complete: boolean): void {
    const variables = new Set([...this.#unset, ...cx.module.variables]);
    this.#unset = new Set();
    for (const variable of variables) {
      const certain = complete && variable.set;
      (variable.place as ModulePlace).since = certain ? 0 : Number.POSITIVE_INFINITY;
      if (!certain) this.#unset.add(variable);
    }
  }
}

/** Tables go on growing with the next entries; a program keeps what was there. */
function copy<Id extends number, T>(table: IdMap<Id, T>): IdMap<Id, T> {
  const same = new IdMap<Id, T>();
  for (const item of table.values()) same.add(item);
  return same;
}
