/**
 * How the parser nests without the host's stack.
 *
 * Recursive descent over source that is nested a thousand levels deep needs more stack than a cold JavaScript engine has.
 * So parsing functions are generators that delegate to each other with `yield*`, which reads like a call. Delegation
 * uses the host's stack too; every few levels `deep` therefore hands the nested generator to the driver in `runParse`, which
 * keeps the waiting ones in a list. What the host sees is never deeper than `HOP` levels.
 */

/** A parsing function in progress, whose result is a `T`. What it yields are nested ones for the driver to run. */
export interface Parse<T> extends Generator<Parse<unknown>, T, unknown> {}

/** How many levels of nesting may be on the host's stack at once. */
const HOP = 16;

/** Runs a parsing function, and all that it hands out, to the end. */
export function runParse<T>(parse: Parse<T>): T {
  const waiting: Parse<unknown>[] = [];
  let current: Parse<unknown> = parse;
  let result: unknown;
  for (;;) {
    const step = current.next(result);
    if (!step.done) {
      waiting.push(current);
      current = step.value;
      result = undefined;
      continue;
    }
    result = step.value;
    const outer = waiting.pop();
    // The outermost generator is `parse`, so its result is a `T`.
    if (outer === undefined) return result as T;
    current = outer;
  }
}

/** The same parsing function, run by the driver if `depth`, the nesting at this place, says that it is time. */
export function deep<T>(depth: number, parse: Parse<T>): Parse<T> {
  return depth % HOP === HOP - 1 ? handOver(parse) : parse;
}

function* handOver<T>(parse: Parse<T>): Parse<T> {
  // The driver answers with the result of what it was handed.
  return (yield parse) as T;
}
