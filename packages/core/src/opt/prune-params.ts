/**
 * Removes block parameters that always receive one value (or themselves): copy propagation for SSA.
 *
 *     b1(p): ... jump b1(p)        entered as b1(x) only:  p is x
 *
 * The value must be visible in the block: in a handler it is not if a block that throws to it defines it.
 */
import { cfgOf } from '../analysis/cfg.ts';
import { defsOf } from '../analysis/defs.ts';
import { applyForwarding, forEachEdge, Forwarding, removeParams } from '../ir/edit.ts';
import type { BlockId, Func, ValueId } from '../ir/ir.ts';
import type { FuncPass, PassContext } from './pass.ts';

export const pruneParams: FuncPass = {
  name: 'prune-params',
  doc: 'no block parameter is a copy of one value',
  run: removeCopies,
};

interface Incoming {
  readonly block: BlockId;
  readonly throws: boolean;
  readonly args: readonly ValueId[];
  readonly from: number;
}

function removeCopies(func: Func, cx: PassContext): boolean {
  const cfg = cfgOf(func);
  const defs = defsOf(func, cfg);
  const incoming = new Map<BlockId, Incoming[]>();
  const receivers = new Map<ValueId, Set<BlockId>>();
  for (const [from, block] of cfg.blocks.entries()) {
    forEachEdge(block, (edge, throws) => {
      if (edge.args.length === 0) return;
      const list = incoming.get(edge.block) ?? [];
      list.push({ block: edge.block, throws, args: edge.args, from });
      incoming.set(edge.block, list);
      for (const arg of edge.args) {
        // Only a parameter can go away, so only then must the receiver be looked at again.
        if (defs.index[arg] !== -1) continue;
        const blocks = receivers.get(arg) ?? new Set<BlockId>();
        blocks.add(edge.block);
        receivers.set(arg, blocks);
      }
    });
  }
  const forwarding = new Forwarding();
  const dropped = new Set<ValueId>();
  const open = [...incoming.keys()];
  const waiting = new Set(open);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    waiting.delete(id);
    const { params } = cfg.blocks[cfg.position[id] as number] as { params: readonly ValueId[] };
    const edges = incoming.get(id) ?? [];
    const skip = edges[0]?.throws === true ? 1 : 0;
    for (let i = skip; i < params.length; i++) {
      const param = params[i] as ValueId;
      if (dropped.has(param)) continue;
      const value = onlyValue(edges, i - skip, param, forwarding);
      if (value === null) continue;
      const home = defs.block[value];
      if (
        skip === 1 &&
        edges.some((edge) => edge.from === home && forwarding.get(edge.args[i - 1] as ValueId) === value)
      )
        continue;
      if (!cx.may()) break;
      forwarding.set(param, value);
      dropped.add(param);
      for (const next of receivers.get(param) ?? []) {
        if (!waiting.has(next)) open.push(next);
        waiting.add(next);
        if (defs.index[value] === -1) {
          const blocks = receivers.get(value) ?? new Set<BlockId>();
          blocks.add(next);
          receivers.set(value, blocks);
        }
      }
    }
  }
  if (dropped.size === 0) return false;
  removeParams(func, (param) => dropped.has(param));
  applyForwarding(func, forwarding);
  return true;
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
