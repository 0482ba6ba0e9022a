/**
 * Types as the checker sees them: those of the typed tree, and three that exist only while checking.
 *
 * An `IntVar` is an integer type that use will decide (19.5 and row 12 of section 23): a union-find cell which, once
 * solved, *becomes* the type it stands for, since its `kind` is overwritten in place. Nodes, variables and array types
 * can therefore carry an unsolved cell and are right afterwards without being visited again. An `OpenElement` is the same for the
 * elements of an array that began as `[]` (see `elements.ts`). `flex` is the type of a
 * flexible integer expression that no context has claimed, and `bad` stands where an error was reported: it fits
 * everything, so that one mistake is one message.
 */
import type { IntType, NumType, Type, TypeId } from '../../hir/hir.ts';
import type { NodeId } from './syntax.ts';

export interface IntVar {
  kind: 'int-var' | IntType;
  /** The cell that this one was unified with. */
  link: IntVar | null;
}

/** The element type of an array literal `[]`, until a first element decides it. */
export interface OpenElement {
  readonly kind: 'open';
  /** What was decided. */
  link: Ty | null;
  /** The literal. */
  readonly site: NodeId;
  /** An element was read before one was stored. */
  early: boolean;
  /** What was decided does not agree with all uses. */
  conflict: boolean;
}

export type Ty =
  | { readonly kind: NumType | 'bool' | 'string' | 'nil' | 'any' | 'range' | 'error' }
  | ArrayTy
  | { readonly kind: 'struct' | 'enum'; readonly id: TypeId }
  | { readonly kind: 'func'; readonly params: readonly Ty[]; readonly result: Ty }
  | IntVar
  | OpenElement
  | { readonly kind: 'flex' }
  | { readonly kind: 'bad' };

export interface ArrayTy {
  readonly kind: 'array';
  readonly element: Ty;
}

export const BAD: Ty = { kind: 'bad' };
export const FLEX: Ty = { kind: 'flex' };
export const ANY_ARRAY: ArrayTy = { kind: 'array', element: { kind: 'any' } };

/**
 * The type of a node or variable that is being built. What is still unknown in it is solved in place before anybody outside
 * the checker looks, which the compiler cannot see.
 */
export function nodeType(ty: Ty): Type {
  return ty as Type;
}

/** What a cell stands for as far as it is known, and every other type as it is. */
export function prune(ty: Ty): Ty {
  let at = ty;
  while ('link' in at && at.link !== null) {
    // Half of the way is spared whoever asks next: cells of 100 000 elements are one chain otherwise.
    if (!('site' in at) && at.link.link !== null) at.link = at.link.link;
    at = at.link;
  }
  return at;
}

export function arrayOf(element: Ty): ArrayTy {
  return { kind: 'array', element };
}

const INT_KINDS: ReadonlySet<string> = new Set(['i32', 'i64', 'u32', 'u64', 'int-var']);

/** An integer type, known or still to be found. */
export function isInteger(ty: Ty): boolean {
  return INT_KINDS.has(prune(ty).kind);
}

export function isNumber(ty: Ty): boolean {
  const kind = prune(ty).kind;
  return kind === 'f64' || INT_KINDS.has(kind);
}

/** The type's kind, an unsolved integer being `int-var` and a solved one what it became. */
export function kindOf(ty: Ty): Ty['kind'] {
  return prune(ty).kind;
}

/** The type as a message spells it; `nameOf` names structs and enums. */
export function showType(ty: Ty, nameOf: (id: TypeId) => string): string {
  const seen = prune(ty);
  switch (seen.kind) {
    case 'array':
      return `[${showType(seen.element, nameOf)}]`;
    case 'struct':
    case 'enum':
      return nameOf(seen.id);
    case 'func': {
      const params = seen.params.map((param) => showType(param, nameOf)).join(', ');
      return seen.result.kind === 'any' ? `fn(${params})` : `fn(${params}) -> ${showType(seen.result, nameOf)}`;
    }
    case 'nil':
      return 'void';
    case 'flex':
    case 'int-var':
      return 'integer';
    case 'bad':
    case 'open':
      return 'unknown';
    default:
      return seen.kind;
  }
}

/** The least and greatest value of an integer type. */
export const INT_RANGE: Readonly<Record<IntType, readonly [bigint, bigint]>> = {
  i32: [-(2n ** 31n), 2n ** 31n - 1n],
  i64: [-(2n ** 63n), 2n ** 63n - 1n],
  u32: [0n, 2n ** 32n - 1n],
  u64: [0n, 2n ** 64n - 1n],
};

export function fitsType(value: bigint, type: IntType): boolean {
  const [least, greatest] = INT_RANGE[type];
  return value >= least && value <= greatest;
}
