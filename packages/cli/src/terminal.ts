/**
 * The process's three streams, as the commands use them.
 *
 * Standard output is collected in a buffer and leaves it when the buffer is full, before a diagnostic, before input is
 * read, now and then while a program runs, at the end, and at every line end if somebody watches a terminal. The buffer is shared memory: when the
 * program runs in a worker that is stopped from outside, the main thread can still write out what it holds.
 */
import { fstatSync, statSync } from 'node:fs';
import { EXIT } from './exit-status.ts';
import { errorCode, readSome, writeFully } from './file-descriptors.ts';
import { LineReader } from './line-reader.ts';

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const BUFFER_SIZE = 64 * 1024;
const NEWLINE = 10;
const NO_BYTES = new Uint8Array(0);

/**
 * The memory behind an `Output`: bytes that have not been written yet lie in `[range[0], range[1])`. The start moves
 * after each write, so whoever writes out the rest after an interruption repeats nothing.
 */
export interface OutputBuffer {
  readonly range: Int32Array;
  readonly bytes: Uint8Array;
}

export function newOutputBuffer(): OutputBuffer {
  return { range: new Int32Array(new SharedArrayBuffer(8)), bytes: new Uint8Array(new SharedArrayBuffer(BUFFER_SIZE)) };
}

/** Whether a descriptor is a terminal. The module that knows takes 3 ms to load, so it is asked only about what may be one. */
export function isTerminal(fd: number): boolean {
  try {
    const device = fstatSync(fd);
    if (!device.isCharacterDevice() || device.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev)
      return false;
    return process.getBuiltinModule('node:tty').isatty(fd);
  } catch {
    return false;
  }
}

/** Standard output. A reader that went away ends the process silently; every other failure ends it with a message. */
export class Output {
  readonly buffer: OutputBuffer;
  readonly #byLine: boolean;

  constructor(buffer: OutputBuffer = newOutputBuffer()) {
    this.buffer = buffer;
    this.#byLine = isTerminal(STDOUT);
  }

  write(bytes: Uint8Array): void {
    const { range, bytes: buffer } = this.buffer;
    let rest = bytes;
    while (rest.length > 0) {
      const end = range[1] ?? 0;
      const count = Math.min(rest.length, BUFFER_SIZE - end);
      buffer.set(count === rest.length ? rest : rest.subarray(0, count), end);
      range[1] = end + count;
      if (end + count === BUFFER_SIZE) this.flush();
      rest = rest.subarray(count);
    }
    if (this.#byLine && bytes.includes(NEWLINE)) this.flush();
  }

  text(text: string): void {
    this.write(new TextEncoder().encode(text));
  }

  flush(): void {
    const { range, bytes } = this.buffer;
    try {
      writeFully(STDOUT, bytes.subarray(range[0], range[1]), (count) => {
        range[0] = (range[0] ?? 0) + count;
      });
    } catch (error) {
      outputFailed(error);
    }
    range.fill(0);
  }
}

function outputFailed(error: unknown): never {
  const code = errorCode(error);
  if (code === '') throw error;
  if (code === 'EPIPE') process.exit(EXIT.ok.status);
  writeError(`orus: cannot write the output: ${systemMessage(error)}\n`);
  process.exit(EXIT.io.status);
}

/** What the system says about a failed call, without Node's decoration: `no space left on device`. */
export function systemMessage(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return /^[A-Z0-9_]+: (.*?)(?:, \w+(?: '.*')?)?$/s.exec(message)?.[1] ?? message;
}

/** Writes to standard error. There is nobody left to tell if that fails. */
export function writeError(text: string): void {
  try {
    writeFully(STDERR, new TextEncoder().encode(text));
  } catch {
    // A diagnostic that cannot be shown changes nothing about the exit status.
  }
}

/** Lines of standard input, read on demand. */
export class Input {
  /** Made for the first line: few programs read any. */
  #chunk = NO_BYTES;
  readonly #lines = new LineReader(() => this.#read());
  #ended = false;

  /** The next line, null at the end; of one with more than `most` bytes at least so many. */
  readLine(most: number): Uint8Array | null {
    return this.#lines.next(most);
  }

  #read(): Uint8Array {
    if (this.#ended) return NO_BYTES;
    try {
      if (this.#chunk.length === 0) this.#chunk = new Uint8Array(BUFFER_SIZE);
      const count = readSome(STDIN, this.#chunk);
      // A terminal can go on after Ctrl-D; everything else stays at its end.
      if (count === 0) this.#ended = !isTerminal(STDIN);
      return this.#chunk.slice(0, count);
    } catch (error) {
      if (errorCode(error) === '') throw error;
      writeError(`orus: cannot read standard input: ${systemMessage(error)}\n`);
      process.exit(EXIT.io.status);
    }
  }
}
