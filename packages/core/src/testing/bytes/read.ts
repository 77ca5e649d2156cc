import { concat } from '../../bytes/concat.ts';
import { crc32 } from '../../bytes/crc32.ts';
import type { ByteLog } from '../../log/log.ts';
import { equal } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { collectBytes, openBytes } from './open-bytes.ts';

const nothing = new Uint8Array(0);

/** What reading yields. */
export const readingBytes: Part<ByteLog> = (test) => {
  test('after a position come the bytes that follow it', async (stage) => {
    const log = await openBytes(stage, nothing);
    const parts = [pattern(10, 1), pattern(2000, 2), pattern(30, 3)] as const;
    const ends = [
      await log.append(parts[0]),
      await log.append(parts[1]),
      await log.append(parts[2]),
    ] as const;
    for (const [index, end] of ends.entries()) {
      const { start, chunks } = await collectBytes(log.log.read(end));
      if (chunks > 0) equal(start, end, 'where the reading begins');
      await log.holds(concat(parts.slice(index + 1)), `after ${end}`, end);
    }
    await log.holds(concat([...parts]), 'after 0', 0);
  });

  test('it yields the same again, while the log is open, and the log goes on', async (stage) => {
    const log = await openBytes(stage, nothing);
    let expected: Uint8Array = nothing;
    for (let i = 0; i < 4; i++) {
      await log.append(pattern(3000, i));
      expected = concat([expected, pattern(3000, i)]);
      await log.holds(expected, 'read once');
      await log.holds(expected, 'read twice');
    }
  });

  test('a reading that is broken off leaves the log as it is', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(1000, 1));
    for await (const { bytes } of log.log.read()) if (bytes.length > 0) break;
    await log.append(pattern(10, 2));
    await log.holds(concat([pattern(1000, 1), pattern(10, 2)]), 'the whole log');
  });

  test('chunks are the reader’s to keep', async (stage) => {
    const log = await openBytes(stage, nothing);
    for (let i = 0; i < 20; i++) await log.append(pattern(50_000, i));
    const whole = concat(Array.from({ length: 20 }, (_, i) => pattern(50_000, i)));
    await log.close();
    // Two readings whose chunks are kept until both have ended.
    const again = await openBytes(stage, whole);
    const [one, two] = await Promise.all([collectBytes(again.log.read()), collectBytes(again.log.read())]);
    equal(crc32(one.bytes.subarray(0, whole.length), 0), crc32(whole, 0), 'checksum of the first reading');
    equal(crc32(two.bytes.subarray(0, whole.length), 0), crc32(whole, 0), 'checksum of the second reading');
  });

  test('its crc32, if it brings one, is the CRC-32', async ({ medium }) => {
    const own = medium.handle().crc32;
    for (const length of own ? [0, 1, 511, 512, 513, 70_000] : []) {
      for (const seed of [0, 1, 0xffffffff, 0xdeadbeef]) {
        equal(own?.(pattern(length), seed), crc32(pattern(length), seed), `of ${length} bytes from ${seed}`);
      }
    }
  });
};
