/**
 * Which functions may be active many times at once, and so how large the frame stack may get.
 *
 * The frame stack is reserved whole. What is reserved but never touched costs no memory, but hosts count it: V8 collects its own garbage
 * more often beside a large memory. Most functions never call themselves, whatever they call, and are on the stack once at most.
 *
 * Found by removing, as long as there are any, functions that call nothing that is left and those that nothing left calls: every cycle
 * of calls remains, and what lies between two of them.
 */
import type { BytecodeProgram } from '../../isa/program.ts';

/** Slots of frames, without their headers. */
export interface Nesting {
  /** The largest frame that may be active as often as calls may nest; null if there is none. */
  readonly deep: number | null;
  /** Frames that are active at most once at a time. */
  readonly once: readonly number[];
}

/** `callees` has the functions that each function calls; null if it may call others too. */
export function nestingOf(
  { funcs }: Pick<BytecodeProgram, 'funcs'>,
  callees: readonly (readonly number[] | null)[],
): Nesting {
  const frames = funcs.map(({ frame }) => frame);
  if (callees.includes(null)) return { deep: frames.reduce((a, b) => Math.max(a, b), 0), once: [] };
  const lists = callees as readonly (readonly number[])[];
  const callers: number[][] = lists.map(() => []);
  lists.forEach((list, caller) => {
    for (const callee of list) (callers[callee] as number[]).push(caller);
  });
  const left = new Set(lists.keys());
  const peel = (next: readonly (readonly number[])[], back: readonly (readonly number[])[]): void => {
    const counts = next.map((list) => list.filter((func) => left.has(func)).length);
    const free = [...left].filter((func) => counts[func] === 0);
    for (let func = free.pop(); func !== undefined; func = free.pop()) {
      left.delete(func);
      for (const other of back[func] as readonly number[]) if (--(counts[other] as number) === 0) free.push(other);
    }
  };
  peel(lists, callers);
  if (left.size > 0) peel(callers, lists);
  const deep = frames.filter((_, func) => left.has(func));
  return {
    deep: deep.length === 0 ? null : deep.reduce((a, b) => Math.max(a, b)),
    once: frames.filter((_, func) => !left.has(func)),
  };
}
