/**
 * Failures that are ours. A `Bug` is thrown and never caught on the way; the host reports it with status 71.
 */
export class Bug extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'Bug';
  }
}

/** Reached only if a union gained a member that a `switch` does not handle, which is also a type error. */
export function unreachable(value: never, what: string): never {
  throw new Bug(`unhandled ${what}: ${JSON.stringify(value)}`);
}

/** Asserts what an earlier stage promised; `what` names the promise. */
export function invariant(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Bug(what);
}

/** The value, which an earlier stage promised to be there. */
export function present<T>(value: T | undefined | null, what: string): T {
  if (value === undefined || value === null) throw new Bug(`missing ${what}`);
  return value;
}
