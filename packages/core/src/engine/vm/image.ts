/**
 * The static part of a machine's memory while it is being laid out: bytes with final addresses, before the memory exists.
 *
 * Addresses are handed out upward from `base`; nothing is moved later. Static objects (strings, function values, variants without
 * payload) lie here, below the heap, where the collector does not look.
 */
import { HEADER, STRING_HEADER } from '../../runtime/layout.ts';

const encoder = new TextEncoder();

export class Image {
  readonly base: number;
  #bytes = new Uint8Array(1 << 14);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;
  readonly #strings = new Map<string, number>();
  readonly #stringHead: number;

  /** `stringHead`: the first header word of a string. */
  constructor(base: number, stringHead: number) {
    this.base = base;
    this.#stringHead = stringHead;
  }

  /** First address after everything so far. */
  get end(): number {
    return this.base + this.#length;
  }

  view(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Zeroed bytes, aligned to 8. */
  reserve(bytes: number): number {
    const address = this.end;
    const length = (this.#length + bytes + 7) & ~7;
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, this.#bytes.length * 2));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    this.#length = length;
    return address;
  }

  set8(address: number, value: number): void {
    this.#view.setUint8(address - this.base, value);
  }

  set16(address: number, value: number): void {
    this.#view.setUint16(address - this.base, value, true);
  }

  set32(address: number, value: number): void {
    this.#view.setUint32(address - this.base, value, true);
  }

  set64(address: number, value: bigint): void {
    this.#view.setBigUint64(address - this.base, BigInt.asUintN(64, value), true);
  }

  /** A flat constant string; the same text has the same address. */
  string(text: string): number {
    let address = this.#strings.get(text);
    if (address === undefined) {
      address = this.stringOfBytes(encoder.encode(text));
      this.#strings.set(text, address);
    }
    return address;
  }

  /** A flat string of its own. */
  stringOfBytes(bytes: Uint8Array): number {
    const address = this.object(this.#stringHead, bytes.length, STRING_HEADER + bytes.length);
    this.#bytes.set(bytes, address + STRING_HEADER - this.base);
    return address;
  }

  /** A string for each byte: their addresses. Every program has them, so this does in one loop what `stringOfBytes` does. */
  byteStrings(): number[] {
    const size = (STRING_HEADER + 1 + 7) & ~7;
    const first = this.reserve(256 * size);
    const view = this.#view;
    const addresses: number[] = [];
    for (let byte = 0; byte < 256; byte++) {
      const at = first - this.base + size * byte;
      view.setUint32(at, this.#stringHead, true);
      view.setUint32(at + HEADER.aux, 1, true);
      view.setUint8(at + STRING_HEADER, byte);
      addresses.push(at + this.base);
    }
    return addresses;
  }

  /** An object: its two header words, the rest zero. */
  object(head: number, aux: number, bytes: number): number {
    const address = this.reserve(bytes);
    this.set32(address, head);
    this.set32(address + HEADER.aux, aux);
    return address;
  }

  /** A table of u32. */
  words(values: readonly number[]): number {
    const address = this.reserve(4 * values.length);
    const view = this.#view;
    let at = address - this.base;
    for (const value of values) {
      view.setUint32(at, value, true);
      at += 4;
    }
    return address;
  }
}
