/**
 * Finds the file of a module (specification 14.2): in the working directory, beside the file that uses it, beside this
 * program, and in the directories of ORUSPATH, in this order.
 */
import { existsSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { ModuleLoader } from '@orus/core/lang/orus/modules';
import { readSource } from './source-files.ts';

/** `programFolder` is where this program lies. */
export function moduleFiles(programFolder: string, environment: NodeJS.ProcessEnv = process.env): ModuleLoader {
  const shared = (environment['ORUSPATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return {
    resolve(dotted, fromPath) {
      const file = `${join(...dotted)}.orus`;
      const folders = ['.', dirname(fromPath), programFolder, ...shared];
      const tried = [...new Set(folders.map((folder) => join(folder, file)))];
      for (const path of tried) {
        if (!existsSync(path) || statSync(path).isDirectory()) continue;
        const source = readSource(path);
        if (!('error' in source)) return source;
        if (!source.missing) return { error: source.error };
      }
      return { tried };
    },
  };
}
