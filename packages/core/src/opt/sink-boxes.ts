/**
 * What is boxed in a loop only for those who come behind it is boxed on the way out:
 *
 *     b1(s):  ...  w = box.i64 s'                       b1(s):  ...  br c, b1(s'), b3()
 *             br c, b1(s'), b2(w)                 ->    b3():   w = box.i64 s'
 *                                                               jump b2(w)
 */
import { HAS } from '../analysis/contents.ts';
import { isInside } from '../analysis/loops.ts';
import { copyInst, forEachOperand, insertBlocks, newBlockId, targetsOf } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import type { FuncPass } from './pass.ts';

export const sinkBoxes: FuncPass = {
  name: 'sink-boxes',
  doc: 'no loop boxes what only those behind it use',
  settles: true,
  needs: HAS.words | HAS.loops,
  run: (func, cx) => {
    const { cfg, loops: nest } = cx.analyses(func);
    const { loops, loopOf } = nest;
    if (loops.length === 0) return false;
    /** Boxes in loops by their value, and the loop. */
    const boxes = new Map<ValueId, { readonly inst: Inst; readonly loop: number; readonly home: Block }>();
    for (const [i, block] of cfg.blocks.entries()) {
      const loop = loopOf[i] as number;
      if (loop === -1) continue;
      for (const inst of block.insts)
        if (inst.op.startsWith('box.') && inst.exc === null)
          boxes.set(inst.result as ValueId, { inst, loop, home: block });
    }
    if (boxes.size === 0) return false;
    const leaving = new Map<Edge, { readonly from: Block; readonly values: Set<ValueId> }>();
    for (const [i, block] of cfg.blocks.entries()) {
      const outs = new Map<ValueId, number>();
      for (const edge of targetsOf(block.term)) {
        const to = loopOf[cfg.position[edge.block] as number] as number;
        for (const arg of edge.args) {
          const box = boxes.get(arg);
          if (box === undefined || isInside(loops, to, box.loop) || !isInside(loops, loopOf[i] as number, box.loop))
            continue;
          outs.set(arg, (outs.get(arg) ?? 0) + 1);
          const known = leaving.get(edge);
          if (known === undefined) leaving.set(edge, { from: block, values: new Set([arg]) });
          else known.values.add(arg);
        }
      }
      // Any other use, and it stays.
      forEachOperand(block, (value) => {
        const count = outs.get(value) ?? 0;
        if (count > 0) outs.set(value, count - 1);
        else boxes.delete(value);
      });
    }
    const used = new Set<ValueId>();
    const made = new Map<BlockId, (readonly [BlockId, Block])[]>();
    for (const [edge, { from, values }] of leaving) {
      const moved = [...values].filter((value) => boxes.has(value) && (used.has(value) || cx.may()));
      if (moved.length === 0) continue;
      for (const value of moved) used.add(value);
      split(
        func,
        edge,
        from,
        moved.map((value) => (boxes.get(value) as { inst: Inst }).inst),
        made,
      );
    }
    const homes = new Set([...used].map((value) => (boxes.get(value) as { home: Block }).home));
    for (const home of homes) home.insts = home.insts.filter(({ result }) => result === null || !used.has(result));
    insertBlocks(func, made);
    return used.size > 0;
  },
};

/** Puts a block with copies of some instructions on an edge. */
function split(
  func: Func,
  edge: Edge,
  from: Block,
  insts: readonly Inst[],
  made: Map<BlockId, (readonly [BlockId, Block])[]>,
): void {
  const copies = insts.map((inst): Inst => {
    const copy = copyInst(inst);
    copy.result = func.values.add(func.values.get(inst.result as ValueId));
    return copy;
  });
  const args = edge.args.map((arg) => {
    const at = insts.findIndex(({ result }) => result === arg);
    return at === -1 ? arg : ((copies[at] as Inst).result as ValueId);
  });
  const id = newBlockId(func);
  const to: Edge = { block: edge.block, args };
  const block: Block = { params: [], insts: copies, term: { kind: 'jump', to, span: from.term.span } };
  const list = made.get(edge.block);
  if (list === undefined) made.set(edge.block, [[id, block]]);
  else list.push([id, block]);
  edge.block = id;
  edge.args = [];
}
