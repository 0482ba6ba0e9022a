/** Base64 to bytes, for modules that are shipped as text: core may name neither Node's nor the browser's decoder. */
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function bytesOfBase64(text: string): Uint8Array<ArrayBuffer> {
  const values = new Uint8Array(128);
  for (let i = 0; i < ALPHABET.length; i++) values[ALPHABET.charCodeAt(i)] = i;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let out = 0;
  for (let i = 0; i < text.length; i += 4) {
    const value = (k: number): number => values[text.charCodeAt(i + k) & 127] as number;
    const group = (value(0) << 18) | (value(1) << 12) | (value(2) << 6) | value(3);
    bytes[out++] = group >> 16;
    // writing past the end of a typed array does nothing, which drops the padding
    bytes[out++] = group >> 8;
    bytes[out++] = group;
  }
  return bytes;
}
