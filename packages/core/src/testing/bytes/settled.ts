import { concat } from '../../bytes/concat.ts';
import type { ByteLog } from '../../log/log.ts';
import { equal, ok } from '../assert.ts';
import { pattern } from '../fixtures.ts';
import { survivesCrash } from '../harness.ts';
import type { Part, Stage } from '../stage.ts';
import { type OpenBytes, type OpenBytesOptions, openBytes } from './open-bytes.ts';

const nothing = new Uint8Array(0);

/** `settled` says how much was whole; more than there is would make damage of a log that has none. */
export const settling: Part<ByteLog> = (test, harness) => {
  test('a new log has none', async (stage) => {
    const log = await openBytes(stage, nothing);
    equal(log.log.settled, 0, 'settled');
  });

  test('after a close it is at most what was written', async (stage) => {
    let expected: Uint8Array = nothing;
    for (let i = 0; i < 3; i++) {
      const log = await openSettled(stage, expected);
      await log.append(pattern(100, i));
      await log.close();
      expected = concat([expected, pattern(100, i)]);
    }
    await openSettled(stage, expected);
  });

  test('a close that does not know the end makes none up', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(100, 1));
    log.isOpen = false;
    await log.log.close();
    const again = await openSettled(stage, pattern(100, 1));
    await again.append(pattern(10, 2));
    again.isOpen = false;
    await again.log.close({ end: undefined });
    await openSettled(stage, concat([pattern(100, 1), pattern(10, 2)]));
  });

  if (!harness.capabilities.atomic)
    test('it follows a truncate', async (stage) => {
      const log = await openBytes(stage, nothing);
      await log.append(pattern(100, 1));
      await log.close();
      const again = await openSettled(stage, pattern(100, 1));
      await again.truncate(again.end - 40);
      await again.close();
      await openSettled(stage, pattern(100, 1).subarray(0, 60));
    });

  test('it follows a replace', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(1000, 1));
    await log.close();
    const again = await openSettled(stage, pattern(1000, 1));
    await again.replace(pattern(10, 2));
    await again.close();
    await openSettled(stage, pattern(10, 2));
  });

  test('a destroyed log has none', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(100, 1));
    await log.close();
    await log.log.destroy();
    const again = await openBytes(stage, nothing, { handle: log.log });
    equal(again.log.settled, 0, 'settled');
  });

  if (!survivesCrash(harness)) return;
  test('after a crash it is at most what was written', async (stage) => {
    const log = await openBytes(stage, nothing);
    await log.append(pattern(100, 1));
    await log.close();
    const again = await openSettled(stage, pattern(100, 1));
    await again.replace(pattern(10, 2));
    await again.append(pattern(10, 3));
    await openSettled(stage, concat([pattern(10, 2), pattern(10, 3)]), { medium: await stage.crash() });
  });
};

async function openSettled(
  stage: Stage<ByteLog>,
  expected: Uint8Array,
  options: OpenBytesOptions = {},
): Promise<OpenBytes> {
  const opened = await openBytes(stage, expected, options);
  const { settled } = opened.log;
  ok(Number.isSafeInteger(settled) && settled >= 0, `settled is ${settled}, not a position`);
  ok(settled <= opened.end, `settled is ${settled}, beyond the end (${opened.end})`);
  if (opened.log.capabilities.atomic) equal(settled, opened.end, 'settled, where nothing is ever torn');
  return opened;
}
