/**
 * CRC-32 (ISO-HDLC, polynomial 0xEDB88320 reflected: that of zip, PNG and `zlib.crc32`), eight bytes a step.
 * Source: M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance Software-based CRC
 * Generators" (slicing-by-8).
 */

/** A checksum: the CRC of `bytes`, continued from `seed`, the CRC of what came before (0 at the start). */
export type Crc32 = (bytes: Uint8Array, seed: number) => number;

let table: Uint32Array | undefined;

export const crc32: Crc32 = (bytes, seed) => {
  table ??= makeTable();
  const t = table;
  const length = bytes.length;
  let crc = ~seed;
  let i = 0;
  for (const last = length - 7; i < last; i += 8) {
    const low =
      crc ^
      ((bytes[i] as number) |
        ((bytes[i + 1] as number) << 8) |
        ((bytes[i + 2] as number) << 16) |
        ((bytes[i + 3] as number) << 24));
    crc =
      (t[0x700 | (low & 0xff)] as number) ^
      (t[0x600 | ((low >>> 8) & 0xff)] as number) ^
      (t[0x500 | ((low >>> 16) & 0xff)] as number) ^
      (t[0x400 | (low >>> 24)] as number) ^
      (t[0x300 | (bytes[i + 4] as number)] as number) ^
      (t[0x200 | (bytes[i + 5] as number)] as number) ^
      (t[0x100 | (bytes[i + 6] as number)] as number) ^
      (t[bytes[i + 7] as number] as number);
  }
  for (; i < length; i++) crc = (t[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
};

/** For each byte its CRC, and 256 places on that of the same followed by one more zero byte. Made on first use: 8 KiB. */
function makeTable(): Uint32Array {
  const made = new Uint32Array(0x800);
  for (let at = 0; at < made.length; at++) {
    let crc = at < 0x100 ? at : (made[at - 0x100] as number);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    made[at] = crc;
  }
  return made;
}
