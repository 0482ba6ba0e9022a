/**
 * The place in front of a loop: where what passes take out of it goes.
 */
import { Bug } from '../base/bug.ts';
import type { Cfg } from '../analysis/cfg.ts';
import { isInside, type Loop } from '../analysis/loops.ts';
import { newBlock, placeBefore, targetsOf } from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, Inst, ValueId } from '../ir/ir.ts';

/** Collects what goes in front of loops of one function. Its graph is that from before all insertions. */
export class LoopEntries {
  readonly #func: Func;
  readonly #cfg: Cfg;
  readonly #loops: readonly Loop[];
  readonly #loopOf: Int32Array;
  readonly #inFront = new Map<BlockId, BlockId>();

  constructor(func: Func, cfg: Cfg, loops: readonly Loop[], loopOf: Int32Array) {
    this.#func = func;
    this.#cfg = cfg;
    this.#loops = loops;
    this.#loopOf = loopOf;
  }

  /** Edges that enter a loop from outside, and the blocks that they leave. */
  edges(loop: number): { readonly sources: readonly Block[]; readonly edges: readonly Edge[] } {
    const { header } = this.#loops[loop] as Loop;
    const { ids, blocks, preds, predStart } = this.#cfg;
    const outside = preds
      .subarray(predStart[header], predStart[header + 1])
      .filter((pred) => !isInside(this.#loops, this.#loopOf[pred] as number, loop));
    const sources = [...new Set(outside)].map((pred) => blocks[pred] as Block);
    const id = ids[header] as BlockId;
    return { sources, edges: sources.flatMap((block) => targetsOf(block.term).filter((edge) => edge.block === id)) };
  }

  /** Into the one block that leads to the loop and nowhere else, or into a new one in front of the header. Once for each loop. */
  insert(loop: number, insts: readonly Inst[]): void {
    const { header } = this.#loops[loop] as Loop;
    const id = this.#cfg.ids[header] as BlockId;
    const { params, term } = this.#cfg.blocks[header] as Block;
    const { sources, edges } = this.edges(loop);
    const [source] = sources;
    const [edge] = edges;
    if (source === undefined || edge === undefined) throw new Bug(`the loop at b${id} is not entered`);
    if (edges.length === 1 && source.term.kind === 'jump') {
      source.insts = [...source.insts, ...insts];
      return;
    }
    const { span } = term;
    let taken: ValueId[] = [];
    let args = edge.args;
    if (edges.length > 1) {
      taken = params.map((param) => this.#func.values.add(this.#func.values.get(param)));
      args = taken.slice();
    } else edge.args = [];
    const to: Edge = { block: id, args };
    const made = newBlock(this.#func, { params: taken, insts: insts.slice(), term: { kind: 'jump', to, span } });
    for (const each of edges) each.block = made;
    this.#inFront.set(id, made);
  }

  finish(): void {
    if (this.#inFront.size > 0) placeBefore(this.#func, this.#inFront);
  }
}
