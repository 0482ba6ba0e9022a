/**
 * Straightens control flow:
 *
 *     br c, b1(x), b1(x)                       ->  jump b1(x)
 *     jump b1(x), b1(p): jump b2(p)            ->  jump b2(x)                      an empty block is skipped
 *     jump b1(1), b1(p): br p, b2(), b3()      ->  jump b2()                       a known branch is taken at once
 *     jump b1(1), b1(p): poll, br p, b2(), b3() -> jump b4(), b4(): poll, jump b2()
 *     jump b1(x), b1(p): ..., nobody else      ->  the two blocks become one
 *
 * An empty block whose parameters are used elsewhere stays, and so does a loop header: skipping it would make a second way into the
 * loop. Two blocks become one only if no handler loses sight of a value (nothing defined in a block that throws is
 * visible in its handler, see ir.ts).
 */
import { cfgOf } from '../analysis/cfg.ts';
import { dominates, dominatorsOf } from '../analysis/dominators.ts';
import { loopsOf } from '../analysis/loops.ts';
import {
  forEachEdge,
  forEachOperand,
  Forwarding,
  forwardInst,
  forwardTerm,
  newBlock,
  removeUnreachable,
  targetsOf,
} from '../ir/edit.ts';
import type { Block, BlockId, Edge, Func, ValueId } from '../ir/ir.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const jumps: FuncPass = {
  name: 'jumps',
  doc: 'no empty block is passed through, no jump leads to a block that nothing else reaches',
  run: (func, cx) => {
    let changed = thread(func, cx);
    changed = threadPolls(func, cx) || changed;
    changed = removeUnreachable(func) > 0 || changed;
    return merge(func, cx) || changed;
  },
};

/* ---- threading ------------------------------------------------------------------------------------------------- */

