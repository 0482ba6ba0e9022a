/**
 * Runs one program in the modes of the matrix and says in words how a run differs from what is expected.
 */
import { collectingHost } from '@orus/cli/hosts';
import type { DeepHost } from '@orus/cli/deep-host';
import { moduleFiles } from '@orus/cli/module-files';
import { engineNamed, LIMIT_CODES, type RunRequest, type RunResult } from '@orus/cli/program';
import { runProgram } from '@orus/cli/source-program';
import type { Report } from '@orus/core/base/render-diagnostics';
import { lineStarts, positionAt, type SourceFile } from '@orus/core/base/source';
import { DEFAULT_CHECKS } from '@orus/core/engine/engine';
import { problemOf } from '@orus/core/isa/verify/verify';
import { type Expectations, type ExpectedReport, expectedStatus } from './expectations.ts';
import type { Mode } from './modes.ts';
import type { TestProgram } from './programs.ts';
import { throughFiles } from './through-file.ts';

/** Bounds under which tests run unless they say otherwise. */
const TEST_LIMITS = { fuel: Infinity, memory: 64 * 2 ** 20, depth: 1000, timeMs: 60_000 };
const DEEP = 200_000;

export interface RunEnd {
  readonly result: RunResult;
  readonly stdout: Uint8Array;
}

/** Runs a program in one mode. Programs marked deep run in `deepHost` where the engine recurses natively. */
export async function runInMode(program: TestProgram, mode: Mode, deepHost: () => DeepHost): Promise<RunEnd> {
  const { expected } = program;
  const request: RunRequest = {
    source: { path: program.name, text: program.text },
    engine: mode.engine,
    limits: {
      ...TEST_LIMITS,
      depth: expected.depth ?? (expected.deep ? DEEP : TEST_LIMITS.depth),
      fuel: expected.fuel ?? TEST_LIMITS.fuel,
      memory: expected.memory ?? TEST_LIMITS.memory,
    },
    checks: mode.checks,
  };
  if (expected.deep && mode.engine === 'tree') {
    const streams = { kind: 'collect', stdin: new Uint8Array(expected.stdin) } as const;
    const { result, stdout = new Uint8Array() } = await deepHost().run({ request, moduleFolder: '.', streams });
    return { result, stdout };
  }
  const host = collectingHost(expected.stdin);
  const engine = await engineNamed(mode.engine, mode.jit);
  const chosen = mode.throughFile === true ? throughFiles(engine) : engine;
  const readers = hasOwnBytecode(mode) ? { verifyBytecode: problemOf } : {};
  const result = runProgram(request, chosen, moduleFiles('.', {}), host, readers);
  return { result, stdout: host.stdout() };
}

/** Modes whose bytecode is another one than that of `interp-file`, where the verifier sees it. */
function hasOwnBytecode({ checks }: Mode): boolean {
  const { optimise, registers, constants } = DEFAULT_CHECKS;
  return checks.optimise !== optimise || checks.registers !== registers || checks.constants !== constants;
}

/** What is wrong with a run; empty if nothing is. */
export function differences(expected: Expectations, { result, stdout }: RunEnd): string[] {
  const found: string[] = [];
  if (!expected.stdout.equals(stdout))
    found.push(outputDifference(expected.stdout.toString(), Buffer.from(stdout).toString()));
  const open = [...expected.reports];
  for (const report of result.reports) {
    const place = placeOf(report, result.files);
    if (expected.limit !== undefined && expected.limit !== 'interrupt' && report.code === LIMIT_CODES[expected.limit]) {
      continue;
    }
    const at = open.findIndex((each) => matches(each, report, place));
    if (at === -1) found.push(`unexpected: ${describe(report, place)}`);
    else open.splice(at, 1);
  }
  for (const { kind, code, text, path, line } of open) {
    found.push(`missing: ${kind}${code === undefined ? '' : `[${code}]`} at ${path}:${line}: ${text}`);
  }
  const status = expectedStatus(expected);
  // A trap while a module loads has the status of a module error.
  const trap = expected.reports.some(({ kind }) => kind === 'trap');
  if (result.status !== status && !(expected.status === undefined && trap && result.status === 65)) {
    found.push(`status is ${result.status}, not ${status}`);
  }
  return found;
}

interface Place {
  readonly path: string;
  readonly line: number;
}

function placeOf(report: Report, files: readonly SourceFile[]): Place {
  const { span } = report.primary;
  const file = files[span.file];
  if (!file) return { path: '?', line: 0 };
  return { path: file.path, line: positionAt(file.text, lineStarts(file.text), span.start).line };
}

function matches(expected: ExpectedReport, report: Report, place: Place): boolean {
  if (expected.path !== place.path || expected.line !== place.line) return false;
  if (expected.kind === 'trap') return report.trace !== undefined && report.title === expected.text;
  const texts = [report.title, report.primary.text, ...report.labels.map(({ text }) => text), report.help ?? ''];
  return (
    report.trace === undefined &&
    report.severity === expected.kind &&
    report.code === expected.code &&
    texts.some((text) => text.includes(expected.text))
  );
}

function describe(report: Report, { path, line }: Place): string {
  const kind = report.trace === undefined ? `${report.severity}[${report.code}]` : 'trap';
  const label = report.primary.text === '' ? '' : ` (${report.primary.text})`;
  return `${kind} at ${path}:${line}: ${report.title}${label}`;
}

/** The first line in which two texts differ, with a little of what surrounds it. */
function outputDifference(expected: string, actual: string): string {
  const a = expected.split('\n');
  const b = actual.split('\n');
  let at = 0;
  while (at < a.length && at < b.length && a[at] === b[at]) at++;
  const show = (lines: readonly string[]): string =>
    at < lines.length - 1 || lines[at] !== '' ? JSON.stringify(lines[at] ?? '').slice(0, 300) : 'the end';
  return `output line ${at + 1}: expected ${show(a)}, got ${show(b)}`;
}
