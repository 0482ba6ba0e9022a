/**
 * Removes block parameters that always receive one value (or themselves): copy propagation for SSA.
 *
 *     b1(p): ... jump b1(p)        entered as b1(x) only:  p is x
 *
 * The value must be visible in the block: in a handler it is not if a block that throws to it defines it.
 */
import type { Cfg } from '../analysis/cfg.ts';
import { applyForwarding, forEachEdge, Forwarding, removeParams } from '../ir/edit.ts';
import type { Arrays } from '../base/arrays.ts';
import type { Block, BlockId, Edge, Func, Inst, ValueId } from '../ir/ir.ts';
import type { Change, FuncPass, PassContext } from './pass.ts';

export const pruneParams: FuncPass = {
  name: 'prune-params',
  doc: 'no block parameter is a copy of one value',
  makes: 0,
  run: removeCopies,
};

interface Incoming {
  readonly args: readonly ValueId[];
  readonly from: number;
}

/** A parameter that edges give a value to: the one at `at` of their arguments. */
interface Candidate {
  readonly edges: readonly Incoming[];
  readonly at: number;
  readonly throws: boolean;
}

/** Whether some parameter receives one value only: others may follow from it, but nothing begins without one. */
function someCopy(func: Func, cfg: Cfg, arrays: Arrays): boolean {
  // By parameter: 0 if nothing is known, one more than the only value, or -1 for several.
  const only = arrays.i32(func.values.size);
  let candidates = 0;
  const follow = ({ block, args }: Edge, skip: number): void => {
    if (args.length === 0) return;
    const { params } = cfg.blocks[cfg.position[block] as number] as Block;
    for (let i = 0; i < args.length; i++) {
      const param = params[i + skip] as ValueId;
      const arg = args[i] as ValueId;
      const known = only[param] as number;
      if (known === -1 || known === arg + 1 || arg === param) continue;
      candidates += known === 0 ? 1 : -1;
      only[param] = known === 0 ? arg + 1 : -1;
    }
  };
  for (let i = 0; i < cfg.blocks.length; i++) {
    const { insts, term } = cfg.blocks[i] as Block;
    for (let k = 0; func.catches && k < insts.length; k++) {
      const { exc } = insts[k] as Inst;
      if (exc !== null) follow(exc, 1);
    }
    if (term.kind === 'jump') follow(term.to, 0);
    else if (term.kind === 'br') {
      follow(term.then, 0);
      follow(term.else, 0);
    } else if (term.kind === 'trap' && term.exc !== null) follow(term.exc, 1);
  }
  return candidates > 0;
}

function removeCopies(func: Func, cx: PassContext): Change {
  if (func.blocks.size === 1) return false;
  const analyses = cx.analyses(func);
  const { cfg } = analyses;
  if (!someCopy(func, cfg, analyses.arrays)) return false;
  const { defs } = analyses;
  const incoming = new Map<BlockId, Incoming[]>();
  const candidates = new Map<ValueId, Candidate>();
  /** By parameter: those that receive it. */
  const receivers = new Map<ValueId, ValueId[]>();
  const receives = (value: ValueId, param: ValueId): void => {
    // Only a parameter can go away, so only then must the receiver be looked at again.
    if (defs.index[value] !== -1) return;
    const list = receivers.get(value);
    if (list === undefined) receivers.set(value, [param]);
    else list.push(param);
  };
  for (let from = 0; from < cfg.blocks.length; from++) {
    forEachEdge(func, cfg.blocks[from] as Block, ({ block, args }, throws) => {
      if (args.length === 0) return;
      const { params } = cfg.blocks[cfg.position[block] as number] as Block;
      const skip = throws ? 1 : 0;
      let edges = incoming.get(block);
      if (edges === undefined) {
        incoming.set(block, (edges = []));
        for (let at = 0; at < args.length; at++) candidates.set(params[at + skip] as ValueId, { edges, at, throws });
      }
      edges.push({ args, from });
      for (let at = 0; at < args.length; at++) receives(args[at] as ValueId, params[at + skip] as ValueId);
    });
  }
  const forwarding = new Forwarding();
  const dropped = new Set<ValueId>();
  const open = [...candidates.keys()];
  const waiting = new Set(open);
  for (let param = open.pop(); param !== undefined; param = open.pop()) {
    waiting.delete(param);
    if (dropped.has(param)) continue;
    const { edges, at, throws } = candidates.get(param) as Candidate;
    const value = onlyValue(edges, at, param, forwarding);
    if (value === null) continue;
    const maker = defs.block[value];
    if (throws && edges.some(({ from, args }) => from === maker && forwarding.get(args[at] as ValueId) === value))
      continue;
    if (!cx.may()) break;
    forwarding.set(param, value);
    dropped.add(param);
    for (const next of receivers.get(param) ?? []) {
      if (dropped.has(next)) continue;
      if (!waiting.has(next)) open.push(next);
      waiting.add(next);
      receives(value, next);
    }
  }
  if (dropped.size === 0) return false;
  removeParams(func, (param) => dropped.has(param));
  applyForwarding(func, forwarding);
  return 'values';
}

function onlyValue(edges: readonly Incoming[], at: number, param: ValueId, forwarding: Forwarding): ValueId | null {
  let only: ValueId | null = null;
  for (const edge of edges) {
    const value = forwarding.get(edge.args[at] as ValueId);
    if (value === param || value === only) continue;
    if (only !== null) return null;
    only = value;
  }
  return only;
}
