/**
 * What a pass is, and what it is given.
 *
 * A pass changes one function (`run`) or the program (`runProgram`) and says whether it did. Before each change it asks
 * `cx.may()`: the runner counts changes and can refuse all after the N-th, so that a miscompile can be bisected down to one
 * change of one pass. Passes never call one another.
 */
import type { Func, IrProgram } from '../ir/ir.ts';
import type { CallTypes } from '../ir/result-kind.ts';

export interface PassContext {
  readonly program: IrProgram;
  readonly calls: CallTypes;
  /** Asks for leave to make one change, and counts it. */
  may(): boolean;
}

export interface FuncPass {
  readonly name: string;
  /** What holds afterwards that did not before, in a line. */
  readonly doc: string;
  readonly run: (func: Func, cx: PassContext) => boolean;
}

export interface ProgramPass {
  readonly name: string;
  readonly doc: string;
  readonly runProgram: (program: IrProgram, cx: PassContext) => boolean;
}

export type Pass = FuncPass | ProgramPass;
