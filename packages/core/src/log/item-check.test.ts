import { describe, expect, it } from 'vitest';
import { commit } from '../../test/logs.ts';
import { putU32 } from '../bytes/writer.ts';
import { BlockBuilder } from '../format/block.ts';
import { TAG, writePut } from '../format/change.ts';
import { ItemCheck } from './item-check.ts';
import type { LogItem } from './log.ts';

type Entry = readonly [key: string, expiresAt?: number, tag?: number, value?: readonly number[]];

function block(namespace: string, ...entries: Entry[]): LogItem {
  const builder = new BlockBuilder(namespace);
  for (const [key, expiresAt = 0, tag = TAG.null, value = []] of entries) {
    const start = builder.entries.length;
    writePut(builder.entries, key, expiresAt);
    builder.entries.u8(tag);
    builder.entries.sized(Uint8Array.from(value));
    builder.add(start, expiresAt !== 0);
  }
  return { type: 'block', bytes: builder.finish() as Uint8Array, position: 0 };
}

function run(seq: number, blocks: number, entries: number): LogItem {
  return { type: 'run', summary: { seq, blocks, entries }, position: 0 };
}

function commitItem(seq: number): LogItem {
  return { type: 'commit', commit: commit(seq), position: 0 };
}

const damage: LogItem = { type: 'damage', damage: { offset: 0, bytes: 1, message: '' }, position: 1 };

function taken(...items: LogItem[]): ItemCheck {
  const check = new ItemCheck();
  for (const item of items) check.take(item);
  return check;
}

const corrupt = expect.objectContaining({ code: 'CORRUPT' });

describe('ItemCheck', () => {
  it('takes what a log is made of, and counts it', () => {
    const check = taken(
      block('', ['a'], ['b', 9], ['é', 9]),
      block('', ['\u{10ffff}']),
      block('x', ['a']),
      run(7, 3, 5),
      commitItem(8),
      commitItem(9),
    );
    expect(check).toMatchObject({ seq: 9, entries: 5, commits: 2, changes: 2 });
  });

  it('refuses entries that are out of order, in a block and across blocks', () => {
    for (const items of [
      [block('', ['b'], ['a'])],
      [block('', ['a'], ['a'])],
      [block('', ['a']), block('', ['a'])],
      [block('', ['b']), block('', ['a'])],
      [block('x', ['a']), block('', ['b'])],
    ])
      expect(() => taken(...items)).toThrow(corrupt);
  });

  it('refuses a list of expiring entries that is not theirs', () => {
    const whole = block('', ['a'], ['b', 9], ['c', 9]) as Extract<LogItem, { type: 'block' }>;
    taken(whole);
    // The list stands after the namespace, two counts and three offsets: it says 1, 2.
    const list = 1 + 4 + 4 + 3 * 4;
    for (const [index, value] of [
      [0, 0],
      [0, 2],
      [1, 1],
    ] as const) {
      const bytes = whole.bytes.slice();
      putU32(bytes, list + 4 * index, value);
      expect(() => taken({ ...whole, bytes })).toThrow(corrupt);
    }
    // An entry that does not expire, in the list.
    const { bytes: odd } = block('', ['a', 9]) as typeof whole;
    const at = odd.indexOf(0x11);
    const never = Uint8Array.of(
      ...odd.subarray(0, at),
      0x01,
      ...odd.subarray(at + 1, at + 3),
      ...odd.subarray(at + 4),
    );
    expect(() => taken({ ...whole, bytes: never })).toThrow(corrupt);
  });

  it('refuses text that is not well-formed, and what the check of values refuses', () => {
    expect(() => taken(block('', ['a', 0, TAG.utf8, [0xc3]]))).toThrow(corrupt);
    taken(block('', ['a', 0, TAG.bytes, [0xc3]]));
    const check = new ItemCheck(0, () => {
      throw new Error('refused');
    });
    expect(() => check.take(block('', ['a', 0, TAG.int, [0, 1]]))).toThrow('refused');
  });

  it('refuses counts and numbers that leave something out, unless it was damaged', () => {
    expect(() => taken(block('', ['a']), run(1, 1, 2))).toThrow(corrupt);
    expect(() => taken(commitItem(2))).toThrow(corrupt);
    expect(() => taken(commitItem(1), commitItem(3))).toThrow(corrupt);
    expect(taken(block('', ['a']), damage, run(1, 2, 3), commitItem(2)).seq).toBe(2);
    expect(taken(commitItem(1), damage, commitItem(5), commitItem(6)).seq).toBe(6);
    expect(() => taken(commitItem(1), damage, commitItem(5), commitItem(7))).toThrow(corrupt);
    for (const seq of [1, 2])
      expect(() => taken(commitItem(1), commitItem(2), damage, commitItem(seq))).toThrow(corrupt);
  });
});
