/**
 * What names mean, and the scopes they live in (6.1, 6.5).
 *
 * A scope has two name spaces: values (variables, functions, module aliases, imports) and types. A variable that may be
 * reached by functions or by other modules becomes a global, any other a local; for variables of a module that is known
 * only at its end, so its nodes are kept in `ModuleVariable.uses` until then.
 */
import type { Span } from '../../base/source.ts';
import type * as hir from '../../hir/hir.ts';
import type { FuncCx } from './context.ts';
import type { FunctionDecl } from './syntax.ts';
import type { Ty } from './types.ts';

/** How a variable came into being; decides what may be done with it and how messages speak of it. */
export type VariableForm =
  | 'implicit'
  | 'mut'
  | 'typed'
  | 'list'
  | 'const'
  | 'let'
  | 'param'
  | 'self'
  | 'loop'
  | 'catch'
  | 'pattern'
  | 'function';

interface Named {
  readonly name: string;
  /** Where it is declared; null for what the language provides. */
  readonly span: Span | null;
}

export interface Variable extends Named {
  readonly kind: 'variable';
  readonly form: VariableForm;
  readonly ty: Ty;
  readonly mutable: boolean;
  /** The function whose body declares it. */
  readonly owner: FuncCx;
  /** Whether it may be read before it has a value: its scope is larger than the block with its declaration. */
  readonly hoisted: boolean;
  /** Whether it certainly has a value at the place that is being checked; always so unless `hoisted`. */
  set: boolean;
  /** An immutable integer initialised with a flexible integer: may be the length of an array (6.3). */
  readonly lengthConstant: boolean;
  readonly place: LocalPlace | ModulePlace;
  /** If it is the name of a nested function: that function, once its body is known to capture nothing. */
  direct: hir.FuncId | null;
}

export interface LocalPlace {
  readonly kind: 'local';
  readonly local: hir.LocalId;
}

/** A variable of a module's top level, whose final place is found when the module has been read. */
export interface ModulePlace {
  readonly kind: 'module';
  readonly uses: ModuleUse[];
  /** A function touches it, or other modules may. */
  shared: boolean;
  assigned: boolean;
  /** Once the module is finished: where it lives, if functions or other modules share it. */
  global: hir.GlobalId | null;
  /** The number of the top-level statement that declares it; infinite if that may be skipped. */
  since: number;
}

/** A node that mentions a module variable and is completed at the end of the module. */
export type ModuleUse = NameUse | LetUse;

/** A place, or a read. */
export interface NameUse {
  kind: 'local' | 'global';
  local?: hir.LocalId;
  global?: hir.GlobalId;
}

/** A `let` statement; it becomes an assignment if the variable is global. */
export interface LetUse {
  readonly kind: 'let';
  local: hir.LocalId;
  readonly init: hir.Expr;
  readonly span: Span;
}

export interface ParamInfo {
  readonly name: string;
  readonly ty: Ty;
}

/** A function that exists once: at a module's top level, or a method. */
export interface FunctionSymbol extends Named {
  readonly kind: 'function';
  readonly func: hir.FuncId;
  readonly params: readonly ParamInfo[];
  readonly result: Ty;
  readonly link: FunctionLink | null;
}

/** How a function is reached in a session; null where there is none. */
export interface FunctionLink {
  /** The module variable that holds the function, or the one that has replaced it. */
  readonly slot: hir.GlobalId;
  /** Whether it may still be called directly: only in the entry that it came with, unless it may be replaced. */
  direct: boolean;
}

export interface TypeSymbol extends Named {
  readonly kind: 'type';
  readonly id: hir.TypeId;
}

export interface ModuleSymbol extends Named {
  readonly kind: 'module';
  readonly exports: Exports;
}

/** A name whose declaration or import was faulty. */
export interface BadSymbol extends Named {
  readonly kind: 'bad';
}

export type ValueSymbol = Variable | FunctionSymbol | ModuleSymbol | BadSymbol;

/** What a module offers, and the names it keeps to itself (to tell `private` from `unknown`). */
export interface Exports {
  /** As in `use NAME`. */
  readonly name: string;
  readonly values: Map<string, Variable | FunctionSymbol>;
  readonly types: Map<string, TypeSymbol>;
  readonly hidden: Set<string>;
}

export interface StructInfo {
  readonly kind: 'struct';
  readonly name: string;
  readonly span: Span | null;
  readonly fields: FieldInfo[];
  readonly fieldIndex: Map<string, number>;
  readonly methods: Map<string, MethodInfo>;
  /** Every method that was written, also those whose name was taken. */
  readonly bodies: Map<FunctionDecl, MethodInfo>;
}

export interface FieldInfo {
  readonly name: string;
  readonly ty: Ty;
  readonly span: Span;
  readonly default: FieldDefault | null;
}

/** A constant is copied; any other default is a function that is called for each literal that needs it. */
export type FieldDefault =
  | { readonly func: hir.FuncId; readonly link: FunctionLink | null; readonly constant: null }
  | { readonly func: null; readonly constant: hir.Expr };

export interface MethodInfo extends FunctionSymbol {
  readonly instance: boolean;
}

export interface EnumInfo {
  readonly kind: 'enum';
  readonly name: string;
  readonly span: Span | null;
  readonly variants: VariantInfo[];
  readonly variantIndex: Map<string, number>;
}

export interface VariantInfo {
  readonly name: string;
  readonly span: Span | null;
  readonly payload: readonly { readonly name: string; readonly ty: Ty }[];
}

export type TypeInfo = StructInfo | EnumInfo;

/**
 * `transparent` scopes let implicit declarations through (6.2 and row 16). `statement` is the block's list of statements,
 * at whose start variables that its inner blocks declared implicitly are made.
 */
export interface Scope {
  readonly kind: 'module' | 'function' | 'block';
  readonly parent: Scope | null;
  readonly owner: FuncCx;
  readonly transparent: boolean;
  values: Map<string, ValueSymbol> | null;
  /** Hoisted variables, to be declared at the start of the block. */
  declares: { readonly variable: Variable; readonly span: Span }[] | null;
}

/** The meaning of a name, from the innermost scope outward. */
export function lookup(scope: Scope, name: string): ValueSymbol | undefined {
  for (let at: Scope | null = scope; at !== null; at = at.parent) {
    const found = at.values?.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What stands before a point, if it is not a value. */
export type Owner =
  | { readonly kind: 'module'; readonly symbol: ModuleSymbol }
  | { readonly kind: 'type'; readonly symbol: TypeSymbol }
  | { readonly kind: 'bad' };
