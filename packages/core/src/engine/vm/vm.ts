/**
 * One machine: a program in a memory, the runtime core and the interpreter over it, and the driver that runs it in slices.
 *
 * The driver gives the machine fuel for a slice at a time. Between slices it looks at the clock and asks the host; fuel is the only
 * clock inside. All fuel given minus what is left in VM_FUEL is what was used, exactly, whatever the slices.
 */
import { Bug, present } from '../../base/bug.ts';
import { TRAP_KIND_NAMES, TRAPS } from '../../base/traps.ts';
import { machineEntry } from '../../isa/machine-entry.ts';
import type { BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import { CORE_REGS, FUEL_WANTED } from '../../runtime/core-registers.ts';
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
import type { Checks, Host, LimitName, Limits, Outcome, RunStats, Trap } from '../engine.ts';
import { guestText } from './guest-string.ts';
import { RUN_STATUS } from '../interp/run-status.ts';
import { ENTRY_BYTES, loadProgram, type LoadedProgram } from './load.ts';
import { MemoryView, createMemory, mapMemory, type MemoryMap } from './memory.ts';
import { machineStats } from './stats.ts';
import { readTrace } from './trace.ts';

/** The compiled modules that every machine shares. */
export interface MachineModules {
  readonly core: WebAssembly.Module;
  readonly interpreter: WebAssembly.Module;
}

/** How a call of the driver ended. */
export type CallResult =
  | { readonly status: 'returned'; readonly slot: bigint }
  | Exclude<Outcome, { readonly status: 'done' }>;

export class Vm {
  readonly memory: MemoryView;
  readonly map: MemoryMap;
  readonly program: BytecodeProgram;
  readonly loaded: LoadedProgram;
  readonly #host: Host;
  readonly #limits: Limits;
  readonly #slice: number;
  readonly #verify: boolean;
  readonly #deadline: number;
  /** What machine code links with: the core's functions, and the interpreter's `run` and table. */
  readonly core: Readonly<Record<string, (...args: never[]) => unknown>>;
  readonly run: () => number;
  readonly table: WebAssembly.Table;
  /** Fuel that was not given out yet. */
  #reserve: number;
  #given = 0n;
  #slices = 0;
  /** What the host threw, to be thrown again when the machine has come to rest. */
  #hostError: { readonly error: unknown } | null = null;

  constructor(
    program: BytecodeProgram,
    host: Host,
    limits: Limits,
    checks: Checks,
    modules: MachineModules,
    imports: Readonly<Record<string, (...args: never[]) => unknown>> = {},
  ) {
    this.program = program;
    this.loaded = loadProgram(program);
    this.map = mapMemory(this.loaded, limits);
    this.memory = new MemoryView(createMemory(this.map));
    this.#host = host;
    this.#limits = limits;
    this.#slice = Math.max(1, checks.slice);
    this.#verify = checks.verify;
    this.#reserve = limits.fuel;
    this.#deadline = limits.timeMs === Infinity ? Infinity : host.now() + limits.timeMs / 1000;

    const env = { memory: this.memory.memory };
    const core = new WebAssembly.Instance(modules.core, { env, host: this.#hostImports() });
    // exports of the core are functions with the types that `core-exports.ts` gives
    const coreExports = core.exports as Record<string, (...args: never[]) => unknown>;
    this.#writeProgram(checks);
    present(coreExports['gc_init'], 'gc_init of the core')();
    // A reference to something freed then shows.
    if (checks.verify) this.memory.setU32(CORE_REGS.POISON, 1);
    const interpreter = new WebAssembly.Instance(modules.interpreter, { env, core: coreExports, host: imports });
    this.core = coreExports;
    this.run = present(interpreter.exports['run'], 'run of the interpreter') as () => number;
    this.table = present(interpreter.exports['table'], 'table of the interpreter') as WebAssembly.Table;
  }

  /**
   * From now on calls of the function run machine code: `entry(frame) -> status` loads its parameters from the window and stores its
   * result in the first slot. Frames of the function that exist already go on in bytecode.
   */
  installMachineCode(func: FuncIndex, entry: (frame: number) => number): void {
    const index = this.table.grow(1);
    this.table.set(index, entry);
    const stub = present(this.loaded.code[func], 'function') - ENTRY_BYTES;
    machineEntry(index).forEach((word, i) => {
      this.memory.setU32(stub + 4 * i, word);
    });
    this.#setEntry(func, stub);
  }

  /** Calls of the function run its bytecode again. */
  removeMachineCode(func: FuncIndex): void {
    this.#setEntry(func, present(this.loaded.code[func], 'function'));
  }

  #setEntry(func: FuncIndex, address: number): void {
    this.memory.setU32(this.#funcInfo(func) + FUNC_INFO.code, address);
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
    if (this.#limits.depth < 1) {
      const { kind, message } = TRAPS.stackOverflow;
      return { status: 'error', trap: { kind, message, trace: [], whileLoading: false } };
    }
    const frame = this.map.stackBase + 8 * FRAME_HEADER_SLOTS;
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
    const status = this.#drive();
    this.#flushOutput();
    if (status === 'returned') return { status, slot: this.memory.i64(frame) };
    const trace = readTrace(this.memory, this.program, this.loaded);
    if (status !== 'error') return { status: 'limit', limit: status, trace };
    return { status: 'error', trap: { ...this.#pendingError(), trace, whileLoading: false } };
  }

  stats(): RunStats {
    return machineStats(this.memory, { fuel: this.fuelUsed(), slices: this.#slices });
  }

  fuelUsed(): number {
    return Number(this.#given - this.memory.i64(VM_FUEL));
  }

  // slices

  #drive(): 'returned' | 'error' | LimitName {
    this.#give(this.#slice);
    for (;;) {
      this.memory.setI64(FUEL_WANTED, 0n);
      this.#slices++;
      const status = this.run();
      if (status === RUN_STATUS.fuel) {
        const limit = this.#betweenSlices();
        if (limit !== null) return limit;
        continue;
      }
      if (status === RUN_STATUS.host) {
        const thrown = this.#hostError;
        this.#hostError = null;
        if (thrown) throw thrown.error;
        return 'interrupt';
      }
      return status === RUN_STATUS.done ? 'returned' : 'error';
    }
  }

  /** Fuel for the next slice, or the limit that was reached. */
  #betweenSlices(): LimitName | null {
    if (this.#verify && (this.#slices & (this.#slices - 1)) === 0) this.#checkHeap();
    this.#flushOutput();
    if (this.#host.interrupted?.()) return 'interrupt';
    if (this.#deadline !== Infinity && this.#host.now() > this.#deadline) return 'time';
    if (this.#reserve <= 0) return 'fuel';
    const wanted = Number(this.memory.i64(FUEL_WANTED));
    this.#give(Math.max(this.#slice, wanted));
    return null;
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

  #flushOutput(): void {
    present(this.core['flush'], 'flush of the core')();
    const thrown = this.#hostError;
    this.#hostError = null;
    if (thrown) throw thrown.error;
  }

  // the start

  #writeProgram(checks: Checks): void {
    const { image, registers } = this.loaded;
    const { stackBase, stackLimit, heapBase, heapLimit } = this.map;
    this.memory.bytes(image.base, image.end - image.base).set(image.view());
    for (const [name, value] of Object.entries(registers)) this.#set(name as VmWord, value);
    this.#set('STACK_BASE', stackBase);
    this.#set('STACK_LIMIT', stackLimit);
    this.#set('DEPTH_LIMIT', Math.min(this.#limits.depth, 0xffff_ffff));
    this.#set('HEAP_BASE', heapBase);
    this.#set('HEAP_LIMIT', heapLimit);
    this.#set('STRESS_GC', checks.stressGc ? 1 : 0);
  }

  /** What the core asks of its host. An exception waits until no guest code is on the native stack. */
  #hostImports(): Record<string, (...args: never[]) => unknown> {
    let line: Uint8Array | null = null;
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
        line ??= this.#host.readLine();
        return line === null ? -1 : line.length;
      },
      take_line: (address: number): void => {
        if (line === null) throw new Bug('no line was read');
        this.memory.bytes(address >>> 0, line.length).set(line);
        line = null;
      },
      now: () => this.#host.now(),
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
