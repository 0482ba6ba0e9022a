/**
 * Range loops over integers: whether the first iteration runs, and whether there is one after the last.
 *
 * The next step may overflow where there is no next iteration, so the latch asks about the item as it is, against a bound made once
 * in front of the loop:
 *
 *     rising     end - step (+ 1 if the end is included), or the least number if that overflows       item < bound
 *     falling    the same with the greatest number                                                    item > bound
 *
 * Nothing is below the least number, so a bound that overflows ends the loop. By ones the bound of a range with its end is the end
 * itself, and without it `item + 1 < end` cannot overflow. Comparison and step are one instruction of the machine, and both orders tell
 * the analysis of intervals what it must know. Where the sign of the step is known only when the loop begins, `m` is 0 or -1 and
 * everything is compared exclusive-or `m`, which turns the order around: x > y exactly if ~x < ~y.
 */
import type { ValueId } from '../../ir/ir.ts';
import type { ForRange, IntType } from '../hir.ts';
import type { Context } from './context.ts';
import { lowerExpr } from './expr.ts';
import { intConst, isSigned, lowerSameCompare, widthOf } from './numbers.ts';

export interface Counting {
  readonly type: IntType;
  readonly start: ValueId;
  readonly step: ValueId;
  /** Whether the first iteration runs. */
  readonly enter: () => ValueId;
  /** Whether an iteration follows, from the item at the end of one and the item of the next. */
  readonly more: (last: ValueId, next: ValueId) => ValueId;
}

/** Evaluates start, end and step, and what the latch compares with. */
export function countRange(c: Context, s: ForRange): Counting {
  const { b } = c;
  const item = c.program.locals.get(s.item);
  const type = item.type.kind as IntType;
  const start = lowerExpr(c, s.start);
  const end = lowerExpr(c, s.end);
  const step = s.step === null ? intConst(c, type, 1n) : lowerExpr(c, s.step);
  c.at(s.span);
  const known = knownStep(s);
  if (known === null) c.trapIf(b.inst(`eq.${widthOf(type)}`, [step, intConst(c, type, 0n)]), 'stepZero');
  if (known === null && isSigned(type)) return countEitherWay(c, s, type, start, end, step);

  const rises = known === null || known > 0n;
  const compare = (op: 'lt' | 'le', x: ValueId, y: ValueId): ValueId =>
    lowerSameCompare(c, rises ? op : op === 'lt' ? 'gt' : 'ge', type, x, y);
  const parts = { type, start, step, enter: () => compare(s.inclusive ? 'le' : 'lt', start, end) };
  if ((known === 1n || known === -1n) && (s.inclusive || !item.assigned)) {
    return { ...parts, more: (last, next) => compare('lt', s.inclusive ? last : next, end) };
  }
  const w = widthOf(type);
  const one = rises ? 1n : -1n;
  const back = !s.inclusive
    ? step
    : known === null
      ? b.inst(`sub.${w}`, [step, intConst(c, type, one)])
      : intConst(c, type, known - one);
  const bound = b.inst(`sub.${w}`, [end, back]);
  const last = b.inst(`select.${w}`, [compare('le', bound, end), bound, intConst(c, type, farEnd(type, rises))]);
  return { ...parts, more: (item) => compare('lt', item, last) };
}

function countEitherWay(c: Context, s: ForRange, type: IntType, start: ValueId, end: ValueId, step: ValueId): Counting {
  const { b } = c;
  const w = widthOf(type);
  const k = (value: bigint): ValueId => intConst(c, type, value);
  const m = b.inst(`select.${w}`, [b.inst(`lt_s.${w}`, [k(0n), step]), k(0n), k(-1n)]);
  const turned = (x: ValueId): ValueId => b.inst(`xor.${w}`, [x, m]);
  const back = s.inclusive ? b.inst(`sub.${w}`, [step, b.inst(`or.${w}`, [m, k(1n)])]) : step;
  const bound = turned(b.inst(`sub.${w}`, [end, back]));
  const limit = turned(end);
  const last = b.inst(`select.${w}`, [b.inst(`le_s.${w}`, [bound, limit]), bound, k(farEnd(type, true))]);
  return {
    type,
    start,
    step,
    enter: () => b.inst(s.inclusive ? `le_s.${w}` : `lt_s.${w}`, [turned(start), limit]),
    more: (item) => b.inst(`lt_s.${w}`, [turned(item), last]),
  };
}

/** The step, if it is written as a number other than 0. */
function knownStep(s: ForRange): bigint | null {
  if (s.step === null) return 1n;
  return s.step.kind === 'int' && s.step.value !== 0n ? s.step.value : null;
}

/** The number that nothing of the type lies beyond, on the side that a loop comes from. */
function farEnd(type: IntType, rises: boolean): bigint {
  const bits = widthOf(type) === 'i32' ? 32n : 64n;
  if (!isSigned(type)) return rises ? 0n : (1n << bits) - 1n;
  const least = -(1n << (bits - 1n));
  return rises ? least : -least - 1n;
}
