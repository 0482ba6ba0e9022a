/**
 * When two types are the same, or one fits where the other is wanted. What is still unknown in them is decided by that.
 */
import type { IntType } from '../../hir/hir.ts';
import { bindOpen, expose } from './elements.ts';
import { BAD, isInteger, type IntVar, prune, type Ty } from './types.ts';

function isIntVar(ty: Ty): ty is IntVar {
  return 'link' in ty && ty.kind !== 'open';
}

/** Makes two integer types one if at least one is unknown or both are the same. */
function unifyIntegers(a: Ty, b: Ty): boolean {
  const left = prune(a);
  const right = prune(b);
  if (left === right) return true;
  if (left.kind === 'int-var') {
    if (isIntVar(right)) left.link = right;
    else left.kind = right.kind as IntType;
    return true;
  }
  if (right.kind === 'int-var') {
    if (isIntVar(left)) right.link = left;
    else right.kind = left.kind as IntType;
    return true;
  }
  return left.kind === right.kind;
}

/** Whether two types are the same, solving unknown integers and elements where that makes them so. */
export function unify(a: Ty, b: Ty): boolean {
  let left = prune(a);
  let right = prune(b);
  while (left.kind === 'array' && right.kind === 'array') {
    left = prune(left.element);
    right = prune(right.element);
  }
  if (left.kind === 'open') return bindOpen(left, right);
  if (right.kind === 'open') return bindOpen(right, left);
  if (left.kind === 'bad' || right.kind === 'bad') return true;
  if (isInteger(left) && isInteger(right)) return unifyIntegers(left, right);
  if (left.kind !== right.kind) return false;
  if ('id' in left && 'id' in right) return left.id === right.id;
  if (left.kind === 'func' && right.kind === 'func') return sameFunction(left, right);
  return true;
}

type FuncTy = Extract<Ty, { kind: 'func' }>;

function sameFunction(a: FuncTy, b: FuncTy): boolean {
  if (a.params.length !== b.params.length || !unify(a.result, b.result)) return false;
  return a.params.every((param, index) => unify(param, b.params[index] ?? BAD));
}

/**
 * Whether a value of type `from` may be bound to a place of type `to` without conversion (4.3); `any` on either side is not
 * decided here, except for the elements of arrays.
 */
export function assignable(from: Ty, to: Ty): boolean {
  let source = prune(from);
  let target = prune(to);
  while (source.kind === 'array' && target.kind === 'array') {
    const { element } = source;
    const { element: wanted } = target;
    source = prune(element);
    target = prune(wanted);
    if (source.kind === 'any' || target.kind === 'any') {
      expose(element);
      expose(wanted);
      return true;
    }
  }
  if (source.kind === 'func' && target.kind === 'func') return source.params.length === target.params.length;
  return unify(source, target);
}
