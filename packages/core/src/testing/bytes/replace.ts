import { concat } from '../../bytes/concat.ts';
import { IsokvError } from '../../errors.ts';
import type { ByteLog, Position } from '../../log/log.ts';
import { equal, ok, rejects } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { collectBytes, each, openBytes } from './open-bytes.ts';

const nothing = new Uint8Array(0);

/** New bytes in the place of all. */
export const replacingBytes: Part<ByteLog> = (test, harness) => {
  test('the chunks take the place of all, and the log goes on', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(1000, 1));
    await log.replace(pattern(10, 2), nothing, pattern(20, 3));
    await log.append(pattern(5, 4));
    const expected = concat([pattern(10, 2), pattern(20, 3), pattern(5, 4)]);
    await log.holds(expected, 'at once');
    await log.close();
    const again = await openBytes(stage, expected);
    await again.append(pattern(5, 5));
    await again.holds(concat([expected, pattern(5, 5)]), 'after an append');
  });

  test('longer and shorter, again and again', async (stage) => {
    let expected: Uint8Array = nothing;
    for (const length of [100_000, 10, 2_000_000, 1]) {
      const log = await openBytes(stage, expected);
      await log.replace(pattern(length, 1));
      await log.append(pattern(5, 2));
      await log.close();
      expected = concat([pattern(length, 1), pattern(5, 2)]);
    }
    await openBytes(stage, expected);
  });

  test('with nothing', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(1000, 1));
    await log.replace();
    await log.holds(nothing, 'at once');
    await log.append(pattern(10, 2));
    await log.holds(pattern(10, 2), 'after an append');
  });

  test('its positions count bytes, too', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(10, 1));
    const end = await log.replace(pattern(1000, 3));
    const { start } = await collectBytes(log.log.read());
    equal(end - start, 1000, 'the bytes between its start and its end');
  });

  // Who shares the log may come back with any position there ever was.
  if (harness.capabilities.shared) {
    test('its bytes begin beyond every position there was', async (stage) => {
      const log = await openBytes(stage, nothing);
      const positions = [await log.append(pattern(10, 1)), await log.append(pattern(10, 2))];
      await log.replace(pattern(1000, 3));
      const { start } = await collectBytes(log.log.read());
      for (const position of positions) {
        ok(start > position, `it begins at ${start}, which ${position} cannot be told from`);
        await log.holds(pattern(1000, 3), `all again, after ${position}, which is gone`, position);
      }
    });
  }

  test('chunks are the caller’s again when the next is asked for', async (stage) => {
    const log = await openBytes(stage, nothing);
    const buffer = new Uint8Array(100);
    async function* reusing(): AsyncGenerator<Uint8Array> {
      for (let i = 0; i < 3; i++) {
        buffer.set(pattern(100, i));
        yield buffer;
        buffer.fill(0xaa);
      }
    }
    log.end = await log.log.replace(reusing(), { upTo: () => log.end });
    await log.holds(concat([pattern(100, 0), pattern(100, 1), pattern(100, 2)]), 'at once');
  });

  test('chunks that throw leave the old bytes, and the log goes on', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(100, 1));
    const failure = new IsokvError('IO', 'made to fail');
    async function* failing(): AsyncGenerator<Uint8Array> {
      yield* each([pattern(1_500_000, 2), pattern(10, 3)]);
      throw failure;
    }
    const broken = log.log.replace(failing(), { upTo: () => log.end });
    equal(await rejects(() => broken, 'IO', 'replace'), failure, 'what it rejects with');
    await log.append(pattern(10, 4));
    await log.close();
    const expected = concat([pattern(100, 1), pattern(10, 4)]);
    const again = await openBytes(stage, expected);
    await again.replace(pattern(10, 5));
    await again.holds(pattern(10, 5), 'after a replace');
  });

  test('appends go to the old bytes while chunks are taken', async (stage) => {
    const log = await openBytes(stage, nothing);
    const end = await log.append(pattern(100, 1));
    async function* fuzzy(): AsyncGenerator<Uint8Array> {
      yield pattern(50, 2);
      equal(await log.append(pattern(10, 3)), end + 10, 'the end of the old bytes');
      yield pattern(10, 3);
    }
    log.end = await log.log.replace(fuzzy(), { upTo: () => log.end });
    await log.append(pattern(10, 4));
    const expected = concat([pattern(50, 2), pattern(10, 3), pattern(10, 4)]);
    await log.close();
    await openBytes(stage, expected);
  });

  test('upTo is asked when the chunks have ended, and LOG_CONFLICT keeps what it does not cover', async (stage) => {
    const log = await openBytes(stage, nothing);
    const known: Position = await log.append(pattern(100, 1));
    let ended = false;
    async function* unaware(): AsyncGenerator<Uint8Array> {
      yield pattern(50, 2);
      await log.append(pattern(10, 3));
      ended = true;
    }
    const upTo = (): Position => {
      ok(ended, 'upTo was asked before the chunks ended');
      return known;
    };
    const late = log.log.replace(unaware(), { upTo });
    await rejects(() => late, 'LOG_CONFLICT', 'replace up to what is not the end');
    await log.append(pattern(10, 4));
    await log.close();
    await openBytes(stage, concat([pattern(100, 1), pattern(10, 3), pattern(10, 4)]));
  });
};