function thread(func: Func, cx: PassContext): boolean {
  const transparent = transparentBlocks(func);
  const constants = constantsOf(func);
  let changed = false;
  /** Where an edge leads in the end. */
  const shorten = (edge: Edge): Edge => {
    let at = edge;
    // A cycle of empty blocks would be a loop without a poll, which does not exist; the bound is for safety of the search only.
    for (let steps = 0; steps < 64; steps++) {
      const block = transparent.has(at.block) ? func.blocks.get(at.block) : undefined;
      if (block === undefined) break;
      const next = passThrough(block, at, constants);
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
    if (sameEdge(term.then, term.else) && cx.may()) {
      block.term = { kind: 'jump', to: term.then, span: term.span };
      changed = true;
    }
  }
  return changed;
}

/** Blocks without instructions, not loop headers, whose parameters only their own terminator uses. */
function transparentBlocks(func: Func): ReadonlySet<BlockId> {
  const empty: BlockId[] = [];
  for (const [id, block] of func.blocks) {
    if (id !== func.entry && block.insts.length === 0 && targetsOf(block.term).length > 0) empty.push(id);
  }
  return transparentAmong(func, empty);
}

function transparentAmong(func: Func, empty: readonly BlockId[]): ReadonlySet<BlockId> {
  if (empty.length === 0) return new Set();
  const cfg = cfgOf(func);
  const tree = dominatorsOf(cfg);
  const owner = new Map<ValueId, BlockId>();
  for (const id of empty) for (const param of func.blocks.get(id)?.params ?? []) owner.set(param, id);
  const result = new Set<BlockId>(empty);
  for (const [id, block] of func.blocks) {
    forEachOperand(block, (value) => {
      const home = owner.get(value);
      if (home !== undefined && home !== id) result.delete(home);
    });
    forEachEdge(block, (edge, throws) => {
      if (throws) result.delete(edge.block);
    });
  }
  for (const id of empty) {
    const at = cfg.position[id] as number;
    for (let e = cfg.predStart[at] as number; e < (cfg.predStart[at + 1] as number); e++) {
      if (dominates(tree, at, cfg.preds[e] as number)) result.delete(id);
    }
  }
  return result;
}

function constantsOf(func: Func): ReadonlyMap<ValueId, number> {
  const constants = new Map<ValueId, number>();
  for (const block of func.blocks.values()) {
    for (const inst of block.insts)
      if (inst.op === 'const.i32' && inst.result !== null) constants.set(inst.result, inst.imm as number);
  }
  return constants;
}

/** The edge that is taken from an empty block entered by `edge`, if that is known. */
function passThrough(block: Block, edge: Edge, constants: ReadonlyMap<ValueId, number>): Edge | null {
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
  const transparent = transparentAmong(func, polling);
  if (transparent.size === 0) return false;
  const constants = constantsOf(func);
  const cfg = cfgOf(func);
  const tree = dominatorsOf(cfg);
  const { loops, loopOf } = loopsOf(cfg, tree);
  /** Whether an edge from one block to another leaves the innermost loop around the first. */
  const leaves = (from: BlockId, to: BlockId): boolean => {
    const inner = loopOf[cfg.position[from] as number] as number;
    for (let at = loopOf[cfg.position[to] as number] as number; at !== -1; at = loops[at]?.parent ?? -1)
      if (at === inner) return false;
    return inner !== -1;
  };
  let changed = false;
  const shorten = (edge: Edge): Edge => {
    const block = transparent.has(edge.block) ? func.blocks.get(edge.block) : undefined;
    const next = block === undefined ? null : passThrough(block, edge, constants);
    if (block === undefined || next === null || !cx.may()) return edge;
    changed = true;
    if (leaves(edge.block, next.block)) return next;
    const insts = block.insts.map((inst) => ({ ...inst }));
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
  const entries = new Map<BlockId, number>();
  for (const block of func.blocks.values()) {
    forEachEdge(block, (edge) => {
      entries.set(edge.block, (entries.get(edge.block) ?? 0) + 1);
    });
  }
  const forwarding = new Forwarding();
  let exposed: ReadonlySet<BlockId> | null = null;
  let changed = false;
  for (const [id, block] of func.blocks) {
    // A chain is appended piece by piece; what was appended is gone from the map before the walk gets there.
    const pieces = [block.insts];
    for (;;) {
      const { term } = block;
      if (term.kind !== 'jump' || term.to.block === id || entries.get(term.to.block) !== 1) break;
      const next = func.blocks.get(term.to.block) as Block;
      if (throws(next)) {
        exposed ??= exposedBlocks(func);
        if (id === func.entry || exposed.has(id) || pieces.length > 1) break;
      }
      if (!cx.may()) break;
      for (const [i, param] of next.params.entries()) forwarding.set(param, term.to.args[i] as ValueId);
      pieces.push(next.insts);
      func.blocks.delete(term.to.block);
      block.term = next.term;
      changed = true;
    }
    if (pieces.length > 1) block.insts = pieces.flat();
  }
  if (!changed) return false;
  for (const block of func.blocks.values()) {
    for (const inst of block.insts) forwardInst(inst, forwarding);
    forwardTerm(block.term, forwarding);
  }
  return true;
}

function throws(block: Block): boolean {
  return block.insts.some((inst) => inst.exc !== null) || (block.term.kind === 'trap' && block.term.exc !== null);
}

/** Blocks that define something which is used where they are only seen past a block that throws: in a handler or behind it. */
function exposedBlocks(func: Func): ReadonlySet<BlockId> {
  const cfg = cfgOf(func);
  const tree = dominatorsOf(cfg);
  const home = new Int32Array(func.values.size).fill(-1);
  for (const [i, block] of cfg.blocks.entries()) {
    for (const param of block.params) home[param] = i;
    for (const inst of block.insts) if (inst.result !== null) home[inst.result] = i;
  }
  const exposed = new Set<BlockId>();
  for (const [i, block] of cfg.blocks.entries()) {
    forEachOperand(block, (value) => {
      const from = home[value] as number;
      if (from === i || from === -1) return;
      const id = cfg.ids[from] as BlockId;
      if (exposed.has(id)) return;
      const { term } = cfg.blocks[from] as Block;
      if (term.kind !== 'jump') return;
      const next = cfg.position[term.to.block] as number;
      // Whatever the next block dominates is reached through it and stays in sight.
      if (next !== i && !dominates(tree, next, i)) exposed.add(id);
    });
  }
  return exposed;
}
