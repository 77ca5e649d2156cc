import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.ts';

/** Node's own, where this Node has it (22.2); else the definition, bit by bit. */
const native: ((bytes: Uint8Array, seed: number) => number) | undefined = Reflect.get(zlib, 'crc32');
const expected = native ?? bitwise;

function bitwise(bytes: Uint8Array, seed: number): number {
  let crc = ~seed;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return ~crc >>> 0;
}

const seeds = [0, 1, 0x7fffffff, 0x80000000, 0xcbf43926, 0xffffffff];

describe('crc32', () => {
  it('gives the check value of CRC-32/ISO-HDLC', () => {
    expect(crc32(new TextEncoder().encode('123456789'), 0)).toBe(0xcbf43926);
  });

  it('agrees with zlib for every length to 64, at every alignment, from any seed', () => {
    const bytes = Uint8Array.from({ length: 80 }, (_, i) => (i * 167 + 89) & 0xff);
    for (const seed of seeds) {
      for (let length = 0; length <= 64; length++) {
        for (let start = 0; start < 8; start++) {
          const part = bytes.subarray(start, start + length);
          expect(crc32(part, seed)).toBe(expected(part, seed));
        }
      }
    }
  });

  it('agrees with zlib for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(0xffffffff), (bytes, seed) => {
        expect(crc32(bytes, seed)).toBe(expected(bytes, seed));
      }),
    );
  });

  it('goes on from the checksum of what came before', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.uint8Array(), (a, b) => {
        expect(crc32(b, crc32(a, 0))).toBe(crc32(Uint8Array.of(...a, ...b), 0));
      }),
    );
  });
});
