/**
 * The element types of arrays that begin as `[]` (row 12: array types carry an element unknown).
 *
 * The first element that is stored decides the type of all. That is a guess: a program may well fill such an array with values of
 * several types, and then its elements are `any`. So a module is checked with the guess, and whatever speaks against it (a value
 * of another type, a way for code without types to reach the array) is noted in the cell; then the module is checked
 * again without the guess, for the arrays concerned if that is enough, for all if an error remains. A program that is right
 * with elements of type `any` is thus never rejected, and none behaves differently. Where an element is read before one is
 * stored, the second time uses what the first found out.
 */
import type { NodeId } from './syntax.ts';
import { ANY_ARRAY, type ArrayTy, arrayOf, BAD, type IntVar, type OpenElement, prune, type Ty } from './types.ts';

/** What is known of the literals of a module before it is checked: nothing, everything, or that all are `[any]`. */
export type ElementPlan = ReadonlyMap<NodeId, Ty> | 'learn' | 'any';

/** The type of a literal `[]`; cells are kept in `cells`. */
export function openArray(site: NodeId, plan: ElementPlan, cells: OpenElement[], newInt: () => IntVar): ArrayTy {
  if (plan === 'any') return ANY_ARRAY;
  const link = plan === 'learn' ? null : copyOf(plan.get(site) ?? { kind: 'any' }, newInt);
  const cell: OpenElement = { kind: 'open', link, site, early: false, conflict: false };
  cells.push(cell);
  return arrayOf(cell);
}

/** The type of an element that is read. */
export function readElement(array: ArrayTy): Ty {
  const element = prune(array.element);
  if (element.kind !== 'open') return element;
  element.early = true;
  return BAD;
}

/** Decides an element type; an array that would contain itself has elements of any type. */
export function bindOpen(cell: OpenElement, ty: Ty): boolean {
  if (ty === cell || ty.kind === 'bad') return true;
  for (let at: Ty = ty; at.kind === 'array'; ) {
    at = prune(at.element);
    if (at === cell) {
      cell.conflict = true;
      return true;
    }
  }
  if (ty.kind === 'open') {
    ty.early ||= cell.early;
    ty.conflict ||= cell.conflict;
  }
  cell.link = ty;
  return true;
}

/** Notes that code without static types can reach what is in a place of type `ty`. */
export function expose(ty: Ty): void {
  let at = ty;
  for (;;) {
    while (at.kind === 'open') {
      if (at.link === null) at.link = { kind: 'any' };
      else if (prune(at).kind !== 'any') at.conflict = true;
      at = at.link;
    }
    if (at.kind !== 'array') return;
    at = at.element;
  }
}

/** What a first look at a module has taught; null if it can stay as it is. */
export function planOf(cells: readonly OpenElement[]): ElementPlan | null {
  if (!cells.some((cell) => cell.early || cell.conflict)) return null;
  const plan = new Map<NodeId, Ty>();
  // A literal can be checked more than once only as several cells, which then must agree.
  for (const cell of cells) plan.set(cell.site, cell.conflict || plan.has(cell.site) ? { kind: 'any' } : solved(cell));
  return plan;
}

function solved(ty: Ty): Ty {
  const at = prune(ty);
  if (at.kind === 'open' || at.kind === 'bad') return { kind: 'any' };
  return at.kind === 'array' ? arrayOf(solved(at.element)) : at;
}

/** The same type with integer unknowns of its own. */
function copyOf(ty: Ty, newInt: () => IntVar): Ty {
  if (ty.kind === 'array') return arrayOf(copyOf(ty.element, newInt));
  return 'link' in ty || ty.kind === 'i32' || ty.kind === 'i64' || ty.kind === 'u32' || ty.kind === 'u64'
    ? newInt()
    : ty;
}

/** Turns every cell into the type that it stands for. */
export function closeElements(cells: readonly OpenElement[]): void {
  for (const cell of cells) if (prune(cell).kind === 'open') (prune(cell) as OpenElement).link = { kind: 'any' };
  for (const cell of cells) {
    const ty = prune(cell);
    // The cell is part of types that are in use, so it changes in place.
    Object.assign(cell, ty);
  }
}
