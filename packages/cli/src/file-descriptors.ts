/**
 * Synchronous reading and writing of file descriptors, with the cases that the system calls leave to their callers:
 * partial writes, descriptors that somebody else made non-blocking (`EAGAIN`), and interrupted calls (`EINTR`).
 */
import { readSync, writeSync } from 'node:fs';

const doze = new Int32Array(new SharedArrayBuffer(4));

/**
 * Blocks the thread before the next attempt, as there is no event loop to wait in. After an interrupted call it must be long
 * enough for the thread that waits for Ctrl-C to end this one, which it cannot do while a system call waits.
 */
function pause(code: string, attempt: number): void {
  Atomics.wait(doze, 0, 0, code === 'EINTR' ? 250 : Math.min(20, 1 + attempt));
}

/** The system's name of what went wrong, such as `EPIPE`; an empty string for anything that is not a system error. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Writes all bytes or throws the system's error. `wrote` is told after each successful call how many it took. */
export function writeFully(fd: number, bytes: Uint8Array, wrote: (count: number) => void = () => {}): void {
  let attempt = 0;
  for (let at = 0; at < bytes.length; ) {
    try {
      const count = writeSync(fd, bytes, at, bytes.length - at);
      at += count;
      wrote(count);
      attempt = 0;
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
      pause(code, attempt++);
    }
  }
}

/** Reads some bytes, waiting for them; 0 at the end. */
export function readSome(fd: number, into: Uint8Array): number {
  for (let attempt = 0; ; attempt++) {
    try {
      return readSync(fd, into, 0, into.length, null);
    } catch (error) {
      const code = errorCode(error);
      // What Windows reports at the end of a pipe.
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN' && code !== 'EINTR') throw error;
      pause(code, attempt);
    }
  }
}

/** Bytes to begin with where nobody knows how many there are. */
const PIECE = 256 * 1024;

/** All that is left to read, in memory of its own; undefined if it is more than `most` bytes. `expected`: how much there is, 0 if that is not known. */
export function readRest(fd: number, expected: number, most = Number.POSITIVE_INFINITY): Buffer | undefined {
  // One byte more, because only reading nothing is the end.
  let bytes = Buffer.allocUnsafeSlow(expected > 0 ? Math.min(expected, most) + 1 : PIECE);
  for (let size = 0; ; ) {
    if (size === bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * size);
      larger.set(bytes);
      bytes = larger;
    }
    const count = readSome(fd, bytes.subarray(size));
    if (count === 0) return bytes.subarray(0, size);
    size += count;
    if (size > most) return undefined;
  }
}
