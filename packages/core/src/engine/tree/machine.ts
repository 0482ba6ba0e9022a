/**
 * The state of one running instance: position, depth, steps, memory and output.
 *
 * `top` is the current activation and `depth` its number; a call sets both, a return restores them, and a handler that
 * catches an error restores what it saw when it was entered. A step is one call or one loop iteration. Steps are counted
 * down from a slice, at whose end the clock and the host are asked.
 */
import { type Host, type Limits, requireLimits } from '../engine.ts';
import { LimitStop, trap } from './errors.ts';
import { LONGEST_STRING, measure, OBJECT_COST } from './memory.ts';
import type { Frame, Site, Slot } from './value.ts';

const SLICE = 4096;
const OUTPUT_BYTES = 1 << 14;

export class Machine {
  readonly host: Host;
  limits: Limits;
  readonly maxDepth: number;
  readonly globals: Slot[] = [];
  top: Frame | null = null;
  depth = 0;

  /** Steps left in the slice. */
  steps = 0;
  /** Steps granted so far, those left in the slice included. */
  granted = 0;

  allocated = 0;
  threshold: number;
  epoch = 0;

  readonly #output = new Uint8Array(OUTPUT_BYTES);
  #pending = 0;
  #started: number;
  /** Steps granted before the limits were set. */
  #before = 0;

  constructor(host: Host, limits: Limits) {
    requireLimits(limits);
    this.host = host;
    this.limits = limits;
    this.maxDepth = limits.depth;
    this.threshold = limits.memory;
    this.#started = host.now();
    this.#grant();
  }

  get stepsTaken(): number {
    return this.granted - Math.max(this.steps, 0);
  }

  /** Begins anew with nothing on the stack: so much may be done from now on. */
  restart(limits: Pick<Limits, 'fuel' | 'timeMs'>): void {
    this.limits = { ...this.limits, ...limits };
    this.top = null;
    this.depth = 0;
    this.granted = this.stepsTaken;
    this.#before = this.granted;
    this.steps = 0;
    this.#started = this.host.now();
    this.#grant();
  }

  #grant(): void {
    const more = Math.min(SLICE, this.limits.fuel - (this.granted - this.#before));
    this.steps = more;
    this.granted += more;
  }

  /** Called when `steps` went below zero: the step that did not fit is paid from the next slice, if there is one. */
  nextSlice(site: Site): void {
    this.steps = 0;
    this.flush();
    if (this.granted - this.#before >= this.limits.fuel) throw new LimitStop('fuel', site);
    if (this.host.interrupted?.() === true) throw new LimitStop('interrupt', site);
    if ((this.host.now() - this.#started) * 1000 > this.limits.timeMs) throw new LimitStop('time', site);
    this.#grant();
    this.steps--;
  }

  /** Counts an allocation; above the limit it raises `outOfMemory` instead. */
  allocate(bytes: number, site: Site): void {
    this.allocated += bytes;
    if (this.allocated > this.threshold) this.#measure(bytes, site);
  }

  #measure(request: number, site: Site): void {
    const limit = this.limits.memory;
    const live = request > limit ? 0 : measure(this.top, this.globals, ++this.epoch);
    this.allocated = live;
    // Near the limit measurements would follow each other closely; a sixteenth of it lies between any two.
    this.threshold = Math.max(limit, live + limit / 16);
    if (live + request > limit) trap('outOfMemory', site);
    this.allocated += request;
  }

  /** Counts a new string of this many bytes. */
  allocateString(length: number, site: Site): void {
    if (length > LONGEST_STRING) trap('outOfMemory', site);
    this.allocate(OBJECT_COST + length, site);
  }

  /** Appends bytes, one per char, to standard output. */
  write(bytes: string): void {
    const buffer = this.#output;
    for (let i = 0; i < bytes.length; i++) {
      if (this.#pending === OUTPUT_BYTES) this.flush();
      buffer[this.#pending++] = bytes.charCodeAt(i);
    }
  }

  /** Hands everything written to the host. */
  flush(): void {
    if (this.#pending === 0) return;
    const bytes = this.#output.subarray(0, this.#pending);
    this.#pending = 0;
    this.host.write(bytes);
  }
}
