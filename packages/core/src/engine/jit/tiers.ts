/**
 * Compiles what is hot and lets frames go on in it.
 *
 * A hot function is compiled together with what it calls. If the frame that was seen in it stands in a loop, the loop goes on in machine
 * code that is entered at that poll, an entry of the function, with what the loop calls; the frame is finished there. What is entered at other polls of the same function would
 * be a copy of nearly the same code, so a frame that comes out of machine code goes on in bytecode for some short slices, to
 * where there is an entry already. Nothing here changes what a program does.
 *
 * Everything happens between two slices, with no guest code on the host's stack, so that code may be removed at any such time.
 */
import { Bug, present } from '../../base/bug.ts';
import { decode, decodeAll } from '../../isa/encode.ts';
import type { BytecodeFunc, BytecodeProgram, FuncIndex } from '../../isa/program.ts';
import { FRAME, VM_REGS } from '../../runtime/layout.ts';
import type { Vm } from '../vm/vm.ts';
import type { Refusal } from './flow.ts';
import type { Instruments } from './instruments.ts';
import { requestOfCalls, requestOfEntry, type KeptUnit, type UnitStore } from './kept-units.ts';
import { addressing, NO_CODE, type Linkage, type Resident } from './linkage.ts';
import { LiveCode, type Entry, type Home, type Unit } from './live-code.ts';
import { linkUnit, type CompileUnit, type LinkedFunction, type UnitCode, type UnitFunction } from './link-unit.ts';
import type { JitObserver, UnitPart } from './observer.ts';
import { calleeOf } from './slots.ts';
import { lineOf } from './source-line.ts';
import type { Plan } from './plan.ts';
import { planUnit } from './translate.ts';
import { AS_CALLER, LEAVING, SLICES, type Tuning } from './tuning.ts';
import { buildUnit } from './unit.ts';

export interface TierOptions {
  readonly tuning: Tuning;
  readonly compileUnit: CompileUnit;
  readonly observer?: JitObserver | undefined;
  readonly instruments?: Instruments | undefined;
  /** Units of earlier runs of the same program, if the host keeps any; asked for when the first unit is wanted. */
  readonly kept?: (() => UnitStore) | undefined;
}

/** A frame whose function is hot, as a sample found it. */
export interface Seen {
  readonly func: number;
  readonly samples: number;
  readonly innermost: boolean;
  /** Its function was called by the driver, once. */
  readonly outermost: boolean;
}

/** A program and what is compiled of it. */
interface Part extends Resident, Home {
  readonly link: Linkage;
  /** By function, the boxed entries that call it. */
  readonly adapters: () => ReadonlyMap<FuncIndex, readonly FuncIndex[]>;
}

