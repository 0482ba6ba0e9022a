/**
 * How many of something a program may have where the machine keeps a number in 16 bits, or in a frame of 2^15 slots. Whoever writes a program
 * by hand never meets them; one that a program wrote is refused with the place where there is one too many.
 */

import type { Span } from '../../base/source.ts';
import type { Parser } from './parser-core.ts';

/** Structs and enums of a program, all modules together: header words of objects hold 16 bits, less the built-in types. */
export const MAX_TYPES = 65_000;

export const MAX_VARIANTS = 65_000;

/** Parameters of one function: its frame holds them, and its caller's frame holds them too. */
export const MAX_PARAMS = 30_000;

/** Reports the first parameter that there is no room for, in a function or in the type of one. */
export function limitParams<Param>(p: Parser, params: readonly Param[], spanOf: (param: Param) => Span): void {
  const beyond = params[MAX_PARAMS];
  if (beyond) p.report('E1006', { problem: `a function has at most ${MAX_PARAMS} parameters` }, spanOf(beyond));
}
