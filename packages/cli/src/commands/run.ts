/**
 * `orus run`: compiles a program, or loads one that was compiled before, and runs it under the limits that the options set.
 */
import { DEFAULT_CHECKS, type Engine, type Host } from '@orus/core/engine/engine';
import type { UnitStore } from '@orus/core/engine/jit/kept-units';
import type { ModuleLoader } from '@orus/core/lang/orus/modules';
import { commandLike, type Invocation, UsageError } from '../arguments.ts';
import type { BytecodeRequest } from '../bytecode-program.ts';
import { EXIT } from '../exit-status.ts';
import { streamHost } from '../hosts.ts';
import { interruptible } from '../interruptible.ts';
import { type EngineChoice, engineFrom, limitsFrom } from '../limits.ts';
import type { SeenEngine } from '../jit-seeing.ts';
import { moduleFiles } from '../module-files.ts';
import { engineNamed, executeBytecode, jitOptions, type RunRequest, type RunResult } from '../program.ts';
import { ProgramCache } from '../program-cache.ts';
import { programFolder } from '../program-folder.ts';
import { showProblem, showReports } from '../reporting.ts';
import { readProgramFile, type SourceText } from '../source-files.ts';
import { checkStats, COUNTED, showStats } from '../stats.ts';
import { Input, Output } from '../terminal.ts';
import { cacheFolder } from '../user-paths.ts';

/** Engines that recurse natively with the guest and so need a large stack. */
const RECURSIVE_ENGINES: readonly string[] = ['tree'];

export async function run({ operands, options }: Invocation): Promise<number> {
  const limits = limitsFrom(options);
  const stats = options.get('stats');
  if (stats !== undefined) checkStats(stats);
  const choice = engineFrom(options, 'run');
  const source = readProgramFile(operands[0] ?? '-');
  if ('error' in source) {
    const meant = source.missing ? commandLike(operands[0] ?? '') : undefined;
    showProblem(meant === undefined ? source.error : `${source.error}; did you mean 'orus ${meant}'?`, options);
    return EXIT.source.status;
  }
  const edition = options.get('edition');
  const common = {
    ...choice,
    limits,
    checks: { ...DEFAULT_CHECKS, optimise: !options.has('no-optimise'), verify: options.has('verify') },
    observe: options.has('stats'),
  };
  const seen = await seenEngine(options, choice);
  const output = new Output();
  const cache = 'bytes' in source ? null : cacheFor(source, choice, options);
  const result =
    'bytes' in source
      ? await runFile({ ...common, source }, seen?.engine, output)
      : await runSource(
          {
            ...common,
            assertTypedLoops: options.has('assert-typed-loops'),
            source,
            ...(edition === undefined ? {} : { edition }),
          },
          cache,
          seen?.engine,
          output,
        );
  output.flush();
  if (result.reports.length > 0) showReports(result.reports, result.files, options);
  if (stats !== undefined && result.stats) {
    const { stats: counters, compiled } = result;
    const report = seen?.report();
    const jit = report && { report, tables: await import('../jit-seeing.ts') };
    showStats({ counters, compiled, jit }, stats, options.get('format'));
  }
  if (result.stats) await cache?.keep(result.stats['fuel'] ?? 0);
  return result.status;
}

/** Options with which it matters that a program is compiled. */
const COMPILING = ['stats', 'trace', 'verify', 'no-optimise', 'assert-typed-loops'] as const;

/** Where the compiled program is kept, if it is. */
function cacheFor(
  source: SourceText,
  { engine }: EngineChoice,
  options: ReadonlyMap<string, string>,
): ProgramCache | null {
  if (!['jit', 'interp'].includes(engine) || COMPILING.some((option) => options.has(option))) return null;
  const folder = cacheFolder(process.env);
  return folder === null ? null : new ProgramCache(folder, source, options.get('edition'));
}

/** An engine that tells of machine code, if options ask for that. */
async function seenEngine(
  options: ReadonlyMap<string, string>,
  { engine, jit }: EngineChoice,
): Promise<SeenEngine | null> {
  const count =
    options
      .get('stats')
      ?.split(',')
      .some((name) => COUNTED.includes(name)) ?? false;
  const trace = options.has('trace');
  if (engine !== 'jit' || (!count && !trace)) return null;
  const { seeingEngine } = await import('../jit-seeing.ts');
  return seeingEngine(jitOptions(jit), { count, trace });
}

