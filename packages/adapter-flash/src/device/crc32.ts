/** The checksum, for devices that have none of their own. */
import { scripts } from './scripts.ts';

/** The CRC-32 of zip and PNG, continued from `crc` (0 at the start). */
export function crc32(bytes: Uint8Array, crc: number): number {
  crc = ~crc;
  for (var i = 0; i < bytes.length; i++) {
    crc ^= bytes[i]!;
    for (var bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 && 0xedb88320);
  }
  return ~crc >>> 0;
}

/** Lets stores open on a device without `crc32`. `isokv`: what the core script exports. */
export function addTo(_isokv: unknown): void {
  scripts.crc32 = function (bytes) {
    return crc32(bytes, 0);
  };
}
