import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Writer } from '../bytes/writer.ts';
import { ValueCodecs } from '../codec/values.ts';
import { Block, BlockBuilder } from '../format/block.ts';
import { TAG, writePut } from '../format/change.ts';
import { BlockPage } from './block-page.ts';
import { Cell, type Slot } from './slot.ts';

const codecs = new ValueCodecs();

interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly expiresAt: number;
}

function blockOf(entries: readonly Entry[]): Block {
  const builder = new BlockBuilder('');
  for (const { key, value, expiresAt } of entries) {
    const start = builder.entries.length;
    writePut(builder.entries, key, expiresAt);
    codecs.write(builder.entries, value);
    builder.add(start, expiresAt !== 0);
  }
  return new Block(builder.finish() as Uint8Array);
}

function valueIn(slot: Slot): unknown {
  return slot instanceof Cell ? codecs.read(slot.tag, slot.bytes, slot.start, slot.end) : slot;
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ maxLength: 300 }),
  fc.integer({ min: 100, max: 3000 }).map((length) => 'ab'.repeat(length)),
);
const entry: fc.Arbitrary<Entry> = fc.record({
  key: text,
  value: fc.oneof({ weight: 5, arbitrary: text }, fc.integer(), fc.constant(null), fc.constant({ a: 'b' })),
  expiresAt: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2 ** 45 })),
});

describe('a page of a block', () => {
  test('gives any entries as they are, in any order', () => {
    const entries = fc.array(entry, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(entries, fc.boolean(), fc.array(fc.nat()), (all, decoded, jumps) => {
        const page = new BlockPage(blockOf(all), decoded);
        const forwards = all.map((_, index) => index);
        for (const index of [
          ...forwards,
          ...[...forwards].reverse(),
          ...jumps.map((jump) => jump % all.length),
        ]) {
          const { key, value, expiresAt } = all[index] as Entry;
          const slot = page.slot(index);
          expect(page.key(index)).toBe(key);
          expect(valueIn(slot)).toEqual(value);
          if (slot instanceof Cell) expect(slot.expiresAt).toBe(expiresAt);
          else expect(decoded && expiresAt === 0).toBe(true);
        }
      }),
    );
  });

  /** A block of entries that are laid down byte by byte. */
  function made(offsets: readonly number[], entries: readonly number[]): Block {
    const writer = new Writer();
    writer.text('');
    writer.u32(offsets.length);
    writer.u32(0);
    const first = writer.length + 4 * offsets.length;
    for (const offset of offsets) writer.u32(first + offset);
    writer.raw(Uint8Array.from(entries));
    return new Block(writer.take());
  }

  const refused = expect.objectContaining({ code: 'CORRUPT' });

  test.each([
    ['a byte that is no UTF-8', [0x61, 0xff, 0x62]],
    ['U+FFFD cut short', [0xef, 0xbf]],
  ])('refuses %s', (_, bytes) => {
    const block = made([0], [1, 1, 0x61, TAG.utf8, bytes.length, ...bytes]);
    expect(() => valueIn(new BlockPage(block, true).slot(0))).toThrow(refused);
    const named = made([0], [1, bytes.length, ...bytes, TAG.utf8, 1, 0x61]);
    expect(() => new BlockPage(named, true).key(0)).toThrow(refused);
  });

  test.each([
    ['a value that reaches past the end', [0], [1, 1, 0x61, TAG.utf8, 5, 0x61]],
    ['a key that reaches past the end', [0], [1, 9, 0x61, TAG.utf8, 1, 0x61]],
    ['an entry behind the end', [100], [1, 1, 0x61, TAG.utf8, 1, 0x61]],
    ['what is no put', [0], [2, 1, 0x61, TAG.utf8, 1, 0x61]],
  ])('refuses %s', (_, offsets, bytes) => {
    const page = new BlockPage(made(offsets, bytes), true);
    expect(() => page.key(0)).toThrow(refused);
    expect(() => page.slot(0)).toThrow(refused);
  });
});
