/**
 * The interpreter as an engine: the register machine in WebAssembly, without machine code of its own.
 */
import type { Engine, Instance } from '../engine.ts';
import { growingMachine } from '../vm/growing.ts';
import { Vm, type MachineModules } from '../vm/vm.ts';
import { builtInMachine } from './built-in-machine.ts';

/** What the host contributes to making machines. */
export interface InterpOptions {
  /** The machine's module, if the host has it at hand as bytes; else the text that is built in is decoded. */
  readonly machine?: () => Uint8Array<ArrayBuffer>;
  /** Compiles the machine's module, runtime core and interpreter; a host may raise its optimiser's threshold around it. */
  readonly compileModule?: (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module;
}

/** An interpreter engine; its modules are compiled when the first instance is made. */
export function createInterpEngine(options: InterpOptions = {}): Engine {
  const machine = options.machine ?? (() => builtInMachine());
  const compile = options.compileModule ?? ((bytes) => new WebAssembly.Module(bytes));
  let modules: MachineModules | null = null;
  const compiled = (): MachineModules => (modules ??= { core: compile(machine()) });
  return {
    name: 'interp',
    doc: 'bytecode interpreter in WebAssembly',
    create(program, host, limits, checks): Instance {
      const vm = new Vm(program.bytecode(), host, limits, checks, compiled());
      return { run: () => vm.runProgram(), stats: () => vm.stats() };
    },
    createGrowing: (host, limits, checks) => growingMachine(host, limits, checks, compiled()),
  };
}

export const interpEngine: Engine = createInterpEngine();
