import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';

/** Where `orus` lies: one of the places where modules are looked for. */
export function programFolder(): string {
  return dirname(realpathSync.native(process.argv[1] ?? '.'));
}
