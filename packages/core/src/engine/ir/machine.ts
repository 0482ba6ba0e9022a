/**
 * The state of one run of the IR evaluator: frames, module variables, limits, output.
 *
 * Guest errors and limits travel as JS exceptions from the operation that raises them to the loop in `run.ts`. Memory is an
 * estimate: allocations are added up, and when the sum passes a threshold everything reachable is measured anew.
 */
import { TYPE_CODES } from '../../base/kinds.ts';
import { DYNAMIC_ERRORS, type DynamicErrorName, TRAPS, type TrapKind, type TrapName } from '../../base/traps.ts';
import type { Func, FuncId, IrProgram } from '../../ir/ir.ts';
import { type Host, type LimitName, type Limits, requireLimits } from '../engine.ts';
import type { Frame } from './code.ts';
import {
  type Any,
  ArrayObj,
  Cell,
  Closure,
  ErrorObj,
  isDynamic,
  labelOf,
  nameOfCode,
  NIL,
  RecordObj,
  type Value,
} from './value.ts';

/** An error of the guest on its way. */
export class GuestError {
  readonly error: ErrorObj;
  constructor(error: ErrorObj) {
    this.error = error;
  }
}

export class LimitStop {
  readonly limit: LimitName;
  constructor(limit: LimitName) {
    this.limit = limit;
  }
}

const OBJECT_BYTES = 32;
const SLOT_BYTES = 8;
/** What the JS host can hold, whatever the limit says. */
const LONGEST_STRING = 2 ** 29 - 64;
const LONGEST_ARRAY = 2 ** 27;
const SLICE = 4096;
const FLUSH_BYTES = 1 << 14;

export class Machine {
  readonly program: IrProgram;
  readonly host: Host;
  readonly limits: Limits;
  readonly globals: Value[];
  readonly frames: Frame[] = [];
  /** The line that `print` is making. */
  line: string[] = [];
  readonly #closures = new Map<FuncId, Closure>();
  readonly #started: number;
  #fuelLeft = 0;
  #granted = 0;
  #allocated = 0;
  #threshold: number;
  #epoch = 0;
  #pending: string[] = [];
  #pendingBytes = 0;

  constructor(program: IrProgram, host: Host, limits: Limits) {
    requireLimits(limits);
    this.program = program;
    this.host = host;
    this.limits = limits;
    this.#threshold = limits.memory;
    this.#started = host.now();
    this.globals = program.globals.values().map((global) => zeroOf(global.kind));
    this.#grant();
  }

  /* ---- errors -------------------------------------------------------------------------------------------------- */

  trap(name: TrapName): never {
    const { kind, message } = TRAPS[name];
    throw new GuestError(new ErrorObj(kind, message));
  }

  raise(kind: TrapKind, message: string): never {
    throw new GuestError(new ErrorObj(kind, message));
  }

  /** One of the errors whose message names what was found. */
  fail(name: DynamicErrorName, parts: Readonly<Record<string, string>>): never {
    const { kind, message } = DYNAMIC_ERRORS[name];
    return this.raise(
      kind,
      message.replace(/\{(\w+)\}/g, (_, part: string) => parts[part] ?? '?'),
    );
  }

  label(value: Any): string {
    return labelOf(this.program.types, value);
  }

  /** `value` is not of the type where it must be. */
  mismatch(code: Parameters<typeof nameOfCode>[1], value: Any): never {
    if (code === TYPE_CODES.func && value instanceof Closure)
      return this.fail('otherArity', { found: String(this.func(value.func).params.length) });
    return this.fail('expected', { expected: nameOfCode(this.program.types, code), found: this.label(value) });
  }

  /* ---- limits -------------------------------------------------------------------------------------------------- */

  get fuelUsed(): number {
    return this.#granted - this.#fuelLeft;
  }

