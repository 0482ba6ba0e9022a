/**
 * The tiering engine: the interpreter starts, what gets hot goes on as machine code.
 */
import type { Engine, Instance } from '../engine.ts';
import { builtInMachine } from '../interp/built-in-machine.ts';
import { growingMachine } from '../vm/growing.ts';
import { Vm, type MachineModules } from '../vm/vm.ts';
import type { Instruments } from './instruments.ts';
import type { JitObserver } from './observer.ts';
import { Sampler } from './sampler.ts';
import type { CompileUnit } from './link-unit.ts';
import type { TierOptions } from './tiers.ts';
import { DEFAULT_TUNING, type Tuning } from './tuning.ts';

export interface JitOptions {
  /** The machine's module, see `createInterpEngine`. */
  readonly machine?: () => WebAssembly.Module;
  /** Compiles machine code; a host may skip its baseline compiler. If this throws, everything goes on in the interpreter. */
  readonly compileUnit?: CompileUnit;
  readonly tuning?: Tuning;
  readonly observer?: JitObserver | undefined;
  readonly instruments?: JitInstruments | undefined;
  /** See `TierOptions`. */
  readonly kept?: TierOptions['kept'];
}

/** What is built into machines and units for those who want to see them work. */
export interface JitInstruments extends Instruments {
  readonly modules: MachineModules;
  /** What the interpreter imports. */
  readonly imports: Readonly<Record<string, (...args: never[]) => unknown>>;
  /** A machine was made. */
  begin(vm: Vm): void;
}

/** An engine with machine code; its modules are compiled when the first instance is made. */
export function createJitEngine(options: JitOptions = {}): Engine {
  const machine = options.machine ?? (() => builtInMachine());
  let modules: MachineModules | null = null;
  const compiled = (): MachineModules => options.instruments?.modules ?? (modules ??= { core: machine() });
  const tiers: TierOptions = {
    tuning: options.tuning ?? DEFAULT_TUNING,
    compileUnit: options.compileUnit ?? ((bytes) => ({ module: new WebAssembly.Module(bytes), optimised: false })),
    observer: options.observer,
    instruments: options.instruments,
    kept: options.kept,
  };
  return {
    name: 'jit',
    doc: 'interpreter and, for hot code, machine code',
    create(program, host, limits, checks): Instance {
      const bytecode = program.bytecode();
      const vm = new Vm(bytecode, host, limits, checks, compiled(), options.instruments?.imports);
      options.instruments?.begin(vm);
      const sampler = new Sampler(vm, tiers);
      sampler.add(bytecode, 0);
      return { run: () => vm.runProgram(), stats: () => ({ ...vm.stats(), ...sampler.stats() }) };
    },
    createGrowing: (host, limits, checks) =>
      growingMachine(host, limits, checks, compiled(), (vm) => new Sampler(vm, tiers)),
  };
}

export const jitEngine: Engine = createJitEngine();
