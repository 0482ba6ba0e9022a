/**
 * Reading source files: bounded, in pieces, and checked to be UTF-8 (specification 24.13).
 */
import { isUtf8 } from 'node:buffer';
import { closeSync, fstatSync, openSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { errorCode, readRest } from './file-descriptors.ts';
import { closest } from '@orus/core/base/suggest';
import { isBytecodeFile } from '@orus/core/isa/file/magic';
import { systemMessage } from './terminal.ts';

export const MAX_SOURCE_BYTES = 64 * 2 ** 20;
const STDIN = 0;

export interface SourceText {
  /** What diagnostics print; one file has one such name, however it was reached. */
  readonly path: string;
  readonly text: string;
}

/** A bytecode file: known by how it begins, whatever its name. */
export interface BytecodeBytes {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Why a source cannot be had, in words for the user. */
export interface SourceProblem {
  readonly error: string;
  /** The file does not exist, so another place may be tried. */
  readonly missing: boolean;
}

/** Reads a source file, or standard input for `-`. */
export function readSource(path: string): SourceText | SourceProblem {
  const found = readProgramFile(path);
  return 'bytes' in found ? problem(`cannot read '${path}': it is bytecode, and a source is needed`) : found;
}

/** Reads a source or a bytecode file, or standard input for `-`. */
export function readProgramFile(path: string): SourceText | BytecodeBytes | SourceProblem {
  if (path === '-') return decode('<stdin>', readRest(STDIN, 0, MAX_SOURCE_BYTES));
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch (error) {
    return unreadable(path, error);
  }
  try {
    const stats = fstatSync(fd);
    if (stats.isDirectory()) return problem(`cannot read '${path}': it is a directory`);
    // Pipes and devices have no other name, and the system may give none: `<(...)` in a shell.
    return decode(stats.isFile() ? canonicalPath(path) : path, readRest(fd, stats.size, MAX_SOURCE_BYTES));
  } catch (error) {
    return unreadable(path, error);
  } finally {
    closeSync(fd);
  }
}

/** The same name for the same file: relative where it lies below the working directory, else absolute. */
export function canonicalPath(path: string): string {
  const real = realpathSync.native(resolve(path));
  const here = realpathSync.native('.');
  const below = here.endsWith(sep) ? here : here + sep;
  return real.startsWith(below) ? real.slice(below.length) : real;
}

function decode(path: string, bytes: Buffer | undefined): SourceText | BytecodeBytes | SourceProblem {
  if (!bytes) return problem(`cannot read '${path}': a source file has at most 64 MiB`);
  if (isBytecodeFile(bytes)) return { path, bytes };
  // The byte order mark, if there is one, stays: the lexer knows where it is allowed.
  if (isUtf8(bytes)) return { path, text: bytes.toString('utf8') };
  const at = firstInvalidByte(bytes);
  const line = bytes.subarray(0, at).reduce((lines, byte) => lines + (byte === 10 ? 1 : 0), 1);
  return problem(`cannot read '${path}': it is not UTF-8; the byte at offset ${at}, on line ${line}, is out of place`);
}

/** Where the first sequence begins that is not UTF-8: the longest prefix that could go on well, found by halving. */
function firstInvalidByte(bytes: Uint8Array): number {
  const decodes = (end: number, stream: boolean): boolean => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream });
      return true;
    } catch {
      return false;
    }
  };
  let valid = 0;
  let invalid = bytes.length + 1;
  while (invalid - valid > 1) {
    const middle = Math.floor((valid + invalid) / 2);
    if (decodes(middle, true)) valid = middle;
    else invalid = middle;
  }
  // That prefix may end inside a sequence, which is the one at fault.
  let start = invalid - 1;
  while (!decodes(start, false)) start--;
  return start;
}

function problem(error: string, missing = false): SourceProblem {
  return { error, missing };
}

function unreadable(path: string, error: unknown): SourceProblem {
  const code = errorCode(error);
  if (code === '') throw error;
  if (code === 'EISDIR') return problem(`cannot read '${path}': it is a directory`);
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    const near = neighbour(path);
    return problem(
      `cannot read '${path}': there is no such file${near === undefined ? '' : `; did you mean '${near}'?`}`,
      true,
    );
  }
  return problem(`cannot read '${path}': ${systemMessage(error)}`);
}

/** A source file in the same directory with almost the same name. */
function neighbour(path: string): string | undefined {
  const folder = dirname(path);
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.orus'));
  } catch {
    return undefined;
  }
  const name = basename(path);
  const found = names.find((each) => each === `${name}.orus`) ?? closest(name, names);
  return found === undefined ? undefined : isAbsolute(path) || folder !== '.' ? join(folder, found) : found;
}
