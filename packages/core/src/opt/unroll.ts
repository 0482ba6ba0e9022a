/**
 * Loops within loops that make a few rounds, and it is known how many, have their rounds written one after the other:
 *
 *     b1(i):  ...  j = add.i64 i, 1                     b1'(i'):  ...  jump b1''(j')
 *             br (lt_s.i64 j, 3), b1(j), b2()     ->    b1''(..): ...  jump b1'''(j'')   ...   b1(i), which nothing comes to
 *
 * The loop stays behind them as it was, so nothing depends on the count being right: `constants` finds that the tests between the rounds
 * hold and that the last one does not, and takes the loop away. What is in the rounds has constant indices then.
 */
import type { Analyses } from '../analysis/analyses.ts';
import { HAS } from '../analysis/contents.ts';
import type { Defs } from '../analysis/defs.ts';
import type { Loop } from '../analysis/loops.ts';
import type { Block, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import { opDef, type Scalar } from '../ir/ops.ts';
import { LoopEntries } from './loop-entries.ts';
import type { FuncPass } from './pass.ts';
import { type FewRounds, unrollLoops } from './unrolled-loops.ts';

export const unroll: FuncPass = {
  name: 'unroll',
  doc: 'loops within loops that are known to make a few rounds have them one after the other',
  needs: HAS.loops,
  run: (func, cx) => {
    const few = loopsOfFewRounds(func, cx.analyses(func));
    return few.size > 0 && unrollLoops(func, few, cx);
  },
};

const MOST_ROUNDS = 8;

function loopsOfFewRounds(func: Func, analyses: Analyses): Map<number, FewRounds> {
  const few = new Map<number, FewRounds>();
  const { cfg, loops: nest } = analyses;
  const entries = new LoopEntries(func, cfg, nest.loops, nest.loopOf);
  for (const [i, loop] of nest.loops.entries()) {
    if (loop.depth === 1) continue;
    const { edges } = entries.edges(i);
    const rounds = roundsOf(analyses, loop, edges);
    if (rounds > 0) few.set(i, { rounds, edges });
  }
  return few;
}

/** How many rounds a loop makes at most; 0 if it is not known to be few. */
function roundsOf({ cfg, defs }: Analyses, { header, latches }: Loop, entries: readonly Edge[]): number {
  const [latch] = latches;
  const [entry] = entries;
  if (latches.length > 1 || entries.length > 1 || entry === undefined) return 0;
  const { term } = cfg.blocks[latch as number] as Block;
  if (term.kind !== 'br') return 0;
  const goesOn = term.then.block === cfg.ids[header];
  const back = goesOn ? term.then : term.else;
  const test = defs.inst[term.cond];
  const counters = (cfg.blocks[header] as Block).params;
  for (const [at, counter] of counters.entries()) {
    const next = back.args[at] as ValueId;
    const step = defs.inst[next];
    let count = constantOf(defs.inst[entry.args[at] as ValueId]);
    for (let round = 1; round <= MOST_ROUNDS && count !== undefined; round++) {
      const now = new Map([[counter, count]]);
      count = resultOf(step, defs, now);
      if (count !== undefined) now.set(next, count);
      const holds = resultOf(test, defs, now);
      if (holds === undefined) break;
      if ((holds !== 0) !== goesOn) return round;
    }
  }
  return 0;
}

function constantOf(inst: Inst | undefined): Scalar | undefined {
  return inst?.op === 'const.i32' || inst?.op === 'const.i64' ? (inst.imm as Scalar) : undefined;
}

/** What an instruction gives whose operands are constants or known now. */
function resultOf(inst: Inst | undefined, defs: Defs, now: ReadonlyMap<ValueId, Scalar>): Scalar | undefined {
  const fold = inst === undefined ? null : opDef(inst.op).fold;
  if (inst === undefined || fold === null || inst.args.length === 0) return undefined;
  const args: Scalar[] = [];
  for (const arg of inst.args) {
    const value = now.get(arg) ?? constantOf(defs.inst[arg]);
    if (value === undefined) return undefined;
    args.push(value);
  }
  // the operation's definition says what it takes
  return (fold as (...args: Scalar[]) => Scalar | undefined)(...args);
}
