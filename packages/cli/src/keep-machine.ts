/**
 * Keeps the code that V8's optimising compiler makes of the machine, as `machine.ts` wants it; the build runs this in a process of its own,
 * because the code is good for certain flags only.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { compileOptimised } from './host-compiler.ts';
import { bytesOf, KEPT_FILE, MACHINE_FILE, callNative } from './machine.ts';

/** Compiles the machine and writes the code where `machineModule` finds it. */
export function start(): void {
  const { module } = compileOptimised(bytesOf(MACHINE_FILE), Infinity);
  const code = callNative('%SerializeWasmModule(a)', module) as ArrayBuffer;
  const temporary = `${KEPT_FILE}.${process.pid}.tmp`;
  writeFileSync(temporary, new Uint8Array(code));
  renameSync(temporary, KEPT_FILE);
}
