/** The engine of a mode. One for each setting, because an engine keeps what the host has compiled of the machine. */
import { collectingHost } from '@orus/cli/hosts';
import { present } from '@orus/core/base/bug';
import type { Engine } from '@orus/core/engine/engine';
import { builtInMachine } from '@orus/core/engine/interp/built-in-machine';
import { createJitEngine } from '@orus/core/engine/jit/jit';
import { unitsInMemory } from '@orus/core/engine/jit/kept-units';
import { type JitSettings, tuningFor } from '@orus/core/engine/jit/tuning';
import { readKept, writeKept } from '@orus/core/isa/file/kept-program';
import { ENGINES } from '@orus/core/engines';
import type { Mode } from './modes.ts';

const made = new Map<string, Engine>();

export function engineOf({ engine, jit, again = false }: Mode): Engine {
  const key = jit === undefined ? engine : `${engine} ${JSON.stringify(jit)} ${again}`;
  let found = made.get(key);
  if (found === undefined) {
    if (jit === undefined)
      found = present(
        ENGINES.find(({ name }) => name === engine),
        `engine ${engine}`,
      );
    else found = again ? secondRun(jit) : createJitEngine({ tuning: tuningFor(jit) });
    made.set(key, found);
  }
  return found;
}

/** Programs as they are kept for later runs, with the machine code that a run of what was compiled has made, without input. */
function secondRun(jit: JitSettings): Engine {
  let module: WebAssembly.Module | undefined;
  const machine = (): WebAssembly.Module => (module ??= builtInMachine());
  return {
    name: 'jit',
    doc: 'machine code of an earlier run',
    create(program, host, limits, checks) {
      const units = unitsInMemory();
      const engine = createJitEngine({ machine, tuning: tuningFor(jit), kept: () => units });
      engine.create(program, collectingHost(Buffer.alloc(0)), limits, checks).run();
      const kept = present(readKept(writeKept(program.bytecode()), 'program.orus'), 'program that was kept');
      return engine.create({ ...program, bytecode: () => kept }, host, limits, checks);
    },
  };
}
