/**
 * When code becomes machine code.
 *
 * Fuel is the clock: a slice ends at a poll, after an amount of work, so where slices end is a sample of where work is done. The
 * function of the innermost frame has been seen once more, and so have those of its callers; one that was seen often enough is
 * compiled, together with what it calls. If the frame stands in a loop, the loop goes on in machine code that is entered at that poll.
 * So nothing is counted while code runs, and the same program compiles at the same points everywhere.
 */
import { present } from '../../base/bug.ts';
import { decode } from '../../isa/encode.ts';
import type { BytecodeFunc, FuncIndex } from '../../isa/program.ts';
import { FRAME, FRAME_ENDS_RUN, VM_REGS } from '../../runtime/layout.ts';
import type { Vm } from '../vm/vm.ts';
import type { Refusal } from './flow.ts';
import type { Linkage } from './linkage.ts';
import { calleeOf } from './slots.ts';
import { planUnit, type Plan } from './translate.ts';
import { addressing, makeUnit, type Compiled } from './unit.ts';

/** How eagerly code is compiled. */
export interface Tuning {
  /** Samples after which a function is hot; 0: everything is compiled before it runs. */
  readonly threshold: number;
  /** Callers that are sampled with the innermost frame. */
  readonly callers: number;
  /** Bytecode words that are compiled together with a hot function: its callees, nearest first. */
  readonly unitWords: number;
}

export const DEFAULT_TUNING: Tuning = { threshold: 2, callers: 4, unitWords: 4000 };

/**
 * Slices of another length than usual: long in machine code, which does more work in the same time, and short while a frame of a
 * compiled function runs in the interpreter and stands at a poll where it cannot go on in machine code; another poll is near. At the end
 * of a slice of at least `least` machine code may stay; it does not for its first `young` slices, nor every time after `stay` ones.
 */
const SLICES = { long: 8, short: 1 / 500, shortInARow: 100, least: 10_000, young: 16, stay: 32 } as const;

export interface TierStats {
  units: number;
  functions: number;
  /** Frames that went on in machine code at a poll. */
  resumed: number;
  readonly refused: Map<FuncIndex, Refusal>;
}

export class Tiers {
  readonly stats: TierStats = { units: 0, functions: 0, resumed: 0, refused: new Map() };
  readonly #vm: Vm;
  readonly #tuning: Tuning;
  readonly #compileModule: (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module;
  readonly #link: Linkage;
  readonly #samples: Uint32Array;
  #shortSlices = 0;
  /** Slices for which machine code is left at their end. */
  #young = 0;
  #staying = 0;
  #usual = 0;
  readonly #compiled = new Map<FuncIndex, Compiled>();
  /** Entries of machine code by the address of the poll where frames go on in it; null: there can be none. */
  readonly #resumable = new Map<number, number | null>();

  constructor(vm: Vm, tuning: Tuning, compileModule: (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module) {
    this.#vm = vm;
    this.#tuning = tuning;
    this.#compileModule = compileModule;
    this.#samples = new Uint32Array(vm.program.funcs.length);
    const none = (): never => {
      throw new Error('plans are made without code');
    };
    this.#link = { ...addressing(vm), core: none, builtin: none, direct: () => null, outlined: NO_OUTLINED };
    if (tuning.threshold === 0)
      this.#compile(
        vm.program.funcs.map((_, i) => i as FuncIndex),
        Infinity,
      );
    vm.betweenSlices = (usual) => this.#sample(usual);
  }

