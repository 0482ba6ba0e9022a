/**
 * Ranges, iterations over dynamic values, and range loops whose bounds are dynamic (8.5, 8.6).
 *
 * Numbers are mathematical integers here, so the step past the last value cannot overflow.
 */
import { element } from './arrays.ts';
import { fitsInt } from './dynamic.ts';
import type { Machine } from './machine.ts';
import { type Any, ArrayObj, Int, Iteration, RangeObj } from './value.ts';

export function newRange(m: Machine, start: bigint, stop: bigint, step: bigint): RangeObj {
  if (step === 0n) m.trap('rangeArguments');
  m.allocate(48);
  return new RangeObj(start, stop, step);
}

export function rangeOf(m: Machine, start: Any, stop: Any, step: Any): RangeObj {
  const bound = (value: Any): bigint =>
    value instanceof Int && fitsInt(3, value.value) ? value.value : m.trap('rangeArguments');
  return newRange(m, bound(start), bound(stop), bound(step));
}

export function rangeMore(range: RangeObj): boolean {
  return range.step > 0n ? range.next < range.stop : range.next > range.stop;
}

export function rangeNext(range: RangeObj): bigint {
  const value = range.next;
  range.next += range.step;
  return value;
}

export function iterate(m: Machine, value: Any): Iteration {
  if (value instanceof Int) {
    if (value.value < 0n) m.trap('iterateNegative');
    return new Iteration(value);
  }
  if (value instanceof ArrayObj || value instanceof RangeObj || typeof value === 'string') return new Iteration(value);
  return m.trap('notIterable');
}

export function moreItems({ over, position }: Iteration): boolean {
  if (over instanceof RangeObj) return rangeMore(over);
  if (over instanceof Int) return position < over.value;
  return position < BigInt(over instanceof ArrayObj ? over.items.length : over.length);
}

export function nextItem(iteration: Iteration): Any {
  const { over, position } = iteration;
  if (over instanceof RangeObj) return new Int(3, rangeNext(over));
  iteration.position = position + 1n;
  if (over instanceof Int) return new Int(over.code, position);
  return over instanceof ArrayObj ? element(over, Number(position)) : over.charAt(Number(position));
}

/* ---- range loops ----------------------------------------------------------------------------------------------- */

export function loopEnters(at: { value: bigint }, end: Int, step: Int, inclusive: boolean): boolean {
  if (inclusive && at.value === end.value) return true;
  return step.value > 0n ? at.value < end.value : at.value > end.value;
}

/** Whether the item, if it is still inside itself, has a next one. */
export function loopMore(m: Machine, item: Any, end: Int, step: Int, inclusive: boolean): boolean {
  if (!(item instanceof Int) || item.code !== end.code) return m.trap('operandTypes');
  const next = item.value + step.value;
  return fitsInt(end.code, next) && loopEnters({ value: next }, end, step, inclusive);
}

export function loopNext(item: Int, step: Int): Any {
  return new Int(item.code, item.value + step.value);
}
