/**
 * Straightens control flow:
 *
 *     br c, b1(x), b1(x)                       ->  jump b1(x)                      so does a branch on a constant
 *     jump b1(x), b1(p): jump b2(p)            ->  jump b2(x)                      an empty block is skipped
 *     jump b1(1), b1(p): br p, b2(), b3()      ->  jump b2()                       a known branch is taken at once
 *     jump b1(1), b1(p): poll, br p, b2(), b3() -> jump b4(), b4(): poll, jump b2()
 *     jump b1(x), b1(p): ..., nobody else      ->  the two blocks become one
 *
 * An empty block whose parameters are used elsewhere stays, and so does a loop header: skipping it would make a second way into the
 * loop. Two blocks become one only if no handler loses sight of a value (nothing defined in a block that throws is
 * visible in its handler, see ir.ts).
 */
import type { Analyses } from '../analysis/analyses.ts';
import { dominates } from '../analysis/dominators.ts';
import {
  copyInst,
  forEachOperand,
  Forwarding,
  forwardInst,
  forwardTerm,
  newBlock,
  removeUnreachable,
} from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const jumps: FuncPass = {
  name: 'jumps',
  doc: 'no empty block is passed through, no jump leads to a block that nothing else reaches',
  makes: 0,
  run: (func, cx) => {
    if (func.blocks.size === 1) return false;
    let changed = thread(func, cx);
    if (changed) cx.changed(func);
    if (threadPolls(func, cx)) {
      cx.changed(func);
      changed = true;
    }
    // Counting what is reached is cheaper than making the graph anew, which `merge` needs only for handlers.
    if (changed) removeUnreachable(func);
    else if (cx.analyses(func).cfg.blocks.length < func.blocks.size) changed = removeUnreachable(func) > 0;
    return merge(func, cx) || changed;
  },
};

/* ---- threading ------------------------------------------------------------------------------------------------- */

function thread(func: Func, cx: PassContext): boolean {
  const analyses = cx.analyses(func);
  const transparent = transparentBlocks(func, analyses);
  const constants = new Constants(analyses);
  let changed = false;
  /** Where an edge leads in the end. */
  const shorten = (edge: Edge): Edge => {
    let at = edge;
    // A cycle of empty blocks would be a loop without a poll, which does not exist; the bound is for safety of the search only.
    for (let steps = 0; steps < 64; steps++) {
      if (transparent === null || transparent[at.block] !== 1) break;
      const next = passThrough(func.blocks.get(at.block) as Block, at, constants);
      if (next === null || next.block === at.block || !cx.may()) break;
      at = next;
      changed = true;
    }
    return at;
  };
  for (const block of func.blocks.values()) {
    const { term } = block;
    if (term.kind === 'jump') term.to = shorten(term.to);
    if (term.kind !== 'br') continue;
    term.then = shorten(term.then);
    term.else = shorten(term.else);
    const known = constants.get(term.cond);
    if ((known !== undefined || sameEdge(term.then, term.else)) && cx.may()) {
      block.term = { kind: 'jump', to: known === 0 ? term.else : term.then, span: term.span };
      changed = true;
    }
  }
  return changed;
}

function isEmpty({ insts, term }: Block): boolean {
  return insts.length === 0 && (term.kind === 'jump' || term.kind === 'br');
}

/** Blocks without instructions, not loop headers, whose parameters only their own terminator uses. */
function transparentBlocks(func: Func, analyses: Analyses): Uint8Array | null {
  const empty: BlockId[] = [];
  for (const [id, block] of func.blocks) if (id !== func.entry && isEmpty(block)) empty.push(id);
  return transparentAmong(func, analyses, empty);
}

