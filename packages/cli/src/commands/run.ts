/**
 * `orus run`: compiles a program and runs it under the limits that the options set.
 */
import type { Limits } from '@orus/core/engine/engine';
import { DEFAULT_CHECKS, DEFAULT_LIMITS } from '@orus/core/engine/engine';
import type { Invocation } from '../arguments.ts';
import { parseCount, parseSize } from '../arguments.ts';
import { EXIT } from '../exit-status.ts';
import { streamHost } from '../hosts.ts';
import { interruptible } from '../interruptible.ts';
import { moduleFiles } from '../module-files.ts';
import type { RunRequest, RunResult } from '../program.ts';
import { runProgram } from '../program.ts';
import { programFolder } from '../program-folder.ts';
import { showProblem, showReports } from '../reporting.ts';
import { readSource } from '../source-files.ts';
import { showStats } from '../stats.ts';
import { Input, Output } from '../terminal.ts';

/** Engines that recurse natively with the guest and so need a large stack. */
const RECURSIVE_ENGINES: readonly string[] = ['tree'];

export async function run({ operands, options }: Invocation): Promise<number> {
  const limits = limitsFrom(options);
  const source = readSource(operands[0] ?? '-');
  if ('error' in source) {
    showProblem(source.error, options);
    return EXIT.source.status;
  }
  const edition = options.get('edition');
  const engine = options.get('engine') ?? 'interp';
  const request: RunRequest = {
    source,
    ...(edition === undefined ? {} : { edition }),
    engine,
    limits,
    checks: { ...DEFAULT_CHECKS, optimise: !options.has('no-optimise'), verify: options.has('verify') },
  };
  const output = new Output();
  const result = RECURSIVE_ENGINES.includes(engine)
    ? await runInWorker(request, output)
    : interruptible(
        () => runProgram(request, moduleFiles(programFolder()), streamHost(output, new Input())),
        () => INTERRUPTED,
      );
  output.flush();
  showReports(result.reports, result.files, options);
  const stats = options.get('stats');
  if (stats !== undefined && result.stats) showStats(result.stats, stats);
  return result.status;
}

/** How long a worker may take to stop. */
const PATIENCE_MS = 300;
const STUCK = 'stuck';

const INTERRUPTED: RunResult = { status: EXIT.interrupted.status, files: [], reports: [] };

async function runInWorker(request: RunRequest, output: Output): Promise<RunResult> {
  const [{ DeepHost }, { setTimeout: sleep }] = await Promise.all([
    import('../deep-host.ts'),
    import('node:timers/promises'),
  ]);
  const host = new DeepHost(new URL('./deep-worker.js', import.meta.url));
  process.once('SIGINT', async () => {
    const stopped = await Promise.race([host.stop(), sleep(PATIENCE_MS, STUCK)]);
    output.flush();
    if (stopped !== STUCK) process.exit(EXIT.interrupted.status);
    // The thread waits for input in a system call, and the process would wait for the thread. Its listener is gone, so
    // the signal now ends it.
    process.kill(process.pid, 'SIGINT');
  });
  const streams = { kind: 'process', buffer: output.buffer } as const;
  // The thread ends by itself only if its output failed; it has said so then.
  const answer = await host.run({ request, moduleFolder: programFolder(), streams }, (status) => process.exit(status));
  return answer.result;
}

function limitsFrom(options: ReadonlyMap<string, string>): Limits {
  const fuel = options.get('max-fuel');
  const memory = options.get('max-memory');
  const depth = options.get('max-depth');
  const time = options.get('max-time');
  return {
    fuel: fuel === undefined ? DEFAULT_LIMITS.fuel : parseCount('max-fuel', fuel),
    memory: memory === undefined ? DEFAULT_LIMITS.memory : parseSize('max-memory', memory),
    depth: depth === undefined ? DEFAULT_LIMITS.depth : parseCount('max-depth', depth),
    timeMs: time === undefined ? DEFAULT_LIMITS.timeMs : parseCount('max-time', time),
  };
}
