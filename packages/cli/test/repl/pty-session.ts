/**
 * The built program in a pseudo-terminal, driven as a person would: keys in, the screen out.
 */
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { VirtualTerminal } from './virtual-terminal.ts';

const helper = join(import.meta.dirname, 'pty-helper.py');
const program = join(import.meta.dirname, '../../bin/orus.js');

/** Whether there is what a pseudo-terminal takes: Python 3 with its `pty` module. */
export const havePty = spawnSync('python3', ['-c', 'import pty, termios']).status === 0;

const PATIENCE_MS = 8_000;

export interface PtyOptions {
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly columns?: number;
  readonly lines?: number;
}

export class PtySession {
  readonly screen: VirtualTerminal;
  readonly #child;
  readonly #exit: Promise<number | null>;
  #changed: (() => void) | null = null;
  /** All that was shown, with its control sequences. */
  raw = '';

  constructor({ args = [], env = {}, columns = 80, lines = 24 }: PtyOptions = {}) {
    this.screen = new VirtualTerminal(columns, lines);
    this.#child = spawn('python3', [helper, `${columns}`, `${lines}`, process.execPath, program, ...args], {
      stdio: ['pipe', 'pipe', 'inherit', 'pipe'],
      env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', ORUS_HISTORY: '', ...env },
    });
    const decoder = new TextDecoder();
    this.#child.stdout?.on('data', (bytes: Uint8Array) => {
      const text = decoder.decode(bytes, { stream: true });
      this.raw += text;
      this.screen.write(text);
      this.#changed?.();
    });
    this.#exit = new Promise((resolve) => {
      this.#child.on('exit', (status) => resolve(status));
    });
  }

  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  resize(columns: number, lines: number): void {
    this.screen.resize(columns);
    (this.#child.stdio[3] as Writable).write(`${columns} ${lines}\n`);
  }

  /** Waits until the screen ends with this text. */
  async ends(text: string): Promise<void> {
    await this.until(() => this.screen.text().endsWith(text), `the screen to end with ${JSON.stringify(text)}`);
  }

  async until(holds: () => boolean, what: string): Promise<void> {
    const end = Date.now() + PATIENCE_MS;
    while (!holds()) {
      const left = end - Date.now();
      if (left <= 0) throw new Error(`waited in vain for ${what}; the screen shows\n${this.screen.text()}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#changed = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Enters a line and waits for the end of its answer and the next prompt. */
  async enter(line: string, answer: string): Promise<void> {
    this.type(`${line}\r`);
    await this.ends(`${answer === '' ? '' : `${answer}\n`}>>`);
  }

  /** The exit status. */
  async ended(): Promise<number | null> {
    return this.#exit;
  }

  kill(): void {
    this.#child.kill();
  }
}
