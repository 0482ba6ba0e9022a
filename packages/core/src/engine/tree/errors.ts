/**
 * How a running program stops being where it is: guest errors and limits travel as JS exceptions of these classes (plain
 * classes: capturing a JS stack trace for each would be slow), jumps out of block expressions as `Jump`.
 */
import type { DynamicErrorName, TrapKind, TrapName } from '../../base/traps.ts';
import { DYNAMIC_ERRORS, TRAPS } from '../../base/traps.ts';
import type { LimitName, TraceEntry } from '../engine.ts';
import { bytesOfText } from './bytes.ts';
import type { Frame, Site } from './value.ts';
import { CALLER, ErrorValue, SITE } from './value.ts';

/** An error of the guest. Until somebody catches it the machine's `top` is the activation that raised it. */
export class GuestError {
  readonly error: ErrorValue;
  readonly site: Site;
  constructor(error: ErrorValue, site: Site) {
    this.error = error;
    this.site = site;
  }
}

/** A limit that the guest cannot catch. */
export class LimitStop {
  readonly limit: LimitName;
  readonly site: Site;
  constructor(limit: LimitName, site: Site) {
    this.limit = limit;
    this.site = site;
  }
}

/** Leaves the statement around a block expression with a completion code. */
export class Jump {
  readonly code: number;
  constructor(code: number) {
    this.code = code;
  }
}

/** One of the errors with a fixed message. */
export function trap(name: TrapName, site: Site): never {
  const row = TRAPS[name];
  return raise(row.kind, row.message, site);
}

/** An error with a message of its own, in bytes. */
export function raise(kind: TrapKind, message: string, site: Site): never {
  throw new GuestError(new ErrorValue(kind, message), site);
}

/** One of the errors whose message names what was found. */
export function raiseDynamic(name: DynamicErrorName, found: Readonly<Record<string, string>>, site: Site): never {
  const row = DYNAMIC_ERRORS[name];
  const text = row.message.replace(/\{(\w+)\}/g, (whole, key: string) => found[key] ?? whole);
  return raise(row.kind, bytesOfText(text), site);
}

/** The activations at `site` of `frame`, innermost first. */
export function traceOf(site: Site, frame: Frame | null): TraceEntry[] {
  const trace: TraceEntry[] = [{ func: site.func, span: site.span }];
  for (let at = frame; at !== null; at = at[CALLER] as Frame | null) {
    const call = at[SITE] as Site | null;
    if (call !== null) trace.push({ func: call.func, span: call.span });
  }
  return trace;
}
