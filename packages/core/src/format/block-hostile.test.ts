import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { putU32, Writer } from '../bytes/writer.ts';
import { IsokvError } from '../errors.ts';
import { Block, BlockBuilder } from './block.ts';
import { PUT, TAG, writePut } from './change.ts';

const corrupt = expect.objectContaining({ code: 'CORRUPT' });

/** Namespace 'n', entries 'a', 'b' and 'c', of which 'b' expires. */
function sample(): Uint8Array<ArrayBuffer> {
  const builder = new BlockBuilder('n');
  for (const key of ['a', 'b', 'c']) {
    const start = builder.entries.length;
    writePut(builder.entries, key, key === 'b' ? 1000 : 0);
    builder.entries.u8(TAG.true);
    builder.entries.varint(0);
    builder.add(start, key === 'b');
  }
  return new Uint8Array(builder.finish()!);
}
const COUNT_AT = 2;
const EXPIRING_AT = COUNT_AT + 4;
const OFFSETS_AT = EXPIRING_AT + 4;
const EXPIRIES_AT = OFFSETS_AT + 3 * 4;

/** A block of one entry whose key says it has the length that `varint` stands for, with `count` bytes after it. */
function withKey(varint: readonly number[], count: number): Uint8Array {
  const writer = new Writer();
  writer.text('');
  writer.u32(1);
  writer.u32(0);
  writer.u32(writer.length + 4);
  writer.u8(PUT);
  writer.raw(Uint8Array.from(varint));
  writer.raw(Buffer.alloc(count, 'k'));
  return writer.take();
}

/** Everything that can be asked of a block. */
function useAll(bytes: Uint8Array): void {
  const block = new Block(bytes);
  for (let index = 0; index < block.count; index++) block.entry(index);
  for (let nth = 0; nth < block.expiring; nth++) block.entry(block.expiringIndex(nth));
  for (const key of ['', 'a', 'bb', 'z']) block.seek(Buffer.from(key));
}

describe('hostile blocks', () => {
  it('raise CORRUPT at every length but their own', () => {
    const bytes = sample();
    expect(() => useAll(bytes)).not.toThrow();
    for (let length = 0; length < bytes.length; length++)
      expect(() => useAll(bytes.slice(0, length))).toThrow(corrupt);
  });

  it.each([0, 0xffffffff, 0x7fffffff, 0x40000000, 4])('raise CORRUPT with a count of %d', (count) => {
    for (const at of count === 0 ? [COUNT_AT] : [COUNT_AT, EXPIRING_AT]) {
      const bytes = sample();
      putU32(bytes, at, count);
      // A count too great by one may fit the bytes: then the entries are not where they should be.
      const use = count === 4 && at === COUNT_AT ? useAll : (bytes: Uint8Array) => new Block(bytes);
      expect(() => use(bytes)).toThrow(corrupt);
    }
  });

  it.each([0, 0xffffffff, 0x7fffffff, 1000, sample().length, sample().length - 1])(
    'raise CORRUPT with an entry at offset %d, also when only searched',
    (offset) => {
      for (let index = 0; index < 3; index++) {
        const bytes = sample();
        putU32(bytes, OFFSETS_AT + 4 * index, offset);
        const block = new Block(bytes);
        expect(() => block.entry(index)).toThrow(corrupt);
        if (offset > 0) expect(() => block.compare(index, Buffer.from('b'))).toThrow(corrupt);
      }
    },
  );

  it('raise CORRUPT when a key reaches past their end', () => {
    for (const length of [[0x7f], [0xff, 0x7f], [0xff, 0xff, 0x7f], [0xff, 0xff, 0xff, 0x7f]]) {
      const block = new Block(withKey(length, 20));
      expect(() => block.compare(0, Buffer.from('k'))).toThrow(corrupt);
      expect(() => block.seek(Buffer.from('k'))).toThrow(corrupt);
      expect(() => block.entry(0)).toThrow(corrupt);
    }
  });

  it('raise CORRUPT when a key is longer than keys may be, be it there or not', () => {
    const longest = new Block(withKey([0x80, 0x80, 0x04], 65_536 + 2));
    expect(longest.compare(0, Buffer.from('k'))).toBeGreaterThan(0);
    const longer = new Block(withKey([0x81, 0x80, 0x04], 65_537 + 2));
    expect(() => longer.compare(0, Buffer.from('k'))).toThrow(corrupt);
  });

  it('raise CORRUPT when an entry that expires is none of theirs', () => {
    for (const index of [3, 0xffffffff]) {
      const bytes = sample();
      putU32(bytes, EXPIRIES_AT, index);
      expect(() => new Block(bytes).expiringIndex(0)).toThrow(corrupt);
    }
  });

  it('raise nothing but CORRUPT, whatever their bytes', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 100 }),
      fc.array(fc.tuple(fc.nat(60), fc.nat(255)), { maxLength: 6 }).map((changes) => {
        const bytes = sample();
        for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
        return bytes;
      }),
    );
    fc.assert(
      fc.property(bytes, (bytes) => {
        try {
          useAll(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(IsokvError);
          expect(error).toMatchObject({ code: 'CORRUPT' });
        }
      }),
      { numRuns: 3000 },
    );
  });
});
