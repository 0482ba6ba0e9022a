/** The bytes of a guest string, flat or a rope. */
import { HEADER, LAYOUT, STRING_HEADER } from '../../runtime/layout.ts';
import type { MemoryView } from './memory.ts';

const ROPE = { left: 8, right: 12 } as const;

export function guestBytes(memory: MemoryView, address: number): Uint8Array {
  const bytes = new Uint8Array(memory.u32(address + HEADER.aux));
  let at = 0;
  const rest = [address];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (memory.u8(next + HEADER.layout) === LAYOUT.string) {
      const length = memory.u32(next + HEADER.aux);
      bytes.set(memory.bytes(next + STRING_HEADER, length), at);
      at += length;
    } else {
      const right = memory.u32(next + ROPE.right);
      if (right !== 0) rest.push(right);
      rest.push(memory.u32(next + ROPE.left));
    }
  }
  return bytes;
}

export function guestText(memory: MemoryView, address: number): string {
  return new TextDecoder().decode(guestBytes(memory, address));
}
