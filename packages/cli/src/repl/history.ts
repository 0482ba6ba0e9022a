/**
 * What was entered in this and earlier sessions, by whole entries, oldest first.
 *
 * The file holds one JSON string a line, so that an entry of many lines is one line of the file. It is only ever appended to, which
 * lets several sessions share it, except that it is cut to its newest entries when a session finds it too long. If it
 * cannot be read or written, the session says so once and goes on.
 */
import { appendFileSync, chmodSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemMessage } from '../terminal.ts';
import { makeFolder } from '../user-paths.ts';

const KEPT = 1000;
const LONGEST_FILE = 2 ** 22;

/** The entries of a history file; lines that are none are passed over. */
export function parseHistory(text: string): string[] {
  return text.split('\n').flatMap((line) => {
    try {
      const entry: unknown = JSON.parse(line);
      return typeof entry === 'string' && entry !== '' ? [entry] : [];
    } catch {
      return [];
    }
  });
}

export function printHistory(entries: readonly string[]): string {
  return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
}

export class History {
  readonly #path: string | null;
  readonly #complain: (message: string) => void;
  #failed = false;
  readonly entries: string[] = [];

  constructor(path: string | null, complain: (message: string) => void) {
    this.#path = path;
    this.#complain = complain;
    this.#load();
  }

  /** Adds an entry unless it repeats the one before. */
  add(text: string): void {
    const entry = text.trimEnd();
    if (entry === '' || entry === this.entries.at(-1)) return;
    this.entries.push(entry);
    this.#try((path) => {
      appendFileSync(path, printHistory([entry]), { mode: 0o600 });
    });
  }

  #load(): void {
    this.#try((path) => {
      makeFolder(dirname(path));
      const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
      if (size === 0) return;
      const read = parseHistory(readFileSync(path, 'utf8'));
      this.entries.push(...read.slice(-KEPT));
      if (read.length > 2 * KEPT || size > LONGEST_FILE) {
        const temporary = `${path}.${process.pid}.tmp`;
        writeFileSync(temporary, printHistory(this.entries), { mode: 0o600 });
        renameSync(temporary, path);
        chmodSync(path, 0o600);
      }
    });
  }

  #try(work: (path: string) => void): void {
    if (this.#path === null || this.#failed) return;
    try {
      work(this.#path);
    } catch (error) {
      this.#failed = true;
      this.#complain(`the history is not kept: cannot use '${this.#path}': ${systemMessage(error)}`);
    }
  }
}
