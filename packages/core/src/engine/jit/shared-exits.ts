/**
 * Exits that write the same slots do so in one place.
 *
 * Where machine code leaves it writes what is live. Most of the exits in a loop have most of that in common, namely what lives through
 * the loop, and the host's compiler takes its time for each store. So a few loops are chosen before the function is written. An exit
 * whose live slots include those at the head of such a loop, in the same representations, writes the rest itself and goes to where that
 * set is written.
 */
import type { Flow } from './flow.ts';
import { isGuess, isPoll, type Loop } from './loops.ts';
import { REP, type Slots } from './slots.ts';

/** Sets for one function, at most. */
const MOST_SETS = 3;
/** Stores that a set saves, at least. */
const LEAST_SAVED = 6;

/** Whether all slots of a set are live and stand where the set wants them. */
export function isWritten(set: Uint8Array, live: Uint8Array, current: Uint8Array): boolean {
  for (let slot = 0; slot < set.length; slot++) {
    const rep = set[slot];
    if (rep !== REP.dead && (live[slot] === REP.dead || current[slot] !== rep)) return false;
  }
  return true;
}

interface Candidate {
  readonly loop: Loop;
  readonly set: Uint8Array;
  readonly size: number;
  /** Exits inside, without those in loops that were chosen. */
  exits: number;
}

/** Sets of slots with their representations, the largest first. */
export function commonSlots({
  flow,
  slots,
  loops,
}: {
  readonly flow: Flow;
  readonly slots: Slots;
  readonly loops: readonly (Loop | null)[];
}): readonly Uint8Array[] {
  const candidates = new Map<Loop, Candidate>();
  flow.blocks.forEach(({ start, end }, block) => {
    let exits = 0;
    for (let at = start; at < end; at++) {
      const inst = flow.insts[at];
      if (inst !== undefined && (isPoll(inst) || isGuess(inst) || inst.op.name.startsWith('dyn.'))) exits++;
    }
    for (let loop = loops[block] ?? null; loop !== null; loop = loop.parent) {
      let known = candidates.get(loop);
      if (known === undefined) {
        const set = slots.atEntry(loop.header);
        known = { loop, set, size: sizeOf(set), exits: 0 };
        candidates.set(loop, known);
      }
      known.exits += exits;
    }
  });
  const chosen: Candidate[] = [];
  while (chosen.length < MOST_SETS) {
    let best: Candidate | null = null;
    let most = LEAST_SAVED - 1;
    for (const each of candidates.values()) {
      const saved = each.size * (each.exits - 1);
      if (saved <= most) continue;
      most = saved;
      best = each;
    }
    if (best === null) break;
    chosen.push(best);
    const { exits } = best;
    for (let loop: Loop | null = best.loop; loop !== null; loop = loop.parent) {
      const around = candidates.get(loop);
      if (around !== undefined) around.exits -= exits;
    }
  }
  return chosen.sort((a, b) => b.size - a.size).map(({ set }) => set);
}

function sizeOf(set: Uint8Array): number {
  let size = 0;
  for (const rep of set) if (rep !== REP.dead) size++;
  return size;
}
