import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareKeys } from '../../bytes/order.ts';
import { bytesKeys } from './bytes-keys.ts';

const bytes = fc.uint8Array({ maxLength: 40 });

describe('bytesKeys', () => {
  it('writes one character a byte', () => {
    expect(bytesKeys.encode(Uint8Array.of(0, 0x41, 0x7f, 0x80, 0xff))).toBe('\u0000A\u007f\u0080\u00ff');
    expect(bytesKeys.encode(new Uint8Array(0))).toBe('');
  });

  it('gives back what it was given', () => {
    fc.assert(
      fc.property(bytes, (key) => {
        expect(bytesKeys.decode(bytesKeys.encode(key))).toEqual(key);
      }),
    );
  });

  it('sorts as the bytes do', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const order = compareKeys(bytesKeys.encode(a), bytesKeys.encode(b));
        expect(Math.sign(order)).toBe(Buffer.compare(a, b));
      }),
    );
  });

  it('finds by a prefix the keys that begin with it', () => {
    fc.assert(
      fc.property(bytes, fc.uint8Array({ maxLength: 2 }), (key, prefix) => {
        const begins = Buffer.from(key).subarray(0, prefix.length).equals(prefix);
        expect(bytesKeys.encode(key).startsWith(bytesKeys.encodePrefix!(prefix))).toBe(begins);
      }),
    );
  });

  it('refuses what is not bytes', () => {
    for (const key of ['a', [1], null, new ArrayBuffer(1), new Uint16Array(1)]) {
      expect(() => bytesKeys.encode(key as unknown as Uint8Array)).toThrow(
        expect.objectContaining({ code: 'INVALID_KEY' }),
      );
    }
  });

  it('refuses text that was not made of bytes', () => {
    for (const text of ['\u0100', 'a\u{1f600}']) {
      expect(() => bytesKeys.decode(text)).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
    }
  });
});
