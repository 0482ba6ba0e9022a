/**
 * Files that commands write: their names, and what happens if they cannot be written.
 */
import { statSync, writeFileSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { UsageError } from './arguments.ts';
import { EXIT } from './exit-status.ts';
import { errorCode } from './file-descriptors.ts';
import { showProblem } from './reporting.ts';
import { systemMessage } from './terminal.ts';

/** Where the bytecode of an input goes: where the user says, or into the working directory under the input's name. */
export function outputPath(input: string, wanted: string | undefined, command: string): string {
  if (wanted === undefined && input === '-') {
    throw new UsageError('what is read from standard input needs --output FILE', command);
  }
  const path = wanted ?? `${basename(input, extname(input))}.orbc`;
  if (input !== '-' && isSameFile(input, path)) {
    throw new UsageError(`'${path}' would be written over the input; name another file with --output`, command);
  }
  return path;
}

/** What cannot be looked at cannot be read or written either, and that is said later. */
function isSameFile(a: string, b: string): boolean {
  try {
    const first = statSync(a);
    const second = statSync(b);
    return first.isFile() && first.dev === second.dev && first.ino === second.ino;
  } catch (error) {
    if (errorCode(error) === '') throw error;
    return false;
  }
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
