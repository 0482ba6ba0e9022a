/**
 * What the rules of the verifier are given, and the comparisons of types that they share. A rule gives what is wrong, or null.
 */
import type { Expr, Func, LabelId, LocalId, Program, Stmt, Type } from './hir.ts';
import { isInt, typeEquals } from './hir.ts';
import { printType } from './print.ts';

/** The loops around a node, innermost first. */
export type Labels = { readonly label: LabelId; readonly outer: Labels } | null;
export interface Scope {
  readonly program: Program;
  readonly func: Func;
  /** Variables that the function declares, takes or captures. */
  readonly own: ReadonlySet<LocalId>;
  readonly labels: Labels;
}

export type Problem = string | null;
export type ExprRule = (scope: Scope, expr: Expr) => Problem;
export type StmtRule = (scope: Scope, stmt: Stmt) => Problem;
export type FuncRule = (scope: Scope) => Problem;

/** Whether a value of one static type may stand at a place of another. */
export function fits(from: Type, to: Type): boolean {
  if (from.kind === 'array') return to.kind === 'array';
  if (from.kind === 'func') return to.kind === 'func' && to.params.length === from.params.length;
  return typeEquals(from, to);
}

/** Null if the type fits, else what is wrong with it. */
export function expectFit({ program }: Scope, what: string, from: Type, to: Type): Problem {
  if (fits(from, to)) return null;
  return `${what} is of type ${printType(program, from)}, not ${printType(program, to)}`;
}

export function expectKind(what: string, type: Type, ...kinds: Type['kind'][]): Problem {
  return kinds.includes(type.kind) ? null : `${what} is of type ${type.kind}, not ${kinds.join(' or ')}`;
}

export function firstOf(...problems: Problem[]): Problem {
  return problems.find((problem) => problem !== null) ?? null;
}

export function isIntOrAny(type: Type): boolean {
  return isInt(type) || type.kind === 'any';
}

/** Null if the function declares, takes or captures the variable. */
export function reachable(scope: Scope, local: LocalId): Problem {
  return scope.own.has(local)
    ? null
    : `variable ${scope.program.locals.get(local).name}.${local} is not the function's`;
}
