/**
 * What the generator knows where it stands: the names in scope, the function and loops around, and how much work the program
 * may still do.
 *
 * Termination is by construction. Calls go only to functions that were finished before (or to the function itself with a
 * smaller fuel argument), loops have few iterations, and `weight` estimates how often the place runs: what would exceed the budget
 * is not generated.
 */
import type { Random } from './random.ts';
import type { EnumDef, StructDef, Ty } from './types.ts';

export type EditionName = 'classic' | '2026';

export interface Variable {
  readonly name: string;
  readonly ty: Ty;
  readonly mutable: boolean;
  /** Declared with `mut`, which classic demands of captured variables that are assigned. */
  readonly mut: boolean;
  /** Never assigned by chance: loop counters and fuel. */
  readonly counter: boolean;
  /** The nesting of functions around its declaration; 0 at module level. */
  readonly level: number;
  /** A function value that may be called here without risking endless recursion. */
  readonly callable: boolean;
}

export interface Func {
  readonly name: string;
  readonly params: readonly Ty[];
  /** `any` with a hint where nothing is declared. */
  readonly result: Ty;
  readonly cost: number;
  /** May be used as a value of its function type. */
  readonly value: boolean;
}

/** One for each program. */
export interface Maker {
  readonly random: Random;
  readonly edition: EditionName;
  readonly structs: StructDef[];
  readonly enums: EnumDef[];
  readonly funcs: Func[];
  /** Whether what comes next is for a module, whose users do not help to infer its types. */
  library: boolean;
  names: number;
}

/** One for each function body, with scopes that grow and shrink. */
export interface Context {
  readonly maker: Maker;
  readonly random: Random;
  readonly scopes: Variable[][];
  readonly level: number;
  /** Of the function; null at module level. */
  readonly result: Ty | null;
  readonly loops: { readonly label: string | null }[];
  /** How often this place runs for one run of the body. */
  weight: number;
  /** What one run of the body costs so far, and may cost at most. */
  cost: number;
  readonly limit: number;
}

/** Estimated statements of a whole program; of one call of a function, of a function value. */
const WORK = 3000;
export const FUNCTION_COST = 150;
export const VALUE_COST = 20;

export function freshName(maker: Maker, prefix: string): string {
  maker.names += 1;
  return `${prefix}${maker.names}`;
}

export function moduleContext(maker: Maker): Context {
  return {
    maker,
    random: maker.random,
    scopes: [[]],
    level: 0,
    result: null,
    loops: [],
    weight: 1,
    cost: 0,
    limit: WORK,
  };
}

/** The context of a function that is nested in `outer`. */
export function functionContext(outer: Context, result: Ty, limit = FUNCTION_COST): Context {
  const { maker, random, scopes, level } = outer;
  return { maker, random, scopes: [...scopes, []], level: level + 1, result, loops: [], weight: 1, cost: 0, limit };
}

export function declare(cx: Context, variable: Omit<Variable, 'level'>): Variable {
  const made = { ...variable, level: cx.level };
  cx.scopes.at(-1)?.push(made);
  return made;
}

/** Runs `body` in a scope of its own. */
export function scoped<T>(cx: Context, body: () => T): T {
  cx.scopes.push([]);
  try {
    return body();
  } finally {
    cx.scopes.pop();
  }
}

/** Runs `body` as something that happens `times` times. */
export function repeated<T>(cx: Context, times: number, body: () => T): T {
  const before = cx.weight;
  cx.weight *= times;
  try {
    return body();
  } finally {
    cx.weight = before;
  }
}

/** Innermost first, without those that are hidden. */
export function visible(cx: Context): Variable[] {
  const seen = new Set<string>();
  const found: Variable[] = [];
  for (let i = cx.scopes.length - 1; i >= 0; i--) {
    const scope = cx.scopes[i] ?? [];
    for (let j = scope.length - 1; j >= 0; j--) {
      const variable = scope[j];
      if (!variable || seen.has(variable.name)) continue;
      seen.add(variable.name);
      found.push(variable);
    }
  }
  return found;
}

export function assignable(cx: Context, variable: Variable): boolean {
  if (!variable.mutable || variable.counter) return false;
  if (variable.level === cx.level || variable.level === 0 || cx.maker.edition === '2026') return true;
  return variable.mut;
}

/** Notes that something of this cost happens here, if there is room for it. */
export function afford(cx: Context, cost: number): boolean {
  if (cx.cost + cx.weight * cost > cx.limit) return false;
  cx.cost += cx.weight * cost;
  return true;
}
