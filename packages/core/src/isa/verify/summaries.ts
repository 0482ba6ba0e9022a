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

/** Who must be looked at again when something grows. */
class Readers {
  readonly #sets: Set<number>[] = [];

  add(thing: number, reader: number): void {
    let set = this.#sets[thing];
    if (set === undefined) {
      set = new Set();
      this.#sets[thing] = set;
    }
    set.add(reader);
  }

  of(thing: number): Iterable<number> {
    return this.#sets[thing] ?? [];
  }
}

export class Summaries {
  readonly program: BytecodeProgram;
  readonly types: SlotTypes;
  /** Functions to analyse. */
  readonly open: number[] = [];
  readonly #waiting: Uint8Array;
  /** Types of parameters by function; null while nobody calls it. */
  readonly #entries: (TypeId[] | null)[];
  /** What a function gives; null while it never returns. `unset` if it gives nothing. */
  readonly #results: (TypeId | null)[];
  readonly #callers = new Readers();
  readonly #captures: TypeId[][];
  readonly #captureReaders = new Readers();
  readonly #globals: TypeId[];
  readonly #globalReaders = new Readers();
  readonly #cellReaders = new Set<number>();
  readonly #values = new Set<number>();
  /** The function that a boxed entry belongs to, by boxed entry. */
  readonly #owners = new Map<number, number>();
  /** Sites of cells by function and pc. */
  readonly #sites = new Map<number, number>();

  constructor(program: BytecodeProgram) {
    this.program = program;
    this.types = new SlotTypes(program.types);
    const { unset } = this.types;
    this.#waiting = new Uint8Array(program.funcs.length);
    this.#entries = program.funcs.map(() => null);
    this.#results = program.funcs.map(() => null);
    this.#captures = program.funcs.map(({ captures }) => captures.map(() => unset));
    this.#globals = program.globals.map(() => unset);
    for (const [i, { boxed }] of program.funcs.entries()) if (boxed !== null && boxed !== i) this.#owners.set(boxed, i);
    this.types.onCellGrowth = () => {
      for (const reader of this.#cellReaders) this.reopen(reader);
    };
  }

  reopen(func: number): void {
    if (this.#waiting[func] !== 0 || this.#entries[func] === null) return;
    this.#waiting[func] = 1;
    this.open.push(func);
  }

  /** The next function to analyse. */
  next(): number | undefined {
    const func = this.open.pop();
    if (func !== undefined) this.#waiting[func] = 0;
    return func;
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

  /** What a call gives, as far as is known; null if it does not return. The caller hears of changes. */
  resultFor(func: number, caller: number): TypeId | null {
    this.#callers.add(func, caller);
    return this.#results[func] as TypeId | null;
  }

  returned(func: number, result: TypeId): void {
    const before = this.#results[func] as TypeId | null;
    const after = before === null ? this.types.outside(result) : this.types.join(before, this.types.outside(result));
    if (after === before) return;
    this.#results[func] = after;
    for (const caller of this.#callers.of(func)) this.reopen(caller);
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
    this.#captureReaders.add(owner, func);
    return this.#captures[owner]?.[index];
  }

  /** Takes note of a captured value. False if it excludes what was captured elsewhere. */
  capturing(func: number, index: number, id: TypeId): boolean {
    const captures = present(this.#captures[func], 'function');
    const after = this.#grown(captures[index] as TypeId, id);
    if (after === captures[index]) return true;
    captures[index] = after;
    for (const reader of this.#captureReaders.of(func)) this.reopen(reader);
    return after !== this.types.unset;
  }

  #grown(before: TypeId, id: TypeId): TypeId {
    const { types } = this;
    return before === types.unset ? types.outside(id) : types.join(before, types.outside(id));
  }

  // variables

  /** What a module variable holds once it was set; unset if nobody sets it. */
  global(index: number, reader: number): TypeId {
    this.#globalReaders.add(index, reader);
    return this.#globals[index] as TypeId;
  }

  setGlobal(index: number, id: TypeId): boolean {
    const before = this.#globals[index] as TypeId;
    const after = this.#grown(before, id);
    if (after === before) return true;
    this.#globals[index] = after;
    for (const reader of this.#globalReaders.of(index)) this.reopen(reader);
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

  cellContent(site: number, reader: number): TypeId {
    this.#cellReaders.add(reader);
    return this.types.content(site);
  }
}
