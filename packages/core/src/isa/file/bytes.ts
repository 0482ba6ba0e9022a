/**
 * Bytes of a bytecode file, written and read: numbers of variable length (LEB128), and whatever is built from them.
 *
 * The reader trusts nothing. Each read is bounded by the bytes that are left, a list may only announce as many elements as those
 * bytes can hold, and a number has one encoding. What is wrong is thrown as `Malformed` and caught where reading began.
 */

/** Why a file cannot be read. Never leaves the reader. */
export class Malformed {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const encoder = new TextEncoder();

/** Texts of at most so many bytes are tried as ASCII first, which most are: the first use of a decoder takes a start 0.3 ms. */
const SHORT = 4096;

/** Text in ASCII; null if it is something else. */
function asciiText(bytes: Uint8Array): string | null {
  for (const byte of bytes) if (byte > 0x7f) return null;
  return String.fromCharCode(...bytes);
}

let decoder: TextDecoder | null = null;

/** Throws if these bytes are not UTF-8. */
function utf8Text(bytes: Uint8Array): string {
  decoder ??= new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  return decoder.decode(bytes);
}

/** Seven bits a byte, so a 32-bit number takes five, of which the last holds four bits. */
const LAST_BYTE = 4;

export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #length = 0;

  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  byte(value: number): void {
    this.#room(1);
    this.#bytes[this.#length++] = value;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** 0 to 2^32 - 1. */
  number(value: number): void {
    let rest = value >>> 0;
    while (rest > 0x7f) {
      this.byte((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.byte(rest);
  }

  word(value: number): void {
    for (let shift = 0; shift < 32; shift += 8) this.byte((value >>> shift) & 0xff);
  }

  string(text: string): void {
    const bytes = encoder.encode(text);
    this.number(bytes.length);
    this.raw(bytes);
  }

  #room(count: number): void {
    if (this.#length + count <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + count));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
  }

  get left(): number {
    return this.#end - this.#at;
  }

  byte(): number {
    if (this.#at >= this.#end) throw new Malformed('it ends in the middle');
    return this.#bytes[this.#at++] as number;
  }

  raw(count: number): Uint8Array {
    if (count > this.left) throw new Malformed(`${count} bytes are announced where ${this.left} are left`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }

  number(): number {
    let value = 0;
    for (let i = 0; ; i++) {
      const byte = this.byte();
      if (i === LAST_BYTE && byte > 0x0f) throw new Malformed('a number has more than 32 bits');
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) {
        if (byte === 0 && i > 0) throw new Malformed('a number has more bytes than it needs');
        return value;
      }
    }
  }

  word(): number {
    let value = 0;
    for (let shift = 0; shift < 32; shift += 8) value |= this.byte() << shift;
    return value >>> 0;
  }

  string(): string {
    const bytes = this.raw(this.number());
    const ascii = bytes.length <= SHORT ? asciiText(bytes) : null;
    if (ascii !== null) return ascii;
    try {
      return utf8Text(bytes);
    } catch {
      throw new Malformed('a text is not UTF-8');
    }
  }

  /** The number of elements of a list whose elements take at least `least` bytes each. */
  count(least: number): number {
    const count = this.number();
    if (count * least > this.left)
      throw new Malformed(`${count} elements are announced where ${this.left} bytes are left`);
    return count;
  }

  /** A reader of the next `count` bytes, which this one skips. */
  part(count: number): ByteReader {
    const { buffer, byteOffset } = this.raw(count);
    return new ByteReader(new Uint8Array(buffer, byteOffset, count));
  }
}
