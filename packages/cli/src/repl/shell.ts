/**
 * What a session with a person or a script is, whatever reads the entries: running them, and showing what comes of it.
 *
 * Values and output go to standard output, everything else to standard error. While guest code runs, the event loop turns every few
 * milliseconds, so that Ctrl-C is noticed: it stops the guest at the end of a slice and leaves the session as it is.
 */
import { readFileSync } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { DEFAULT_CHECKS, type Engine, type Host, INTERRUPT, type Limits } from '@orus/core/engine/engine';
import { type EntryResult, Session } from '@orus/core/session';
import { interruptible } from '../interruptible.ts';
import { moduleFiles } from '../module-files.ts';
import { outcomeReports } from '../program.ts';
import { programFolder } from '../program-folder.ts';
import { showProblem, showReports } from '../reporting.ts';
import type { Input, Output } from '../terminal.ts';

/** How a terminal that gives every key to us is used while guest code runs. */
export interface Attention {
  /** Calls `interrupt` at Ctrl-C until what it gives is called. */
  watch(interrupt: () => void): () => void;
  /** Does something while Ctrl-C is a signal and lines are edited by the system. */
  released<T>(work: () => T): T;
}

/** Slices of the machine between two turns of the event loop: a few milliseconds. */
const SLICES = 20;

/** Engines that run an entry to its end in one go: Ctrl-C then ends the process, since nothing else could. */
const WITHOUT_SLICES: readonly string[] = ['tree'];

const NEWLINE = 10;

export interface ShellOptions {
  readonly engine: Engine;
  readonly limits: Limits;
  readonly options: ReadonlyMap<string, string>;
  readonly output: Output;
  readonly input: Input;
  /** A person looks on. */
  readonly interactive: boolean;
}

export class Shell {
  readonly options: ReadonlyMap<string, string>;
  readonly limits: Limits;
  readonly interactive: boolean;
  /** Present at a terminal with a line editor. */
  attention: Attention | null = null;
  readonly #engine: Engine;
  readonly #output: Output;
  readonly #host: Host;
  #session: Session;
  #interrupted = false;
  /** Whether what was written last ended a line. */
  #atLineStart = true;
  /** Entries that were accepted, for `:save`. */
  readonly accepted: string[] = [];
  /** Fuel of the last entry. */
  lastFuel = 0;
  lastMs = 0;

  constructor({ engine, limits, options, output, input, interactive }: ShellOptions) {
    this.options = options;
    this.limits = limits;
    this.interactive = interactive;
    this.#engine = engine;
    this.#output = output;
    this.#host = {
      write: (bytes) => this.#write(bytes),
      readLine: (most) => {
        output.flush();
        // A system call that waits for a line is no slice; only this stops it.
        const read = () =>
          interruptible<Uint8Array | typeof INTERRUPT | null>(
            () => input.readLine(most),
            () => INTERRUPT,
          );
        const line = this.attention === null ? read() : this.attention.released(read);
        if (line === INTERRUPT) throw INTERRUPT;
        this.#atLineStart = true;
        return line;
      },
      now: () => performance.now() / 1000,
      interrupted: () => this.#interrupted,
    };
    this.#session = this.#newSession(options.get('edition'));
  }

  get session(): Session {
    return this.#session;
  }

  reset(): void {
    this.#session = this.#newSession(this.#session.edition);
    this.accepted.length = 0;
  }

  /** Runs an entry and shows its value or what is wrong with it. */
  async enter(text: string, path?: string): Promise<EntryResult> {
    const before = this.#session.stats()?.fuel ?? 0;
    const start = performance.now();
    const result = await this.#run(text, path);
    this.lastMs = performance.now() - start;
    this.lastFuel = (this.#session.stats()?.fuel ?? 0) - before;
    this.#output.flush();
    if (this.interactive && !this.#atLineStart) this.say('');
    const loading = result.status === 'error' && result.trap.whileLoading;
    if (result.status !== 'rejected' && result.status !== 'full' && !loading) this.accepted.push(text);
    this.#show(result);
    return result;
  }

  /** A line on standard output. */
  say(line: string): void {
    this.#write(new TextEncoder().encode(`${line}\n`));
    this.#output.flush();
  }

  complain(message: string): void {
    this.#output.flush();
    showProblem(message, this.options);
  }

  showDiagnostics(diagnostics: EntryResult['diagnostics']): void {
    this.#output.flush();
    showReports(diagnostics, this.#session.files, this.options);
  }

  /** The text of a file; complains and gives null if it cannot be had. */
  read(path: string): string | null {
    try {
      return readFileSync(path, 'utf8');
    } catch (error) {
      this.complain(error instanceof Error ? error.message : String(error));
      return null;
    }
  }

  async #run(text: string, path: string | undefined): Promise<EntryResult> {
    this.#interrupted = false;
    if (WITHOUT_SLICES.includes(this.#engine.name)) {
      const run = (): EntryResult => this.#session.evaluate(text, path);
      return this.attention === null ? run() : this.attention.released(run);
    }
    const listener = (): void => {
      this.#interrupted = true;
    };
    process.on('SIGINT', listener);
    const ignore = this.attention?.watch(listener);
    try {
      const evaluation = this.#session.begin(text, path);
      for (;;) {
        const result = evaluation.advance(SLICES);
        if (result !== null) return result;
        await turn();
      }
    } finally {
      ignore?.();
      process.removeListener('SIGINT', listener);
    }
  }

  #show(result: EntryResult): void {
    if (result.diagnostics.length > 0) this.showDiagnostics(result.diagnostics);
    switch (result.status) {
      case 'done':
        if (result.value !== null) this.say(result.value);
        return;
      case 'full':
        this.complain('there is no room for more code in this session; `:reset` begins a new one');
        return;
      case 'limit':
        if (result.limit === 'interrupt') this.complain('interrupted');
        else this.#showOutcome(result);
        return;
      case 'error':
        this.#showOutcome(result);
        return;
      case 'rejected':
        return;
    }
  }

  #showOutcome(outcome: Parameters<typeof outcomeReports>[0]): void {
    const limits = { ...this.limits, ...this.#session.bounds };
    showReports(outcomeReports(outcome, limits), this.#session.files, this.options);
  }

  #write(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#atLineStart = bytes[bytes.length - 1] === NEWLINE;
    this.#output.write(bytes);
  }

  #newSession(edition: string | undefined): Session {
    return new Session(this.#engine, this.#host, {
      loader: moduleFiles(programFolder()),
      limits: this.limits,
      checks: {
        ...DEFAULT_CHECKS,
        optimise: !this.options.has('no-optimise'),
        verify: this.options.has('verify'),
      },
      ...(edition === undefined ? {} : { edition }),
    });
  }
}
