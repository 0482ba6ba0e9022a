/**
 * Finds out what is hot, and calls the compiler of machine code then.
 *
 * Fuel is the clock: a slice ends at a poll, after an amount of work, so where slices end is a sample of where work is done. The
 * function of the innermost frame has been seen once more, and so have those of its callers. Nothing is counted while code runs. The
 * compiler itself (`tiers.ts` and all that it needs) is loaded when it is first wanted: most programs end before.
 */
import type { BytecodeProgram } from '../../isa/program.ts';
import { FRAME, FRAME_ENDS_RUN, VM_REGS } from '../../runtime/layout.ts';
import type { RunStats } from '../engine.ts';
import type { Vm } from '../vm/vm.ts';
import { Tiers, type Seen, type TierOptions } from './tiers.ts';

export class Sampler {
  readonly #vm: Vm;
  readonly #options: TierOptions;
  readonly #programs: { readonly program: BytecodeProgram; readonly first: number }[] = [];
  /** By number of a function in the machine. */
  #samples: number[] = [];
  /** Milliseconds on the machine's clock until which nothing is compiled; null: no slice has ended yet. */
  #patientUntil: number | null = null;
  #patient: boolean;
  /** Slices that ended in something hot before anything was compiled. */
  #waited = 0;
  #tiers: Tiers | null = null;

  constructor(vm: Vm, options: TierOptions) {
    this.#vm = vm;
    this.#options = options;
    this.#patient = options.tuning.patienceMs > 0;
    vm.betweenSlices = (usual) => this.#sample(usual);
  }

  /** A program that is in the machine, its first function with this number there. */
  add(program: BytecodeProgram, first: number): void {
    this.#programs.push({ program, first });
    this.#tiers?.add(program, first);
    if (this.#options.tuning.threshold === 0) this.#compiler();
  }

  stats(): Pick<RunStats, string> {
    return this.#tiers?.stats() ?? { 'jit.units': 0 };
  }

  /** Gives the fuel for the next slice. */
  #sample(usual: number): number {
    const { memory } = this.#vm;
    const { callers, threshold } = this.#options.tuning;
    const hot: Seen[] = [];
    let frame = memory.u32(VM_REGS.FP);
    for (let i = 0; i <= callers; i++) {
      const func = memory.u32(frame + FRAME.func);
      const samples = (this.#samples[func] ?? 0) + 1;
      this.#samples[func] = samples;
      const outermost = (memory.u32(frame + FRAME.returnPc) & ~FRAME_ENDS_RUN) === 0;
      if (samples >= threshold) hot.push({ func, samples, innermost: i === 0, outermost });
      if (outermost) break;
      frame = memory.u32(frame + FRAME.callerFp);
    }
    if (hot.length === 0 || this.#waits()) return usual;
    return this.#compiler().sample(hot, usual);
  }

  #waits(): boolean {
    if (!this.#patient) return false;
    const now = this.#vm.now() * 1000;
    this.#patientUntil ??= now + this.#options.tuning.patienceMs;
    this.#waited++;
    this.#patient = now < this.#patientUntil || this.#waited < this.#options.tuning.patienceSlices;
    return this.#patient;
  }

  #compiler(): Tiers {
    if (this.#tiers === null) {
      this.#tiers = new Tiers(this.#vm, this.#options);
      for (const { program, first } of this.#programs) this.#tiers.add(program, first);
    }
    return this.#tiers;
  }
}
