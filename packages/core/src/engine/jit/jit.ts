/**
 * The tiering engine: the interpreter starts, what gets hot goes on as machine code.
 */
import { bytesOfBase64 } from '../../base/base64.ts';
import type { Engine, Instance } from '../engine.ts';
import { MACHINE_BYTES } from '../interp/machine-bytes.ts';
import { Vm, type MachineModules } from '../vm/vm.ts';
import { DEFAULT_TUNING, Tiers, type Tuning } from './tiers.ts';

export interface JitOptions {
  /** Base64 to bytes; hosts have faster ways than the core's own. */
  readonly decode?: (text: string) => Uint8Array<ArrayBuffer>;
  /** Compiles the machine's module, runtime core and interpreter; a host may raise its optimiser's threshold around it. */
  readonly compileModule?: (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module;
  /** Compiles machine code; a host may skip its baseline compiler. */
  readonly compileUnit?: (bytes: Uint8Array<ArrayBuffer>) => WebAssembly.Module;
  readonly tuning?: Tuning;
}

export function createJitEngine(name: string, doc: string, options: JitOptions = {}): Engine {
  const decode = options.decode ?? bytesOfBase64;
  const compile = (bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module => new WebAssembly.Module(bytes);
  let modules: MachineModules | null = null;
  return {
    name,
    doc,
    create(program, host, limits, checks): Instance {
      modules ??= { core: (options.compileModule ?? compile)(decode(MACHINE_BYTES)) };
      const vm = new Vm(program.bytecode(), host, limits, checks, modules);
      const tiers = new Tiers(vm, options.tuning ?? DEFAULT_TUNING, options.compileUnit ?? compile);
      return {
        run: () => vm.runProgram(),
        stats: () => ({
          ...vm.stats(),
          'jit.units': tiers.stats.units,
          'jit.functions': tiers.stats.functions,
          'jit.resumed': tiers.stats.resumed,
          'jit.refused': tiers.stats.refused.size,
        }),
      };
    },
  };
}

export const jitEngine: Engine = createJitEngine('jit', 'interpreter and, for hot code, machine code');
export const eagerJitEngine: Engine = createJitEngine('jit-eager', 'everything as machine code from the start', {
  tuning: { ...DEFAULT_TUNING, threshold: 0 },
});
