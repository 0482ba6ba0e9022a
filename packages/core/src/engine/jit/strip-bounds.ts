/**
 * Which accesses to elements of a counted loop need no check of their index, and what has to hold for that.
 *
 * Such an access is made in every round, to an array or string that stays the same, at an index that follows from the counter. Indices
 * that differ by a constant are one range. As long as all ranges are in bounds, rounds go on; where the first round is not, the
 * interpreter goes on in its place and raises the error, if it is one.
 */
import type { DecodedInst } from '../../isa/encode.ts';
import type { Expr, I32, I64, CodeWriter, Local } from '../../wasm/code-writer.ts';
import type { WasmType } from '../../wasm/types.ts';
import type { Flow } from './flow.ts';
import {
  COUNTER,
  LinearValues,
  isExactIfSmall,
  shapeOf,
  factorValue,
  type CheckedStep,
  type Factor,
  type Linear,
} from './linear.ts';
import { isGuess } from './loops.ts';
import { REP, type Slots } from './slots.ts';
import type { Counting } from './counted-loops.ts';

/** Indices from `at + least` to `at + most` into something of a length, `at` without its constant. */
export interface IndexRange {
  /** An access that knows the length; null: numbers of 32 bits, and all of them. */
  readonly access: number | null;
  readonly at: Linear;
  least: number;
  most: number;
}

export interface CheckedRanges {
  readonly ranges: readonly IndexRange[];
  /** Accesses, by their instruction, that are in bounds as long as the ranges are. */
  readonly proved: ReadonlySet<number>;
  /** Instructions that cannot overflow as long as the ranges hold. */
  readonly exact: ReadonlySet<number>;
}

export const NOTHING_CHECKED: CheckedRanges = { ranges: [], proved: new Set(), exact: new Set() };

/** What is known of a strip's bounds while it runs. */
export interface StripBounds {
  /** The counter before the loop. */
  readonly from: Local<'i64'>;
  /** From there, so many numbers of the counter are in bounds. */
  readonly reach: Local<'i64'>;
}

/** More make a loop's beginning long. */
const MOST_RANGES = 8;

/** Distances of constants that are still one range. */
const WIDEST = 2 ** 16;

/** Numbers of 32 bits from the least one on. */
const ALL_NARROW = { from: -(2 ** 31), count: 2n ** 32n };

/** What has to be checked of a loop; `storeOf` names the array or string of an access, if its length is known in the loop. */
export function rangesOf(
  flow: Flow,
  slots: Slots,
  header: number,
  counting: Counting,
  storeOf: (inst: number) => string | null,
): CheckedRanges {
  const values = new LinearValues(flow, slots, header, counting);
  const ranges = new Map<string, IndexRange>();
  const proved = new Set<number>();
  const exact = new Set<number>();
  const rarely: { readonly inst: number; readonly key: string; readonly constant: number }[] = [];
  /** Whether a value is in a range, which may be made larger for that. */
  const include = (key: string, access: number | null, at: Linear, constant: number): boolean => {
    const range = ranges.get(key);
    if (range === undefined) {
      if (ranges.size >= MOST_RANGES) return false;
      ranges.set(key, { access, at: { ...at, constant: 0 }, least: constant, most: constant });
      return true;
    }
    const least = Math.min(range.least, constant);
    const most = Math.max(range.most, constant);
    if (most - least > WIDEST) return false;
    range.least = least;
    range.most = most;
    return true;
  };
  const isNarrow = (value: Linear): boolean =>
    include(`narrow ${shapeOf(value)}`, null, value, value.constant - ALL_NARROW.from);
  /** Whether that is so where everything that a step is made of is a number of 32 bits, which is made sure of. */
  const cannotOverflow = ({ rep, result }: CheckedStep): boolean => {
    if (rep === REP.i32) return isNarrow(result);
    const parts = [...result.terms.flatMap(({ factors }) => factors), result.scale].filter(
      (part) => typeof part !== 'number',
    );
    const counts = result.scale === 0 || counting.rep === REP.i32 || isNarrow(COUNTER);
    return (
      counts && isExactIfSmall(result) && parts.every((part) => part.rep === REP.i32 || isNarrow(factorValue(part)))
    );
  };
  for (const block of [...counting.body].sort((a, b) => a - b)) {
    const { start, end } = flow.blocks[block] as Flow['blocks'][number];
    const always = values.dominates(block, counting.latch);
    for (let inst = start; inst < end; inst++) {
      const decoded = flow.insts[inst] as DecodedInst;
      const store = isGuess(decoded) ? storeOf(inst) : null;
      if (store === null) continue;
      const { op, values: operands } = decoded;
      const slot = operands[op.placed.findIndex(({ name }) => name === 'index')] as number;
      const index = values.before(block, inst, slot);
      if (index === null) continue;
      const key = `${store} ${shapeOf(index)}`;
      if (!always) rarely.push({ inst, key, constant: index.constant });
      else if (index.narrow.every(isNarrow) && include(key, inst, index, index.constant)) {
        proved.add(inst);
        for (const step of index.checks) if (cannotOverflow(step)) exact.add(step.inst);
      }
    }
  }
  for (const { inst, key, constant } of rarely) {
    const range = ranges.get(key);
    if (range !== undefined && range.least <= constant && constant <= range.most) proved.add(inst);
  }
  return { ranges: [...ranges.values()], proved, exact };
}

