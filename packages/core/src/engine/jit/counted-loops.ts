/**
 * Loops that count in even steps up to a limit, and do nothing in between that could look at the fuel: those that can go in strips
 * (`strip-writer.ts`), because their rounds follow from the counter.
 */
import type { DecodedInst } from '../../isa/encode.ts';
import { bodyOf, targetOf, type Flow } from './flow.ts';
import { isGuess, isPoll, type Loop } from './loops.ts';
import { REP, type Slots } from './slots.ts';

/** How a loop counts. */
export interface Counting {
  /** Blocks of the loop. */
  readonly body: ReadonlySet<number>;
  readonly rep: typeof REP.i32 | typeof REP.i64;
  readonly counter: number;
  readonly limit: number;
  /** A number, or a slot that holds it. */
  readonly step: number | { readonly slot: number };
  /** Whether the counter rises; a step in a slot may turn out to be of the other sign. */
  readonly rises: boolean;
  /** Whether there is another round where the counter is the limit. */
  readonly closed: boolean;
  readonly cost: number;
  /** Whether the counter is compared before it takes the step. */
  readonly before: boolean;
  /** The block that ends the round. */
  readonly latch: number;
}

const ORDERS: readonly (string | undefined)[] = ['lt_s', 'le_s', 'gt_s', 'ge_s'];

/** What the name of an instruction says of how it counts: `loop.add.lt_s.i64`, `loop.upto.by.i64`; null if it does not count. */
function countOf(name: string): {
  readonly test: 'add' | 'upto' | 'downto';
  readonly order: string | undefined;
  readonly by: boolean;
  readonly type: 'i32' | 'i64';
} | null {
  const [family, test, ...rest] = name.split('.');
  if (family !== 'loop' || (test !== 'add' && test !== 'upto' && test !== 'downto')) return null;
  const order = test === 'add' ? rest.shift() : undefined;
  const by = rest[0] === 'by';
  const [type, ...more] = by ? rest.slice(1) : rest;
  if ((test === 'add' && !ORDERS.includes(order)) || (type !== 'i32' && type !== 'i64') || more.length > 0) return null;
  return { test, order, by, type };
}

/** How a loop counts; null if its rounds do not follow from a counter, or something in it may ask for the fuel. */
export function countingOf(
  flow: Flow,
  slots: Slots,
  { header, tight }: Loop,
  mayLeave: (inst: number) => boolean,
): Counting | null {
  if (!tight) return null;
  const { blocks, insts } = flow;
  const body = bodyOf(blocks, header);
  let latch = -1;
  let latchBlock = -1;
  const written = new Map<number, number>();
  for (const block of body) {
    const { start, end, role } = blocks[block] as Flow['blocks'][number];
    if (role !== 'code') return null;
    for (let at = start; at < end; at++) {
      const inst = insts[at] as DecodedInst;
      const { def } = slots.effects(at);
      if (def !== null) written.set(def.slot, (written.get(def.slot) ?? 0) + 1);
      if (isGuess(inst) && !mayLeave(at)) return null;
      if (!isPoll(inst)) continue;
      if (latch >= 0) return null;
      latch = at;
      latchBlock = block;
    }
  }
  const poll = insts[latch];
  const count = poll === undefined ? null : countOf(poll.op.name);
  if (poll === undefined || count === null) return null;
  const { test, order, by, type } = count;
  const back = blocks[header] as Flow['blocks'][number];
  if (targetOf(poll) !== (insts[back.start] as DecodedInst).pc) return null;
  const value = (name: string): number => poll.values[poll.op.placed.findIndex((each) => each.name === name)] as number;
  const counter = value('counter');
  const limit = value('limit');
  const rep = type === 'i32' ? REP.i32 : REP.i64;
  const inPlace = [...body].every((block) => slots.atEntry(block)[counter] === rep);
  const steady = (slot: number): boolean =>
    slot !== counter && !written.has(slot) && slots.atEntry(header)[slot] === rep;
  if (written.get(counter) !== 1 || !steady(limit) || !inPlace) return null;
  const rises = order === undefined ? test === 'upto' : order.startsWith('l');
  const step = by ? { slot: value('step') } : value('step');
  if (typeof step === 'number' ? step === 0 || step > 0 !== rises : !steady(step.slot)) return null;
  const closed = order === 'le_s' || order === 'ge_s';
  return {
    body,
    rep,
    counter,
    limit,
    step,
    rises,
    closed,
    cost: value('cost'),
    before: order === undefined,
    latch: latchBlock,
  };
}
