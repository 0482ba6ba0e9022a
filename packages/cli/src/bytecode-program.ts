/**
 * Programs from bytecode files: read, verified, run. Nothing of a file is believed: what is wrong with it becomes a report.
 */
import type { Report } from '@orus/core/base/render-diagnostics';
import type { FileId, SourceFile } from '@orus/core/base/source';
import type { Engine, Host } from '@orus/core/engine/engine';
import { type FileProblem, readBytecode } from '@orus/core/isa/file/bytecode-file';
import type { BytecodeProgram } from '@orus/core/isa/program';
import { describeRefusal } from '@orus/core/isa/verify/refusal';
import { verifyProgram } from '@orus/core/isa/verify/verify';
import { diagnostic } from '@orus/core/lang/orus/messages';
import { EXIT } from './exit-status.ts';
import { executeBytecode, type RunRequest, type RunResult } from './program.ts';
import type { BytecodeBytes } from './source-files.ts';

/** Engines that run bytecode. */
export const BYTECODE_ENGINES: readonly string[] = ['jit', 'interp', 'interp-count'];

/** Instructions between two looks at the clock, at most, whatever a file says that its polls cost. */
const SLICE_INSTRUCTIONS = 100_000_000;

/** A program that the verifier has accepted, and the most that its instructions cost from one poll to the next. */
export interface Verified {
  readonly program: BytecodeProgram;
  readonly longestWay: number;
}

/** A program from a file, or why there is none. */
export type LoadedFile = Verified | { readonly report: Report; readonly files: readonly SourceFile[] };

/** Reads and verifies a bytecode file. */
export function loadBytecode({ path, bytes }: BytecodeBytes): LoadedFile {
  const read = readBytecode(bytes, path);
  if ('problem' in read) return fileReport(path, read.problem);
  const result = verifyProgram(read.program);
  if (!('refusal' in result)) return result.verified;
  const problem = describeRefusal(result.refusal, read.program);
  return { files: noSource(path), report: diagnostic('E4003', { problem }, NOWHERE) };
}

const NOWHERE = { file: 0 as FileId, start: 0, end: 0 };

/** What stands for the sources of a file that has none. */
function noSource(path: string): readonly SourceFile[] {
  return [{ id: 0 as FileId, path, text: '' }];
}

/** The report that a file cannot be read. */
export function fileReport(
  path: string,
  { kind, text: problem }: FileProblem,
): { report: Report; files: readonly SourceFile[] } {
  return { files: noSource(path), report: diagnostic(kind === 'damaged' ? 'E4001' : 'E4002', { problem }, NOWHERE) };
}

export interface BytecodeRequest extends Omit<RunRequest, 'source' | 'edition'> {
  readonly source: BytecodeBytes;
}

export function runBytecode(request: BytecodeRequest, engine: Engine, host: Host): RunResult {
  const start = host.now();
  const loaded = loadBytecode(request.source);
  if ('report' in loaded) {
    return { status: EXIT.source.status, files: loaded.files, reports: [loaded.report] };
  }
  return runVerified(loaded, start, request, engine, host);
}

/** Runs a program that the verifier has accepted. */
export function runVerified(
  { program, longestWay }: Verified,
  start: number,
  { limits, checks }: Pick<RunRequest, 'limits' | 'checks'>,
  engine: Engine,
  host: Host,
): RunResult {
  const slice = Math.max(1, Math.min(checks.slice, Math.floor(SLICE_INSTRUCTIONS / longestWay)));
  return executeBytecode(program, start, { limits, checks: { ...checks, slice } }, engine, host);
}
