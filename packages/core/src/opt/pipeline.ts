/**
 * The passes in the order in which they run, and the runner that owns what every pass needs: counting, a budget of changes,
 * timing, dumps, and verification between any two.
 */
import { assertFuncVerified, assertVerified } from '../ir/verify.ts';
import type { IrProgram } from '../ir/ir.ts';
import { printProgram } from '../ir/print.ts';
import { callTypesOf } from '../ir/result-kind.ts';
import type { Pass, PassContext } from './pass.ts';
import { boxes } from './boxes.ts';
import { constants } from './constants.ts';
import { deadCode } from './dead-code.ts';
import { dropUnused } from './drop-unused.ts';
import { hoist } from './hoist.ts';
import { jumps } from './jumps.ts';
import { pollCosts } from './poll-costs.ts';
import { pruneParams } from './prune-params.ts';
import { ranges } from './ranges.ts';
import { redundant } from './redundant.ts';
import { simplify } from './simplify.ts';
import { specialise } from './specialise.ts';
import { typedOperations } from './typed-operations.ts';

/** Read top to bottom. */
export const PASSES: readonly Pass[] = [
  pruneParams,
  constants,
  // Early, so that the copies are small and everything below sees their types.
  specialise,
  typedOperations,
  boxes,
  simplify,
  deadCode,
  jumps,
  // Again, because typed operations and joined blocks show what was hidden before.
  constants,
  typedOperations,
  boxes,
  pruneParams,
  simplify,
  redundant,
  ranges,
  constants,
  simplify,
  // Behind what makes operations unable to fail, because those move freely.
  hoist,
  deadCode,
  jumps,
  dropUnused,
];

/** What holds of every program that code generation sees, optimised or not. */
export const FINAL_PASSES: readonly Pass[] = [pollCosts];

/** Every pass once. */
export const ALL_PASSES: readonly Pass[] = [...new Set([...PASSES, ...FINAL_PASSES])];

/** Sees what the compiler does, for dumps and statistics; everything is optional. */
export interface StageObserver {
  /** After a stage or pass: its name, and how to get its text. Passes that ran but changed nothing are left out. */
  readonly stage?: (name: string, text: () => string) => void;
  /** A clock in milliseconds, without which times are 0. */
  readonly clock?: () => number;
  /** What one pass did to the program. */
  readonly pass?: (name: string, changes: number, ms: number) => void;
}

export interface PassOptions {
  readonly optimise: boolean;
  readonly verify: boolean;
  /** No change is made after so many; for bisecting. */
  readonly budget?: number;
  /** Instead of `PASSES`. */
  readonly passes?: readonly Pass[];
  /** Instead of `FINAL_PASSES`. */
  readonly final?: readonly Pass[];
}

/** Runs all passes over a program, which is changed in place. */
export function runPasses(program: IrProgram, options: PassOptions, observer: StageObserver = {}): void {
  const budget = options.budget ?? Number.POSITIVE_INFINITY;
  const clock = observer.clock ?? (() => 0);
  let total = 0;
  const cx: PassContext = {
    program,
    calls: callTypesOf(program),
    may: () => {
      if (total >= budget) return false;
      total += 1;
      return true;
    },
  };
  if (options.verify) assertVerified(program, 'lowering');
  observer.stage?.('ir', () => printProgram(program));
  const passes = [...(options.optimise ? (options.passes ?? PASSES) : []), ...(options.final ?? FINAL_PASSES)];
  for (const pass of passes) {
    const before = total;
    const start = clock();
    const changed = runPass(pass, program, cx, options.verify);
    observer.pass?.(pass.name, total - before, clock() - start);
    if (changed) observer.stage?.(pass.name, () => printProgram(program));
  }
}

function runPass(pass: Pass, program: IrProgram, cx: PassContext, verify: boolean): boolean {
  if ('runProgram' in pass) {
    const changed = pass.runProgram(program, cx);
    if (changed && verify) assertVerified(program, pass.name);
    return changed;
  }
  let changed = false;
  for (const func of program.funcs.values()) {
    if (!pass.run(func, cx)) continue;
    changed = true;
    if (verify) assertFuncVerified(func, program, pass.name);
  }
  return changed;
}
