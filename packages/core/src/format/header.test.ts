import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FORMAT_VERSION, hasMagic, MAGIC, parseHeader, STORE_ID_BYTES, writeHeader } from './header.ts';

const storeId = Uint8Array.from({ length: STORE_ID_BYTES }, (_, i) => i);
const plain = { storeId, cipherName: '', cipherHeader: new Uint8Array(0) };

describe('the header', () => {
  it('has these bytes', () => {
    expect(
      Buffer.from(writeHeader({ ...plain, cipherName: 'x', cipherHeader: Uint8Array.of(9) })).toString('hex'),
    ).toBe('8969736f6b760d0a1a0a' + '01' + '000102030405060708090a0b0c0d0e0f' + '0178' + '0109');
  });

  it('is read as it was written', () => {
    const header = fc.record({
      storeId: fc.uint8Array({ minLength: STORE_ID_BYTES, maxLength: STORE_ID_BYTES }),
      cipherName: fc.string({ unit: 'binary' }),
      cipherHeader: fc.uint8Array({ maxLength: 300 }),
    });
    fc.assert(
      fc.property(header, (header) => {
        expect(parseHeader(writeHeader(header))).toEqual(header);
      }),
    );
  });

  it('keeps its bytes when those it was read from change', () => {
    const bytes = writeHeader({ ...plain, cipherHeader: Uint8Array.of(9) });
    const header = parseHeader(bytes);
    bytes.fill(0xff);
    expect(header).toEqual({ ...plain, cipherHeader: Uint8Array.of(9) });
  });

  it('with another version is refused by its number', () => {
    const bytes = writeHeader(plain);
    bytes[MAGIC.length] = FORMAT_VERSION + 1;
    expect(() => parseHeader(bytes)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_VERSION', message: expect.stringContaining('version 2;') }),
    );
  });

  it('without the whole magic is not ours, or not all there', () => {
    const bytes = writeHeader(plain);
    for (let at = 0; at < MAGIC.length; at++) {
      const other = bytes.slice();
      other[at]! ^= 1;
      expect(() => parseHeader(other)).toThrow(expect.objectContaining({ code: 'NOT_ISOKV' }));
      expect(hasMagic(other, 0)).toBe(false);
    }
    for (let length = 0; length < bytes.length; length++) {
      expect(() => parseHeader(bytes.subarray(0, length))).toThrow(
        expect.objectContaining({ code: 'CORRUPT' }),
      );
      expect(hasMagic(bytes.subarray(0, length), 0)).toBe(true);
    }
  });

  it('is told from its copy in text mode', () => {
    const bytes = Buffer.from(writeHeader(plain));
    const unix = Buffer.from(bytes.toString('latin1').replaceAll('\r\n', '\n'), 'latin1');
    const dos = Buffer.from(bytes.toString('latin1').replaceAll(/(?<!\r)\n/g, '\r\n'), 'latin1');
    for (const copy of [unix, dos, Buffer.from(bytes.toString('utf8'))]) {
      expect(() => parseHeader(copy)).toThrow(expect.objectContaining({ code: 'NOT_ISOKV' }));
    }
  });
});
