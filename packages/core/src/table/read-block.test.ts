import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Writer } from '../bytes/writer.ts';
import { ValueCodecs } from '../codec/values.ts';
import { Block, BlockBuilder } from '../format/block.ts';
import { TAG, writePut } from '../format/change.ts';
import { readBlock } from './read-block.ts';
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
const everyWanted = ['keys', 'values', 'entries'] as const;
const wanted = fc.constantFrom(...everyWanted);
const entry: fc.Arbitrary<Entry> = fc.record({
  key: text,
  value: fc.oneof({ weight: 5, arbitrary: text }, fc.integer(), fc.constant(null), fc.constant({ a: 'b' })),
  expiresAt: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 2 ** 45 })),
});

describe('entries of a block', () => {
  test('come as they are, from anywhere to anywhere', () => {
    const entries = fc.array(entry, { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(entries, wanted, fc.nat(), fc.nat(60), (all, wanted, from, length) => {
        const low = from % all.length;
        const high = Math.min(all.length, low + length);
        const { keys, slots, keyAt } = readBlock(blockOf(all), low, high, wanted);
        expect(slots.map((_, i) => keyAt(i))).toEqual(all.slice(low, high).map(({ key }) => key));
        expect(slots.map(valueIn)).toEqual(all.slice(low, high).map(({ value }) => value));
        for (const [i, slot] of slots.entries()) {
          const { key, expiresAt } = all[low + i] as Entry;
          const isCell = slot instanceof Cell;
          expect(keys[i]).toBe(isCell || wanted !== 'values' ? key : undefined);
          if (isCell) expect(slot.expiresAt).toBe(expiresAt);
          else expect(wanted !== 'keys' && expiresAt === 0).toBe(true);
        }
      }),
    );
  });

  test('are texts, not cells, only where that is asked for, and where all of them are short and ASCII', () => {
    const ascii = [1, 2, 3].map((i) => ({ key: `k${i}`, value: `text ${i}`, expiresAt: 0 }));
    expect(readBlock(blockOf(ascii), 0, 3, 'values').slots).toEqual(['text 1', 'text 2', 'text 3']);
    expect(readBlock(blockOf(ascii), 1, 2, 'entries')).toMatchObject({ keys: ['k2'], slots: ['text 2'] });
    expect(readBlock(blockOf(ascii), 0, 3, 'keys').slots.every((slot) => slot instanceof Cell)).toBe(true);
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
  ])('are refused where there is %s', (_, bytes) => {
    const block = made([0], [1, 1, 0x61, TAG.utf8, bytes.length, ...bytes]);
    expect(() => readBlock(block, 0, 1, 'values').slots.map(valueIn)).toThrow(refused);
    const named = made([0], [1, bytes.length, ...bytes, TAG.utf8, 1, 0x61]);
    expect(() => readBlock(named, 0, 1, 'values')).toThrow(refused);
  });

  test.each([
    ['a value that reaches past the end', [0], [1, 1, 0x61, TAG.utf8, 5, 0x61]],
    ['a key that reaches past the end', [0], [1, 9, 0x61, TAG.utf8, 1, 0x61]],
    ['an entry whose offset is above 2^31', [0xfffffff0], [1, 1, 0x61, TAG.utf8, 1, 0x61]],
    ['an entry behind the end', [100], [1, 1, 0x61, TAG.utf8, 1, 0x61]],
    ['what is no put', [0], [2, 1, 0x61, TAG.utf8, 1, 0x61]],
  ])('are refused where there is %s', (_, offsets, bytes) => {
    const block = made(offsets, bytes);
    for (const wanted of everyWanted) expect(() => readBlock(block, 0, 1, wanted)).toThrow(refused);
  });

  test('may stand anywhere, even before the first that is asked for', () => {
    const [a, b] = [0x61, 0x62].map((letter) => [1, 1, letter, TAG.utf8, 1, letter]) as [number[], number[]];
    for (const wanted of everyWanted) {
      const { keyAt } = readBlock(made([6, 0], [...a, ...b]), 0, 2, wanted);
      expect([keyAt(0), keyAt(1)]).toEqual(['b', 'a']);
    }
  });
});
