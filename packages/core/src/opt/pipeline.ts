/**
 * The passes in the order in which they run.
 */
import type { IrProgram } from '../ir/ir.ts';
import type { Pass } from './pass.ts';
import { runPassList, type StageObserver } from './run-passes.ts';
import { appends } from './appends.ts';
import { arrayIteration } from './array-iteration.ts';
import { boxes } from './boxes.ts';
import { bytes } from './bytes.ts';
import { constantGlobals } from './constant-globals.ts';
import { constants } from './constants.ts';
import { deadCode } from './dead-code.ts';
import { dropUnused } from './drop-unused.ts';
import { hoist } from './hoist.ts';
import { inline } from './inline.ts';
import { jumps } from './jumps.ts';
import { knownFunctions } from './known-functions.ts';
import { knownMembers } from './known-members.ts';
import { loads } from './loads.ts';
import { loopExits } from './loop-exits.ts';
import { pollCosts } from './poll-costs.ts';
import { methodCases } from './method-cases.ts';
import { ownSteps } from './own-steps.ts';
import { privateObjects } from './private-objects.ts';
import { programTypes } from './program-types.ts';
import { promote } from './promote.ts';
import { pruneParams } from './prune-params.ts';
import { ranges } from './ranges.ts';
import { redundant } from './redundant.ts';
import { selects } from './selects.ts';
import { simplify } from './simplify.ts';
import { sinkBoxes } from './sink-boxes.ts';
import { specialise } from './specialise.ts';
import { splitObjects } from './split-objects.ts';
import { splitResults } from './split-results.ts';
import { typeCases } from './type-cases.ts';
import { typeTests } from './type-tests.ts';
import { typedLoops } from './typed-loops.ts';
import { typedOperations } from './typed-operations.ts';
import { unroll } from './unroll.ts';
import { unswitch } from './unswitch.ts';

/** Read top to bottom. */
export const PASSES: readonly Pass[] = [
  constantGlobals,
  knownMembers,
  typeTests,
  constants,
  // Early, so that the copies are small and everything below sees their types. Copies keep apart what the whole program would
  // see as one, and what it knows of elements makes more copies.
  specialise,
  programTypes,
  specialise,
  typedOperations,
  boxes,
  simplify,
  deadCode,
  jumps,
  methodCases,
  knownFunctions,
  // Bodies are small by now, and dropped ones need no more work.
  dropUnused,
  inline,
  // What was copied into all of its callers needs no more work either.
  dropUnused,
  // Constants computed from constants are constants by now.
  constantGlobals,
  knownFunctions,
  // Again, because typed operations and joined blocks show what was hidden before.
  constants,
  arrayIteration,
  typedOperations,
  boxes,
  pruneParams,
  simplify,
  jumps,
  programTypes,
  // Function values that were inlined are gone now, and with them what kept cells and objects alive.
  deadCode,
  splitResults,
  dropUnused,
  // Before and behind, because objects may stand in arrays, and be made of what others are.
  splitObjects,
  privateObjects,
  splitObjects,
  // What stays dynamic now has no type that is known before it runs.
  typeCases,
  typedLoops,
  typedOperations,
  unroll,
  constants,
  // The loop around one that is gone may make a few rounds itself.
  unroll,
  constants,
  boxes,
  pruneParams,
  simplify,
  bytes,
  // Before and behind, because elements are the same at the same index, and what is computed from one load is computed once.
  redundant,
  loads,
  redundant,
  ranges,
  constants,
  simplify,
  // Behind what makes operations unable to fail, because those move freely.
  hoist,
  promote,
  unswitch,
  // Behind everything that moves reads of strings.
  appends,
  sinkBoxes,
  // Behind what makes one value of equal ones.
  ownSteps,
  deadCode,
  jumps,
  // Behind what learns from branches; empty blocks between them are gone.
  selects,
  jumps,
  dropUnused,
  // Last, because `jumps` would take these arguments away again.
  loopExits,
];

/** For programs that later ones go on from. */
export const SESSION_PASSES: readonly Pass[] = PASSES.filter(
  (pass) =>
    pass !== constantGlobals &&
    pass !== knownMembers &&
    pass !== typeTests &&
    pass !== methodCases &&
    pass !== programTypes &&
    pass !== splitResults,
);

/** What holds of every program that code generation sees, optimised or not. */
export const FINAL_PASSES: readonly Pass[] = [pollCosts];

/** Every pass once. */
export const ALL_PASSES: readonly Pass[] = [...new Set([...PASSES, ...FINAL_PASSES])];

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
  const passes = [...(options.optimise ? (options.passes ?? PASSES) : []), ...(options.final ?? FINAL_PASSES)];
  runPassList(program, passes, options, observer);
}
