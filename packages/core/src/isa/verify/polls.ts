/**
 * Polls: every cycle has one, and how much work can be done between two.
 *
 * Without its polls the code of a function must be free of cycles, also of those that go through a try range: an error that is raised
 * and caught again and again is a loop too. What is left has a longest way; since every poll costs at least 1, a unit of fuel
 * stands for at most so many instructions of one activation. Callers of the machine shorten slices by that, so that time limits and
 * interrupts are heeded whatever a file claims that its polls cost.
 */
import type { DecodedInst } from '../encode.ts';
import { type Code, goesOn } from './code.ts';
import { refuse } from './refusal.ts';
import { shapeOf } from './shapes.ts';

/** The most instructions on a way without polls. Refuses code with a cycle without a poll. */
export function longestWay({ insts, at, func, handlerOf, index }: Code): number {
  const successors = insts.map((inst, i) => {
    const next: number[] = [];
    const shape = shapeOf(inst.op.number);
    if (shape.target >= 0) next.push(at[inst.values[shape.target] as number] as number);
    if (goesOn(inst) && i + 1 < insts.length) next.push(i + 1);
    const handler = handlerOf[i] as number;
    // Some instructions fail in their checked form only.
    if (handler >= 0 && (shape.raises || shape.checkedForm !== null)) {
      next.push(at[func.handlers[handler]?.target ?? 0] as number);
    }
    return next;
  });
  // Depth first, on a stack of our own: instructions finish after all that follow them.
  const length = new Int32Array(insts.length).fill(-1);
  const open = new Uint8Array(insts.length);
  const cursor = new Uint8Array(insts.length);
  const stack: number[] = [];
  let longest = 0;
  for (let root = 0; root < insts.length; root++) {
    if ((length[root] as number) >= 0) continue;
    stack.push(root);
    open[root] = 1;
    while (stack.length > 0) {
      const i = stack.at(-1) as number;
      const next = successors[i]?.[cursor[i] as number];
      if (next === undefined) {
        length[i] = lengthFrom(i);
        longest = Math.max(longest, length[i] as number);
        open[i] = 0;
        stack.pop();
        continue;
      }
      cursor[i] = (cursor[i] as number) + 1;
      const after = insts[next] as DecodedInst;
      // A way ends at a poll; the poll begins one of its own.
      if (shapeOf(after.op.number).isPoll || (length[next] as number) >= 0) continue;
      if (open[next] === 1) refuse('cycles', 'a cycle without a poll leads here', index, after.pc);
      open[next] = 1;
      stack.push(next);
    }
  }
  return longest;

  function lengthFrom(i: number): number {
    let most = 0;
    for (const next of successors[i] ?? []) {
      if (!shapeOf((insts[next] as DecodedInst).op.number).isPoll) most = Math.max(most, length[next] as number);
    }
    return most + 1;
  }
}
