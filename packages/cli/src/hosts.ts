/**
 * The two hosts that programs run under here: the process's streams, and bytes in memory.
 */
import type { Host } from '@orus/core/engine/engine';
import { LineReader } from './line-reader.ts';
import type { Input, Output } from './terminal.ts';

/** Not `performance`: its module takes the process milliseconds to load. */
const now = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds + nanoseconds / 1e9;
};

/**
 * After so many slices what was printed goes out, full buffer or not: for whoever reads a pipe meanwhile, and because a signal may end the
 * process without a word. A slice takes from some ten microseconds on.
 */
const SLICES = 64;

export function streamHost(output: Output, input: Input): Host {
  let slices = 0;
  return {
    write: (bytes) => output.write(bytes),
    readLine: (most) => {
      output.flush();
      return input.readLine(most);
    },
    now,
    interrupted: () => {
      slices++;
      if (slices % SLICES === 0) output.flush();
      return false;
    },
  };
}

/** A host whose input is given and whose output is kept; `stdout` is all of it so far. */
export function collectingHost(stdin: Uint8Array): Host & { stdout(): Uint8Array } {
  const pieces: Uint8Array[] = [];
  let rest = stdin;
  const lines = new LineReader(() => {
    const all = rest;
    rest = rest.subarray(rest.length);
    return all;
  });
  return {
    write: (bytes) => {
      pieces.push(bytes.slice());
    },
    readLine: (most) => lines.next(most),
    now,
    stdout: () => new Uint8Array(Buffer.concat(pieces)),
  };
}
