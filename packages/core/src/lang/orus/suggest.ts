/**
 * "Did you mean": the known name that is closest to one that is not known.
 *
 * Distance is Damerau's (insert, delete, replace, swap neighbours), bounded by a third of the length, so that short names
 * are not replaced by unrelated ones. Only a bounded number of candidates is looked at.
 */
const MAX_CANDIDATES = 2000;

/** The closest candidate, if one is close enough to be meant. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(name.length / 3)) + 1;
  let looked = 0;
  for (const candidate of candidates) {
    if (candidate === name || ++looked > MAX_CANDIDATES) continue;
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const found = candidate.toLowerCase() === name.toLowerCase() ? 0 : distance(name, candidate);
    if (found < bestDistance && found < Math.max(name.length, candidate.length)) {
      best = candidate;
      bestDistance = found;
    }
  }
  return best;
}

function distance(a: string, b: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min((previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (before[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    before = previous;
    previous = row;
  }
  return previous[b.length] ?? 0;
}
