/**
 * A counter takes its step at the end of the round, also where the next number is wanted in the round or something stands in between:
 *
 *     b1(i):  j = add.i64 i, 1  ...  c = lt_s.i64 j, n           b1(i):  j = add.i64 i, 1  ...  k = add.i64 i, 1
 *             br c, b1(j), b2()                           ->             c = lt_s.i64 k, n
 *                                                                        br c, b1(k), b2()
 *
 * The step and the test are one instruction then, without a copy, and machine code sees a loop that counts. What makes one value of
 * equal ones runs before.
 */
import { HAS } from '../analysis/contents.ts';
import { copyInst, countUses } from '../ir/edit.ts';
import type { Block, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import type { OpName } from '../ir/ops.ts';
import type { FuncPass } from './pass.ts';

const STEPS: ReadonlySet<OpName> = new Set<OpName>(['add.i32', 'add.i64', 'sub.i32', 'sub.i64']);
const TESTS: ReadonlySet<OpName> = new Set<OpName>(['lt_s.i32', 'lt_s.i64', 'le_s.i32', 'le_s.i64']);

export const ownSteps: FuncPass = {
  name: 'own-steps',
  doc: 'the step of a counter serves nothing else',
  settles: true,
  needs: HAS.loops,
  run: (func, cx) => {
    const { cfg, defs, loops: nest } = cx.analyses(func);
    if (nest.loops.length === 0) return false;
    const uses = countUses(func);
    let changed = false;
    cfg.blocks.forEach((block, i) => {
      const { term } = block;
      if (term.kind !== 'br' || uses[term.cond] !== 1) return;
      const test = block.insts.find(({ result }) => result === term.cond);
      if (test === undefined || !TESTS.has(test.op)) return;
      for (const [back, out] of [
        [term.then, term.else],
        [term.else, term.then],
      ] as const) {
        if ((cfg.position[back.block] as number) > i) continue;
        const { params } = func.blocks.get(back.block) as Block;
        const at = back.args.findIndex((next, k) => {
          const step = defs.inst[next];
          const counter = params[k] as ValueId;
          if (step === undefined || !isStep(step, counter)) return false;
          if (!test.args.includes(next) && !test.args.includes(counter)) return false;
          const own = test.args.filter((arg) => arg === next).length + 1;
          const apart = test.args.includes(next) && !standsBehindStep(test, block);
          return ((uses[next] as number) > own || apart) && !out.args.includes(counter);
        });
        if (at === -1 || back.args.filter((arg) => arg === back.args[at]).length > 1 || !cx.may()) continue;
        stepAtEnd(func, block, test, back, at, defs.inst[back.args[at] as ValueId] as Inst);
        changed = true;
        break;
      }
    });
    return changed && 'values';
  },
};

/** Whether that is a counter and something, or a counter less something. */
function isStep({ op, args }: Inst, counter: ValueId): boolean {
  return STEPS.has(op) && (args[0] === counter || (args[1] === counter && op.startsWith('add')));
}

/** Whether the test at the end of a block asks for the sum or difference in front of it. */
function standsBehindStep(test: Inst, { insts }: Block): boolean {
  const [step, last] = insts.filter(({ op }) => op !== 'poll').slice(-2);
  return last === test && step !== undefined && STEPS.has(step.op) && test.args.includes(step.result as ValueId);
}

/** Makes a counter's step anew at the end of a block, and the test with it. */
function stepAtEnd(func: Func, block: Block, test: Inst, back: Edge, at: number, step: Inst): void {
  const next = back.args[at] as ValueId;
  const own = copyInst(step);
  const result = func.values.add(func.values.get(next));
  own.result = result;
  test.args = test.args.map((arg) => (arg === next ? result : arg));
  back.args = back.args.map((arg, i) => (i === at ? result : arg));
  const others = block.insts.filter((inst) => inst !== test);
  const polls = others.at(-1)?.op === 'poll' ? 1 : 0;
  others.splice(others.length - polls, 0, own, test);
  block.insts = others;
}
