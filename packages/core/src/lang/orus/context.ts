/**
 * What the checker carries: the program being built, the file being read, and the place within it.
 *
 * Checking and elaboration are one walk over the syntax tree. It makes nodes of the typed tree as it goes; what can only be
 * known later (integer types from use, the values of literals of such types, whether a module variable is shared) is completed in
 * place when the module is finished (`finish-module.ts`). The walk's functions recurse with two frames for each level of
 * the source and hold little in each, so that the parser's nesting limit fits the smallest host stack.
 */
import type { Diagnostic } from '../../base/diagnostic.ts';
import type { IdMap } from '../../base/id-map.ts';
import type { FileId, SourceFile, Span } from '../../base/source.ts';
import type * as hir from '../../hir/hir.ts';
import type { ElementPlan } from './elements.ts';
import type { Edition } from './edition.ts';
import type { Flex } from './flexible.ts';
import type { Code, MessageArgs, More } from './messages.ts';
import { diagnostic } from './messages.ts';
import type {
  Exports,
  FunctionLink,
  LocalPlace,
  MethodInfo,
  ModulePlace,
  ModuleUse,
  Owner,
  Scope,
  TypeInfo,
  TypeSymbol,
  ValueSymbol,
  Variable,
  VariableForm,
} from './symbols.ts';
import type { NodeId, Statement } from './syntax.ts';
import type { IntVar, OpenElement, Ty } from './types.ts';
import { BAD, nodeType, showType } from './types.ts';

export type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A flexible integer expression without a type yet; `convert.ts` turns it into a node once a context claims it. */
export interface FlexDraft {
  readonly kind: 'flex';
  readonly ty: Ty;
  readonly tree: Flex;
  readonly span: Span;
}

/** An expression while it is being checked. */
export type Draft = hir.Expr | FlexDraft;

/** The static type of a draft, in the checker's terms. */
export function typeOf(draft: Draft): Ty {
  return draft.ty;
}

/** The program that is being built; grows module by module. */
export interface Build {
  readonly files: IdMap<FileId, SourceFile>;
  readonly types: IdMap<hir.TypeId, hir.TypeDef>;
  readonly typeInfos: IdMap<hir.TypeId, TypeInfo>;
  readonly locals: IdMap<hir.LocalId, hir.Local>;
  readonly globals: IdMap<hir.GlobalId, hir.Global>;
  readonly funcs: IdMap<hir.FuncId, hir.Func>;
  readonly modules: hir.ModuleInfo[];
  readonly diagnostics: Diagnostic[];
  /** The `Result` of every module that does not declare its own. */
  readonly result: TypeSymbol;
  labels: number;
  main: hir.FuncId | null;
  /** What only sessions have; see `session.ts`. */
  readonly session: SessionBuild | null;
}

/** The part of a session that outlives its entries and that checking an entry adds to. */
export interface SessionBuild {
  /** By module variable, the one that tells whether it is set. */
  readonly flags: Map<hir.GlobalId, hir.GlobalId>;
  /** Functions of this entry, to be put into their variables before it runs. */
  readonly links: { readonly func: hir.FuncId; readonly ty: Ty; readonly link: FunctionLink }[];
  /** What takes back changes to things that were there before the entry, in the order in which they were made. */
  readonly undo: (() => void)[];
  /** Sees what a certain unknown name could be instead; see `complete.ts`. */
  probe: Probe | null;
}

export interface Probe {
  readonly name: string;
  /** A name by itself. */
  named(cx: Cx): void;
  /** A member of a value of this type, or of a module or type. */
  member(cx: Cx, owner: { readonly ty: Ty } | Owner): void;
}

/** The scope of a session as its next entry finds it. */
export interface EntryScope {
  readonly values: ReadonlyMap<string, ValueSymbol>;
  readonly types: ReadonlyMap<string, TypeSymbol>;
  readonly importSpans: ReadonlyMap<string, Span>;
}

/** The first declaration of each variable of the module's top level, with the number of its statement. */
export type LaterNames = ReadonlyMap<string, { readonly span: Span; readonly statement: number }>;

/** A function whose body is being checked. */
export interface FuncCx {
  readonly id: hir.FuncId;
  readonly name: string;
  readonly kind: hir.Func['kind'];
  readonly parent: FuncCx | null;
  /** `any` without a declared result. */
  readonly result: Ty;
  /** Whether the result was declared and is not `any`, so that ending without a value is an error. */
  readonly strict: boolean;
  readonly captures: Set<hir.LocalId>;
  /** The variable that holds this function, if it is a nested one. */
  readonly self: Variable | null;
  /** Calls of a nested function inside itself, completed when its captures are known. */
  readonly selfCalls: SelfCall[];
  readonly links: FuncLinks;
}

