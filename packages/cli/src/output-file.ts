/**
 * Files that commands write: their names, and what happens if they cannot be written.
 */
import { writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { UsageError } from './arguments.ts';
import { EXIT } from './exit-status.ts';
import { errorCode } from './file-descriptors.ts';
import { showProblem } from './reporting.ts';
import { systemMessage } from './terminal.ts';

/** Where the bytecode of an input goes: where the user says, or into the working directory under the input's name. */
export function outputPath(input: string, wanted: string | undefined, command: string): string {
  if (wanted !== undefined) return wanted;
  if (input === '-') throw new UsageError('what is read from standard input needs --output FILE', command);
  return `${basename(input, extname(input))}.orbc`;
}

/** Writes a file; the exit status. */
export function writeFile(path: string, bytes: Uint8Array, options: ReadonlyMap<string, string>): number {
  try {
    writeFileSync(path, bytes);
    return EXIT.ok.status;
  } catch (error) {
    if (errorCode(error) === '') throw error;
    showProblem(`cannot write '${path}': ${systemMessage(error)}`, options);
    return EXIT.io.status;
  }
}
