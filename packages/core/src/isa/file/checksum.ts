/**
 * The checksum of files: CRC-32 (ISO-HDLC, the one of zip and PNG), four bits at a time. A table for eight bits would have to be made at
 * every start that reads a program, and takes longer than most programs.
 */

/** The remainders of the numbers of four bits. */
const REMAINDERS = Uint32Array.of(
  0x0000_0000,
  0x1db7_1064,
  0x3b6e_20c8,
  0x26d9_30ac,
  0x76dc_4190,
  0x6b6b_51f4,
  0x4db2_6158,
  0x5005_713c,
  0xedb8_8320,
  0xf00f_9344,
  0xd6d6_a3e8,
  0xcb61_b38c,
  0x9b64_c2b0,
  0x86d3_d2d4,
  0xa00a_e278,
  0xbdbd_f21c,
);

export function crc32(bytes: Uint8Array): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    crc = (crc >>> 4) ^ (REMAINDERS[crc & 15] as number);
    crc = (crc >>> 4) ^ (REMAINDERS[crc & 15] as number);
  }
  return ~crc >>> 0;
}
