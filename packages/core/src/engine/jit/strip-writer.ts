/**
 * Counted loops that pay for many rounds at once: writes where a strip of rounds ends, the step of the counter, and what the rounds cost.
 *
 * A poll in every round keeps the fuel in a register, or in memory where there are not enough, and compares it. Where the rounds of a
 * loop follow from its counter, it goes on until the counter comes to the end of a strip as long as the fuel is enough for
 * the whole strip, and what the rounds cost is taken wherever it is left (strip mining). Where there is not enough fuel each round
 * polls for itself, so fuel ends where it always does.
 *
 * An index that follows from the counter is compared with the length of its array once, before the loop: that gives the counter up to which all
 * such indices are in bounds, and no strip goes further (`strip-bounds.ts`).
 */
import type { CodeWriter, Expr, I32, I64, Local } from '../../wasm/code-writer.ts';
import type { WasmType } from '../../wasm/types.ts';
import { REP } from './slots.ts';
import type { Counting } from './counted-loops.ts';
import type { StripBounds } from './strip-bounds.ts';

/** A strip of a loop while it runs. */
export interface Strip extends Counting {
  /** The counter when the strip began. */
  readonly start: Local<'i64'>;
  /** The loop goes on while the counter, with its step taken, has not come to it. */
  readonly stop: Local<'i64'>;
  readonly bounds: StripBounds | null;
}

/** Steps in slots are less, so that a strip cannot come to where its numbers end. */
const LARGEST_STEP = 2n ** 32n;

/** The least number or the largest one, in few bytes: as a constant it has ten. */
function farEnd({ i64 }: CodeWriter, least: boolean): I64 {
  const one = i64.const(least ? 1n : -1n);
  return least ? i64.shl(one, i64.const(63n)) : i64.shrU(one, i64.const(1n));
}

export class StripWriter {
  readonly strip: Strip;
  readonly #w: CodeWriter;
  readonly #fuel: Local<'i64'>;
  readonly #local: (slot: number, rep: Strip['rep']) => Local<WasmType>;

  constructor(
    strip: Strip,
    w: CodeWriter,
    fuel: Local<'i64'>,
    local: (slot: number, rep: Strip['rep']) => Local<WasmType>,
  ) {
    this.strip = strip;
    this.#w = w;
    this.#fuel = fuel;
    this.#local = local;
  }

  get counter(): I64 {
    return this.#wide(this.strip.counter);
  }

  #wide(slot: number): I64 {
    const { rep } = this.strip;
    const value: Expr<WasmType> = this.#local(slot, rep);
    return rep === REP.i32 ? this.#w.i64.extendS(value as I32) : (value as I64);
  }

  /** What the counter gains in so many rounds. */
  #gain(rounds: number): I64 {
    const { i64 } = this.#w;
    const { step } = this.strip;
    if (typeof step === 'number') return i64.const(BigInt(step * rounds));
    return rounds === 1 ? this.#wide(step.slot) : i64.mul(this.#wide(step.slot), i64.const(BigInt(rounds)));
  }

  /** Says up to where the loop goes on without a poll: nowhere if the fuel is not enough for so many rounds. */
  begin(rounds: number): void {
    const w = this.#w;
    const { limit, cost, before, closed, rises, start, stop } = this.strip;
    w.set(start, this.counter);
    // With its step taken a counter is never beyond.
    w.set(stop, farEnd(w, rises));
    const pays = w.i64.geS(this.#fuel, w.i64.const(BigInt(cost * rounds)));
    w.if(w.i32.and(pays, this.#fits(rounds)), () => {
      const end = this.#wide(limit);
      const one = w.i64.const(rises ? 1n : -1n);
      const last = w.i64.add(start, this.#gain(rounds));
      w.set(stop, closed ? w.i64.sub(last, one) : last);
      w.if(rises ? w.i64.ltS(end, stop) : w.i64.gtS(end, stop), () => w.set(stop, end));
      if (closed) w.set(stop, w.i64.add(stop, one));
      if (before) w.set(stop, w.i64.add(stop, this.#gain(1)));
    });
  }

  /** Whether the counter does not come to where its numbers end in so many rounds and one more. */
  #fits(rounds: number): I32 {
    const { i64, i32 } = this.#w;
    const { rep, step, rises, start } = this.strip;
    const within = (value: I64, end: I64): I32 => (rises ? i64.leS(value, end) : i64.geS(value, end));
    if (rep === REP.i32) {
      const end = i64.const(rises ? 2n ** 31n - 1n : -(2n ** 31n));
      return within(i64.add(start, this.#gain(rounds + 1)), end);
    }
    const width = typeof step === 'number' ? BigInt(Math.abs(step)) : LARGEST_STEP;
    const way = width * BigInt(rounds + 1);
    // The sum wraps if not.
    const fits = within(start, i64.add(start, i64.const(rises ? way : -way)));
    if (typeof step === 'number') return fits;
    const taken = this.#gain(1);
    const size = rises ? taken : i64.sub(i64.const(0n), taken);
    return i32.and(fits, i64.ltU(i64.sub(size, i64.const(1n)), i64.const(LARGEST_STEP)));
  }

  /** Ends the strip where indices would not be in bounds any more. Gives whether they are not even now. */
  keepInBounds(): I32 | null {
    const w = this.#w;
    const { rises, start, stop, bounds } = this.strip;
    if (bounds === null) return null;
    const { from, reach } = bounds;
    const end = w.local('i64');
    w.set(end, rises ? w.i64.add(from, reach) : w.i64.sub(from, reach));
    w.if(rises ? w.i64.ltS(end, stop) : w.i64.gtS(end, stop), () => w.set(stop, end));
    w.release(end);
    return w.i64.geU(rises ? w.i64.sub(start, from) : w.i64.sub(from, start), reach);
  }

  /** Takes the steps that the counter takes in so many rounds, 1 or -1. */
  move(rounds: 1 | -1): void {
    const w = this.#w;
    const { rep, counter, step } = this.strip;
    const count = this.#local(counter, rep);
    if (rep === REP.i32) {
      const gain = w.i32.const((step as number) * rounds);
      return w.set(count as Local<'i32'>, w.i32.add(count as I32, gain));
    }
    const gain = this.#gain(1);
    const sum = rounds === 1 ? w.i64.add(count as I64, gain) : w.i64.sub(count as I64, gain);
    w.set(count as Local<'i64'>, sum);
  }

  /** Whether the strip goes on, the step taken. */
  goesOn(): I32 {
    const { i64 } = this.#w;
    const { rises, stop } = this.strip;
    return rises ? i64.ltS(this.counter, stop) : i64.gtS(this.counter, stop);
  }

  /** Takes what the rounds before this one cost. */
  pay(): void {
    const w = this.#w;
    const { step, cost, start } = this.strip;
    const way = w.i64.sub(this.counter, start);
    w.set(this.#fuel, w.i64.sub(this.#fuel, w.i64.mul(this.#rounds(way, step), w.i64.const(BigInt(cost)))));
  }

  #rounds(way: I64, step: Strip['step']): I64 {
    const { i64 } = this.#w;
    if (step === 1) return way;
    if (step === -1) return i64.sub(i64.const(0n), way);
    if (typeof step === 'number') return i64.divS(way, i64.const(BigInt(step)));
    // a step of 0 makes no strips: the way is 0
    const taken = this.#wide(step.slot);
    return i64.divS(way, i64.or(taken, i64.extendU(i64.eqz(taken))));
  }
}
