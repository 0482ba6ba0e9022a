/**
 * The interpreter as an engine: the register machine in WebAssembly, without machine code of its own.
 */
import type { Engine, Instance } from '../engine.ts';
import { growingMachine } from '../vm/growing.ts';
import { Vm, type MachineModules } from '../vm/vm.ts';
import { builtInMachine } from './built-in-machine.ts';

/**
 * An interpreter engine. `machine` gives the machine's module, runtime core and interpreter, when the first instance is made; a host may have
 * it at hand as bytes, or as code that was compiled before.
 */
export function createInterpEngine(machine: () => WebAssembly.Module = () => builtInMachine()): Engine {
  let modules: MachineModules | null = null;
  const compiled = (): MachineModules => (modules ??= { core: machine() });
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
