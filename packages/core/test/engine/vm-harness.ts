/** A machine for hand-written bytecode, with a host that records. */
import { bytesOfBase64 } from '../../src/base/base64.ts';
import { DEFAULT_CHECKS, DEFAULT_LIMITS, type Checks, type Host, type Limits } from '../../src/engine/engine.ts';
import { generate } from '../../src/engine/interp/generate.ts';
import { Vm, type MachineModules } from '../../src/engine/vm/vm.ts';
import { CORE_BYTES } from '../../src/runtime/core-bytes.ts';
import { assemble, type ProgramText } from './assembler.ts';

let modules: MachineModules | undefined;

export function machineModules(): MachineModules {
  modules ??= {
    core: new WebAssembly.Module(bytesOfBase64(CORE_BYTES)),
    interpreter: new WebAssembly.Module(generate().bytes),
  };
  return modules;
}

export interface RecordingHost extends Host {
  text(): string;
}

export function recordingHost(): RecordingHost {
  const pieces: string[] = [];
  return {
    write: (bytes) => void pieces.push(new TextDecoder().decode(bytes)),
    readLine: () => null,
    now: () => 0,
    text: () => pieces.join(''),
  };
}

export function machine(
  text: ProgramText,
  limits: Partial<Limits> = {},
  checks: Partial<Checks> = {},
  host: Host = recordingHost(),
): Vm {
  return new Vm(
    assemble(text),
    host,
    { ...DEFAULT_LIMITS, memory: 2 ** 22, depth: 1000, ...limits },
    { ...DEFAULT_CHECKS, ...checks },
    machineModules(),
  );
}
