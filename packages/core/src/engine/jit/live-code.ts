/**
 * Machine code that is installed: which functions and polls run it, which units call into which, and what goes when there is too much.
 */
import type { FuncIndex } from '../../isa/program.ts';
import type { Vm } from '../vm/vm.ts';
import type { Compiled, LinkedFunction, UnitCode } from './link-unit.ts';
import type { JitObserver } from './observer.ts';
import { TypedForms } from './typed-forms.ts';

/** The program that a unit is of. */
export interface Home {
  /** The machine's number of its first function. */
  readonly first: number;
  /** Its functions with machine code, for units that call them. */
  readonly compiled: Map<FuncIndex, Compiled>;
}

/** One module of machine code. */
export interface Unit {
  readonly number: number;
  readonly home: Home;
  readonly bytes: number;
  /** Functions, by their number in the machine, whose calls run it; `table` has their entries. */
  readonly funcs: number[];
  /** Addresses of polls where frames go on in it. */
  readonly polls: number[];
  /** The function that it is an entry of, if it is one. */
  entered: number | null;
  /** Positions in the machine's table, and numbers of typed forms. */
  readonly table: number[];
  readonly forms: number[];
  /** Its own table of typed forms, if it calls function values. */
  readonly functions: WebAssembly.Table | null;
  /** Units that call into it; they go with it. */
  readonly users: Set<Unit>;
  /** The sample that last saw one of its functions. */
  used: number;
}

/** Where frames go on in machine code: the position in the machine's table. */
export interface Entry {
  readonly entry: number;
  readonly unit: Unit;
}

export class LiveCode {
  readonly #vm: Vm;
  readonly #mostBytes: number;
  readonly #observer: JitObserver | undefined;
  readonly #units = new Set<Unit>();
  /** The unit that has a function, by its number in the machine. */
  readonly #unitOf = new Map<number, Unit>();
  readonly #forms = new TypedForms();
  /** Entries by the address of the poll where frames go on in them; null: there can be none. */
  readonly #entries = new Map<number, Entry | null>();
  /** How many entries of its own a function has. */
  readonly #entryCount = new Map<number, number>();
  #bytes = 0;
  /** Of all that was ever installed. */
  readonly #counts = { units: 0, functions: 0, entries: 0, evicted: 0, bytes: 0 };

  /** Keeps `mostBytes` of WebAssembly, or what the last unit needs. */
  constructor(vm: Vm, mostBytes: number, observer: JitObserver | undefined) {
    this.#vm = vm;
    this.#mostBytes = mostBytes;
    this.#observer = observer;
  }

  stats(): Readonly<Record<string, number>> {
    const { units, functions, entries, evicted, bytes } = this.#counts;
    return {
      'jit.units': units,
      'jit.functions': functions,
      'jit.entries': entries,
      'jit.bytes': bytes,
      'jit.live-bytes': this.#bytes,
      'jit.evicted': evicted,
    };
  }

  unitOf(func: number): Unit | undefined {
    return this.#unitOf.get(func);
  }

  entriesOf(func: number): number {
    return this.#entryCount.get(func) ?? 0;
  }

  /** Whether a function has machine code, be it for calls or from one of its polls on. */
  has(func: number): boolean {
    return this.#unitOf.has(func) || this.entriesOf(func) > 0;
  }

  /** What was remembered of the poll at an address. */
  entryAt(address: number): Entry | null | undefined {
    return this.#entries.get(address);
  }

  /** Frames that stand at the poll at an address go on there from now on; null: nowhere. */
  remember(address: number, entry: Entry | null): void {
    this.#entries.set(address, entry);
    entry?.unit.polls.push(address);
  }

  /** A table of typed forms for another unit. */
  newTable(): WebAssembly.Table {
    return this.#forms.table();
  }

  /** A unit that was compiled and linked, `functions` being its table. Makes room for it; what it calls stays. */
  add(home: Home, code: UnitCode, functions: WebAssembly.Table | null, sample: number): Unit {
    const unit: Unit = {
      number: this.#counts.units++,
      home,
      bytes: code.bytes.length,
      funcs: [],
      polls: [],
      entered: null,
      table: [],
      forms: [],
      functions,
      users: new Set(),
      used: sample,
    };
    for (const func of code.outer.keys()) this.#unitOf.get(home.first + func)?.users.add(unit);
    this.#units.add(unit);
    this.#bytes += unit.bytes;
    this.#counts.bytes += unit.bytes;
    this.#makeRoom(unit);
    return unit;
  }

  /** Has calls of functions run a unit from now on. */
  install(unit: Unit, functions: readonly LinkedFunction[]): void {
    const { first, compiled } = unit.home;
    for (const { func: local, run, compiled: made, indirect } of functions) {
      const func = first + local;
      compiled.set(local, made);
      this.#unitOf.set(func, unit);
      unit.funcs.push(func);
      const typed = indirect ? this.#forms.add(made.typed) : 0;
      if (indirect) unit.forms.push(typed);
      unit.table.push(this.#vm.installMachineCode(func as FuncIndex, run, typed));
      this.#counts.functions++;
    }
  }

  /** Makes a unit an entry of a function. */
  enter(unit: Unit, func: number, run: LinkedFunction['run']): Entry {
    const entry = this.#vm.addEntry(run);
    unit.table.push(entry);
    unit.entered = func;
    this.#entryCount.set(func, this.entriesOf(func) + 1);
    this.#counts.entries++;
    return { entry, unit };
  }

  /** Removes all machine code of a function, whose bytecode is at those addresses. */
  removeAll(func: number, begin: number, end: number): void {
    const unit = this.#unitOf.get(func);
    if (unit !== undefined) this.#evict(unit);
    for (const [poll, entry] of this.#entries)
      if (entry !== null && begin <= poll && poll < end) this.#evict(entry.unit);
    this.#entryCount.delete(func);
  }

  /** Removes what was not seen for longest, until no more lives than may. What a unit calls stays with it. */
  #makeRoom(kept: Unit): void {
    if (this.#bytes <= this.#mostBytes) return;
    for (const unit of [...this.#units].sort((a, b) => a.used - b.used)) {
      if (this.#bytes <= this.#mostBytes) return;
      if (!isUsedBy(unit, kept)) this.#evict(unit);
    }
  }

  #evict(unit: Unit): void {
    if (!this.#units.delete(unit)) return;
    const { number, home, bytes } = unit;
    this.#bytes -= bytes;
    this.#counts.evicted++;
    for (const func of unit.funcs) {
      this.#vm.removeMachineCode(func as FuncIndex);
      this.#unitOf.delete(func);
      home.compiled.delete((func - home.first) as FuncIndex);
    }
    for (const poll of unit.polls) this.#entries.delete(poll);
    if (unit.entered !== null) this.#entryCount.set(unit.entered, (this.#entryCount.get(unit.entered) ?? 1) - 1);
    for (const index of unit.table) this.#vm.removeEntry(index);
    for (const form of unit.forms) this.#forms.remove(form);
    this.#forms.drop(unit.functions);
    this.#observer?.event({ kind: 'evicted', unit: number, bytes, liveBytes: this.#bytes });
    for (const other of this.#units) other.users.delete(unit);
    for (const user of unit.users) this.#evict(user);
  }
}

/** Whether a unit is another one, or is called by it, through others too. */
function isUsedBy(unit: Unit, other: Unit): boolean {
  return unit === other || [...unit.users].some((user) => isUsedBy(user, other));
}
