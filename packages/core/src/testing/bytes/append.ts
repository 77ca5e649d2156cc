import { concat } from '../../bytes/concat.ts';
import type { ByteLog } from '../../log/log.ts';
import { equal, ok, rejects } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { openBytes } from './open-bytes.ts';

const nothing = new Uint8Array(0);

/** Bytes at the end, and what reading makes of them. */
export const appendingBytes: Part<ByteLog> = (test) => {
  test('positions count bytes', async (stage) => {
    const log = await openBytes(stage, nothing);
    // The first byte may come at any position: a file may have something of its own before it.
    let expected = await log.append(pattern(1));
    ok(expected >= 1, 'the end after a byte');
    for (const length of [7, 4096, 1, 100_000]) {
      expected += length;
      equal(await log.append(pattern(length)), expected, `the end after ${length} more bytes`);
    }
  });

  test('the chunks of one append follow one another', async (stage) => {
    const chunks = [pattern(10, 1), nothing, pattern(5000, 2), pattern(1, 3)];
    const log = await openBytes(stage, nothing);
    await log.append(...chunks);
    await log.append(pattern(3, 4));
    const expected = concat([...chunks, pattern(3, 4)]);
    await log.holds(expected, 'at once');
    await log.close();
    await openBytes(stage, expected);
  });

  test('no chunks, or empty ones, add nothing', async (stage) => {
    const log = await openBytes(stage, nothing);
    const end = await log.append(pattern(10));
    equal(await log.append(), end, 'the end after no chunks');
    equal(await log.append(nothing), end, 'the end after an empty chunk');
    await log.append(pattern(5));
    await log.close();
    await openBytes(stage, concat([pattern(10), pattern(5)]));
  });

  test('any bytes come back as they were given, at the ends too', async (stage) => {
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const marks = [[0x00], [0xff], [0x0a], [0x0d, 0x0a], [0x1a], [0x20], [0xef, 0xbb, 0xbf]];
    let expected: Uint8Array = nothing;
    for (const mark of marks) {
      const log = await openBytes(stage, expected);
      const added = concat([Uint8Array.from(mark), all, Uint8Array.from(mark)]);
      await log.append(added);
      expected = concat([expected, added]);
      await log.holds(expected, `bytes that end with ${mark}`);
      await log.close();
    }
    await openBytes(stage, expected);
  });

  test('several MiB come back whole', async (stage) => {
    const bytes = pattern(2_300_000);
    const log = await openBytes(stage, nothing);
    await log.append(pattern(10));
    await log.append(bytes.subarray(0, 1_500_000), bytes.subarray(1_500_000));
    await log.append(pattern(10));
    await log.close();
    await openBytes(stage, concat([pattern(10), bytes, pattern(10)]));
  });

  test('chunks are the caller’s again once it settles', async (stage) => {
    const log = await openBytes(stage, nothing);
    const buffer = new Uint8Array(100);
    for (let i = 0; i < 3; i++) {
      buffer.set(pattern(100, i));
      await log.append(buffer.subarray(0, 40), buffer.subarray(40));
      buffer.fill(0xaa);
    }
    const expected = concat([pattern(100, 0), pattern(100, 1), pattern(100, 2)]);
    await log.holds(expected, 'at once');
    await log.close();
    await openBytes(stage, expected);
  });

  test('a position that is not the end rejects with LOG_CONFLICT and adds nothing', async (stage) => {
    const log = await openBytes(stage, nothing);
    const first = await log.append(pattern(10, 1));
    const end = await log.append(pattern(10, 2));
    const durability = stage.capabilities.durability[0] as 'strict';
    for (const after of [0, first, end - 1, end + 1]) {
      const stale = log.log.append([pattern(30, 3)], { durability, after });
      await rejects(() => stale, 'LOG_CONFLICT', `append after ${after} where the end is ${end}`);
    }
    await log.append(pattern(10, 3));
    await log.close();
    await openBytes(stage, concat([pattern(10, 1), pattern(10, 2), pattern(10, 3)]));
  });

  test('a new handle goes on where another ended', async (stage) => {
    let expected: Uint8Array = nothing;
    for (let i = 0; i < 3; i++) {
      const log = await openBytes(stage, expected);
      await log.append(pattern(100, i));
      await log.close();
      expected = concat([expected, pattern(100, i)]);
    }
    await openBytes(stage, expected);
  });
};
