/**
 * Runs programs in a thread with a large native stack, for the engines that recurse natively with the guest.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Bug } from '@orus/core/base/bug';
import type { RunRequest, RunResult } from './program.ts';
import type { OutputBuffer } from './terminal.ts';

/** Address space only: pages that are never touched cost nothing. */
const STACK_MEGABYTES = 1900;

/** How long a thread may take to stop. */
const PATIENCE_MS = 300;

export interface DeepJob {
  readonly request: RunRequest;
  /** Where modules may lie beside the usual places; see `moduleFiles`. */
  readonly moduleFolder: string;
  /** The process's own streams, output going through this buffer; or these bytes as input and the output collected. */
  readonly streams:
    | { readonly kind: 'process'; readonly buffer: OutputBuffer }
    | { readonly kind: 'collect'; readonly stdin: Uint8Array };
}

export type DeepAnswer =
  | { readonly kind: 'done'; readonly result: RunResult; readonly stdout?: Uint8Array }
  | { readonly kind: 'bug'; readonly message: string; readonly stack: string };

export class DeepHost {
  readonly #worker: Worker;

  /** `entry` is the built `deep-worker.js`. */
  constructor(entry: URL) {
    this.#worker = new Worker(entry, { resourceLimits: { stackSizeMb: STACK_MEGABYTES } });
    this.#worker.unref();
  }

  /** Runs one job; do not start another before it is done. `ended` is told if the job ended the thread with a status. */
  run(job: DeepJob, ended: (status: number) => void = () => {}): Promise<Extract<DeepAnswer, { kind: 'done' }>> {
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      const cleanUp = (): void => {
        worker.unref();
        // By name: the worker listens to itself as well, and hears nothing more without that.
        for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
      };
      worker.ref();
      worker.once('message', (answer: DeepAnswer) => {
        cleanUp();
        if (answer.kind === 'done') return resolve(answer);
        const bug = new Bug(answer.message);
        bug.stack = answer.stack;
        reject(bug);
      });
      worker.once('error', (error) => {
        cleanUp();
        reject(error);
      });
      worker.once('exit', (status) => {
        cleanUp();
        ended(status);
        reject(new Bug(`the worker of a recursive engine ended with status ${status}`));
      });
      worker.postMessage(job);
    });
  }

  /** Ends the thread. False if it does not end: it waits in a system call, and so will the process if it exits. */
  async stop(): Promise<boolean> {
    const worker = this.#worker;
    for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
    const ended = worker.terminate().then(() => true);
    return Promise.race([ended, sleep(PATIENCE_MS, false)]);
  }
}
