/**
 * Parallel moves in sequence: destinations whose old value nobody waits for come first; a cycle is broken through a spare slot.
 *
 * Each destination occurs once. After Rideau, Serpette and Leroy, "Tilting at windmills with Coq".
 */
export interface SlotMove {
  readonly dst: number;
  readonly src: number;
}

export function sequentialise(moves: readonly SlotMove[], spare: number): readonly SlotMove[] {
  if (moves.length < 2) {
    const [only] = moves;
    return only === undefined || only.dst === only.src ? NONE : moves;
  }
  const sourceOf = new Map<number, number>();
  const waiting = new Map<number, number>();
  for (const { dst, src } of moves) {
    if (dst === src) continue;
    sourceOf.set(dst, src);
    waiting.set(src, (waiting.get(src) ?? 0) + 1);
  }
  const ordered: SlotMove[] = [];
  const ready = [...sourceOf.keys()].filter((dst) => !waiting.has(dst));
  const finish = (dst: number): void => {
    const src = sourceOf.get(dst) as number;
    sourceOf.delete(dst);
    ordered.push({ dst, src });
    const left = (waiting.get(src) as number) - 1;
    if (left > 0) waiting.set(src, left);
    else {
      waiting.delete(src);
      if (sourceOf.has(src)) ready.push(src);
    }
  };
  for (;;) {
    for (let dst = ready.pop(); dst !== undefined; dst = ready.pop()) finish(dst);
    // What is left are cycles, each slot of which waits once: save one, and let the rest follow.
    const [first] = sourceOf.keys();
    if (first === undefined) return ordered;
    ordered.push({ dst: spare, src: first });
    for (const [dst, src] of sourceOf) {
      if (src !== first) continue;
      sourceOf.set(dst, spare);
      waiting.set(spare, 1);
    }
    waiting.delete(first);
    ready.push(first);
  }
}

const NONE: readonly SlotMove[] = [];
