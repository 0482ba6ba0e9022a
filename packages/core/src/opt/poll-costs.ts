/**
 * Sets what each poll charges, from the final IR: the number of instructions that its region executes at most once.
 *
 * The poll of the entry pays for the instructions outside all loops, the poll of a latch for those of its innermost loop's own
 * body, terminators included; at least 1. This pass is last: after it no instruction may appear or vanish.
 */
import type { Block } from '../ir/ir.ts';
import type { FuncPass } from './pass.ts';

export const pollCosts: FuncPass = {
  name: 'poll-costs',
  doc: 'every poll charges for the instructions of its region',
  settles: true,
  run: (func, cx) => {
    const { cfg, loops: nesting } = cx.analyses(func);
    const { loops, loopOf } = nesting;
    // By loop index; what is outside all loops comes last.
    const costs = new Int32Array(loops.length + 1);
    const region = (position: number): number => {
      const loop = loopOf[position] as number;
      return loop === -1 ? loops.length : loop;
    };
    for (let i = 0; i < cfg.blocks.length; i++) {
      const at = region(i);
      costs[at] = (costs[at] as number) + (cfg.blocks[i] as Block).insts.length + 1;
    }
    let changed = false;
    for (let i = 0; i < cfg.blocks.length; i++) {
      for (const inst of (cfg.blocks[i] as Block).insts) {
        if (inst.op !== 'poll') continue;
        // The poll itself is free.
        const cost = Math.max(1, (costs[region(i)] as number) - 1);
        changed ||= inst.imm !== cost;
        inst.imm = cost;
      }
    }
    return changed ? 'values' : false;
  },
};