/** By block id: 1 for those of the given blocks that are no loop headers and whose parameters nobody else uses. Null: there are none. */
function transparentAmong(func: Func, analyses: Analyses, candidates: readonly BlockId[]): Uint8Array | null {
  if (candidates.length === 0) return null;
  const { cfg, arrays } = analyses;
  const result = arrays.u8(func.nextBlock);
  let params = false;
  for (const id of candidates) {
    result[id] = 1;
    params ||= (func.blocks.get(id) as Block).params.length > 0;
    const at = cfg.position[id] as number;
    if (at === -1) continue;
    for (let e = cfg.predStart[at] as number; e < (cfg.predStart[at + 1] as number); e++) {
      const pred = cfg.preds[e] as number;
      // What a block dominates comes behind it in reverse postorder.
      if (cfg.predThrows[e] === 1 || (pred >= at && dominates(analyses.dominators, at, pred))) result[id] = 0;
    }
  }
  if (!params) return result;
  /** By value: one more than the empty block whose parameter it is. */
  const owner = arrays.i32(func.values.size);
  for (const [id, block] of func.blocks) {
    if (result[id] === 1) for (const param of block.params) owner[param] = id + 1;
  }
  for (const [id, block] of func.blocks) {
    forEachOperand(block, (value) => {
      const home = owner[value] as number;
      if (home !== 0 && home !== id + 1) result[home - 1] = 0;
    });
  }
  return result;
}

/** The values of `const.i32` instructions. */
class Constants {
  readonly #analyses: Analyses;

  constructor(analyses: Analyses) {
    this.#analyses = analyses;
  }

  get(value: ValueId): number | undefined {
    const maker = this.#analyses.defs.inst[value];
    return maker?.op === 'const.i32' ? (maker.imm as number) : undefined;
  }
}

/** The edge that is taken from an empty block entered by `edge`, if that is known. */
function passThrough(block: Block, edge: Edge, constants: Constants): Edge | null {
  const argument = (value: ValueId): ValueId => {
    const at = block.params.indexOf(value);
    return at === -1 ? value : (edge.args[at] as ValueId);
  };
  const { term } = block;
  let taken: Edge | null = null;
  if (term.kind === 'jump') taken = term.to;
  if (term.kind === 'br') {
    const cond = constants.get(argument(term.cond));
    if (cond !== undefined) taken = cond === 0 ? term.else : term.then;
  }
  return taken === null ? null : { block: taken.block, args: taken.args.map(argument) };
}

function sameEdge(a: Edge, b: Edge): boolean {
  return a.block === b.block && a.args.every((arg, i) => arg === b.args[i]);
}

/**
 * A known branch behind a poll, the end of a loop whose condition was joined from parts, is taken at once too, the poll before it.
 * Where the branch leaves the loop the poll is left out: it would pay for an iteration that there is none of.
 */
function threadPolls(func: Func, cx: PassContext): boolean {
  const polling: BlockId[] = [];
  for (const [id, { insts, term, params }] of func.blocks) {
    if (term.kind !== 'br' || insts.length === 0 || id === func.entry) continue;
    if (params.includes(term.cond) && insts.every((inst) => inst.op === 'poll')) polling.push(id);
  }
  if (polling.length === 0) return false;
  const analyses = cx.analyses(func);
  const transparent = transparentAmong(func, analyses, polling);
  if (transparent === null || !polling.some((id) => transparent[id] === 1)) return false;
  const constants = new Constants(analyses);
  const { cfg, loops: nesting } = analyses;
  const { loops, loopOf } = nesting;
  /** Whether an edge from one block to another leaves the innermost loop around the first. */
  const leaves = (from: BlockId, to: BlockId): boolean => {
    const inner = loopOf[cfg.position[from] as number] as number;
    for (let at = loopOf[cfg.position[to] as number] as number; at !== -1; at = loops[at]?.parent ?? -1)
      if (at === inner) return false;
    return inner !== -1;
  };
  let changed = false;
  const shorten = (edge: Edge): Edge => {
    const block = transparent[edge.block] === 1 ? func.blocks.get(edge.block) : undefined;
    const next = block === undefined ? null : passThrough(block, edge, constants);
    if (block === undefined || next === null || !cx.may()) return edge;
    changed = true;
    if (leaves(edge.block, next.block)) return next;
    const insts = block.insts.map(copyInst);
    return {
      block: newBlock(func, { params: [], insts, term: { kind: 'jump', to: next, span: block.term.span } }),
      args: [],
    };
  };
  for (const block of [...func.blocks.values()]) {
    const { term } = block;
    if (term.kind === 'jump') term.to = shorten(term.to);
    if (term.kind !== 'br') continue;
    term.then = shorten(term.then);
    term.else = shorten(term.else);
  }
  return changed;
}

