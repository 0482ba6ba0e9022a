/**
 * Loops in layout order: how deep a block stands, and where a constant that a loop needs is best put.
 *
 * A backward edge makes its target a loop head, and everything from there to the edge's source its body. Layout keeps bodies
 * together, but what follows a loop that never ends may stand within them: depth only weighs choices, and who puts something in
 * front of a loop asks the dominator tree.
 */
export interface Regions {
  /** Loops around each block. */
  readonly depth: readonly number[];
  /** For a block in a loop: the one block outside that the outermost loop around it is entered from; null if there are several. */
  entryOf(block: number): number | null;
}

export function findRegions(successors: readonly (readonly number[])[]): Regions {
  const count = successors.length;
  const lastOf = new Map<number, number>();
  const preds: number[][] = successors.map(() => []);
  for (let b = 0; b < count; b++) {
    for (const to of successors[b] as readonly number[]) {
      (preds[to] as number[]).push(b);
      if (to <= b) lastOf.set(to, Math.max(lastOf.get(to) ?? 0, b));
    }
  }
  const delta = new Array<number>(count + 1).fill(0);
  for (const [head, last] of lastOf) {
    delta[head] = (delta[head] as number) + 1;
    delta[last + 1] = (delta[last + 1] as number) - 1;
  }
  const depth: number[] = [];
  const outermost: number[] = [];
  let now = 0;
  let head = -1;
  for (let b = 0; b < count; b++) {
    const before = now;
    now += delta[b] as number;
    if (before === 0 && now > 0) head = b;
    if (now === 0) head = -1;
    depth.push(now);
    outermost.push(head);
  }
  return {
    depth,
    entryOf(block) {
      const start = outermost[block] as number;
      if (start < 0) return null;
      const outside = (preds[start] as number[]).filter((b) => b < start);
      const [only] = outside;
      return outside.length === 1 && only !== undefined && depth[only] === 0 ? only : null;
    },
  };
}