const INTERRUPTED: RunResult = { status: EXIT.interrupted.status, files: [], reports: [] };

function runSource(
  request: RunRequest,
  cache: ProgramCache | null,
  engine: Engine | undefined,
  output: Output,
): Promise<RunResult> {
  return RECURSIVE_ENGINES.includes(request.engine)
    ? runInWorker(request, output)
    : runHere(request, cache, engine, output);
}

async function runFile(request: BytecodeRequest, seen: Engine | undefined, output: Output): Promise<RunResult> {
  const { BYTECODE_ENGINES, runBytecode } = await import('../bytecode-program.ts');
  if (!BYTECODE_ENGINES.includes(request.engine)) {
    throw new UsageError(
      `engine ${request.engine} runs sources only; bytecode runs on ${BYTECODE_ENGINES.join(', ')}`,
      'run',
    );
  }
  const engine = seen ?? (await engineNamed(request.engine, request.jit));
  return interruptible(
    () => runBytecode(request, engine, streamHost(output, new Input())),
    () => INTERRUPTED,
  );
}

async function runHere(
  request: RunRequest,
  cache: ProgramCache | null,
  seen: Engine | undefined,
  output: Output,
): Promise<RunResult> {
  const loader = moduleFiles(programFolder());
  const host = streamHost(output, new Input());
  const { run, lastFuel } = (await keptProgram(request, cache, loader)) ?? (await newProgram(request, cache, loader));
  const jit = { ...request.jit, ...(lastFuel === undefined ? {} : { lastFuel }) };
  // What is compiled without being hot is not worth keeping.
  const keeps = cache && jit.when !== 'eager';
  const kept = keeps ? (): UnitStore => cache.units(placeOf(request)) : undefined;
  const engine = seen ?? (await engineNamed(request.engine, jit, kept));
  return interruptible(
    () => run(engine, host),
    () => INTERRUPTED,
  );
}

/** What addresses in machine code, and the rest of it, follow from besides the program. */
function placeOf({ limits: { memory, depth }, jit }: RunRequest): string {
  return JSON.stringify([memory, depth, jit?.rounds]);
}

/** How to run a program, and what is known of its last run. */
interface Runnable {
  readonly run: (engine: Engine, host: Host) => RunResult;
  readonly lastFuel?: number;
}

/** What the program was compiled to in an earlier run, if that is there. */
async function keptProgram(
  request: RunRequest,
  cache: ProgramCache | null,
  loader: ModuleLoader,
): Promise<Runnable | null> {
  const kept = await cache?.program(request.source, loader);
  if (!kept) return null;
  const { program, fuel: lastFuel } = kept;
  return { run: (engine, host) => executeBytecode(program, host.now(), request, engine, host), lastFuel };
}

async function newProgram(request: RunRequest, cache: ProgramCache | null, loader: ModuleLoader): Promise<Runnable> {
  const { runProgram } = await import('../source-program.ts');
  const { problemOf } = request.checks.verify ? await import('@orus/core/isa/verify/verify') : {};
  const readers = {
    ...(problemOf ? { verifyBytecode: problemOf } : {}),
    ...(cache ? { compiled: cache.compiled.bind(cache) } : {}),
  };
  return { run: (engine, host) => runProgram(request, engine, cache?.noting(loader) ?? loader, host, readers) };
}

async function runInWorker(request: RunRequest, output: Output): Promise<RunResult> {
  const { DeepHost } = await import('../deep-host.ts');
  const host = new DeepHost(new URL('./deep-worker.cjs', import.meta.url));
  process.once('SIGINT', async () => {
    const stopped = await host.stop();
    output.flush();
    if (stopped) process.exit(EXIT.interrupted.status);
    // The thread waits for input in a system call, and the process would wait for the thread. Its listener is gone, so
    // the signal now ends it.
    process.kill(process.pid, 'SIGINT');
  });
  const streams = { kind: 'process', buffer: output.buffer } as const;
  // The thread ends by itself only if its output failed; it has said so then.
  const answer = await host.run({ request, moduleFolder: programFolder(), streams }, (status) => process.exit(status));
  return answer.result;
}
