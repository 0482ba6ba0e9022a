/**
 * A growing byte buffer with the number encodings of the WebAssembly binary format (LEB128, little-endian floats, names).
 */
import { Bug } from '../base/bug.ts';

const encoder = new TextEncoder();

export class ByteBuffer {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView | null = null;
  length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
  }

  /** The bytes written so far; valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  u8(value: number): void {
    if (this.length === this.#bytes.length) this.#grow(1);
    this.#bytes[this.length++] = value;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(value: number): void {
    let rest = value >>> 0;
    while (rest >= 0x80) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    this.u8(rest);
  }

  /** Unsigned LEB128 in so many bytes, more than it may need. */
  u32Padded(value: number, bytes: number): void {
    this.#reserve(bytes);
    this.length += bytes;
    this.patch(this.length - bytes, value, bytes);
  }

  /** Replaces what `u32Padded` has written. */
  patch(at: number, value: number, bytes: number): void {
    if (value >= 2 ** (7 * bytes)) throw new Bug(`${value} in ${bytes} bytes`);
    for (let i = 0; i < bytes; i++) {
      const more = i < bytes - 1 ? 0x80 : 0;
      this.#bytes[at + i] = ((value >>> (7 * i)) & 0x7f) | more;
    }
  }

  /** Signed LEB128 of a 32-bit integer. */
  s32(value: number): void {
    let rest = value | 0;
    while (rest < -64 || rest > 63) {
      this.u8((rest & 0x7f) | 0x80);
      rest >>= 7;
    }
    this.u8(rest & 0x7f);
  }

  /** Signed LEB128 of a 64-bit integer. */
  s64(value: bigint): void {
    let rest = BigInt.asIntN(64, value);
    if (rest >= -0x8000_0000n && rest <= 0x7fff_ffffn) return this.s32(Number(rest));
    while (rest < -64n || rest > 63n) {
      this.u8(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.u8(Number(rest & 0x7fn));
  }

  f64(value: number): void {
    this.#reserve(8);
    this.#view ??= new DataView(this.#bytes.buffer);
    this.#view.setFloat64(this.length, value, true);
    this.length += 8;
  }

  bytes(data: Uint8Array): void {
    this.#reserve(data.length);
    this.#bytes.set(data, this.length);
    this.length += data.length;
  }

  /** A length and as many bytes of UTF-8. */
  name(text: string): void {
    const data = encoder.encode(text);
    this.u32(data.length);
    this.bytes(data);
  }

  /** A length and the contents of another buffer. */
  sized(buffer: ByteBuffer): void {
    this.u32(buffer.length);
    this.bytes(buffer.view());
  }

  #reserve(count: number): void {
    if (this.length + count > this.#bytes.length) this.#grow(count);
  }

  #grow(count: number): void {
    const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.length + count));
    larger.set(this.#bytes.subarray(0, this.length));
    this.#bytes = larger;
    this.#view = null;
  }
}
