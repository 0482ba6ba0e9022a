/**
 * One machine: a program in a memory, the runtime core and the interpreter over it, and the driver that runs it in slices.
 *
 * The driver gives the machine fuel for a slice at a time. Between slices it looks at the clock and asks the host; fuel is the only
 * clock inside. All fuel given minus what is left in VM_FUEL is what was used, exactly, whatever the slices.
 */
import { Bug, present } from '../../base/bug.ts';
import { TRAP_KIND_NAMES, TRAPS } from '../../base/traps.ts';
import { entryPoll, machineEntry } from '../../isa/entries.ts';
import type { BytecodeFunc, BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import { CALL_REGISTERS, CORE_REGS, FUEL_WANTED } from '../../runtime/core-registers.ts';
import { checkHeap } from '../../runtime/heap-checker.ts';
import {
  FRAME,
  FRAME_ENDS_RUN,
  FRAME_HEADER_SLOTS,
  FUNC_INFO,
  FUNC_INFO_SIZE,
  HEADER,
  PENDING,
  SLOTS,
  VM_FUEL,
  VM_REGS,
  type VmWord,
} from '../../runtime/layout.ts';
import {
  type Checks,
  type Host,
  INTERRUPT,
  type LimitName,
  type Limits,
  type Outcome,
  type RunStats,
  requireLimits,
  type Trap,
} from '../engine.ts';
import { guestText } from './guest-string.ts';
import { RUN_STATUS } from '../interp/run-status.ts';
import { ENTRY_BYTES, TYPED_ENTRY } from '../../runtime/program-layout.ts';
import { Loader, type LoadedProgram, type Room } from './load.ts';
import { MemoryView, createMemory, mapMemory, type MemoryMap } from './memory.ts';
import { reachOf } from './nesting.ts';
import { CollectorStats, machineStats } from './stats.ts';
import { readTrace } from './trace.ts';

/** The compiled modules that every machine shares. */
export interface MachineModules {
  readonly core: WebAssembly.Module;
  /** Absent if the module of the core has the interpreter in it. */
  readonly interpreter?: WebAssembly.Module;
}

/** What machine code may take of the host's stack: well below the smallest, Node's main thread with 984 KB. */
const NATIVE_BYTES = 640_000;
/** What functions that are active once at most may take beside that, all together. */
const NATIVE_ONCE = 100_000;
/** Nested calls of machine code that any host's stack has room for; units with large frames lower it. */
const NATIVE_ROOM = 4000;

/** One block of small objects: what a program that caught `Out of memory` may need to report it. */
const HEAP_RESERVE = 16 << 10;

/** How a call of the driver ended. */
export type CallResult =
  | { readonly status: 'returned'; readonly slot: bigint }
  | Exclude<Outcome, { readonly status: 'done' }>;

/** Fuel for the interpreter behind a wrong guess: to the next poll, where machine code may be entered again. */
const AFTER_GUESS = 1;

export class Vm {
  readonly memory: MemoryView;
  readonly map: MemoryMap;
  readonly program: BytecodeProgram;
  readonly loaded: LoadedProgram;
  readonly #loader: Loader;
  /** All functions, by their number in the machine. */
  readonly #funcs: BytecodeFunc[];
  readonly #host: Host;
  readonly #collector: CollectorStats;
  readonly #limits: Limits;
  readonly #slice: number;
  readonly #verify: boolean;
  #deadline = Infinity;
  /** Hands all complete lines to the host. */
  readonly #flush: () => unknown;
  /** What machine code links with: the interpreter, and its table, in which the core's functions are too (see `CORE_TABLE`). */
  readonly run: () => number;
  readonly enter: () => number;
  readonly table: WebAssembly.Table;
  /** Positions in the table that are free again. */
  readonly #freeEntries: number[] = [];
  /** Bytes of the host's stack for functions that are active once at most. */
  #nativeOnce = 0;
  /** Fuel that was not given out yet. */
  #reserve: number;
  #given = 0n;
  #slices = 0;
  /** The count of slices with which control goes back to the host. */
  #lastSlice = 0;
  /** A line of input that the guest has not taken yet. */
  #line: Uint8Array | null = null;
  /** Looks at the frames between two slices and gives the fuel for the next, see `engine/jit/sampler.ts`. */
  betweenSlices: ((usual: number) => number) | null = null;
  /** Told of the frame and the instruction before which machine code was left because it had guessed wrong. */
  guessFailed: ((frame: number, address: number) => void) | null = null;
  /** What the host threw, to be thrown again when the machine has come to rest. */
  #hostError: { readonly error: unknown } | null = null;

  constructor(
    program: BytecodeProgram,
    host: Host,
    limits: Limits,
    checks: Checks,
    modules: MachineModules,
    imports: Readonly<Record<string, (...args: never[]) => unknown>> = {},
    /** How much may be added to the program. */
    room?: Room,
  ) {
    requireLimits(limits);
    this.program = program;
    this.#loader = new Loader(program, room);
    this.loaded = this.#loader.load();
    this.#funcs = [...program.funcs];
    this.map = mapMemory(this.loaded, limits, room?.bytes);
    this.memory = new MemoryView(createMemory(this.map));
    this.#host = host;
    // A collection at every allocation tells nothing about pauses.
    this.#collector = new CollectorStats(this.memory, checks.stressGc ? () => 0 : () => host.now());
    this.#limits = limits;
    this.#slice = Math.max(1, checks.slice);
    this.#verify = checks.verify;
    this.#reserve = 0;
    this.refill(limits);

    const env = { memory: this.memory.memory };
    const core = new WebAssembly.Instance(modules.core, { env, host: this.#hostImports() });
    // exports of the core are functions with the types that `core-exports.ts` gives
    const coreExports = core.exports as Record<string, (...args: never[]) => unknown>;
    this.#writeProgram(checks);
    present(coreExports['gc_init'], 'gc_init of the core')();
    // A reference to something freed then shows.
    if (checks.verify) this.memory.setU32(CORE_REGS.POISON, 1);
    const interpreter = modules.interpreter
      ? new WebAssembly.Instance(modules.interpreter, { env, core: coreExports, host: imports })
      : core;
    this.#flush = present(coreExports['flush'], 'flush of the core');
    this.run = present(interpreter.exports['run'], 'run of the interpreter') as () => number;
    this.enter = present(interpreter.exports['enter'], 'enter of the interpreter') as () => number;
    this.table = present(interpreter.exports['table'], 'table of the interpreter') as WebAssembly.Table;
  }

  /** Sets the work and the time that the guest may take from now on; its memory is the same for every run. */
  refill({ fuel, timeMs }: Pick<Limits, 'fuel' | 'timeMs'>): void {
    const left = this.memory.i64(VM_FUEL);
    this.#given -= left;
    this.memory.setI64(VM_FUEL, 0n);
    this.#reserve = Math.floor(fuel);
    this.#deadline = timeMs === Infinity ? Infinity : this.#host.now() + timeMs / 1000;
    this.#set('HEAP_LIMIT', this.map.heapLimit);
    this.#set('HEAP_RESERVE', HEAP_RESERVE);
  }

  /**
   * Adds a program that goes on from this one (see `Loader.append`); nothing may be running. Gives the number in this machine of the
   * added program's first function, or null if there is no room.
   */
  append(program: BytecodeProgram): number | null {
    const added = this.#loader.append(program);
    if (added === null) return null;
    const { image } = this.loaded;
    for (const { address, bytes } of added.pieces) {
      const from = address - image.base;
      this.memory.bytes(address, bytes).set(image.view().subarray(from, from + bytes));
    }
    for (const [name, value] of Object.entries(added.registers)) this.#set(name as VmWord, value);
    this.#funcs.push(...program.funcs);
    return added.firstFunc;
  }

  /**
   * From now on calls of the function run machine code: `entry(frame) -> status` loads its parameters from the window and stores its
   * result in the first slot. Frames of the function that exist already go on in bytecode. Gives the number of the entry. `typed` is the
   * number of the form that other machine code calls, 0 if it has to use the entry.
   */
  installMachineCode(func: FuncIndex, entry: (frame: number) => number, typed = 0): number {
    const stub = present(this.loaded.code[func], 'function') - ENTRY_BYTES;
    const index = this.addEntry(entry);
    this.#writeStub(stub, index);
    this.memory.setU32(stub + TYPED_ENTRY, typed);
    this.#setEntry(func, { code: stub, cost: 0, paid: stub });
    return index;
  }

  /** Puts a function of machine code into the machine's table; gives its number. */
  addEntry(entry: (...args: never[]) => unknown): number {
    const index = this.#freeEntries.pop() ?? this.table.grow(1);
    this.table.set(index, entry);
    return index;
  }

  /** The entry of that number is gone; nobody goes there any more. */
  removeEntry(index: number): void {
    this.table.set(index, null);
    this.#freeEntries.push(index);
  }

  /** Machine code of a function may be called that takes so many bytes of the host's stack: a frame, and each level of nested calls. */
  reserveNative(func: number, { frame, level }: { readonly frame: number; readonly level: number }): void {
    const { many } = this.loaded.nesting;
    // What is active once takes room once: of what is left beside nested calls, as long as that is enough.
    if (many?.has(func) === false && this.#nativeOnce + frame <= NATIVE_ONCE) {
      this.#nativeOnce += frame;
      return;
    }
    const room = Math.max(1, Math.floor(NATIVE_BYTES / level));
    if (room < this.memory.u32(VM_REGS.NATIVE_ROOM)) this.#set('NATIVE_ROOM', room);
  }

  /** Lets the innermost frame, which stands at a poll, go on in machine code that was made for that poll. */
  resumeIn(entry: number): void {
    this.#writeStub(this.loaded.resume, entry);
    this.#set('PC', this.loaded.resume);
  }

  #writeStub(address: number, entry: number): void {
    machineEntry(entry).forEach((word, i) => {
      this.memory.setU32(address + 4 * i, word);
    });
  }

  /** Calls of the function run its bytecode again. */
  removeMachineCode(func: FuncIndex): void {
    const code = present(this.loaded.code[func], 'function');
    const { cost, words } = entryPoll(present(this.#funcs[func], 'function').code);
    this.#setEntry(func, { code, cost, paid: code + 4 * words });
  }

  #setEntry(func: FuncIndex, entry: Readonly<Record<'code' | 'cost' | 'paid', number>>): void {
    const info = this.#funcInfo(func);
    this.memory.setU32(info + FUNC_INFO.code, entry.code);
    this.memory.setU32(info + FUNC_INFO.cost, entry.cost);
    this.memory.setU32(info + FUNC_INFO.paid, entry.paid);
  }

  #funcInfo(func: FuncIndex): number {
    return this.memory.u32(VM_REGS.FUNC_TABLE) + FUNC_INFO_SIZE * func;
  }

  /** Runs all initialisers and then `main`, see `Instance.run`. */
  runProgram(): Outcome {
    const { modules, main } = this.program;
    let returned = false;
    for (const [i, module] of modules.entries()) {
      const last = i === modules.length - 1;
      const result = this.call(module.init);
      if (result.status === 'error') return { status: 'error', trap: { ...result.trap, whileLoading: !last } };
      if (result.status === 'limit') return result;
      returned = last && result.slot !== 0n;
    }
    if (main === null || returned) return { status: 'done' };
    const result = this.call(main);
    return result.status === 'returned' ? { status: 'done' } : result;
  }

  /** Runs a function without parameters to its end. */
  call(func: FuncIndex): CallResult {
    this.begin(func);
    for (;;) {
      const result = this.advance(Infinity);
      if (result !== null) return result;
    }
  }

  get #firstFrame(): number {
    return this.map.stackBase + 8 * FRAME_HEADER_SLOTS;
  }

  /** Prepares a call of a function without parameters; `advance` runs it. What ran before is abandoned. */
  begin(func: FuncIndex): void {
    const frame = this.#firstFrame;
    this.memory.setU32(frame + FRAME.depth, 1);
    this.memory.setU32(frame + FRAME.func, func);
    this.memory.setU32(frame + FRAME.returnPc, FRAME_ENDS_RUN);
    this.memory.setU32(frame + FRAME.callerFp, 0);
    this.memory.setU32(frame + FRAME.closure, 0);
    this.#set('FP', frame);
    this.#set('PC', this.memory.u32(this.#funcInfo(func) + FUNC_INFO.code));
    this.#set('PENDING', PENDING.none);
    this.#set('ERROR', 0);
    this.#set('COLLECTING_OFF', 0);
    for (const name of CALL_REGISTERS) this.memory.setU32(CORE_REGS[name], 0);
    this.#line = null;
    this.#set('NATIVE_LIMIT', 0);
    // Not on top of what an earlier call has left: slices are no longer than asked for.
    this.#give(Math.max(0, this.#slice - Number(this.memory.i64(VM_FUEL))));
  }

  /** Goes on with the call for at most so many slices; null if it has not come to its end. */
  advance(slices: number): CallResult | null {
    if (this.#limits.depth < 1) {
      const { kind, message } = TRAPS.stackOverflow;
      return { status: 'error', trap: { kind, message, trace: [], whileLoading: false } };
    }
    const status = this.#drive(slices);
    if (status === null) return null;
    this.#flushOutput();
    if (status === 'returned') return { status, slot: this.memory.i64(this.#firstFrame) };
    const trace = readTrace(this.memory, this.#funcs, this.loaded);
    if (status !== 'error') return { status: 'limit', limit: status, trace };
    return { status: 'error', trap: { ...this.#pendingError(), trace, whileLoading: false } };
  }

  /** Seconds on the host's clock. */
  now(): number {
    return this.#host.now();
  }

  stats(): RunStats {
    return machineStats(this.memory, this.#collector, { fuel: this.fuelUsed(), slices: this.#slices });
  }

  fuelUsed(): number {
    return Number(this.#given - this.memory.i64(VM_FUEL));
  }

  // slices

  #drive(slices: number): 'returned' | 'error' | LimitName | null {
    this.#lastSlice = this.#slices + slices;
    while (this.#slices < this.#lastSlice) {
      this.memory.setI64(FUEL_WANTED, 0n);
      this.#slices++;
      const status = this.run();
      if (status === RUN_STATUS.fuel) {
        const limit = this.#betweenSlices();
        if (limit !== null) return limit;
        continue;
      }
      if (status === RUN_STATUS.guess) {
        this.guessFailed?.(this.memory.u32(VM_REGS.FP), this.memory.u32(VM_REGS.PC));
        this.#keepFuel(AFTER_GUESS);
        continue;
      }
      if (status === RUN_STATUS.host) {
        const thrown = this.#hostError;
        this.#hostError = null;
        if (thrown && thrown.error !== INTERRUPT) throw thrown.error;
        return 'interrupt';
      }
      return status === RUN_STATUS.done ? 'returned' : 'error';
    }
    return null;
  }

  /** Fuel for the next slice, or the limit that was reached. */
  #betweenSlices(): LimitName | null {
    if (this.#verify && (this.#slices & (this.#slices - 1)) === 0) this.#checkHeap();
    this.#flushOutput();
    const limit = this.#reached();
    if (limit !== null) return limit;
    const wanted = Number(this.memory.i64(FUEL_WANTED));
    this.#give(Math.max(this.betweenSlices?.(this.#slice) ?? this.#slice, wanted));
    return null;
  }

  #reached(): LimitName | null {
    if (this.#host.interrupted?.()) return 'interrupt';
    if (this.#deadline !== Infinity && this.#host.now() > this.#deadline) return 'time';
    return this.#reserve <= 0 ? 'fuel' : null;
  }

  /**
   * Fuel for another slice of machine code that need not be left: 1 if a poll of that cost can go on. Nothing may look at frames
   * meanwhile, they are not written.
   */
  extendSlice(cost: number, slice: number): number {
    if (this.#slices >= this.#lastSlice) return 0;
    this.#slices++;
    this.#flush();
    // what the host threw is thrown when machine code has been left
    if (this.#hostError !== null || this.#reached() !== null) return 0;
    this.#give(Math.max(slice, cost));
    return this.memory.i64(VM_FUEL) >= BigInt(cost) ? 1 : 0;
  }

  /** Now and then, because it walks all of the heap. */
  #checkHeap(): void {
    const { problems } = checkHeap(this.memory.memory);
    if (problems.length > 0) throw new Bug(`the heap is not well formed:\n${problems.join('\n')}`);
  }

  #give(amount: number): void {
    const given = BigInt(Math.min(amount, this.#reserve));
    this.#reserve -= Number(given);
    this.#given += given;
    this.memory.setI64(VM_FUEL, this.memory.i64(VM_FUEL) + given);
  }

  /** Takes back what is left of a slice beyond some fuel. */
  #keepFuel(amount: number): void {
    const beyond = this.memory.i64(VM_FUEL) - BigInt(amount);
    if (beyond <= 0n) return;
    this.#reserve += Number(beyond);
    this.#given -= beyond;
    this.memory.setI64(VM_FUEL, this.memory.i64(VM_FUEL) - beyond);
  }

  #flushOutput(): void {
    this.#flush();
    const thrown = this.#hostError;
    this.#hostError = null;
    if (thrown) throw thrown.error;
  }

  // the start

  #writeProgram(checks: Checks): void {
    const { image, registers } = this.loaded;
    const { stackBase, stackLimit, heapBase } = this.map;
    this.memory.bytes(image.base, image.end - image.base).set(image.view());
    for (const [name, value] of Object.entries(registers)) this.#set(name as VmWord, value);
    this.#set('STACK_BASE', stackBase);
    this.#set('STACK_LIMIT', stackLimit);
    this.#set('WINDOW_LIMIT', stackLimit - 8 * this.loaded.largestFrame);
    this.#set('DEPTH_LIMIT', Math.min(this.#limits.depth, 0xffff_ffff));
    this.#set('NATIVE_ROOM', NATIVE_ROOM);
    const { perLevel, once } = reachOf(this.loaded.nesting, this.loaded.largestFrame);
    this.#set('LEVEL_BYTES', 8 * perLevel);
    this.#set('LEVELS_END', Math.max(0, stackLimit - 8 * (this.loaded.largestFrame + once)));
    this.#set('HEAP_BASE', heapBase);
    this.#set('STRESS_GC', checks.stressGc ? 1 : 0);
  }

  /** What the core asks of its host. An exception waits until no guest code is on the native stack. */
  #hostImports(): Record<string, (...args: never[]) => unknown> {
    return {
      write: (address: number, length: number): number => {
        try {
          this.#host.write(this.memory.bytes(address >>> 0, length));
          return 0;
        } catch (error) {
          this.#hostError = { error };
          return 1;
        }
      },
      read_line: (): number => {
        try {
          this.#line ??= this.#host.readLine(this.map.heapLimit + HEAP_RESERVE);
        } catch (error) {
          this.#hostError = { error };
          return -2;
        }
        return this.#line === null ? -1 : this.#line.length;
      },
      take_line: (address: number): void => {
        if (this.#line === null) throw new Bug('no line was read');
        this.memory.bytes(address >>> 0, this.#line.length).set(this.#line);
        this.#line = null;
      },
      now: () => this.#host.now(),
      collecting: (on: number): void => this.#collector.collecting(on !== 0),
    };
  }

  #pendingError(): Pick<Trap, 'kind' | 'message'> {
    const error = this.memory.u32(VM_REGS.ERROR);
    const kind = present(TRAP_KIND_NAMES[this.memory.u32(error + HEADER.aux)], 'kind of the pending error');
    return { kind, message: guestText(this.memory, this.memory.u32(error + SLOTS)) };
  }

  #set(name: VmWord, value: number): void {
    this.memory.setU32(VM_REGS[name], value);
  }
}
