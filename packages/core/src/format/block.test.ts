import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from '../bytes/crc32.ts';
import { BLOCK_BYTES, Block, BlockBuilder } from './block.ts';
import { TAG, writePut } from './change.ts';

interface Entry {
  key: string;
  expiresAt: number;
  value: Uint8Array;
}

function blocksOf(namespace: string, entries: readonly Entry[]): Uint8Array[] {
  const builder = new BlockBuilder(namespace);
  const blocks: (Uint8Array | undefined)[] = [];
  for (const { key, expiresAt, value } of entries) {
    const start = builder.entries.length;
    writePut(builder.entries, key, expiresAt);
    builder.entries.u8(TAG.bytes);
    builder.entries.sized(value);
    blocks.push(builder.add(start, expiresAt !== 0)?.slice());
  }
  blocks.push(builder.finish());
  return blocks.filter((block) => block !== undefined);
}

function entriesOf(bytes: Uint8Array): Entry[] {
  const block = new Block(bytes);
  return Array.from({ length: block.count }, (_, index) => {
    const { key, expiresAt, valueStart, valueEnd } = block.entry(index);
    return { key, expiresAt, value: bytes.slice(valueStart, valueEnd) };
  });
}

const utf8 = (key: string): Buffer => Buffer.from(key);
const entry: fc.Arbitrary<Entry> = fc.record({
  key: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 6 }),
    fc.string({ unit: 'binary', minLength: 100, maxLength: 300 }),
  ),
  expiresAt: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 2 ** 45 })),
  value: fc.uint8Array({ maxLength: 20 }),
});
const entries = fc
  .uniqueArray(entry, { selector: ({ key }) => key, maxLength: 40 })
  .map((all) => all.sort((a, b) => Buffer.compare(utf8(a.key), utf8(b.key))));

describe('blocks', () => {
  it('hold the entries that were added', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), entries, (namespace, entries) => {
        const blocks = blocksOf(namespace, entries);
        expect(blocks.length).toBe(entries.length === 0 ? 0 : 1);
        expect(blocks.flatMap(entriesOf)).toEqual(entries);
        for (const bytes of blocks) expect(new Block(bytes).namespace).toBe(namespace);
      }),
    );
  });

  it('list the entries that expire', () => {
    fc.assert(
      fc.property(entries, (entries) => {
        for (const bytes of blocksOf('', entries)) {
          const block = new Block(bytes);
          const listed = Array.from({ length: block.expiring }, (_, nth) => block.expiringIndex(nth));
          const expected = entries.flatMap(({ expiresAt }, index) => (expiresAt === 0 ? [] : [index]));
          expect(listed).toEqual(expected);
        }
      }),
    );
  });

  it('find a key, or where it would stand', () => {
    fc.assert(
      fc.property(
        entries,
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 6 }),
          entry.map(({ key }) => key),
        ),
        (entries, key) => {
          for (const bytes of blocksOf('n', entries)) {
            const block = new Block(bytes);
            const wanted = [key, ...entries.map(({ key }) => key)];
            for (const each of wanted) {
              const place = entries.filter((entry) => Buffer.compare(utf8(entry.key), utf8(each)) < 0).length;
              expect(block.seek(utf8(each))).toBe(place);
              if (entries[place]?.key === each) expect(block.compare(place, utf8(each))).toBe(0);
            }
          }
        },
      ),
    );
  });

  it('find keys whose length takes one, two and three bytes, to the longest there are', () => {
    const keys = [1, 127, 128, 16383, 16384, 65536].map((length) => 'k'.repeat(length));
    const block = new Block(
      blocksOf(
        '',
        keys.map((key) => ({ key, expiresAt: 0, value: new Uint8Array(0) })),
      )[0]!,
    );
    for (const [index, key] of keys.entries()) {
      expect(block.seek(utf8(key))).toBe(index);
      expect(block.compare(index, utf8(key))).toBe(0);
      expect(block.entry(index).key).toBe(key);
    }
  });

  it('end before the entry that would take their entries past 256 KiB', () => {
    const one = (index: number, bytes: number): Entry => ({
      key: `key${String(index).padStart(5, '0')}`,
      expiresAt: index % 3 === 0 ? 5 : 0,
      value: new Uint8Array(bytes).fill(index),
    });
    const many = Array.from({ length: 700 }, (_, index) => one(index, 1000));
    const huge = [one(0, 10), one(1, 3 * BLOCK_BYTES), one(2, 10), one(3, 10)];
    for (const entries of [many, huge]) {
      const blocks = blocksOf('n', entries);
      const digest = ({ key, expiresAt, value }: Entry) => [key, expiresAt, value.length, crc32(value, 0)];
      expect(blocks.flatMap(entriesOf).map(digest)).toEqual(entries.map(digest));
      const sizes = blocks.map((bytes) => {
        const block = new Block(bytes);
        const at = block.entry(0).start;
        return { first: block.entry(0).reader.position - at, all: bytes.length - at, count: block.count };
      });
      for (const [i, { all, count }] of sizes.entries()) {
        expect(all <= BLOCK_BYTES || count === 1).toBe(true);
        const next = sizes[i + 1];
        if (next) expect(all + next.first).toBeGreaterThan(BLOCK_BYTES);
      }
    }
  });
});
