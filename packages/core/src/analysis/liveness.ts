/**
 * Whether a value is live on entry to a block: for the values that somebody asks about, walk backward from each use to the definition
 * (Boissinot, Hack, Grund, Dupont de Dinechin and Rastello, "Fast Liveness Checking for SSA-Form Programs", section on
 * path exploration). The work is where these values live, not where all values do.
 *
 * A value that a handler uses without its being an argument is live in at the throwing block. Parameters are not live in.
 */
import type { BlockId, Func, ValueId } from '../ir/ir.ts';
import type { Cfg } from './cfg.ts';
import { defsOf } from './defs.ts';
import { usesOf } from './uses.ts';

export type IsLiveInto = (value: ValueId, block: BlockId) => boolean;

export function livenessOf(func: Func, cfg: Cfg): IsLiveInto {
  const defs = defsOf(func, cfg);
  const uses = usesOf(func, cfg);
  /** By position: the number of the last walk that came there. */
  const mark = new Int32Array(cfg.blocks.length);
  const open: number[] = [];
  let walk = 0;
  let known = -1;
  const explore = (value: ValueId): void => {
    walk += 1;
    const home = defs.block[value] as number;
    for (let u = uses.start[value] as number; u < (uses.start[value + 1] as number); u++) {
      if (uses.block[u] !== home) open.push(uses.block[u] as number);
    }
    for (let block = open.pop(); block !== undefined; block = open.pop()) {
      if (mark[block] === walk) continue;
      mark[block] = walk;
      for (let e = cfg.predStart[block] as number; e < (cfg.predStart[block + 1] as number); e++) {
        const pred = cfg.preds[e] as number;
        if (pred !== home) open.push(pred);
      }
    }
  };
  return (value, block) => {
    if (value !== known) explore(value);
    known = value;
    return mark[cfg.position[block] as number] === walk;
  };
}
