import { concat } from '../../bytes/concat.ts';
import type { ByteLog } from '../../log/log.ts';
import { equal } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import { survivesCrash } from '../harness.ts';
import type { Part } from '../stage.ts';
import { openBytes } from './open-bytes.ts';

const nothing = new Uint8Array(0);

/** Dropping a torn tail. */
export const truncating: Part<ByteLog> = (test, harness) => {
  if (harness.capabilities.atomic) return;
  test('what follows the position is gone', async (stage) => {
    const log = await openBytes(stage, nothing);
    const end = await log.append(pattern(100, 1));
    await log.truncate(end - 40);
    await log.holds(pattern(100, 1).subarray(0, 60), 'at once');
    await log.close();
    await openBytes(stage, pattern(100, 1).subarray(0, 60));
  });

  test('the log grows from there', async (stage) => {
    const log = await openBytes(stage, nothing);
    const end = await log.append(pattern(100, 1));
    await log.append(pattern(5000, 2));
    await log.truncate(end + 3);
    equal(await log.append(pattern(10, 3)), end + 13, 'the end after an append');
    const expected = concat([pattern(100, 1), pattern(5000, 2).subarray(0, 3), pattern(10, 3)]);
    await log.holds(expected, 'at once');
    await log.close();
    await openBytes(stage, expected);
  });

  test('in a log that was opened with a torn tail', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(100, 1));
    await log.append(pattern(100, 2));
    await log.close();
    const again = await openBytes(stage, concat([pattern(100, 1), pattern(100, 2)]));
    await again.truncate(again.end - 50);
    await again.append(pattern(10, 3));
    const expected = concat([pattern(100, 1), pattern(100, 2).subarray(0, 50), pattern(10, 3)]);
    await again.close();
    await openBytes(stage, expected);
  });

  test('to nothing', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(100, 1));
    await log.truncate(0);
    await log.holds(nothing, 'at once');
    await log.append(pattern(10, 2));
    await log.close();
    await openBytes(stage, pattern(10, 2));
  });

  test('after a replace, whose content has a position of its own', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(100, 1));
    await log.replace(pattern(200, 2));
    await log.append(pattern(50, 3));
    await log.truncate(log.end - 30);
    await log.append(pattern(10, 4));
    const expected = concat([pattern(200, 2), pattern(50, 3).subarray(0, 20), pattern(10, 4)]);
    await log.holds(expected, 'at once');
    await log.close();
    await openBytes(stage, expected);
  });

  if (!survivesCrash(harness)) return;
  test('it survives a crash', async (stage) => {
    const log = await openBytes(stage, nothing);
    const end = await log.append(pattern(100, 1));
    await log.truncate(end - 40);
    const medium = await stage.crash();
    await openBytes(stage, pattern(100, 1).subarray(0, 60), { medium });
  });
};