  /** Looks at the frames; the innermost may be made to go on in machine code. Gives the fuel for the next slice. */
  #sample(usual: number): number {
    this.#usual = usual;
    const vm = this.#vm;
    const { memory } = vm;
    const hot: FuncIndex[] = [];
    let frame = memory.u32(VM_REGS.FP);
    const innermost = memory.u32(frame + FRAME.func) as FuncIndex;
    for (let i = 0; i <= this.#tuning.callers; i++) {
      const func = memory.u32(frame + FRAME.func) as FuncIndex;
      const seen = (this.#samples[func] as number) + 1;
      this.#samples[func] = seen;
      if (seen >= this.#tuning.threshold && !this.#isDone(func)) hot.push(func);
      if ((memory.u32(frame + FRAME.returnPc) & ~FRAME_ENDS_RUN) === 0) break;
      frame = memory.u32(frame + FRAME.callerFp);
    }
    if (hot.length > 0) this.#compile(hot, this.#tuning.unitWords);
    if ((this.#samples[innermost] as number) < this.#tuning.threshold) return usual;
    if (this.#resume(innermost)) {
      this.#shortSlices = 0;
      return usual * SLICES.long;
    }
    if (!this.#compiled.has(innermost) || ++this.#shortSlices > SLICES.shortInARow) return usual;
    return Math.max(1, Math.floor(usual * SLICES.short));
  }

  #made(): void {
    this.stats.units++;
    this.#young = SLICES.young;
  }

  /**
   * Whether machine code that has used its slice up goes on in place. Young code is left and entered again instead, because the host
   * replaces what its baseline compiler made only when a function is entered; old code now and then, for its callers' sake.
   */
  readonly #refill = (cost: number): number => {
    if (this.#young > 0 || this.#usual < SLICES.least) {
      this.#young--;
      return 0;
    }
    this.#young = this.#staying++ % SLICES.stay === SLICES.stay - 1 ? 1 : 0;
    return this.#vm.extendSlice(cost, this.#usual * SLICES.long);
  };

  #isDone(func: FuncIndex): boolean {
    return this.#compiled.has(func) || this.stats.refused.has(func);
  }

  /** Lets the innermost frame go on in machine code, if it stands at a poll where that can be. */
  #resume(func: FuncIndex): boolean {
    const vm = this.#vm;
    const address = vm.memory.u32(VM_REGS.PC);
    let entry = this.#resumable.get(address);
    if (entry === undefined) {
      entry = this.#makeResumable(func, address);
      this.#resumable.set(address, entry);
    }
    if (entry === null) return false;
    this.stats.resumed++;
    vm.resumeIn(entry);
    return true;
  }

  #makeResumable(func: FuncIndex, address: number): number | null {
    const vm = this.#vm;
    const code = present(vm.program.funcs[func], 'function');
    const pc = (address - present(vm.loaded.code[func], 'code')) / 4;
    if (!isPoll(code, pc)) return null;
    const plan = planUnit(this.#link, func, pc);
    if (typeof plan === 'string') return null;
    const [unit] = makeUnit(vm, [plan], this.#compiled, this.#compileModule, this.#refill);
    this.#made();
    return vm.addEntry(present(unit, 'unit').entry);
  }

  /** Compiles functions and what they call, as far as it is not yet compiled. */
  #compile(roots: readonly FuncIndex[], words: number): void {
    const plans: Plan[] = [];
    const seen = new Set<FuncIndex>(roots);
    let size = 0;
    // the set grows while it is walked
    for (const func of seen) {
      if (this.#isDone(func)) continue;
      const code = present(this.#vm.program.funcs[func], 'function');
      if (code.code.length === 0) continue;
      if (size > 0 && size + code.code.length > words) continue;
      const plan = planUnit(this.#link, func, 0);
      if (typeof plan === 'string') {
        this.stats.refused.set(func, plan);
        continue;
      }
      size += code.code.length;
      plans.push(plan);
      for (const inst of plan.flow.insts) {
        const callee = calleeOf(inst);
        if (callee !== null) seen.add(callee);
      }
    }
    if (plans.length === 0) return;
    const units = makeUnit(this.#vm, plans, this.#compiled, this.#compileModule, this.#refill);
    this.#made();
    for (const { plan, entry, compiled } of units) {
      this.#compiled.set(plan.func, compiled);
      this.#vm.installMachineCode(plan.func, entry);
      this.stats.functions++;
    }
  }
}

/** Plans are made without code. */
const NO_OUTLINED = { pending: 0, more: 0, stand: 0, header: 0, far: 0 } as const;

/** Whether the instruction at a pc is one that takes fuel before it does anything else. */
function isPoll(func: BytecodeFunc, pc: number): boolean {
  return decode(func.code, pc).op.placed.some(({ kind }) => kind === 'cost');
}
