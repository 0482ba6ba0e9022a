/** How a bytecode file begins. In a file of its own, because every start asks. */

/** Not UTF-8, and changed by whatever changes the ends of lines. */
export const MAGIC: readonly number[] = [0x8f, 0x4f, 0x52, 0x42, 0x43, 0x0d, 0x0a, 0x1a];

/** Whether bytes begin as a bytecode file does. */
export function isBytecodeFile(bytes: Uint8Array): boolean {
  return bytes.length >= MAGIC.length && MAGIC.every((byte, i) => bytes[i] === byte);
}
