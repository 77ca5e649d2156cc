import { describe, expect, test } from 'vitest';
import {
  hasMagic,
  isOwner,
  isUnfinished,
  ownerOf,
  parseSuperblock,
  writeOwner,
  writeSuperblock,
  writeUnfinished,
} from './superblock.ts';

function codeAndOffset(bytes: Uint8Array): unknown {
  try {
    return parseSuperblock(bytes, 'a.isokv');
  } catch (error) {
    const { code, offset } = error as { code: string; offset?: number };
    return offset === undefined ? code : `${code} ${offset}`;
  }
}

describe('superblock', () => {
  test('is these bytes and no others', () => {
    const bytes = writeSuperblock(
      0x010203040506,
      Uint8Array.from({ length: 16 }, (_, at) => at + 1),
      writeOwner(new Uint8Array(16), Uint8Array.of(7, 8, 9, 10)),
    );
    const expected = new Uint8Array(4096);
    expected.set([0x89, 0x69, 0x73, 0x6f, 0x6b, 0x76, 0x66, 0x0d, 0x0a, 0x1a, 0x0a, 1]);
    const slot = [6, 5, 4, 3, 2, 1, 0, 0, 0x33, 0x63, 0x8f, 0x86];
    expected.set(slot, 512);
    expected.set(slot, 1024);
    const secret = Array.from({ length: 16 }, (_, at) => at + 1);
    const owner = [1, 0, 0, 0, 0, 0, 0, 0, 7, 8, 9, 10, 0x56, 0xb1, 0xa3, 0x42];
    expected.set([...secret, 0xf8, 0x57, 0x6b, 0x76], 12);
    expected.set(owner, 1536);
    expect(Buffer.from(bytes).equals(expected)).toBe(true);
    expect(parseSuperblock(bytes, 'a.isokv')).toEqual([0x010203040506, 0x010203040506]);
  });

  test('every flipped bit is noticed', () => {
    const owner = writeOwner(new Uint8Array(16), Uint8Array.of(7, 8, 9, 10));
    for (let bit = 0; bit < 4096 * 8; bit++) {
      // Of a byte of padding one bit will do.
      if (bit >> 3 >= 1552 && (bit & 7) !== ((bit >> 3) & 7)) continue;
      const bytes = writeSuperblock(9999, undefined, owner);
      bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7));
      const at = bit >> 3;
      const found = codeAndOffset(bytes);
      if (at < 11) expect(found).toBe('NOT_ISOKV');
      else if (at === 11) expect(found).toBe('UNKNOWN_VERSION');
      else if (at < 32) expect(found).toBe('CORRUPT 12');
      else if (at >= 1536 && at < 1552) expect(isOwner(ownerOf(bytes))).toBe(false);
      else if (at >= 512 && at < 524) expect(found).toEqual([undefined, 9999]);
      else if (at >= 1024 && at < 1036) expect(found).toEqual([9999, undefined]);
      else expect(found).toBe(`CORRUPT ${at}`);
    }
  }, 30_000);

  test('with both slots damaged is corrupt', () => {
    const bytes = writeSuperblock(9999);
    bytes[512] = 1;
    bytes[1024] = 1;
    expect(codeAndOffset(bytes)).toBe('CORRUPT 512');
  });

  test('cut short is corrupt, wherever', () => {
    for (let length = 1; length < 4096; length++) {
      expect(codeAndOffset(writeSuperblock(9999).subarray(0, length))).toBe(`CORRUPT ${length}`);
    }
    expect(codeAndOffset(new Uint8Array(0))).toBe('NOT_ISOKV');
  });

  test('of a newer layout is refused by number', () => {
    const bytes = writeSuperblock(4096);
    bytes[11] = 7;
    expect(() => parseSuperblock(bytes, 'a.isokv')).toThrow(/version 7/);
  });

  test('a slot that points before the log is damaged', () => {
    expect(codeAndOffset(writeSuperblock(4095))).toBe('CORRUPT 512');
  });
});

describe('an unfinished file', () => {
  test('is any part of what creation writes, with zeros for what did not arrive', () => {
    const whole = writeUnfinished();
    for (let length = 0; length <= 4096; length++)
      expect(isUnfinished(whole.subarray(0, length), length)).toBe(true);
    for (let sector = 0; sector < 8; sector++) {
      expect(isUnfinished(whole.slice().fill(0, sector * 512, sector * 512 + 512), 4096)).toBe(true);
    }
  });

  test('is not one that is longer, finished, or foreign', () => {
    expect(isUnfinished(writeUnfinished(), 4097)).toBe(false);
    expect(isUnfinished(writeSuperblock(4096), 4096)).toBe(false);
    expect(isUnfinished(Buffer.from('hello'), 5)).toBe(false);
    expect(hasMagic(new Uint8Array(0))).toBe(false);
  });
});
