/**
 * Which values are live on entry to and exit from each block: for each use, walk backward to the definition
 * (Boissinot, Hack, Grund, Dupont de Dinechin and Rastello, "Fast Liveness Checking for SSA-Form Programs", section on
 * path exploration). The work is the size of the result.
 *
 * A value that a handler uses without its being an argument is live in at the throwing block and stays live in it up to its last
 * instruction that throws there. Parameters are not live in; arguments of an edge are not live out for it.
 */
import { forEachOperand } from '../ir/edit.ts';
import type { Func, ValueId } from '../ir/ir.ts';
import type { Cfg } from './cfg.ts';
import type { Defs } from './defs.ts';

export interface Liveness {
  /** By position, each value once, in no particular order. */
  readonly liveIn: readonly (readonly ValueId[])[];
  /** What some normal successor has live in. */
  readonly liveOut: readonly (readonly ValueId[])[];
}

export function livenessOf(func: Func, cfg: Cfg, defs: Defs): Liveness {
  const liveIn: ValueId[][] = cfg.blocks.map(() => []);
  const liveOut: ValueId[][] = cfg.blocks.map(() => []);
  // The uses of each value, so that the marks of one value can be told from those of the last one by a number.
  const useStart = new Int32Array(func.values.size + 1);
  for (const block of cfg.blocks) {
    forEachOperand(block, (value) => {
      useStart[value + 1] = (useStart[value + 1] as number) + 1;
    });
  }
  for (let i = 0; i < func.values.size; i++) useStart[i + 1] = (useStart[i + 1] as number) + (useStart[i] as number);
  const users = new Int32Array(useStart[func.values.size] as number);
  const fill = useStart.slice();
  for (const [position, block] of cfg.blocks.entries()) {
    forEachOperand(block, (value) => {
      const at = fill[value] as number;
      users[at] = position;
      fill[value] = at + 1;
    });
  }
  const inMark = new Int32Array(cfg.blocks.length).fill(-1);
  const outMark = new Int32Array(cfg.blocks.length).fill(-1);
  const open: number[] = [];
  for (let value = 0; value < func.values.size; value++) {
    const home = defs.block[value] as number;
    for (let u = useStart[value] as number; u < (useStart[value + 1] as number); u++) {
      const block = users[u] as number;
      if (block !== home) open.push(block);
    }
    for (let block = open.pop(); block !== undefined; block = open.pop()) {
      if (inMark[block] === value) continue;
      inMark[block] = value;
      liveIn[block]?.push(value as ValueId);
      for (let e = cfg.predStart[block] as number; e < (cfg.predStart[block + 1] as number); e++) {
        const pred = cfg.preds[e] as number;
        if (cfg.predThrows[e] === 0 && outMark[pred] !== value) {
          outMark[pred] = value;
          liveOut[pred]?.push(value as ValueId);
        }
        if (pred !== home) open.push(pred);
      }
    }
  }
  return { liveIn, liveOut };
}