/** Reads what a slot holds before the loop. */
type ReadSlot = (slot: number, rep: Factor['rep']) => Expr<WasmType>;

/** Writes how far the counter of a loop that begins may go. */
export function writeReach(
  w: CodeWriter,
  { rises }: Counting,
  { from, reach }: StripBounds,
  { ranges }: CheckedRanges,
  lengthOf: (access: number) => I64,
  read: ReadSlot,
): void {
  const wide = ({ slot, rep }: Factor): I64 =>
    rep === REP.i32 ? w.i64.extendS(read(slot, rep) as I32) : (read(slot, rep) as I64);
  const number = (value: number): I64 => w.i64.const(BigInt(value));
  const index = w.local('i64');
  const room = w.local('i64');
  ranges.forEach(({ access, at, least, most }, i) => {
    const { scale, terms } = at;
    const parts: I64[] = terms.map(({ times, factors }) => {
      const product = factors.map(wide).reduce((a, b) => w.i64.mul(a, b));
      return times === 1 ? product : w.i64.mul(product, number(times));
    });
    if (scale !== 0)
      parts.push(scale === 1 ? from : w.i64.mul(from, typeof scale === 'number' ? number(scale) : wide(scale)));
    if (least !== 0) parts.push(number(least));
    const plain = parts.length === 1 && parts[0] === from;
    if (!plain) w.set(index, parts.length === 0 ? number(0) : parts.reduce((a, b) => w.i64.add(a, b)));
    const first: I64 = plain ? from : index;
    const length = access === null ? w.i64.const(ALL_NARROW.count) : lengthOf(access);
    const single = most === least && access !== null;
    if (!single) w.set(room, w.i64.sub(length, number(most - least)));
    const end: I64 = single ? length : room;
    // A length is not negative, so one comparison tells of both ends.
    let inBounds = single ? w.i64.ltU(first, end) : w.i32.and(w.i64.geS(first, number(0)), w.i64.ltS(first, end));
    if (typeof scale !== 'number')
      inBounds = w.i32.and(inBounds, w.i64.ltU(w.i64.sub(wide(scale), number(1)), number(2 ** 31)));
    const set = (value: I64): void => w.set(reach, value);
    w.if(
      inBounds,
      () => {
        if (scale === 0) {
          if (i === 0) set(number(2 ** 53));
          return;
        }
        const grows = typeof scale !== 'number' || scale > 0;
        // as many as there are steps to the last index, and one
        let rounds: I64;
        if (scale === 1 || scale === -1) {
          rounds = grows === rises ? w.i64.sub(end, first) : w.i64.add(first, number(1));
        } else {
          const units = grows === rises ? w.i64.sub(w.i64.sub(end, number(1)), first) : first;
          const width = typeof scale === 'number' ? number(Math.abs(scale)) : wide(scale);
          rounds = w.i64.add(w.i64.divU(units, width), number(1));
        }
        if (i === 0) set(rounds);
        else {
          w.set(index, rounds);
          w.if(w.i64.ltS(index, reach), () => set(index));
        }
      },
      () => {
        w.cold();
        set(number(0));
      },
    );
  });
  w.release(index);
  w.release(room);
}
