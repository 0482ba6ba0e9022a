/**
 * What the verifier knows of a whole program: the types of parameters, results, captured values and module variables.
 *
 * None of it is declared in a file beyond kinds; it is found. Everything begins with nothing known and grows with each call, return and
 * store that the analysis of some function finds possible, until nothing grows any more; who relied on something that grew is
 * analysed again. What holds then holds in every run. This keeps declarations that could lie out of the format, and passes may do to
 * functions what they like.
 */
import { present } from '../../base/bug.ts';
import type { TypeCode } from '../../base/kinds.ts';
import type { BytecodeFunc, BytecodeProgram } from '../program.ts';
import { valueProblem } from './rules.ts';
import { SlotTypes, type TypeId } from './slot-types.ts';

/** A piece of a function, as one number: see `Flow`. */
export type Reader = number;

const PIECES = 2 ** 26;

export function readerOf(func: number, piece: number): Reader {
  return func * PIECES + piece;
}

/** Who must be looked at again when something grows. */
class Readers {
  readonly #sets: Set<Reader>[] = [];

  add(thing: number, reader: Reader): void {
    let set = this.#sets[thing];
    if (set === undefined) {
      set = new Set();
      this.#sets[thing] = set;
    }
    set.add(reader);
  }

  of(thing: number): Iterable<Reader> {
    return this.#sets[thing] ?? [];
  }
}

export class Summaries {
  readonly program: BytecodeProgram;
  readonly types: SlotTypes;
  /** The piece that is being followed: whatever it asks for, it hears of when that grows. */
  reader: Reader = 0;
  /** Functions to follow, and what of them. */
  readonly #open: number[] = [];
  readonly #waiting: (Set<number> | 'all' | undefined)[] = [];
  /** Types of parameters by function; null while nobody calls it. */
  readonly #entries: (TypeId[] | null)[];
  /** What functions give whose result is a reference; null while they never return. */
  readonly #results: (TypeId | null)[];
  readonly #callers = new Readers();
  readonly #captures: TypeId[][];
  readonly #captureReaders = new Readers();
  readonly #globals: TypeId[];
  readonly #globalReaders = new Readers();
  readonly #cellReaders = new Set<Reader>();
  readonly #values = new Set<number>();
  /** The function that a boxed entry belongs to, by boxed entry. */
  readonly #owners = new Map<number, number>();
  /** Sites of cells by function and pc. */
  readonly #sites = new Map<number, number>();

  constructor(program: BytecodeProgram) {
    this.program = program;
    this.types = new SlotTypes(program.types);
    const { unset } = this.types;
    this.#entries = program.funcs.map(() => null);
    this.#results = program.funcs.map(() => null);
    this.#captures = program.funcs.map(({ captures }) => captures.map(() => unset));
    this.#globals = program.globals.map(() => unset);
    for (const [i, { boxed }] of program.funcs.entries()) if (boxed !== null && boxed !== i) this.#owners.set(boxed, i);
    this.types.onCellGrowth = () => this.#tell(this.#cellReaders);
  }

  /** Follow a piece of a function again, or all that has been followed. */
  reopen(func: number, piece: number | 'all' = 'all'): void {
    if (this.#entries[func] === null) return;
    const waiting = this.#waiting[func];
    if (waiting === undefined) this.#open.push(func);
    if (piece === 'all') this.#waiting[func] = 'all';
    else if (waiting === undefined) this.#waiting[func] = new Set([piece]);
    else if (waiting !== 'all') waiting.add(piece);
  }

  #tell(readers: Iterable<Reader>): void {
    for (const reader of readers) this.reopen(Math.floor(reader / PIECES), reader % PIECES);
  }