/** `args` is null where the function is used as a value. */
export interface SelfCall {
  readonly node: hir.Expr;
  readonly args: readonly hir.Expr[] | null;
}

/** What a function may run or read, to find which variables of the module may still be unset then. */
export interface FuncLinks {
  readonly funcs: hir.FuncId[];
  readonly methodNames: string[];
  readonly reads: { readonly node: { checked: boolean }; readonly place: ModulePlace }[];
}

/** What is definitely assigned at the current place: hoisted variables that got a value since the outermost branch. */
export interface Flow {
  /** Whether the current place can be reached. */
  live: boolean;
  trail: Variable[];
}

/** A literal whose type is being solved. */
export interface PendingLiteral {
  readonly node: hir.Expr;
  readonly tree: Flex;
  readonly ty: Ty;
  /** `context`: the type was wanted, and the value must be in it. `free`: nobody asked for it. `near`: beside a comparison. */
  readonly mode: 'context' | 'free' | 'near';
}

/** Everything about the module being checked. */
export interface ModuleCx {
  readonly name: string;
  readonly edition: Edition;
  readonly file: FileId;
  readonly exports: Exports;
  readonly types: Map<string, TypeSymbol>;
  readonly variables: Variable[];
  readonly importSpans: Map<string, Span>;
  /** Names of blocks that have ended, with the function they were in, for those who look for them afterwards. */
  readonly ended: Map<string, { readonly span: Span; readonly owner: FuncCx }>;
  /** Names that were reported as unknown, with the number of their function: one report is enough. */
  readonly unknown: Map<string, { readonly at: number; readonly diagnostic: Diagnostic | undefined }>;
  readonly statements: readonly Statement[];
  /** The first declarations at the top level, once a name was not found. */
  firstDeclared: LaterNames | null;
  readonly intVars: IntVar[];
  readonly openElements: OpenElement[];
  readonly plan: ElementPlan;
  /** The module's methods by name, which a call on an `any` may reach. */
  readonly methods: Map<string, hir.FuncId[]>;
  readonly pending: PendingLiteral[];
  readonly links: Map<hir.FuncId, FuncLinks>;
  /** Functions that top-level code mentions, with the number of the statement. */
  readonly mentions: { readonly func: hir.FuncId | string; readonly statement: number }[];
  readonly labels: Map<NodeId, hir.LabelId>;
  /** Names of types that could not be imported. */
  readonly badTypes: Set<string>;
  /** Methods that this module or entry has declared so far. */
  readonly newMethods: Set<MethodInfo>;
  /** The names that an entry of a session finds; null for a module. */
  readonly entry: EntryScope | null;
  /** What holds the value of an entry. */
  last: Variable | null;
  /** All names of a module that could not be loaded are imported, so any name may be known. */
  namesMissing: boolean;
  statement: number;
  returnsEarly: boolean;
  callsMain: boolean;
}

export interface Cx {
  readonly build: Build;
  readonly module: ModuleCx;
  readonly edition: Edition;
  readonly style: hir.Style;
  /** How values of type `any` reach typed places (row 21). */
  readonly argMode: hir.ArgMode;
  func: FuncCx;
  scope: Scope;
  /** Statements of the current block. */
  out: hir.Stmt[];
  flow: Flow;
}

// ------------------------------------------------------------------------------------------------------ diagnostics

export function report<C extends Code>(cx: Cx, code: C, args: MessageArgs<C>, span: Span, more: More = {}): void {
  cx.build.diagnostics.push(diagnostic(code, args, span, more));
}

export function show(cx: Cx, ty: Ty): string {
  return showType(ty, (id) => {
    const { name } = cx.build.typeInfos.get(id);
    const replaced = isSession(cx) && (cx.module.types.get(name)?.id ?? id) !== id;
    return replaced ? `${name} (replaced since)` : name;
  });
}

/** The draft that stands where an error was reported. */
export function bad(span: Span): hir.Expr {
  return { kind: 'nil', ty: nodeType(BAD), span };
}

// ------------------------------------------------------------------------------------------------------------ types

export function freshInt(cx: Cx): IntVar {
  const cell: IntVar = { kind: 'int-var', link: null };
  cx.module.intVars.push(cell);
  return cell;
}

