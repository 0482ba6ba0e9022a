/**
 * Running guest code so that Ctrl-C ends it.
 *
 * A program that computes never returns to the event loop, so an ordinary signal handler would never be called. Node's
 * `vm` module has what is needed: while a script runs with `breakOnSigint`, a thread of its own waits for the signal and
 * makes the JavaScript engine stop whatever it is executing, WebAssembly included. It costs well below a millisecond.
 */
import { Script } from 'node:vm';
import { errorCode } from './file-descriptors.ts';

const SLOT = 'orus.interruptible';

/** The result of `work`, or `whenInterrupted()` if the user pressed Ctrl-C. */
export function interruptible<T>(work: () => T, whenInterrupted: () => T): T {
  const slot = Symbol.for(SLOT);
  const realm = globalThis as { [slot]?: () => T };
  realm[slot] = work;
  try {
    return new Script(`globalThis[Symbol.for('${SLOT}')]()`).runInThisContext({
      breakOnSigint: true,
      displayErrors: false,
    }) as T;
  } catch (error) {
    if (errorCode(error) !== 'ERR_SCRIPT_EXECUTION_INTERRUPTED') throw error;
    return whenInterrupted();
  } finally {
    delete realm[slot];
  }
}
