/**
 * Machine code from V8's optimising compiler at once.
 *
 * V8 compiles WebAssembly with its baseline compiler when a function is first called, and again later, on a thread of its own, when it
 * has run for a while; what runs meanwhile goes on in the baseline's code until it is entered again. What arrives here is known to be hot.
 * V8 has switches for that; they are read when a module is made, and put back at once. Without them (another V8) the
 * usual way is taken, and the engine enters young code anew now and then.
 *
 * Units say which ways are cold (`CodeWriter.cold`), and V8 then keeps what lives across a call on a cold way in registers everywhere else.
 */
import type { HostCode } from '@orus/core/engine/jit/link-unit';
import { setV8Flag } from './v8-flags.ts';

/**
 * Bytes of a unit up to which it is optimised before it runs, in some milliseconds: 1 KB takes one or two. Larger ones begin in baseline code.
 */
const OPTIMISED_BYTES = 10_000;
/** The same for units that were wanted before, in an earlier run of the program: what comes of it is kept, so it is done once. */
const OPTIMISED_AGAIN = 40_000;

const AT_ONCE = ['--no-liftoff', '--no-wasm-lazy-compilation'];
/** Without its baseline compiler V8 gives up both kinds of tiering too. */
const AS_USUAL = ['--liftoff', '--wasm-tier-up', '--wasm-dynamic-tiering', '--wasm-lazy-compilation'];

/** Versions of V8 that read branch hints if this is set; it complains of switches that it does not know. */
const HINTS = {
  from: 10,
  to: 12,
  on: '--experimental-wasm-branch-hinting',
  off: '--no-experimental-wasm-branch-hinting',
};
const version = Number.parseInt(process.versions.v8, 10);
const readsHints = HINTS.from <= version && version <= HINTS.to;

export function compileUnit(bytes: Uint8Array<ArrayBuffer>, again: boolean): HostCode {
  return compileUpTo(again ? OPTIMISED_AGAIN : OPTIMISED_BYTES, bytes);
}

/** Optimised if there are so many bytes at most. */
export function compileUpTo(most: number, bytes: Uint8Array<ArrayBuffer>): HostCode {
  const optimised = bytes.length <= most;
  const set = [...(readsHints ? [HINTS.on] : []), ...(optimised ? AT_ONCE : [])];
  const back = [...(readsHints ? [HINTS.off] : []), ...(optimised ? AS_USUAL : [])];
  for (const flag of set) setV8Flag(flag);
  try {
    return { module: new WebAssembly.Module(bytes), optimised };
  } finally {
    for (const flag of back) setV8Flag(flag);
  }
}
