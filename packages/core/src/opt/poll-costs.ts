/**
 * Sets what each poll charges, from the final IR: the number of instructions that its region executes at most once.
 *
 * The poll of the entry pays for the instructions outside all loops, the poll of a latch for those of its innermost loop's own
 * body, terminators included; at least 1. The body of an inlined call that kept the poll of its entry is a region of its own; without one it
 * belongs to what is around the call. This pass is last: after it no instruction may appear or vanish.
 */
import type { Block, Inst, InlineSite } from '../ir/ir.ts';
import type { Change, FuncPass } from './pass.ts';

type Chain = readonly InlineSite[];

/** Instructions of one loop by the inlined call that they come from; the text of a chain stands for it. */
type Regions = Map<string, number>;

export const pollCosts: FuncPass = {
  name: 'poll-costs',
  doc: 'every poll charges for the instructions of its region',
  settles: true,
  run: (func, cx) => {
    const { cfg, loops: nesting } = cx.analyses(func);
    const { loops, loopOf } = nesting;
    /** What is outside all loops comes last. */
    const regionOf = (position: number): number => {
      const loop = loopOf[position] as number;
      return loop === -1 ? loops.length : loop;
    };
    return cfg.blocks.some(({ insts }) => insts.some(({ inlined }) => inlined.length > 0))
      ? chargeCopies(cfg.blocks, regionOf, loops.length + 1)
      : charge(cfg.blocks, regionOf, loops.length + 1);
  },
};

/** A function into which nothing was inlined: a region is a loop. */
function charge(blocks: readonly Block[], regionOf: (position: number) => number, count: number): Change {
  const costs = new Int32Array(count);
  for (let i = 0; i < blocks.length; i++) {
    const { insts } = blocks[i] as Block;
    let cost = 1;
    for (let k = 0; k < insts.length; k++) if ((insts[k] as Inst).op !== 'poll') cost += 1;
    costs[regionOf(i)] = (costs[regionOf(i)] as number) + cost;
  }
  let changed = false;
  for (let i = 0; i < blocks.length; i++) {
    for (const inst of (blocks[i] as Block).insts) {
      if (inst.op !== 'poll') continue;
      const cost = Math.max(1, costs[regionOf(i)] as number);
      changed ||= inst.imm !== cost;
      inst.imm = cost;
    }
  }
  return changed ? 'values' : false;
}

function chargeCopies(blocks: readonly Block[], regionOf: (position: number) => number, count: number): Change {
  const namesOf = chainNames();
  const costs: Regions[] = Array.from({ length: count }, () => new Map<string, number>());
  const polls: { readonly inst: Inst; readonly regions: Regions; readonly name: string }[] = [];
  for (const [i, block] of blocks.entries()) {
    for (const inst of block.insts) {
      if (inst.op !== 'poll') continue;
      const [regions, name] = [costs[regionOf(i)] as Regions, namesOf(inst.inlined)[0] as string];
      regions.set(name, 0);
      polls.push({ inst, regions, name });
    }
  }
  for (const [i, block] of blocks.entries()) {
    const regions = costs[regionOf(i)] as Regions;
    const pay = (chain: Chain, cost: number): void => {
      // The nearest call around it that polls in this loop, or else whatever polls here.
      const name = namesOf(chain).find((each) => regions.has(each)) ?? regions.keys().next().value;
      if (name !== undefined) regions.set(name, (regions.get(name) as number) + cost);
    };
    let chain: Chain = [];
    let cost = 1;
    for (const inst of block.insts) {
      // Polls themselves are free.
      if (inst.op === 'poll') continue;
      if (inst.inlined !== chain) {
        pay(chain, cost);
        chain = inst.inlined;
        cost = 0;
      }
      cost += 1;
    }
    pay(chain, cost);
  }
  let changed = false;
  for (const { inst, regions, name } of polls) {
    const cost = Math.max(1, regions.get(name) as number);
    changed ||= inst.imm !== cost;
    inst.imm = cost;
  }
  return changed ? 'values' : false;
}

/** Texts of a chain, of the call around it, and so on out to the function itself. */
function chainNames(): (chain: Chain) => readonly string[] {
  const known = new Map<Chain, readonly string[]>();
  return (chain) => {
    let names = known.get(chain);
    if (names === undefined) {
      const list = [''];
      for (let i = chain.length - 1; i >= 0; i--) {
        const { callee, span } = chain[i] as InlineSite;
        list.push(`${callee}@${span.file}:${span.start} ${list.at(-1)}`);
      }
      known.set(chain, (names = list.reverse()));
    }
    return names;
  };
}
