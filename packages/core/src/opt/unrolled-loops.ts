/**
 * Loops whose rounds are written one after the other: how many they are, and the copies. See `unroll.ts`.
 */
import type { Analyses } from '../analysis/analyses.ts';
import type { Defs } from '../analysis/defs.ts';
import type { Loop } from '../analysis/loops.ts';
import { forEachEdge, insertBlocks } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import { opDef, type Scalar } from '../ir/ops.ts';
import { closeLoop, copyLoop, shapeOf, smallLoops } from './loop-copy.ts';
import { LoopEntries } from './loop-entries.ts';
import type { PassContext } from './pass.ts';

/** Rounds of a loop, instructions in all rounds together, instructions that may be added to a function. */
const MOST_ROUNDS = 8;
const MOST_IN_ROUNDS = 200;
const MOST_IN_FUNCTION = 400;

export function unrollLoops(func: Func, cx: PassContext): boolean {
  const analyses = cx.analyses(func);
  const { cfg, loops: nest } = analyses;
  const entries = new LoopEntries(func, cfg, nest.loops, nest.loopOf);
  const made = new Map<BlockId, (readonly [BlockId, Block])[]>();
  let room = MOST_IN_FUNCTION;
  for (const small of smallLoops(analyses, MOST_IN_ROUNDS / 2)) {
    const loop = nest.loops[small.loop] as Loop;
    if (loop.depth === 1) continue;
    const { edges } = entries.edges(small.loop);
    const rounds = roundsOf(analyses, loop, edges);
    const size = rounds * small.size;
    if (rounds === 0 || size > MOST_IN_ROUNDS || size > room) continue;
    const shape = shapeOf(analyses, small);
    if (shape === null || !cx.may()) continue;
    room -= size;
    closeLoop(func, analyses, shape);
    let next = cfg.ids[shape.header] as BlockId;
    const blocks: (readonly [BlockId, Block])[] = [];
    for (let round = 0; round < rounds; round++) {
      const copy = copyLoop(func, analyses, shape);
      for (const [, block] of copy.blocks) leadOn(func, block, copy.header, next);
      blocks.unshift(...copy.blocks);
      next = copy.header;
    }
    for (const edge of edges) edge.block = next;
    made.set(cfg.ids[shape.header] as BlockId, blocks);
  }
  insertBlocks(func, made);
  return made.size > 0;
}

/** Leads a round on to the next one; as it does not lead back, it need not poll. */
function leadOn(func: Func, block: Block, own: BlockId, next: BlockId): void {
  let leads = false;
  forEachEdge(func, block, (edge) => {
    if (edge.block !== own) return;
    edge.block = next;
    leads = true;
  });
  if (leads) block.insts = block.insts.filter(({ op }) => op !== 'poll');
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
