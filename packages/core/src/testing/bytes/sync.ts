import { concat } from '../../bytes/concat.ts';
import type { ByteLog, Durability, SyncByteLog } from '../../log/log.ts';
import { equal, rejects } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { openBytes } from './open-bytes.ts';

const nothing = new Uint8Array(0);

/** What a byte log does before it returns. */
export const syncing: Part<ByteLog> = (test, { capabilities }) => {
  if (!capabilities.syncAppend) return;
  const durability = capabilities.durability[0] as Durability;

  test('positions count bytes, and chunks follow one another', async (stage) => {
    const log = await openBytes(stage, nothing);
    const sync = log.log.sync as SyncByteLog;
    await log.append(pattern(100, 1));
    const chunks = [pattern(10, 2), nothing, pattern(300_000, 3)];
    equal(sync.append(chunks, { durability, after: log.end }), log.end + 300_010, 'the end');
    log.end += 300_010;
    await log.append(pattern(5, 4));
    const expected = concat([pattern(100, 1), ...chunks, pattern(5, 4)]);
    await log.holds(expected, 'at once');
    await log.close();
    await openBytes(stage, expected);
  });

  test('chunks are the caller’s again once it returns', async (stage) => {
    const log = await openBytes(stage, nothing);
    const chunk = pattern(50, 1);
    log.end = (log.log.sync as SyncByteLog).append([chunk], { durability, after: log.end });
    chunk.fill(0);
    await log.close();
    await openBytes(stage, pattern(50, 1));
  });

  test('an append that is under way comes first, and there is one of it', async (stage) => {
    const log = await openBytes(stage, nothing);
    const after = log.end;
    const flying = log.log.append([pattern(100, 1), pattern(50, 2)], { durability, after });
    flying.catch(() => undefined);
    log.end = (log.log.sync as SyncByteLog).append([pattern(20, 3)], { durability, after });
    await flying;
    await log.append(pattern(5, 4));
    const expected = concat([pattern(100, 1), pattern(50, 2), pattern(20, 3), pattern(5, 4)]);
    await log.holds(expected, 'at once');
    await log.close();
    await openBytes(stage, expected);
  });

  test('truncate drops what follows a position', async (stage) => {
    const log = await openBytes(stage, nothing);
    const end = await log.append(pattern(100, 1));
    await log.append(pattern(30, 2));
    const sync = log.log.sync as SyncByteLog;
    sync.truncate(end);
    log.end = sync.append([pattern(10, 3)], { durability, after: end });
    await log.close();
    await openBytes(stage, concat([pattern(100, 1), pattern(10, 3)]));
  });

  test('a position that is not the end throws LOG_CONFLICT', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(10, 1));
    await log.append(pattern(10, 2));
    const sync = log.log.sync as SyncByteLog;
    for (const after of [0, log.end - 20, log.end - 1, log.end + 1]) {
      await rejects(
        () => sync.append([pattern(5, 3)], { durability, after }),
        'LOG_CONFLICT',
        `after ${after}`,
      );
    }
    await log.close();
    await openBytes(stage, concat([pattern(10, 1), pattern(10, 2)]));
  });
};
