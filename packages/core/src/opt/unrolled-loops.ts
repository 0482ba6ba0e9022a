/**
 * Writes the rounds of loops one after the other: see `unroll.ts`.
 */
import { forEachEdge, insertBlocks } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func } from '../ir/ir.ts';
import { closeLoop, copyLoop, shapeOf, smallLoops } from './loop-copy.ts';
import type { PassContext } from './pass.ts';

/** What is known of a loop that makes a few rounds: how many at most, and the edges that enter it. */
export interface FewRounds {
  readonly rounds: number;
  readonly edges: readonly Edge[];
}

/** Instructions in all rounds of a loop together, instructions that may be added to a function. */
const MOST_IN_ROUNDS = 200;
const MOST_IN_FUNCTION = 400;

/** Unrolls those of the loops, by their numbers, that are not too large. */
export function unrollLoops(func: Func, few: ReadonlyMap<number, FewRounds>, cx: PassContext): boolean {
  const analyses = cx.analyses(func);
  const { cfg } = analyses;
  const made = new Map<BlockId, (readonly [BlockId, Block])[]>();
  let room = MOST_IN_FUNCTION;
  for (const small of smallLoops(analyses, MOST_IN_ROUNDS / 2)) {
    const known = few.get(small.loop);
    if (known === undefined) continue;
    const { rounds, edges } = known;
    const size = rounds * small.size;
    if (size > MOST_IN_ROUNDS || size > room) continue;
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
