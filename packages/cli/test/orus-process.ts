/**
 * Starts the real program, as a user would, in a folder of its own.
 */
import type { ChildProcess, SpawnSyncOptions } from 'node:child_process';
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';

export const launcher = join(import.meta.dirname, '../bin/orus.js');
const timeout = 15_000;
/** What programs see of the environment. Nothing is kept between runs unless a test says where. */
const environment = { PATH: process.env['PATH'], ORUS_CACHE: '' };

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export class Workplace {
  readonly folder = realpathSync(mkdtempSync(join(tmpdir(), 'orus-cli-')));

  constructor() {
    afterAll(() => rmSync(this.folder, { recursive: true, force: true }));
  }

  /** Writes a file and returns its name. */
  file(name: string, contents: string | Uint8Array): string {
    const path = join(this.folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
    return name;
  }

  /** Runs to the end. */
  orus(words: readonly string[], options: SpawnSyncOptions = {}): Ended {
    const { status, stdout, stderr, error } = spawnSync(process.execPath, [launcher, ...words], {
      cwd: this.folder,
      timeout,
      input: '',
      ...options,
      env: { ...environment, ...options.env },
      encoding: 'utf8',
    });
    if (error) throw error;
    return { status, stdout, stderr };
  }

  /** Runs a shell script in which `$ORUS` starts the program. */
  shell(script: string): Ended {
    const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
      cwd: this.folder,
      timeout,
      encoding: 'utf8',
      env: { ...environment, ORUS: `${process.execPath} ${launcher}` },
    });
    return { status, stdout, stderr };
  }

  start(words: readonly string[]): Running {
    return new Running(spawn(process.execPath, [launcher, ...words], { cwd: this.folder, timeout, env: environment }));
  }
}

/** A process that is still running. */
export class Running {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #end: Promise<{ status: number | null; signal: NodeJS.Signals | null }>;

  constructor(child: ChildProcess) {
    this.child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#end = new Promise((resolve) => {
      child.on('close', (status, signal) => resolve({ status, signal }));
    });
  }

  /** How the process ends. */
  async end(): Promise<Ended & { signal: NodeJS.Signals | null }> {
    const { status, signal } = await this.#end;
    return { status, signal, stdout: this.stdout, stderr: this.stderr };
  }
}
