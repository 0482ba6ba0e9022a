/**
 * Keeps the code that V8's optimising compiler makes of the machine, as `machine.ts` wants it; the build runs this in a process of its own,
 * because the code is good for certain flags only.
 */
import { renameSync, writeFileSync } from 'node:fs';
import { compileUpTo } from './host-compiler.ts';
import { present } from '@orus/core/base/bug';
import { bytesOf, codeOfModule, KEPT_FILE, MACHINE_FILE } from './machine.ts';

/** Compiles the machine and writes the code where `machineModule` finds it. */
export function start(): void {
  const { module } = compileUpTo(Infinity, bytesOf(MACHINE_FILE));
  const code = present(codeOfModule(module), 'code of the machine');
  const temporary = `${KEPT_FILE}.${process.pid}.tmp`;
  writeFileSync(temporary, code);
  renameSync(temporary, KEPT_FILE);
}