/* ---- merging --------------------------------------------------------------------------------------------------- */

function merge(func: Func, cx: PassContext): boolean {
  const { arrays } = cx.analyses(func);
  const entries = arrays.i32(func.nextBlock);
  const count = (edge: Edge): void => {
    entries[edge.block] = (entries[edge.block] as number) + 1;
  };
  let some = false;
  for (const { insts, term } of func.blocks.values()) {
    for (let i = 0; func.catches && i < insts.length; i++) {
      const { exc } = insts[i] as Inst;
      if (exc !== null) count(exc);
    }
    if (term.kind === 'jump') {
      count(term.to);
      some = true;
    } else if (term.kind === 'br') {
      count(term.then);
      count(term.else);
    } else if (term.kind === 'trap' && term.exc !== null) count(term.exc);
  }
  if (!some) return false;
  const forwarding = new Forwarding();
  let exposed: ReadonlySet<BlockId> | null = null;
  let changed = false;
  for (const [id, block] of func.blocks) {
    if (block.term.kind !== 'jump') continue;
    // A chain is appended piece by piece; what was appended is gone from the map before the walk gets there.
    let pieces: Inst[][] | null = null;
    for (;;) {
      const { term } = block;
      if (term.kind !== 'jump' || term.to.block === id || entries[term.to.block] !== 1) break;
      const next = func.blocks.get(term.to.block) as Block;
      if (func.catches && throws(next)) {
        exposed ??= exposedBlocks(cx.analyses(func));
        if (id === func.entry || exposed.has(id) || pieces !== null) break;
      }
      if (!cx.may()) break;
      for (let i = 0; i < next.params.length; i++) {
        forwarding.set(next.params[i] as ValueId, term.to.args[i] as ValueId);
      }
      if (pieces === null) pieces = [block.insts, next.insts];
      else pieces.push(next.insts);
      func.blocks.delete(term.to.block);
      block.term = next.term;
      changed = true;
    }
    if (pieces !== null) block.insts = pieces.flat();
  }
  if (!changed) return false;
  if (forwarding.isEmpty) return true;
  for (const { insts, term } of func.blocks.values()) {
    for (let i = 0; i < insts.length; i++) forwardInst(insts[i] as Inst, forwarding);
    forwardTerm(term, forwarding);
  }
  return true;
}

function throws(block: Block): boolean {
  return block.insts.some((inst) => inst.exc !== null) || (block.term.kind === 'trap' && block.term.exc !== null);
}

/** Blocks that define something which is used where they are only seen past a block that throws: in a handler or behind it. */
function exposedBlocks(analyses: Analyses): ReadonlySet<BlockId> {
  const { cfg, dominators, defs } = analyses;
  const exposed = new Set<BlockId>();
  for (const [i, block] of cfg.blocks.entries()) {
    forEachOperand(block, (value) => {
      const from = defs.block[value] as number;
      if (from === i || from === -1) return;
      const id = cfg.ids[from] as BlockId;
      if (exposed.has(id)) return;
      const { term } = cfg.blocks[from] as Block;
      if (term.kind !== 'jump') return;
      const next = cfg.position[term.to.block] as number;
      // Whatever the next block dominates is reached through it and stays in sight.
      if (next !== i && !dominates(dominators, next, i)) exposed.add(id);
    });
  }
  return exposed;
}
