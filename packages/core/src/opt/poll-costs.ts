/**
 * Sets what each poll charges, from the final IR: the number of instructions that its region executes at most once.
 *
 * The poll of the entry pays for the instructions outside all loops, the poll of a latch for those of its innermost loop's own
 * body, terminators included; at least 1. This pass is last: after it no instruction may appear or vanish.
 */
import { cfgOf } from '../analysis/cfg.ts';
import { dominatorsOf } from '../analysis/dominators.ts';
import { loopsOf } from '../analysis/loops.ts';
import type { FuncPass } from './pass.ts';

export const pollCosts: FuncPass = {
  name: 'poll-costs',
  doc: 'every poll charges for the instructions of its region',
  run: (func) => {
    const cfg = cfgOf(func);
    const { loops, loopOf } = loopsOf(cfg, dominatorsOf(cfg));
    // By loop index; what is outside all loops comes last.
    const costs = new Int32Array(loops.length + 1);
    const region = (position: number): number => {
      const loop = loopOf[position] as number;
      return loop === -1 ? loops.length : loop;
    };
    for (const [i, block] of cfg.blocks.entries()) {
      const at = region(i);
      costs[at] = (costs[at] as number) + block.insts.length + 1;
    }
    let changed = false;
    for (const [i, block] of cfg.blocks.entries()) {
      for (const inst of block.insts) {
        if (inst.op !== 'poll') continue;
        // The poll itself is free.
        const cost = Math.max(1, (costs[region(i)] as number) - 1);
        changed ||= inst.imm !== cost;
        inst.imm = cost;
      }
    }
    return changed;
  },
};
