/**
 * V8's baseline compiler, kept away from work that is over before it pays.
 *
 * Sparkplug makes machine code of every function that has run a few hundred times. A program of sixty lines is compiled in thirty
 * milliseconds, of which V8 would spend four on baseline code of the compiler that hardly runs again. Programs from about two
 * hundred lines on are compiled sooner with it.
 *
 * The kept code of chunks is good for one set of flags, so the loader, which is a program of its own, asks here whether they are other
 * ones than usual while it reads one.
 */
import { setV8Flag } from './v8-flags.ts';

/** Where the loader finds how to set a flag while there is no baseline code. */
const KEY = Symbol.for('orus.without-baseline');

type Shared = { [KEY]?: typeof setV8Flag };

/** Does work, without baseline code if that is `worth` it. */
export function withoutBaseline<T>(worth: boolean, work: () => T): T {
  // A run whose code is kept has its own idea of that; without WebAssembly V8 has no compilers, and the flag would call one (`--jitless`).
  if (!worth || process.env['ORUS_WRITE_CODE_CACHE'] || typeof WebAssembly === 'undefined') return work();
  const shared = globalThis as Shared;
  setV8Flag('--no-sparkplug');
  shared[KEY] = setV8Flag;
  try {
    return work();
  } finally {
    delete shared[KEY];
    setV8Flag('--sparkplug');
  }
}

/** Does work under the flags that are usual. */
export function withUsualFlags<T>(work: () => T): T {
  const set = (globalThis as Shared)[KEY];
  if (set === undefined) return work();
  set('--sparkplug');
  try {
    return work();
  } finally {
    set('--no-sparkplug');
  }
}
