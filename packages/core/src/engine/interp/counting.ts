/**
 * The interpreter engine with an interpreter that counts what it executes, for `--stats`. It is generated when it is made.
 */
import { bytesOfBase64 } from '../../base/base64.ts';
import { CORE_BYTES } from '../../runtime/core-bytes.ts';
import type { Engine, Instance } from '../engine.ts';
import { type MachineModules, Vm } from '../vm/vm.ts';
import { generate } from './generate.ts';
import { InstCounter } from './inst-counter.ts';

export const countingEngine: Engine = {
  name: 'interp-count',
  doc: 'the interpreter, counting instructions by family and opcode (slower; see --stats)',
  create(program, host, limits, checks): Instance {
    const counter = new InstCounter();
    const modules: MachineModules = {
      core: new WebAssembly.Module(bytesOfBase64(CORE_BYTES)),
      interpreter: new WebAssembly.Module(generate({ count: true }).bytes),
    };
    const vm = new Vm(program.bytecode(), host, limits, checks, modules, { count: counter.count });
    return { run: () => vm.runProgram(), stats: () => ({ ...vm.stats(), ...counter.stats() }) };
  },
};
