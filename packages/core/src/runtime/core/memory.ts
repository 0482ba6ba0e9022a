// Copying and clearing bytes. For a few bytes the engine's own instructions cost more than the bytes: they leave
// machine code.

const FEW: u32 = 64;

/** Copies; the areas do not overlap, or `to` lies before `from`. */
export function copyBytes(to: u32, from: u32, bytes: u32): void {
  if (bytes > FEW) {
    memory.copy(to, from, bytes);
    return;
  }
  let i: u32 = 0;
  for (; i + 8 <= bytes; i += 8) store<u64>(to + i, load<u64>(from + i));
  for (; i < bytes; i++) store<u8>(to + i, load<u8>(from + i));
}

/** Copies between areas that have nothing in common: what is left over is read and written again with what stands before it. */
// @ts-ignore: decorator
@inline
export function copyApart(to: u32, from: u32, bytes: u32): void {
  if (bytes > FEW) {
    memory.copy(to, from, bytes);
  } else if (bytes >= 8) {
    const last = bytes - 8;
    for (let i: u32 = 0; i < last; i += 8) store<u64>(to + i, load<u64>(from + i));
    store<u64>(to + last, load<u64>(from + last));
  } else if (bytes >= 4) {
    const last = bytes - 4;
    const end = load<u32>(from + last);
    store<u32>(to, load<u32>(from));
    store<u32>(to + last, end);
  } else if (bytes != 0) {
    store<u8>(to, load<u8>(from));
    const last = bytes - 1;
    if (last != 0) {
      store<u8>(to + 1, load<u8>(from + 1));
      store<u8>(to + last, load<u8>(from + last));
    }
  }
}

/** Clears whole words: up to seven bytes more than asked for, which belong to the same cell. */
export function clearWords(at: u32, bytes: u32): void {
  if (bytes > 4 * FEW) {
    memory.fill(at, 0, bytes);
    return;
  }
  for (let i: u32 = 0; i < bytes; i += 8) store<u64>(at + i, 0);
}
