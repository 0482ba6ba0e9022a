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
import { FRAME_HEADER_SLOTS } from '../../runtime/layout.ts';

export interface Nesting {
  /** Slots that frames may take for each of the calls that may nest; 0 if no function can be active twice. */
  readonly perCall: number;
  /** Slots of the frames that are active at most once at a time. */
  readonly once: number;
  /** The functions that may be active more than once; null: any. */
  readonly many: ReadonlySet<number> | null;
}

/** How far windows may lie behind one another: a bound that tells before machine code is entered how deep its calls fit. */
export interface Reach {
  /** Slots for each nested call. */
  readonly perLevel: number;
  /** Slots that come on top once, however many calls nest. */
  readonly once: number;
}

/** No window begins farther behind another than `perLevel` slots for each nested call between them, and `once`. */
export function reachOf({ perCall, once, many }: Nesting, largestFrame: number): Reach {
  const perLevel = Math.max(1, Math.ceil(perCall));
  // An adapter has a frame and does not count as a nested call; two of them never stand on one another.
  if (many === null) return { perLevel: 2 * perLevel, once: once + perLevel };
  // What is active once may be called from anywhere in the frame of what is not.
  return { perLevel, once: once + largestFrame };
}

/** A call: the callee's frame begins `window` slots behind the caller's, and counts as so many nested calls (inlined ones included). */
export interface NestedCall {
  readonly callee: number;
  readonly window: number;
  readonly deeper: number;
}

/** `calls` has the calls in each function; null if it may call function values, and so any function. */
export function nestingOf(
  { funcs }: Pick<BytecodeProgram, 'funcs'>,
  calls: readonly (readonly NestedCall[] | null)[],
): Nesting {
  const sizes = funcs.map(({ frame }) => frame + FRAME_HEADER_SLOTS);
  if (calls.includes(null)) return { perCall: sizes.reduce((a, b) => Math.max(a, b), 0), once: 0, many: null };
  const known = calls as readonly (readonly NestedCall[])[];
  const lists = known.map((list) => list.map(({ callee }) => callee));
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
  let perCall = 0;
  for (const func of left) {
    for (const { callee, window, deeper } of known[func] as readonly NestedCall[])
      if (left.has(callee)) perCall = Math.max(perCall, window / Math.max(1, deeper));
  }
  return { perCall, once: sizes.reduce((sum, size, func) => (left.has(func) ? sum : sum + size), 0), many: left };
}
