/**
 * The inside of the worker that `deep-host.ts` starts: takes a job, answers with its result, waits for the next.
 */
import { parentPort } from 'node:worker_threads';
import { present } from '@orus/core/base/bug';
import type { DeepAnswer, DeepJob } from './deep-host.ts';
import { moduleFiles } from './module-files.ts';
import { collectingHost, streamHost } from './hosts.ts';
import { engineNamed } from './program.ts';
import { runProgram } from './source-program.ts';
import { Input, Output } from './terminal.ts';

async function answer({ request, moduleFolder, streams }: DeepJob): Promise<DeepAnswer> {
  const engine = await engineNamed(request.engine, request.jit);
  const loader = moduleFiles(moduleFolder);
  if (streams.kind === 'process') {
    return {
      kind: 'done',
      result: runProgram(request, engine, loader, streamHost(new Output(streams.buffer), new Input())),
    };
  }
  const host = collectingHost(streams.stdin);
  return { kind: 'done', result: runProgram(request, engine, loader, host), stdout: host.stdout() };
}

/** Answers one job after the other. */
export function start(): void {
  const port = present(parentPort, 'the port of the main thread');
  port.on('message', async (job: DeepJob) => {
    try {
      port.postMessage(await answer(job));
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      port.postMessage({ kind: 'bug', message, stack: stack ?? message } satisfies DeepAnswer);
    }
  });
}