  /** What to follow next. */
  next(): { readonly func: number; readonly pieces: ReadonlySet<number> | 'all' } | undefined {
    const func = this.#open.pop();
    if (func === undefined) return undefined;
    const pieces = present(this.#waiting[func], 'pieces to follow');
    this.#waiting[func] = undefined;
    return { func, pieces };
  }

  func(index: number): BytecodeFunc {
    return present(this.program.funcs[index], 'function');
  }

  // calls

  /** What parameters may hold; null if nobody calls the function. */
  entry(func: number): readonly TypeId[] | null {
    return this.#entries[func] as TypeId[] | null;
  }

  /** Takes note of a call with operands of these types. */
  enter(func: number, args: readonly TypeId[]): void {
    const { types } = this;
    const known = this.#entries[func] as TypeId[] | null;
    if (known === null) {
      this.#entries[func] = args.map((id) => types.outside(id));
      this.reopen(func);
      return;
    }
    let grown = false;
    for (let i = 0; i < known.length; i++) {
      const before = known[i] as TypeId;
      const after = types.join(before, types.outside(args[i] as TypeId));
      if (after === before) continue;
      known[i] = after;
      grown = true;
    }
    if (grown) this.reopen(func);
  }

  /**
   * What a call gives; `unset` for nothing, null while that is not known. Only for references it matters what the callee does:
   * everything else is as its kind says, and taken to return.
   */
  resultOf(func: number): TypeId | null {
    const { result } = this.func(func);
    if (result === null) return this.types.unset;
    if (result !== 'ref') return this.types.ofKind(result);
    this.#callers.add(func, this.reader);
    return this.#results[func] as TypeId | null;
  }

  /** Whether following a call of the function has to wait. */
  mustWait(func: number): boolean {
    return this.#results[func] === null && this.func(func).result === 'ref';
  }

  returned(func: number, result: TypeId): void {
    const before = this.#results[func] as TypeId | null;
    const after = before === null ? this.types.outside(result) : this.types.join(before, this.types.outside(result));
    if (after === before) return;
    this.#results[func] = after;
    this.#tell(this.#callers.of(func));
  }

  /**
   * Takes note that a function becomes a value, which anybody may call: its typed entry with operands of its signature, its boxed entry
   * with any words. Says why it cannot be one.
   */
  makeValue(func: number): string | null {
    if (this.#values.has(func)) return null;
    const problem = valueProblem(this.program, func);
    if (problem !== null) return problem;
    this.#values.add(func);
    const { sig, boxed } = this.func(func);
    const { params } = present(this.program.signatures[sig], 'signature');
    this.enter(func, this.#typesOf(params));
    this.enter(
      present(boxed, 'boxed entry'),
      params.map(() => this.types.any),
    );
    // Its results are now bound by its signature.
    this.reopen(func);
    return null;
  }

  /** Whether a function may be called through a value. */
  isValue(func: number): boolean {
    return this.#values.has(func);
  }

  #typesOf(codes: readonly TypeCode[]): TypeId[] {
    return codes.map((code) => this.types.ofCode(code));
  }

  signature(sig: number): { readonly params: readonly TypeId[]; readonly resultCode: TypeCode } {
    const { params, result } = present(this.program.signatures[sig], 'signature');
    return { params: this.#typesOf(params), resultCode: result };
  }

  // captured values

  /** The function whose captured values a function reads: its own, or for a boxed entry those of the function it belongs to. */
  owner(func: number): number {
    return this.#owners.get(func) ?? func;
  }

  capture(func: number, index: number): TypeId | undefined {
    const owner = this.owner(func);
    this.#captureReaders.add(owner, this.reader);
    return this.#captures[owner]?.[index];
  }

  /** Takes note of a captured value. False if it excludes what was captured elsewhere. */
  capturing(func: number, index: number, id: TypeId): boolean {
    const captures = present(this.#captures[func], 'function');
    const after = this.#grown(captures[index] as TypeId, id);
    if (after === captures[index]) return true;
    captures[index] = after;
    this.#tell(this.#captureReaders.of(func));
    return after !== this.types.unset;
  }

  #grown(before: TypeId, id: TypeId): TypeId {
    const { types } = this;
    return before === types.unset ? types.outside(id) : types.join(before, types.outside(id));
  }

  // variables

  /** What a module variable holds once it was set; unset if nobody sets it. */
  global(index: number): TypeId {
    this.#globalReaders.add(index, this.reader);
    return this.#globals[index] as TypeId;
  }

  setGlobal(index: number, id: TypeId): boolean {
    const before = this.#globals[index] as TypeId;
    const after = this.#grown(before, id);
    if (after === before) return true;
    this.#globals[index] = after;
    this.#tell(this.#globalReaders.of(index));
    return after !== this.types.unset;
  }

  /** The class of captured variables that the instruction makes. */
  site(func: number, pc: number): number {
    const key = func * 2 ** 26 + pc;
    let site = this.#sites.get(key);
    if (site === undefined) {
      site = this.types.newSite();
      this.#sites.set(key, site);
    }
    return site;
  }

  cellContent(variable: number): TypeId | null {
    this.#cellReaders.add(this.reader);
    return this.types.content(variable);
  }
}
