/**
 * "Did you mean …?": the candidate closest to a name that was not found.
 *
 * Distance is Damerau-Levenshtein in the restricted form (optimal string alignment): insertion, deletion, replacement
 * and the exchange of two neighbours cost 1 each; a difference of case alone costs nothing extra beyond half a step.
 */

/** The distance between two words, or `limit + 1` as soon as it is known to exceed `limit`. */
export function editDistance(a: string, b: string, limit = Infinity): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      }
      current.push(cost);
      if (cost < best) best = cost;
    }
    if (best > limit) return limit + 1;
    before = previous;
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** How far a word of that length may be from what was meant: none for one letter, then about a third of it, at most 3. */
function tolerance(length: number): number {
  if (length <= 1) return 0;
  if (length <= 4) return 1;
  return length <= 7 ? 2 : 3;
}

/** Of more candidates only the first are compared. */
const MOST = 10_000;

/** Longer names are not worth comparing, and comparing them takes time. */
const LONGEST = 80;

/**
 * The candidate that `name` is most likely a misspelling of, if any is close enough; single letters never are. Names that
 * differ only by case are preferred; among equals the first in the order given wins.
 */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  if (name.length > LONGEST) return undefined;
  const folded = name.toLowerCase();
  const limit = tolerance(name.length);
  let best: string | undefined;
  let bestCost = limit + 1;
  let left = MOST;
  for (const candidate of candidates) {
    if (left-- === 0) break;
    if (candidate === name || candidate.length < 2 || candidate.length > LONGEST) continue;
    const cost =
      candidate.toLowerCase() === folded
        ? 0.5
        : Math.min(editDistance(name, candidate, limit), editDistance(folded, candidate.toLowerCase(), limit) + 0.5);
    if (cost < bestCost) {
      best = candidate;
      bestCost = cost;
    }
  }
  return best;
}
