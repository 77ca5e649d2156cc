import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkUtf8, decodeUtf8, encodeUtf8, writeUtf8 } from './utf8.ts';

/** Long and short, ASCII and not: the short cuts end where the one or the other begins. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
  fc
    .tuple(fc.string({ unit: 'binary-ascii', maxLength: 40 }), fc.string({ unit: 'binary', maxLength: 2 }))
    .map(([start, end]) => start + end),
);

describe('utf8', () => {
  it('writes what the runtime would, and no byte around it', () => {
    fc.assert(
      fc.property(text, fc.nat(9), (text, offset) => {
        const expected = Buffer.from(text);
        const target = new Uint8Array(offset + text.length * 3 + 4).fill(0xaa);
        const written = writeUtf8(text, target, offset);
        expect(written).toBe(expected.length);
        expect(Buffer.from(target.subarray(offset, offset + written)).equals(expected)).toBe(true);
        expect(target.subarray(0, offset).every((byte) => byte === 0xaa)).toBe(true);
        expect(target.subarray(offset + text.length * 3).every((byte) => byte === 0xaa)).toBe(true);
        expect(Buffer.from(encodeUtf8(text)).equals(expected)).toBe(true);
      }),
    );
  });

  it('reads what was written, wherever it stands', () => {
    fc.assert(
      fc.property(text, fc.nat(9), (text, offset) => {
        const bytes = Buffer.concat([Buffer.alloc(offset, 0x80), Buffer.from(text), Buffer.alloc(3, 0x80)]);
        expect(decodeUtf8(bytes, offset, bytes.length - 3)).toBe(text);
      }),
    );
  });

  it('keeps a byte order mark, which is a character like others', () => {
    for (const text of ['\ufeff', `\ufeff${'a'.repeat(40)}`]) {
      expect(decodeUtf8(encodeUtf8(text), 0, Buffer.byteLength(text))).toBe(text);
    }
  });

  it.each([
    ['a lone continuation', [0x80]],
    ['a sequence cut short', [0xe2, 0x82]],
    ['an overlong form', [0xc0, 0x80]],
    ['an overlong form of three', [0xe0, 0x80, 0x80]],
    ['a surrogate', [0xed, 0xa0, 0x80]],
    ['a pair of surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
    ['past U+10FFFF', [0xf4, 0x90, 0x80, 0x80]],
    ['a byte that is never used', [0xff]],
  ])('refuses %s, also after and before much else', (_, malformed) => {
    for (const around of [0, 3, 40]) {
      const ascii = Buffer.alloc(around, 'a');
      const bytes = Buffer.concat([ascii, Buffer.from(malformed), ascii]);
      expect(() => decodeUtf8(bytes, 0, bytes.length)).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
      // A refusal leaves nothing behind that the next call would meet.
      expect(decodeUtf8(Buffer.from('é'), 0, 2)).toBe('é');
    }
  });

  it('refuses exactly the bytes that are not UTF-8', () => {
    const byte = fc.oneof(fc.constantFrom(0x41, 0x80, 0xbf, 0xc2, 0xe0, 0xed, 0xf0, 0xf4), fc.nat(255));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 30 }), (all) => {
        const bytes = Uint8Array.from(all);
        if (isUtf8(bytes)) {
          expect(Buffer.from(decodeUtf8(bytes, 0, bytes.length)).equals(bytes)).toBe(true);
        } else {
          expect(() => decodeUtf8(bytes, 0, bytes.length)).toThrow(
            expect.objectContaining({ code: 'CORRUPT' }),
          );
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('checks bytes as reading them would', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      text.map((text) => Buffer.from(text)),
    );
    const long = fc
      .tuple(fc.nat(140), piece)
      .map(([length, end]) => Buffer.concat([Buffer.alloc(length, 0x61), end]));
    fc.assert(
      fc.property(long, fc.nat(9), (content, offset) => {
        const bytes = Buffer.concat([Buffer.alloc(offset, 0x80), content, Buffer.alloc(3, 0x80)]);
        const check = (): void => checkUtf8(bytes, offset, bytes.length - 3);
        if (isUtf8(content)) check();
        else expect(check).toThrow(expect.objectContaining({ code: 'CORRUPT' }));
      }),
    );
  });
});
