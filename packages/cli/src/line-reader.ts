/**
 * Splits a stream of bytes into lines. A line ends with LF, CRLF or CR; the ending is dropped.
 *
 * After a CR the reader does not wait for the LF that may follow: at a terminal it would hang. It remembers to skip it.
 */
const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export class LineReader {
  readonly #read: () => Uint8Array;
  #pending: Uint8Array = new Uint8Array(0);
  #skipNewline = false;

  /** `read` returns the next bytes, none at the end; it is not called again before the caller asks for another line. */
  constructor(read: () => Uint8Array) {
    this.#read = read;
  }

  /**
   * The next line; null at the end of input. A last line without an ending counts. As soon as a line has more than `most`
   * bytes it is given as it is, and its rest is the next one: input without line ends must not fill the memory.
   */
  next(most: number): Uint8Array | null {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (;;) {
      if (length > most) return join(parts);
      if (this.#pending.length === 0) {
        this.#pending = this.#read();
        if (this.#pending.length === 0) return parts.length === 0 ? null : join(parts);
      }
      if (this.#skipNewline) {
        this.#skipNewline = false;
        if (this.#pending[0] === NEWLINE) this.#pending = this.#pending.subarray(1);
        if (this.#pending.length === 0) continue;
      }
      const end = endOfLine(this.#pending);
      if (end === -1) {
        parts.push(this.#pending);
        length += this.#pending.length;
        this.#pending = new Uint8Array(0);
        continue;
      }
      this.#skipNewline = this.#pending[end] === CARRIAGE_RETURN;
      parts.push(this.#pending.subarray(0, end));
      this.#pending = this.#pending.subarray(end + 1);
      return join(parts);
    }
  }
}

/** Where the first line ends, or -1. */
function endOfLine(bytes: Uint8Array): number {
  const newline = bytes.indexOf(NEWLINE);
  const before = newline === -1 ? bytes : bytes.subarray(0, newline);
  const carriageReturn = before.indexOf(CARRIAGE_RETURN);
  return carriageReturn === -1 ? newline : carriageReturn;
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (first && parts.length === 1) return first;
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
