/**
 * A second copy of a loop, for passes that make a version of it for a special case.
 *
 *     -> b1(..)  ->                 -> b0:  br special, b5, b6
 *                                          b5: jump b1'(..)      the copy
 *                                          b6: jump b1(..)       the loop as it was
 *
 * Values that are made in the loop and used behind it become parameters of the block that it leaves for. A loop for which this cannot be
 * said simply is not copied.
 */
import type { Analyses } from '../analysis/analyses.ts';
import { dominates } from '../analysis/dominators.ts';
import { isInside, type Loop } from '../analysis/loops.ts';
import { copyEdge, copyTerm, forEachEdge, Forwarding, forwardInst, forwardTerm, newBlockId } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, Inst, ValueId } from '../ir/ir.ts';

export interface LoopShape {
  readonly loop: number;
  readonly header: number;
  /** Positions of the blocks, the header first. */
  readonly members: readonly number[];
  /** Where a use of a value that leaves the loop is: in which block, and behind which exit. */
  readonly leaving: readonly { readonly value: ValueId; readonly exit: number; readonly block: number }[];
}

/** A loop that contains no other and may be written twice. */
export interface SmallLoop {
  readonly loop: number;
  /** Positions of its blocks, and the blocks. */
  readonly members: readonly number[];
  readonly blocks: readonly Block[];
  /** Its instructions. */
  readonly size: number;
}

/** Instructions in a loop that may be written twice. */
const MOST_IN_LOOP = 64;

/** Those of so many instructions at most, in the order of the code. */
export function smallLoops(analyses: Analyses, most = MOST_IN_LOOP): readonly SmallLoop[] {
  const { cfg, loops: nest } = analyses;
  const outer = new Set(nest.loops.map(({ parent }) => parent));
  const members: number[][] = nest.loops.map(() => []);
  for (let i = 0; i < cfg.blocks.length; i++) members[nest.loopOf[i] as number]?.push(i);
  const found: SmallLoop[] = [];
  for (const [loop, positions] of members.entries()) {
    if (outer.has(loop) || positions.length > most) continue;
    const blocks = positions.map((at) => cfg.blocks[at] as Block);
    const size = blocks.reduce((sum, { insts }) => sum + insts.length + 1, 0);
    if (size <= most) found.push({ loop, members: positions, blocks, size });
  }
  return found.sort((a, b) => (a.members[0] as number) - (b.members[0] as number));
}

/** What has to be known to copy a loop; null if it cannot be. */
export function shapeOf(analyses: Analyses, { loop, members }: SmallLoop): LoopShape | null {
  const { cfg, dominators, uses, loops: nest } = analyses;
  const { header } = nest.loops[loop] as Loop;
  const inside = (position: number): boolean => isInside(nest.loops, nest.loopOf[position] as number, loop);
  for (let e = cfg.predStart[header] as number; e < (cfg.predStart[header + 1] as number); e++)
    if (cfg.predThrows[e] === 1) return null;
  // Blocks that only the loop leads to, by normal edges.
  const exits: number[] = [];
  for (const member of members) {
    for (let e = cfg.succStart[member] as number; e < (cfg.succStart[member + 1] as number); e++) {
      const to = cfg.succs[e] as number;
      if (inside(to) || exits.includes(to)) continue;
      let own = true;
      for (let p = cfg.predStart[to] as number; p < (cfg.predStart[to + 1] as number); p++)
        own &&= inside(cfg.preds[p] as number) && cfg.predThrows[p] === 0;
      if (own) exits.push(to);
    }
  }
  const leaving: { value: ValueId; exit: number; block: number }[] = [];
  const look = (value: ValueId): boolean => {
    for (let u = uses.start[value] as number; u < (uses.start[value + 1] as number); u++) {
      const block = uses.block[u] as number;
      if (inside(block)) continue;
      const exit = exits.find((at) => dominates(dominators, at, block));
      if (exit === undefined) return false;
      leaving.push({ value, exit, block });
    }
    return true;
  };
  for (const member of members) {
    const { params, insts } = cfg.blocks[member] as Block;
    if (!params.every(look)) return null;
    for (const { result } of insts) if (result !== null && !look(result)) return null;
  }
  return { loop, header, members, leaving };
}

/** A copy of a loop that nothing leads to yet. */
export interface LoopCopy {
  readonly header: BlockId;
  readonly blocks: readonly (readonly [BlockId, Block])[];
  /** What stands for a value of the loop. */
  readonly valueOf: (value: ValueId) => ValueId;
}

/** Copies a loop that has been closed. */
export function copyLoop(func: Func, { cfg }: Analyses, shape: LoopShape): LoopCopy {
  const values = new Forwarding();
  const ids = new Map<BlockId, BlockId>();
  const renew = (value: ValueId): ValueId => {
    const made = func.values.add(func.values.get(value));
    values.set(value, made);
    return made;
  };
  for (const member of shape.members) {
    ids.set(cfg.ids[member] as BlockId, newBlockId(func));
    const { params, insts } = cfg.blocks[member] as Block;
    for (const param of params) renew(param);
    for (const { result } of insts) if (result !== null) renew(result);
  }
  const blocks = shape.members.map((member): [BlockId, Block] => {
    const { params, insts, term } = cfg.blocks[member] as Block;
    const copies = insts.map((inst): Inst => {
      const exc = inst.exc === null ? null : copyEdge(inst.exc);
      const result = inst.result === null ? null : values.get(inst.result);
      const copy: Inst = {
        op: inst.op,
        args: inst.args.slice(),
        imm: inst.imm,
        result,
        exc,
        span: inst.span,
        inlined: inst.inlined,
      };
      forwardInst(copy, values);
      return copy;
    });
    const copy: Block = { params: params.map((param) => values.get(param)), insts: copies, term: copyTerm(term) };
    forwardTerm(copy.term, values);
    forEachEdge(func, copy, (edge) => {
      edge.block = ids.get(edge.block) ?? edge.block;
    });
    return [ids.get(cfg.ids[member] as BlockId) as BlockId, copy];
  });
  return {
    header: ids.get(cfg.ids[shape.header] as BlockId) as BlockId,
    blocks,
    valueOf: (value) => values.get(value),
  };
}

/** Hands what is used behind a loop over as parameters. Once for each loop, before it is copied. */
export function closeLoop(func: Func, { cfg }: Analyses, { leaving, members }: LoopShape): void {
  const params = new Map<number, Map<ValueId, ValueId>>();
  for (const { value, exit } of leaving) {
    let known = params.get(exit);
    if (known === undefined) params.set(exit, (known = new Map()));
    if (known.has(value)) continue;
    const param = func.values.add(func.values.get(value));
    known.set(value, param);
    (cfg.blocks[exit] as Block).params.push(param);
    for (const member of members) {
      forEachEdge(func, cfg.blocks[member] as Block, (edge: Edge) => {
        if (edge.block === cfg.ids[exit]) edge.args.push(value);
      });
    }
  }
  const done = new Set<string>();
  for (const { exit, block } of leaving) {
    const key = `${exit} ${block}`;
    if (done.has(key)) continue;
    done.add(key);
    const forwarding = new Forwarding();
    for (const [value, param] of params.get(exit) ?? []) forwarding.set(value, param);
    const { insts, term } = cfg.blocks[block] as Block;
    for (const inst of insts) forwardInst(inst, forwarding);
    forwardTerm(term, forwarding);
  }
}