export class Tiers {
  readonly #vm: Vm;
  readonly #options: TierOptions;
  readonly #store: UnitStore | undefined;
  readonly #parts: Part[] = [];
  readonly #live: LiveCode;
  readonly #refused = new Map<number, Refusal>();
  /** How often guesses about an instruction failed, by its address, and the instructions about which none are made any more. */
  readonly #failures = new Map<number, number>();
  readonly #careful = new Set<number>();
  /** Why nothing is compiled any more. */
  #unavailable: string | null = null;
  #samples = 0;
  #shortSlices = 0;
  /** Slices for which machine code is left at their end. */
  #young = 0;
  #staying = 0;
  /** Whether the host may have made something that it will replace. */
  #baseline = false;
  #usual = 0;
  /** Where the last slice ended was in machine code; times by where slices end. */
  #inMachineCode = false;
  #lastEnd: number;
  readonly #counts = {
    interpretedMs: 0,
    machineMs: 0,
    resumed: 0,
    guesses: 0,
    translateMs: 0,
    hostMs: 0,
  };

  constructor(vm: Vm, options: TierOptions) {
    this.#vm = vm;
    this.#options = options;
    this.#store = options.kept?.();
    this.#live = new LiveCode(vm, options.tuning.liveBytes, options.observer);
    this.#lastEnd = this.#ms();
    vm.guessFailed = (frame, address) => this.#guessFailed(vm.memory.u32(frame + FRAME.func), address);
  }

  /** A program that is in the machine from now on. */
  add(program: BytecodeProgram, first: number): void {
    const { rounds, wrong } = this.#options.tuning;
    const resident = { vm: this.#vm, program, first, careful: this.#careful, rounds, wrong };
    const link = { ...addressing(resident), ...NO_CODE };
    let adapters: ReadonlyMap<FuncIndex, readonly FuncIndex[]> | null = null;
    const part: Part = { ...resident, link, compiled: new Map(), adapters: () => (adapters ??= adaptersIn(program)) };
    this.#parts.push(part);
    if (this.#options.tuning.threshold > 0) return;
    this.#compile(
      part,
      program.funcs.map((_, i) => i as FuncIndex),
      Infinity,
    );
  }

  stats(): Readonly<Record<string, number>> {
    const { interpretedMs, machineMs, resumed, guesses, translateMs, hostMs } = this.#counts;
    return {
      ...this.#live.stats(),
      'jit.wrong-guesses': guesses,
      'jit.resumed': resumed,
      'jit.refused': this.#refused.size,
      'jit.unavailable': this.#unavailable === null ? 0 : 1,
      'time.interpreted-ms': interpretedMs,
      'time.machine-code-ms': machineMs,
      'time.translate-ms': translateMs,
      'time.host-compile-ms': hostMs,
    };
  }

  /** After a slice: the frames whose functions are hot, innermost first. Gives the fuel for the next slice. */
  sample(hot: readonly Seen[], usual: number): number {
    this.#usual = usual;
    this.#samples++;
    this.#sliceEnded();
    const left = this.#inMachineCode;
    this.#inMachineCode = false;
    const wanted = new Set<number>();
    for (const seen of hot) {
      const unit = this.#live.unitOf(seen.func);
      if (unit !== undefined) unit.used = this.#samples;
      else if (!left && this.#isCalledAgain(seen)) wanted.add(seen.func);
    }
    if (wanted.size > 0) this.#compileHot([...wanted]);
    const [first] = hot;
    const fuel = first?.innermost ? this.#goOn(first.func, usual) : usual;
    // what was compiled now is no part of the next slice
    this.#lastEnd = this.#ms();
    return fuel;
  }

  /**
   * Whether a function without machine code is likely to be called once more, and so to be compiled for calls. What is small is; what is
   * large and was caught in a loop gets an entry for that first. If it is seen in bytecode again, that is another call.
   */
  #isCalledAgain({ func, samples, innermost, outermost }: Seen): boolean {
    if (outermost || this.#refused.has(func)) return false;
    const { onceWords, threshold } = this.#options.tuning;
    const part = this.#partOf(func);
    if (codeOf(part, (func - part.first) as FuncIndex).code.length <= onceWords) return true;
    return innermost ? this.#live.entriesOf(func) > 0 : samples >= AS_CALLER * threshold;
  }

  /** Lets the innermost frame go on in machine code or near it; gives the fuel for that. */
  #goOn(func: number, usual: number): number {
    if (this.#resume(func)) {
      this.#shortSlices = 0;
      return usual * SLICES.long;
    }
    if (!this.#live.has(func) || this.#shortSlices > SLICES.shortInARow) return usual;
    this.#shortSlices++;
    return Math.max(1, Math.floor(usual * SLICES.short));
  }

  /**
   * Whether machine code that has used its slice up goes on in place. Young code is left and entered again instead, because the host
   * replaces what its baseline compiler made only when a function is entered; old code now and then, for its callers' sake.
   */
  readonly #refill = (cost: number): number => {
    this.#inMachineCode = true;
    if (this.#young > 0 || this.#usual < LEAVING.least) {
      this.#young--;
      return 0;
    }
    if (this.#baseline) this.#young = this.#staying++ % LEAVING.stay === LEAVING.stay - 1 ? 1 : 0;
    this.#sliceEnded();
    return this.#vm.extendSlice(cost, this.#usual * SLICES.long);
  };

  /** The time since the last end of a slice belongs to where this one ended: a sample, as good as the slices are many. */
  #sliceEnded(): void {
    const now = this.#ms();
    this.#counts[this.#inMachineCode ? 'machineMs' : 'interpretedMs'] += now - this.#lastEnd;
    this.#lastEnd = now;
  }

  /** Lets the innermost frame go on in machine code, if it stands at a poll where that can be. */
  #resume(func: number): boolean {
    const address = this.#vm.memory.u32(VM_REGS.PC);
    let known = this.#live.entryAt(address);
    if (known === undefined) {
      if (!this.#mayEnter(func)) return false;
      known = this.#makeEntry(func, address);
      this.#live.remember(address, known);
    }
    if (known === null) return false;
    known.unit.used = this.#samples;
    this.#counts.resumed++;
    this.#vm.resumeIn(known.entry);
    return true;
  }

  /**
   * Whether another entry of a function is worth its while: it has none, or none of those that it has was reached for long. A frame of what
   * has machine code for calls may be done soon; its next call runs that.
   */
  #mayEnter(func: number): boolean {
    const entries = this.#live.entriesOf(func);
    if (entries === 0) return this.#live.unitOf(func) === undefined || this.#shortSlices >= SLICES.toEnd;
    return entries < this.#options.tuning.entries && this.#shortSlices >= SLICES.shortInARow;
  }

  #makeEntry(func: number, address: number): Entry | null {
    const part = this.#partOf(func);
    const local = (func - part.first) as FuncIndex;
    const pc = (address - part.link.codeAddress(local)) / 4;
    if (!isPoll(codeOf(part, local), pc)) return null;
    if (pc === 0) return this.#entryOfCalls(func);
    if (this.#unavailable !== null) return null;
    const made = this.#make(part, requestOfEntry(local, pc), () => {
      const plan = this.#plan(part, local, pc);
      if (plan === null) return [];
      const words = this.#options.tuning.unitWords - codeOf(part, local).code.length;
      return words > 0 ? [plan, ...this.#plansOfCalls(part, calleesInLoops(plan), words)] : [plan];
    });
    if (made === null) return null;
    const { unit, functions } = made;
    const [entered, ...callees] = functions;
    this.#install(part, unit, callees);
    return this.#live.enter(unit, func, present(entered, 'function of the unit').run);
  }

  /** A frame that has not paid for its first instruction yet goes on where calls begin. */
  #entryOfCalls(func: number): Entry | null {
    if (this.#live.unitOf(func) === undefined && !this.#refused.has(func)) this.#compileHot([func]);
    const unit = this.#live.unitOf(func);
    if (unit === undefined) return null;
    return { unit, entry: present(unit.table[unit.funcs.indexOf(func)], 'entry of a function') };
  }

  /** Compiles functions that are hot at the same time: one unit for those that are small, which costs less than one for each. */
  #compileHot(funcs: readonly number[]): void {
    const { batchWords, unitWords } = this.#options.tuning;
    let roots: FuncIndex[] = [];
    let words = 0;
    funcs.forEach((func, i) => {
      const part = this.#partOf(func);
      const local = (func - part.first) as FuncIndex;
      roots.push(local);
      words += codeOf(part, local).code.length;
      const next = funcs[i + 1];
      if (next !== undefined && words <= batchWords && this.#partOf(next) === part) return;
      this.#compile(part, roots, unitWords);
      roots = [];
      words = 0;
    });
  }

  /** Compiles functions and what they call, as far as it is not yet compiled. */
  #compile(part: Part, roots: readonly FuncIndex[], words: number): void {
    if (this.#unavailable !== null) return;
    const made = this.#make(part, requestOfCalls(roots), () => this.#plansOfCalls(part, roots, words));
    if (made === null) return;
    this.#install(part, made.unit, made.functions);
  }

  /** Has calls of functions run a unit from now on. */
  #install(part: Part, unit: Unit, functions: readonly LinkedFunction[]): void {
    this.#live.install(unit, functions);
    for (const each of functions) {
      this.#options.observer?.event({ kind: 'installed', unit: unit.number, part: this.#described(part, each) });
    }
  }

  /** Plans for functions and what they call, as far as it is not yet compiled. */
  #plansOfCalls(part: Part, roots: readonly FuncIndex[], words: number): Plan[] {
    const { first } = part;
    const plans: Plan[] = [];
    const seen = new Set<FuncIndex>(roots);
    let size = 0;
    // the set grows while it is walked
    for (const func of seen) {
      if (part.compiled.has(func) || this.#refused.has(first + func)) continue;
      const { length } = codeOf(part, func).code;
      if (length === 0 || (size > 0 && size + length > words)) continue;
      const plan = this.#plan(part, func, 0);
      if (plan === null) continue;
      size += length;
      plans.push(plan);
      for (const inst of plan.flow.insts) {
        const callee = calleeOf(inst);
        if (callee !== null) seen.add(callee);
      }
      // Who calls it as a function value comes through its adapter, which takes no fuel and so is never sampled as the innermost frame.
      for (const adapter of part.adapters().get(func) ?? []) seen.add(adapter);
    }
    return plans;
  }

  /** How a function becomes machine code; null if it does not. */
  #plan(part: Part, func: FuncIndex, entry: number): Plan | null {
    const plan = planUnit(part.link, func, entry);
    if (typeof plan !== 'string') return plan;
    if (entry === 0) this.#refused.set(part.first + func, plan);
    this.#options.observer?.event({ kind: 'refused', part: this.#named(part, func, entry), why: plan });
    return null;
  }

  /** What an earlier run made of a request, if it fits what there is now. */
  #kept(part: Part, request: string): KeptUnit | null {
    // What guesses have failed is to be made without them.
    const kept = this.#careful.size === 0 ? this.#store?.find(request) : undefined;
    if (!kept) return null;
    const { functions, outer, interpreted } = kept.unit;
    const isNew = ({ func, entry }: UnitFunction): boolean =>
      entry !== 0 || !(part.compiled.has(func) || this.#refused.has(part.first + func));
    // Who does not expect a collection has not written its frame.
    const isExpected = ([func, expected]: [FuncIndex, boolean]): boolean => {
      const callee = part.compiled.get(func);
      return callee !== undefined && (expected || !callee.collects);
    };
    // Now they may be called directly.
    const areStill = interpreted.every((func) => !part.compiled.has(func));
    return functions.every(isNew) && [...outer].every(isExpected) && areStill ? kept : null;
  }

  /** Has a module compiled and linked; null if nothing is planned, or the host does not. */
  #make(
    part: Part,
    request: string,
    plan: () => readonly Plan[],
  ): { readonly unit: Unit; readonly functions: readonly LinkedFunction[] } | null {
    const { observer, instruments, compileUnit } = this.#options;
    const begun = this.#ms();
    const kept = this.#kept(part, request);
    const plans = kept === null ? plan() : [];
    if (kept === null && plans.length === 0) return null;
    const module: UnitCode = kept?.unit ?? buildUnit(part.link, plans, part.compiled, { instruments });
    const written = this.#ms();
    let functions: readonly LinkedFunction[];
    const { compiled } = part;
    const table = module.calls ? this.#live.newTable() : null;
    try {
      const code = kept?.code ?? compileUnit(module.bytes, kept !== null);
      functions = linkUnit(part, module, code.module, { compiled, table, refill: this.#refill, instruments });
      if (code !== kept?.code) this.#store?.add(request, module, code);
      if (!code.optimised) {
        this.#baseline = true;
        this.#young = LEAVING.young;
      }
    } catch (error) {
      if (error instanceof Bug) throw error;
      // Compiling is forbidden, or there is no space for code: what is there stays, the rest is interpreted.
      this.#unavailable = error instanceof Error ? error.message : String(error);
      observer?.event({ kind: 'unavailable', why: this.#unavailable });
      return null;
    }
    const unit = this.#live.add(part, module, table, this.#samples);
    const translateMs = written - begun;
    const hostMs = this.#ms() - written;
    this.#counts.translateMs += translateMs;
    this.#counts.hostMs += hostMs;
    observer?.event({
      kind: 'compiled',
      unit: unit.number,
      parts: functions.map((each) => this.#described(part, each)),
      bytes: unit.bytes,
      translateMs,
      hostMs,
    });
    return { unit, functions };
  }

  #ms(): number {
    return this.#vm.now() * 1000;
  }

  /** Machine code was wrong about an instruction; when that has happened often, it is made again without the guess. */
  #guessFailed(func: number, address: number): void {
    const failures = (this.#failures.get(address) ?? 0) + 1;
    this.#failures.set(address, failures);
    this.#counts.guesses++;
    if (failures < GUESSES || this.#careful.has(address)) return;
    this.#careful.add(address);
    const part = this.#partOf(func);
    const code = part.link.codeAddress((func - part.first) as FuncIndex);
    const end = code + 4 * codeOf(part, (func - part.first) as FuncIndex).code.length;
    this.#live.removeAll(func, code, end);
  }

  // naming

  #partOf(func: number): Part {
    return present(this.#parts.filter(({ first }) => first <= func).at(-1), 'program of a function');
  }

  #named(part: Part, func: FuncIndex, entry: number): Omit<UnitPart, 'instructions'> {
    const code = codeOf(part, func);
    return { func, name: code.name, entry, line: lineOf(part.program, code, entry) };
  }

  #described(part: Part, { func, entry, instructions }: UnitFunction): UnitPart {
    return { ...this.#named(part, func, entry), instructions };
  }
}

function codeOf({ program }: Part, func: FuncIndex): BytecodeFunc {
  return present(program.funcs[func], 'function');
}

/** The boxed entries of a program, by the functions that they call. */
function adaptersIn({ funcs }: BytecodeProgram): Map<FuncIndex, FuncIndex[]> {
  const adapters = new Map<FuncIndex, FuncIndex[]>();
  for (const [i, { boxed, code }] of funcs.entries()) {
    if (boxed !== i) continue;
    for (const inst of decodeAll(code)) {
      const callee = calleeOf(inst);
      if (callee !== null) adapters.set(callee, [...(adapters.get(callee) ?? []), boxed]);
    }
  }
  return adapters;
}

/** What the loops of a plan call. */
function calleesInLoops({ flow, loops }: Plan): FuncIndex[] {
  return flow.blocks.flatMap(({ start, end }, block) =>
    loops[block] ? flow.insts.slice(start, end).flatMap((inst) => calleeOf(inst) ?? []) : [],
  );
}

/** Guesses about one instruction that may fail. */
const GUESSES = 10;

/** Whether the instruction at a pc is one that takes fuel before it does anything else. */
function isPoll(func: BytecodeFunc, pc: number): boolean {
  return decode(func.code, pc).op.placed.some(({ kind }) => kind === 'cost');
}