// ----------------------------------------------------------------------------------------------------------- scopes

/** Opens a block of statements; `closeBlock` gives them. */
export interface OpenBlock {
  readonly scope: Scope;
  readonly out: hir.Stmt[];
}

export function openBlock(cx: Cx, transparent: boolean): OpenBlock {
  const saved: OpenBlock = { scope: cx.scope, out: cx.out };
  cx.scope = {
    kind: 'block',
    parent: cx.scope,
    owner: cx.func,
    transparent,
    values: null,
    declares: null,
  };
  cx.out = [];
  return saved;
}

export function closeBlock(cx: Cx, saved: OpenBlock): hir.Stmt[] {
  const statements = withDeclares(cx.scope, cx.out);
  for (const { name, span } of cx.scope.values?.values() ?? []) {
    if (span !== null) cx.module.ended.set(name, { span, owner: cx.func });
  }
  cx.scope = saved.scope;
  cx.out = saved.out;
  return statements;
}

/** The statements of a scope's block behind the declarations of its hoisted variables. */
export function withDeclares(scope: Scope, statements: hir.Stmt[]): hir.Stmt[] {
  if (scope.declares === null) return statements;
  const declares: hir.Stmt[] = [];
  for (const { variable, span } of scope.declares) {
    if (variable.place.kind === 'local') declares.push({ kind: 'declare', local: variable.place.local, span });
  }
  return declares.concat(statements);
}

/** Whether this is the scope of a session, where names may be declared again. */
export function isSession(cx: Cx): boolean {
  return cx.module.entry !== null;
}

/** Whether a name means what an earlier entry of the session made it mean, so that this one may give it another meaning. */
export function isInherited(cx: Cx, name: string, symbol: ValueSymbol | TypeSymbol): boolean {
  const { entry } = cx.module;
  if (entry === null) return false;
  return (symbol.kind === 'type' ? entry.types.get(name) : entry.values.get(name)) === symbol;
}

export function bind(scope: Scope, symbol: ValueSymbol): void {
  scope.values ??= new Map();
  scope.values.set(symbol.name, symbol);
}

export interface NewVariable {
  readonly name: string;
  readonly span: Span;
  readonly form: VariableForm;
  readonly ty: Ty;
  readonly mutable: boolean;
  readonly hoisted?: boolean;
  readonly lengthConstant?: boolean;
}

/** Makes a variable and binds its name in a scope. */
export function declareVariable(cx: Cx, scope: Scope, about: NewVariable): Variable {
  const hoisted = about.hoisted ?? false;
  let place: LocalPlace | ModulePlace;
  if (scope.kind === 'module') {
    const since = hoisted ? Number.POSITIVE_INFINITY : cx.module.statement;
    place = { kind: 'module', uses: [], shared: cx.module.entry !== null, assigned: false, global: null, since };
  } else {
    place = { kind: 'local', local: newLocal(cx, about.name, about.ty) };
  }
  const variable: Variable = {
    kind: 'variable',
    name: about.name,
    span: about.span,
    form: about.form,
    ty: about.ty,
    mutable: about.mutable,
    owner: cx.func,
    hoisted,
    set: !hoisted,
    lengthConstant: about.lengthConstant ?? false,
    place,
    direct: null,
  };
  if (place.kind === 'module') {
    cx.module.variables.push(variable);
    if (cx.module.entry !== null) cx.module.importSpans.delete(about.name);
  }
  if (hoisted) {
    scope.declares ??= [];
    scope.declares.push({ variable, span: about.span });
  }
  if (about.name !== '_') bind(scope, variable);
  return variable;
}

export function newLocal(cx: Cx, name: string, ty: Ty): hir.LocalId {
  return cx.build.locals.add({ name, type: nodeType(ty), captured: false, assigned: false });
}

/** The entry of a local, to note what is learnt about it. */
export function localEntry(cx: Cx, local: hir.LocalId): Mutable<hir.Local> {
  return cx.build.locals.get(local);
}

// -------------------------------------------------------------------------------------------------------- variables

/** Notes that the current function mentions a variable, and captures it if it belongs to an enclosing one. */
export function touch(cx: Cx, variable: Variable): void {
  if (variable.place.kind === 'module') {
    if (cx.func !== variable.owner) variable.place.shared = true;
    return;
  }
  if (cx.func === variable.owner) return;
  localEntry(cx, variable.place.local).captured = true;
  for (let at: FuncCx | null = cx.func; at !== null && at !== variable.owner; at = at.parent) {
    at.captures.add(variable.place.local);
  }
}

