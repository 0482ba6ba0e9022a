/**
 * What the evaluator runs: functions as blocks of steps, and frames that stand in them.
 */
import type { TrapName } from '../../base/traps.ts';
import type { BlockId, Func, FuncId } from '../../ir/ir.ts';
import type { Closure, Value } from './value.ts';

/** A function to enter: its arguments, and the closure that runs. */
export interface Entry {
  readonly func: FuncId;
  readonly args: readonly Value[];
  readonly closure: Closure | null;
}

export type Act = (values: Value[], frame: Frame) => void;
export type Enter = (values: Value[], frame: Frame) => Entry;

export interface Step {
  readonly act: Act | null;
  readonly enter: Enter | null;
  /** Where a result goes, or -1. */
  readonly result: number;
  readonly exc: Move | null;
  /** How many inlined calls it stands in. */
  readonly inlined: number;
}

/** An edge: where it leads and what it copies. */
export interface Move {
  readonly to: BlockCode;
  readonly from: readonly number[];
  /** Filled with the block's parameters; for a handler without the error. */
  readonly into: number[];
}

export interface BlockCode {
  readonly steps: Step[];
  term: TermCode;
  params: readonly number[];
}

export type TermCode =
  | { readonly kind: 'jump'; readonly to: Move }
  | { readonly kind: 'br'; readonly cond: number; readonly then: Move; readonly else: Move }
  | { readonly kind: 'ret'; readonly value: number }
  | { readonly kind: 'trap'; readonly trap: TrapName; readonly exc: Move | null }
  | { readonly kind: 'unreachable' };

export interface Code {
  readonly func: Func;
  readonly entry: BlockCode;
  readonly size: number;
  /** A boxed entry: not counted as a call of its own. */
  readonly adapter: boolean;
  /** For positions: which block of the function a piece of code came from. */
  readonly blocks: ReadonlyMap<BlockCode, BlockId>;
}

/** One activation. `at` is the instruction under way; for a frame below the top, the call. */
export interface Frame {
  readonly code: Code;
  readonly values: Value[];
  readonly closure: Closure | null;
  /** Nested calls down to this one, inlined ones between included; a boxed entry has its caller's. */
  readonly depth: number;
  block: Code['entry'];
  at: number;
}
