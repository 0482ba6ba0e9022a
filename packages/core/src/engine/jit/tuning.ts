/**
 * Every number that decides when code becomes machine code. None of them changes what a program does, only how fast.
 *
 * Fuel is the unit of work; a slice is about 100 000 units, 0.05 to 1 ms of interpreting.
 */
import { DEFAULT_CHECKS } from '../engine.ts';

export interface Tuning {
  /** Samples (slices that end in it) after which a function is hot; 0: everything is compiled before it runs. */
  readonly threshold: number;
  /**
   * Milliseconds a program runs before anything is compiled. Loading the compiler and compiling the first unit take 10 to 20, which a
   * program must have ahead of it to be paid back; what has run for so long is likely to run as long again, and what ends earlier
   * pays nothing.
   */
  readonly patienceMs: number;
  /** Slices that must have ended too: on a busy machine a program gets little of its time, and some examples are done with 4 million units. */
  readonly patienceSlices: number;
  /** Callers that are sampled with the innermost frame: a hot function's callers are soon hot themselves. */
  readonly callers: number;
  /** Bytecode words that are compiled together with a hot function: its callees, nearest first. Modules of this size take about 5 ms. */
  readonly unitWords: number;
  /**
   * Bytecode words of functions that are hot at the same time, with which a unit takes in no further of them: so much makes a module that hosts
   * optimise before it runs.
   */
  readonly batchWords: number;
  /** Bytecode words up to which a hot function is compiled for calls at once, whether or not it will be called again. */
  readonly onceWords: number;
  /** Bytes of WebAssembly that may be live; the host makes about five times as much of them. Beyond, the coldest unit goes. */
  readonly liveBytes: number;
  /** Units of one function, each for a poll where a frame stood; what has more is entered at those or interpreted. */
  readonly entries: number;
  /** Rounds of a counted loop that are paid for at once; more would leave more of them to themselves at the end of a slice. */
  readonly rounds: number;
  /** For tests: what machine code takes for granted of the instruction at an address turns out wrong, until it is made again without. */
  readonly wrong?: (address: number) => boolean;
}

export const DEFAULT_TUNING: Tuning = {
  threshold: 2,
  patienceMs: 20,
  patienceSlices: 48,
  callers: 4,
  unitWords: 4000,
  batchWords: 200,
  onceWords: 60,
  liveBytes: 4 * 2 ** 20,
  entries: 8,
  rounds: 128,
};

/** Everything as machine code before it runs. */
export const EAGER_TUNING: Tuning = { ...DEFAULT_TUNING, threshold: 0, patienceMs: 0, patienceSlices: 0 };

/** When machine code is made, as users say it. */
export interface JitSettings {
  /** `eager`, or what is hot. */
  readonly when?: string;
  /** Samples after which a function is hot, from the first on. */
  readonly threshold?: number;
  /** For tests: every guess turns out wrong. */
  readonly wrong?: boolean;
  /** For tests: rounds of a counted loop that are paid for at once. */
  readonly rounds?: number;
  /** Fuel that the program used when it last ran, if that is known. */
  readonly lastFuel?: number;
}

export function tuningFor(settings: JitSettings): Tuning {
  const { rounds = DEFAULT_TUNING.rounds, wrong = false } = settings;
  return { ...timing(settings), rounds, ...(wrong ? { wrong: () => true } : {}) };
}

/** When machine code is made. */
function timing({ when, threshold, lastFuel }: JitSettings): Tuning {
  if (when === 'eager') return EAGER_TUNING;
  if (threshold !== undefined) return { ...DEFAULT_TUNING, ...NO_PATIENCE, threshold };
  return lastFuel === undefined ? DEFAULT_TUNING : { ...DEFAULT_TUNING, ...patienceAfter(lastFuel) };
}

type Patience = Pick<Tuning, 'patienceMs' | 'patienceSlices'>;

const NO_PATIENCE: Patience = { patienceMs: 0, patienceSlices: 0 };

/** Fuel of a program that is worth compiling from the start: 50 to 100 ms of interpreting. */
const LONG_FUEL = 15_000_000;

/** A program is likely to run as long as the last time, whatever it has run by now: no patience if that is worth it, and else until it has run longer. */
function patienceAfter(lastFuel: number): Patience {
  if (lastFuel >= LONG_FUEL) return NO_PATIENCE;
  return { patienceMs: DEFAULT_TUNING.patienceMs, patienceSlices: LONG_FUEL / DEFAULT_CHECKS.slice };
}

/** A large function that is only seen as a caller may be a loop that is called once: so many times the usual samples. */
export const AS_CALLER = 8;

/** Lengths of slices other than the usual one, in usual slices. */
export const SLICES = {
  /** In machine code, which does more work in the same time; as a slice, in no step with loops. */
  long: 7,
  /** While a frame that has machine code runs in the interpreter and stands at a poll where it cannot go on in it: another is near. */
  short: 1 / 500,
  /** So many short slices a frame gets to end by itself, when only its function has machine code: that takes less than making an entry. */
  toEnd: 20,
  /** So many short slices are tried before another entry is made. */
  shortInARow: 100,
} as const;

/**
 * When machine code that has used its slice up is left although it could go on in place, in slices.
 *
 * Hosts replace the code of their baseline compiler when a function is entered, so a unit is entered anew a few times while it is young.
 */
export const LEAVING = {
  /** Slices after a compilation at whose end machine code is left. */
  young: 16,
  /** Later one slice in so many, if there is code from a baseline compiler: the optimiser may have taken its time. */
  stay: 32,
  /** Machine code stays only for slices of at least so much fuel: shorter ones are wanted by tests that stop everywhere. */
  least: 10_000,
} as const;
