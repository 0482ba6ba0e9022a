/**
 * What a pass is, and what it is given.
 *
 * A pass changes one function (`run`) or the program (`runProgram`) and says whether it did. Before each change it asks
 * `cx.may()`: the runner counts changes and can refuse all after the N-th, so that a miscompile can be bisected down to one
 * change of one pass. Passes never call one another.
 *
 * Analyses come from `cx.analyses(func)`: `.cfg`, `.dominators`, `.loops`, `.defs`, `.uses`, `.known`, each made when first asked for and shared
 * by all passes until one changes the function:
 *
 *     run: (func, cx) => {
 *       const { cfg, dominators } = cx.analyses(func);
 *       ...
 *       return changed ? 'values' : false;
 *     }
 *
 * What `run` returns says what the runner must forget: `true` everything, `'values'` all but the control flow (cfg, dominators, loops):
 * then blocks are still the same objects and each still leads to the same others (also by exceptions). A pass that asks
 * for an analysis after its own first change says `cx.changed(func)` in between. The runner also leaves out passes that have
 * nothing to do: a pass runs again on a function only if that changed since, so it may look at nothing but the function, signatures
 * and types, and at `cx.writes`. A program pass says `cx.changed(func)` for each function that it changed.
 */
import type { Analyses } from '../analysis/analyses.ts';
import type { ContentsOf } from '../analysis/contents.ts';
import type { Writes } from '../analysis/memory.ts';
import type { Func, IrProgram } from '../ir/ir.ts';
import type { CallTypes } from '../ir/result-kind.ts';

/** What a pass did to a function: nothing, anything, or anything that keeps blocks and the edges between them. */
export type Change = boolean | 'values';

export interface PassContext {
  readonly program: IrProgram;
  readonly calls: CallTypes;
  /** What calls may write, as it was when the last program pass had run: function passes only make it less. See `needsWrites`. */
  readonly writes: Writes;
  /** What a function contains, as it is now. */
  readonly contents: ContentsOf;
  /** Asks for leave to make one change, and counts it. */
  may(): boolean;
  /** What is known of a function as it is now. The results are good until it changes, and no longer than the pass runs. */
  analyses(func: Func): Analyses;
  /** Forgets what is known of a function, which is no longer what it was. */
  changed(func: Func, what?: 'values'): void;
}

export interface FuncPass {
  readonly name: string;
  /** What holds afterwards that did not before, in a line. */
  readonly doc: string;
  /** Whether running it again right after it made a change would change nothing more. */
  readonly settles?: boolean;
  /** Families of operations (bits of `HAS` in analysis/contents.ts) without which a function has nothing for it. */
  readonly needs?: number;
  /** Families that a function may contain behind it though it did not before; any, if that is not said. */
  readonly makes?: number;
  /** Whether it asks for `cx.writes`. */
  readonly needsWrites?: boolean;
  readonly run: (func: Func, cx: PassContext) => Change;
}

export interface ProgramPass {
  readonly name: string;
  readonly doc: string;
  /** True if anything changed. If no function was named by `cx.changed`, all may have. */
  readonly runProgram: (program: IrProgram, cx: PassContext) => boolean;
}

export type Pass = FuncPass | ProgramPass;
