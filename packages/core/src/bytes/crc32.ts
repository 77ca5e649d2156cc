/**
 * CRC-32 (ISO-HDLC, polynomial 0xEDB88320 reflected: that of zip, PNG and `zlib.crc32`), eight bytes a step.
 * Source: M. Kounavis and F. Berry, "A Systematic Approach to Building High Performance Software-based CRC
 * Generators" (slicing-by-8).
 */

/** A checksum: the CRC of `bytes`, continued from `seed`, the CRC of what came before (0 at the start). */
export type Crc32 = (bytes: Uint8Array, seed: number) => number;

let tables: Uint32Array[] | undefined;

export const crc32: Crc32 = (bytes, seed) => {
  tables ??= makeTables();
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
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
      (t7[low & 0xff] as number) ^
      (t6[(low >>> 8) & 0xff] as number) ^
      (t5[(low >>> 16) & 0xff] as number) ^
      (t4[low >>> 24] as number) ^
      (t3[bytes[i + 4] as number] as number) ^
      (t2[bytes[i + 5] as number] as number) ^
      (t1[bytes[i + 6] as number] as number) ^
      (t0[bytes[i + 7] as number] as number);
  }
  for (; i < length; i++) crc = (t0[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
};

/** Table k holds, for each byte, its CRC followed by k zero bytes. Made on first use: 8 KiB. */
function makeTables(): Uint32Array[] {
  const made = Array.from({ length: 8 }, () => new Uint32Array(256));
  const first = made[0] as Uint32Array;
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    first[byte] = crc;
  }
  for (let k = 1; k < 8; k++) {
    const before = made[k - 1] as Uint32Array;
    const table = made[k] as Uint32Array;
    for (let byte = 0; byte < 256; byte++) {
      const crc = before[byte] as number;
      table[byte] = (crc >>> 8) ^ (first[crc & 0xff] as number);
    }
  }
  return made;
}
