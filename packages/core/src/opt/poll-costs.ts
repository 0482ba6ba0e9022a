/**
 * Sets what each poll charges, from the final IR: the number of instructions on the longest way through its region, each of which is executed
 * at most once.
 *
 * The poll of the entry pays for the instructions outside all loops, the poll of a latch for those of its innermost loop's own
 * body, terminators included; at least 1. The body of an inlined call that kept the poll of its entry is a region of its own; without one it
 * belongs to what is around the call. This pass is last: after it no instruction may appear or vanish.
 */
import type { Cfg } from '../analysis/cfg.ts';
import type { Inst, InlineSite } from '../ir/ir.ts';
import type { Change, FuncPass } from './pass.ts';

type Chain = readonly InlineSite[];

/** What one loop executes by the inlined call that it comes from, in the order of blocks; the text of a chain stands for the call. */
type Regions = Map<string, Part[]>;

export const pollCosts: FuncPass = {
  name: 'poll-costs',
  doc: 'every poll charges for the longest way through its region',
  settles: true,
  makes: 0,
  run: (func, cx) => {
    const { cfg, loops: nesting } = cx.analyses(func);
    const { loops, loopOf } = nesting;
    /** What is outside all loops comes last. */
    const regionOf = (position: number): number => {
      const loop = loopOf[position] as number;
      return loop === -1 ? loops.length : loop;
    };
    return charge(cfg, regionOf, loops.length + 1);
  },
};

/** Instructions of one block that belong to a region. */
interface Part {
  readonly at: number;
  cost: number;
}

function charge(cfg: Cfg, regionOf: (position: number) => number, count: number): Change {
  const { blocks } = cfg;
  const differs = pollsInlined(cfg);
  const namesOf = differs ? chainNames() : () => OWN;
  const loops: Regions[] = Array.from({ length: count }, () => new Map<string, Part[]>());
  const polls: { readonly inst: Inst; readonly parts: Part[] }[] = [];
  for (const [at, block] of blocks.entries()) {
    for (const inst of block.insts) {
      if (inst.op !== 'poll') continue;
      const regions = loops[regionOf(at)] as Regions;
      const name = namesOf(inst.inlined)[0] as string;
      const parts = regions.get(name) ?? [];
      regions.set(name, parts);
      polls.push({ inst, parts });
    }
  }
  for (const [at, block] of blocks.entries()) {
    const regions = loops[regionOf(at)] as Regions;
    const pay = (chain: Chain, cost: number): void => {
      // The nearest call around it that polls in this loop, or else whatever polls here.
      const name = namesOf(chain).find((each) => regions.has(each)) ?? regions.keys().next().value;
      const parts = name === undefined ? undefined : (regions.get(name) as Part[]);
      const last = parts?.at(-1);
      if (last?.at === at) last.cost += cost;
      else parts?.push({ at, cost });
    };
    let chain: Chain = [];
    let cost = 1;
    for (const inst of block.insts) {
      // Polls themselves are free.
      if (inst.op === 'poll') continue;
      if (inst.inlined !== chain && differs) {
        pay(chain, cost);
        chain = inst.inlined;
        cost = 0;
      }
      cost += 1;
    }
    pay(chain, cost);
  }
  let changed = false;
  const longest = new Map<readonly Part[], number>();
  for (const { inst, parts } of polls) {
    let cost = longest.get(parts);
    if (cost === undefined) longest.set(parts, (cost = Math.max(1, longestWay(cfg, parts))));
    changed ||= inst.imm !== cost;
    inst.imm = cost;
  }
  return changed ? 'values' : false;
}

/** The most that one way forward through the blocks of a region executes of it. Blocks come in reverse postorder; ways back are left out. */
function longestWay({ preds, predStart }: Cfg, parts: readonly Part[]): number {
  const first = parts[0]?.at ?? 0;
  const last = parts.at(-1)?.at ?? -1;
  const ways = new Float64Array(last + 1 - first);
  let longest = 0;
  let next = 0;
  for (let at = first; at <= last; at++) {
    let way = 0;
    for (let e = predStart[at] as number; e < (predStart[at + 1] as number); e++) {
      const pred = preds[e] as number;
      if (pred >= first && pred < at) way = Math.max(way, ways[pred - first] as number);
    }
    const part = parts[next];
    if (part?.at === at) {
      way += part.cost;
      next += 1;
    }
    ways[at - first] = way;
    longest = Math.max(longest, way);
  }
  return longest;
}

/** Whether the body of an inlined call kept a poll. */
function pollsInlined({ blocks }: Cfg): boolean {
  return blocks.some(({ insts }) => insts.some(({ op, inlined }) => op === 'poll' && inlined.length > 0));
}

/** The texts of every chain, where no call needs to be told from others. */
const OWN: readonly string[] = [''];

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
