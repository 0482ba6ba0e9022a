/**
 * Loops of which one case of a function value is left out, and their copies that have the other: see `unswitch.ts`.
 */
import type { Analyses } from '../analysis/analyses.ts';
import { insertBlocks, newBlockId, removeUnreachable } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, Terminator, ValueId } from '../ir/ir.ts';
import type { OpName } from '../ir/ops.ts';
import { closeLoop, copyLoop, shapeOf, smallLoops } from './loop-copy.ts';
import { LoopEntries } from './loop-entries.ts';
import type { PassContext } from './pass.ts';

/** Instructions that may be copied in a function. */
const MOST_IN_FUNCTION = 400;

export function unswitchLoops(func: Func, cx: PassContext): boolean {
  const analyses = cx.analyses(func);
  const { cfg, loops: nest } = analyses;
  const entries = new LoopEntries(func, cfg, nest.loops, nest.loopOf);
  const made = new Map<BlockId, (readonly [BlockId, Block])[]>();
  let room = MOST_IN_FUNCTION;
  for (const small of smallLoops(analyses)) {
    const { loop, blocks, size } = small;
    const cond = size > room ? null : askedIn(analyses, blocks);
    if (cond === null) continue;
    const shape = shapeOf(analyses, small);
    if (shape === null || !cx.may()) continue;
    room -= size;
    closeLoop(func, analyses, shape);
    const copy = copyLoop(func, analyses, shape);
    for (const [, block] of copy.blocks) block.term = decided(block.term, cond, true);
    for (const block of blocks) block.term = decided(block.term, cond, false);
    const id = cfg.ids[shape.header] as BlockId;
    const entry = enter(func, cond, copy.header, id, blocks[0] as Block, entries.edges(loop).edges);
    made.set(id, [entry, ...copy.blocks]);
  }
  insertBlocks(func, made);
  if (made.size > 0) removeUnreachable(func);
  return made.size > 0;
}

const TESTS: ReadonlySet<OpName | undefined> = new Set<OpName>(['closure.has', 'closure.is']);

/** A test of a function value, made outside of a loop, on which a branch in it depends. */
function askedIn({ defs, cfg }: Analyses, blocks: readonly Block[]): ValueId | null {
  const inside = new Set(blocks);
  for (const { term } of blocks) {
    if (term.kind !== 'br' || !TESTS.has(defs.inst[term.cond]?.op)) continue;
    const home = defs.block[term.cond] as number;
    if (!inside.has(cfg.blocks[home] as Block)) return term.cond;
  }
  return null;
}

function decided(term: Terminator, cond: ValueId, holds: boolean): Terminator {
  if (term.kind !== 'br' || term.cond !== cond) return term;
  return { kind: 'jump', to: holds ? term.then : term.else, span: term.span };
}

/** A block in front of both loops, to which whatever led to the one now leads. */
function enter(
  func: Func,
  cond: ValueId,
  copy: BlockId,
  old: BlockId,
  header: Block,
  edges: readonly Edge[],
): readonly [BlockId, Block] {
  const id = newBlockId(func);
  const many = edges.length > 1;
  const params = many ? header.params.map((param) => func.values.add(func.values.get(param))) : [];
  const args = many ? params : (edges[0] as Edge).args.slice();
  const { span } = header.term;
  const term: Terminator = {
    kind: 'br',
    cond,
    then: { block: copy, args: args.slice() },
    else: { block: old, args: args.slice() },
    span,
  };
  for (const edge of edges) {
    edge.block = id;
    if (!many) edge.args = [];
  }
  return [id, { params, insts: [], term }];
}