  /** A poll: takes fuel, or stops without having taken any. */
  poll(cost: number): void {
    while (this.#fuelLeft < cost) {
      if (this.#granted >= this.limits.fuel) throw new LimitStop('fuel');
      this.flush();
      if (this.host.interrupted?.() === true) throw new LimitStop('interrupt');
      if ((this.host.now() - this.#started) * 1000 > this.limits.timeMs) throw new LimitStop('time');
      this.#grant();
    }
    this.#fuelLeft -= cost;
  }

  #grant(): void {
    const more = Math.min(SLICE, this.limits.fuel - this.#granted);
    this.#fuelLeft += more;
    this.#granted += more;
  }

  allocateArray(length: number): void {
    if (length > LONGEST_ARRAY) this.trap('outOfMemory');
    this.allocate(OBJECT_BYTES + length * SLOT_BYTES);
  }

  allocateString(length: number): void {
    if (length > LONGEST_STRING) this.trap('outOfMemory');
    this.allocate(OBJECT_BYTES + length);
  }

  allocate(bytes: number): void {
    this.#allocated += bytes;
    if (this.#allocated <= this.#threshold) return;
    const limit = this.limits.memory;
    const live = bytes > limit ? 0 : this.#measure();
    // A sixteenth of the limit lies between two measurements, or near the limit they would follow each other closely.
    this.#threshold = Math.max(limit, live + limit / 16);
    this.#allocated = live;
    if (live + bytes > limit) this.trap('outOfMemory');
    this.#allocated += bytes;
  }

  /** Estimated bytes of everything that frames and module variables reach. */
  #measure(): number {
    this.#epoch += 1;
    const epoch = this.#epoch;
    const work: (readonly Value[])[] = [this.globals];
    const strings = new Set<string>();
    let bytes = 0;
    const visit = (value: Value): void => {
      if (typeof value === 'string') {
        if (value.length < 64 || !strings.has(value)) bytes += value.length;
        if (value.length >= 64) strings.add(value);
      } else if (value instanceof ArrayObj || value instanceof RecordObj || value instanceof Closure) {
        if (value.mark === epoch) return;
        value.mark = epoch;
        const slots = value instanceof ArrayObj ? value.items : value instanceof RecordObj ? value.slots : value.env;
        bytes += OBJECT_BYTES + slots.length * SLOT_BYTES;
        if (!(value instanceof ArrayObj) || isDynamic(value.code) || value.code >= 8) work.push(slots);
      } else if (value instanceof Cell && value.mark !== epoch) {
        value.mark = epoch;
        bytes += OBJECT_BYTES;
        work.push([value.value]);
      }
    };
    for (const frame of this.frames) {
      bytes += SLOT_BYTES * 8;
      if (frame.closure !== null) visit(frame.closure);
      work.push(frame.values);
    }
    for (let slots = work.pop(); slots !== undefined; slots = work.pop()) for (const slot of slots) visit(slot);
    return bytes;
  }

  /* ---- functions and output ------------------------------------------------------------------------------------ */

  func(id: FuncId): Func {
    return this.program.funcs.get(id);
  }

  /** The one function value of a function that captures nothing. */
  staticClosure(id: FuncId): Closure {
    let closure = this.#closures.get(id);
    if (closure === undefined) this.#closures.set(id, (closure = new Closure(id, [])));
    return closure;
  }

  write(text: string): void {
    this.#pending.push(text);
    this.#pendingBytes += text.length;
    if (this.#pendingBytes > FLUSH_BYTES) this.flush();
  }

  flush(): void {
    // One write for many short lines: the host may be slow.
    const text = this.#pending.join('');
    for (let start = 0; start < text.length; start += FLUSH_BYTES) {
      const end = Math.min(text.length, start + FLUSH_BYTES);
      const bytes = new Uint8Array(end - start);
      for (let i = start; i < end; i++) bytes[i - start] = text.charCodeAt(i);
      this.host.write(bytes);
    }
    this.#pending = [];
    this.#pendingBytes = 0;
  }
}

export function zeroOf(kind: string): Value {
  switch (kind) {
    case 'i64':
      return 0n;
    case 'ref':
      return null;
    default:
      return kind === 'any' ? NIL : 0;
  }
}