/** Reads a variable. */
export function readVariable(cx: Cx, variable: Variable, span: Span): hir.Expr {
  touch(cx, variable);
  const ty = nodeType(variable.ty);
  if (variable.place.kind === 'local') {
    return { kind: 'local', local: variable.place.local, checked: !variable.set, ty, span };
  }
  return moduleRead(cx, variable, variable.place, span);
}

function moduleRead(cx: Cx, variable: Variable, place: ModulePlace, span: Span): hir.Expr {
  const node = {
    kind: 'global' as const,
    global: -1 as hir.GlobalId,
    checked: !variable.set,
    ty: nodeType(variable.ty),
    span,
  };
  if (place.global !== null) {
    // A variable of another module, which has been executed; its initialiser may have ended early.
    node.global = place.global;
    node.checked = place.since === Number.POSITIVE_INFINITY;
    return node;
  }
  place.uses.push(node);
  if (cx.func !== variable.owner) {
    node.checked = true;
    cx.func.links.reads.push({ node, place });
  }
  return node;
}

/** The place of a variable that is assigned other than by its declaration. */
export function assignPlace(cx: Cx, variable: Variable): hir.Place {
  touch(cx, variable);
  if (variable.place.kind === 'local') {
    localEntry(cx, variable.place.local).assigned = true;
    return { kind: 'local', local: variable.place.local };
  }
  const place = variable.place;
  if (place.global !== null) return { kind: 'global', global: place.global };
  place.assigned = true;
  const node = { kind: 'global' as const, global: -1 as hir.GlobalId };
  place.uses.push(node as ModuleUse);
  return node;
}

/** The statement that declares a variable with its first value. */
export function letStatement(variable: Variable, init: hir.Expr, span: Span): hir.Stmt {
  if (variable.place.kind === 'local') return { kind: 'let', local: variable.place.local, init, span };
  const node = { kind: 'let' as const, local: -1 as hir.LocalId, init, span };
  variable.place.uses.push(node);
  return node;
}

// ------------------------------------------------------------------------------------------------------------- flow

/** What a branch assigned, taken off the trail when it ends. */
export interface Segment {
  readonly live: boolean;
  readonly set: readonly Variable[];
}

export function markSet(cx: Cx, variable: Variable): void {
  if (variable.set) return;
  variable.set = true;
  cx.flow.trail.push(variable);
}

/** Begins a branch; pass the result to `endBranch`. */
export function beginBranch(cx: Cx): number {
  return cx.flow.trail.length;
}

/** Ends a branch: what it assigned counts as unset again until `joinBranches`. The place is reachable again if `live`. */
export function endBranch(cx: Cx, mark: number, live: boolean): Segment {
  const set = cx.flow.trail.splice(mark);
  for (const variable of set) variable.set = false;
  const segment = { live: cx.flow.live, set };
  cx.flow.live = live;
  return segment;
}

/** Goes on after branches of which exactly one ran: what all that ended normally assigned is assigned. */
export function joinBranches(cx: Cx, segments: readonly Segment[]): void {
  const ending = segments.filter((segment) => segment.live);
  cx.flow.live = cx.flow.live && ending.length > 0;
  const first = ending[0];
  if (first === undefined) return;
  if (ending.length === 1) {
    for (const variable of first.set) markSet(cx, variable);
    return;
  }
  const counts = new Map<Variable, number>();
  for (const segment of ending)
    for (const variable of segment.set) counts.set(variable, (counts.get(variable) ?? 0) + 1);
  for (const [variable, count] of counts) if (count === ending.length) markSet(cx, variable);
}

// ------------------------------------------------------------------------------------------------------------ links

/** Notes that the current code may come to run a function. */
export function mention(cx: Cx, func: hir.FuncId): void {
  if (cx.func.kind === 'init') cx.module.mentions.push({ func, statement: cx.module.statement });
  else cx.func.links.funcs.push(func);
}

/** Notes that the current code may come to run any method of a name. */
export function mentionMethods(cx: Cx, name: string): void {
  if (cx.func.kind === 'init') cx.module.mentions.push({ func: name, statement: cx.module.statement });
  else cx.func.links.methodNames.push(name);
}

export function newLinks(): FuncLinks {
  return { funcs: [], methodNames: [], reads: [] };
}
