/**
 * What every engine is: a value of `Engine` that makes instances of a program and runs them.
 *
 * Engines differ in what they execute (`Prepared` says which stages are at hand), never in what a program does. The
 * matrix test holds them to that.
 */
import type { TrapKind } from '../base/traps.ts';
import type { Span } from '../base/source.ts';
import type { FuncId, Program as TreeProgram } from '../hir/hir.ts';
import type { IrProgram } from '../ir/ir.ts';
import type { BytecodeProgram } from '../isa/program.ts';

/** What a running program may reach of the outside. Everything is synchronous. */
export interface Host {
  /** Appends to standard output. The bytes are only valid during the call. */
  write(bytes: Uint8Array): void;
  /**
   * Flushes what was written, then reads a line without its ending; null at end of input. A line of more than `most`
   * bytes does not fit into the program's memory: a host may stop reading it there.
   */
  readLine(most: number): Uint8Array | null;
  /** Seconds on a monotonic clock. */
  now(): number;
  /** Asked between slices: true ends the run with the limit `interrupt`. */
  interrupted?(): boolean;
}

/** A host's `readLine` throws this to end the run with the limit `interrupt`. */
export const INTERRUPT: unique symbol = Symbol('interrupt');

/** Every bound is inclusive: a program may use exactly this much. */
export interface Limits {
  /** Units of work; `Infinity` for no bound. */
  readonly fuel: number;
  /** Bytes of guest memory. */
  readonly memory: number;
  /** Nested guest calls. */
  readonly depth: number;
  /** Wall-clock milliseconds; `Infinity` for no bound. */
  readonly timeMs: number;
}

/** Throws a `RangeError` unless all limits are numbers that are not negative. */
export function requireLimits({ fuel, memory, depth, timeMs }: Limits): void {
  if (fuel >= 0 && memory >= 0 && depth >= 0 && timeMs >= 0) return;
  throw new RangeError(
    `limits are numbers of at least 0: fuel ${fuel}, memory ${memory}, depth ${depth}, timeMs ${timeMs}`,
  );
}

/** What `orus run` sets unless told otherwise. */
export const DEFAULT_LIMITS: Limits = { fuel: Infinity, memory: 2 ** 30, depth: 200_000, timeMs: Infinity };

/** One activation in the trace of an error, innermost first. */
export interface TraceEntry {
  readonly func: string;
  readonly span: Span;
  /** Where in the function's code, if no more is known: bytecode from a file without debug tables. */
  readonly pc?: number;
}

/** An error of the guest that nobody caught. */
export interface Trap {
  readonly kind: TrapKind;
  readonly message: string;
  readonly trace: readonly TraceEntry[];
  /** True if it was raised while a module other than the entry was being loaded (status 65, not 70). */
  readonly whileLoading: boolean;
}

export type LimitName = 'fuel' | 'time' | 'interrupt';

export type Outcome =
  | { readonly status: 'done' }
  | { readonly status: 'error'; readonly trap: Trap }
  /** Running out of fuel or time, or being interrupted, cannot be caught by the guest. */
  | { readonly status: 'limit'; readonly limit: LimitName; readonly trace: readonly TraceEntry[] };

/** Switches for verifiers and stress modes; nothing here changes what a program does. */
export interface Checks {
  /** Verify tree, IR, allocation and bytecode after every step, and the heap after every collection. */
  readonly verify: boolean;
  /** Collect garbage at every allocation. */
  readonly stressGc: boolean;
  /** Registers the allocator may use for values; 256 is the machine's number. */
  readonly registers: number;
  /** Fuel per slice; small numbers stop and resume everywhere. */
  readonly slice: number;
  /** Constants that an instruction may name directly before the long form is used. */
  readonly constants: number;
  /** Run no optional pass. */
  readonly optimise: boolean;
  /** The tree engine represents every value boxed. */
  readonly boxedTree: boolean;
}

export const DEFAULT_CHECKS: Checks = {
  verify: false,
  stressGc: false,
  registers: 256,
  // a prime, so that slices do not end at the same place of a loop in every round
  slice: 99_991,
  constants: 65_536,
  optimise: true,
  boxedTree: false,
};

/** The stages of one program; later ones are made when first asked for. */
export interface Prepared {
  readonly tree: TreeProgram;
  ir(): IrProgram;
  bytecode(): BytecodeProgram;
}

/** Running counters, for `--stats`. */
export interface RunStats {
  readonly fuel: number;
  readonly [name: string]: number;
}

export interface Instance {
  /** Runs all module initialisers in order and then, if the program has one, automatic `main`. Call it once. */
  run(): Outcome;
  stats(): RunStats;
}

/** How a step of a session ended; `value` is what the initialiser gave. */
export type StepResult =
  | { readonly status: 'returned'; readonly value: boolean }
  | Exclude<Outcome, { readonly status: 'done' }>;

/** A machine whose program grows by one entry after another, and which keeps its variables and heap. */
export interface GrowingInstance {
  /** Takes in an entry's program; false if there is no room. Nothing may be running. */
  append(program: Prepared): boolean;
  /** Prepares a run of an initialiser of the latest program under these limits, abandoning what ran before. */
  begin(init: FuncId, limits: Pick<Limits, 'fuel' | 'timeMs'>): void;
  /** Runs at most so many slices; null if there is more to do. */
  advance(slices: number): StepResult | null;
  stats(): RunStats;
}

export interface Engine {
  readonly name: string;
  /** One line for `--help`. */
  readonly doc: string;
  create(program: Prepared, host: Host, limits: Limits, checks: Checks): Instance;
  /** For sessions; absent if the engine cannot add to a program. */
  createGrowing?(host: Host, limits: Limits, checks: Checks): GrowingInstance;
}
