/**
 * What calling each function may do, itself and through its callees.
 *
 * A summary starts from nothing and grows along the call graph until it no longer changes. An indirect call may do anything.
 * Every call can fail (depth), so `traps` says whether the function fails for another reason.
 */
import type { Effects } from '../base/builtins.ts';
import { effectsOf } from '../ir/effects.ts';
import type { FuncId, IrProgram } from '../ir/ir.ts';

const TRAPS = 1;
const ALLOCATES = 2;
const READS = 4;
const WRITES = 8;
const EVERYTHING = TRAPS | ALLOCATES | READS | WRITES;

/** By function id. */
export function functionEffects(program: IrProgram): readonly Effects[] {
  const bits = new Uint8Array(program.funcs.size);
  const callers: FuncId[][] = program.funcs.values().map(() => []);
  for (const func of program.funcs.values()) {
    let own = 0;
    for (const block of func.blocks.values()) {
      for (const inst of block.insts) {
        if (inst.op === 'poll' || inst.op === 'depth.check') continue;
        if (inst.op === 'call') {
          callers[inst.imm as FuncId]?.push(func.id);
          continue;
        }
        const { traps, allocates, reads, writes } = effectsOf(inst);
        own |= (traps ? TRAPS : 0) | (allocates ? ALLOCATES : 0) | (reads ? READS : 0) | (writes ? WRITES : 0);
        if (own === EVERYTHING) break;
      }
      if (block.term.kind === 'trap') own |= TRAPS;
    }
    bits[func.id] = own;
  }
  const open: FuncId[] = program.funcs.values().map((func) => func.id);
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    for (const caller of callers[id] ?? []) {
      const merged = (bits[caller] as number) | (bits[id] as number);
      if (merged === bits[caller]) continue;
      bits[caller] = merged;
      open.push(caller);
    }
  }
  return [...bits].map((b) => ({
    traps: (b & TRAPS) !== 0,
    allocates: (b & ALLOCATES) !== 0,
    reads: (b & READS) !== 0,
    writes: (b & WRITES) !== 0,
  }));
}
