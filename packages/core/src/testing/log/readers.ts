import type { Log } from '../../log/log.ts';
import { type Content, commit, commits, run } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { asContents, openLog, sameItems } from './open-log.ts';

const start: Content = { type: 'start' };
const readOnly = { readOnly: true, mode: 'mustExist' } as const;

/** Handles that only read, beside one that writes. */
export const readers: Part<Log> = (test, { capabilities }) => {
  if (!capabilities.readers) return;

  test('they see what was acknowledged when they opened, and later what has come since', async (stage) => {
    const writer = await openLog(stage);
    await writer.append(commits(1, 2));
    const [a, b] = [await openLog(stage, readOnly), await openLog(stage, readOnly)];
    sameItems(a.found, asContents(commits(1, 2)), 'opened');
    sameItems(await a.catchUp(), [], 'when nothing has come');
    await writer.append([commit(3)]);
    sameItems(await a.catchUp(), asContents([commit(3)]), 'what has come since');
    await writer.append([commit(4)]);
    sameItems(await a.catchUp(), asContents([commit(4)]), 'what has come since that');
    sameItems(await b.catchUp(), asContents(commits(3, 2)), 'what has come since the other one opened');
    await writer.close();
    sameItems(await b.check(), asContents(commits(1, 4)), 'all of it, the writer closed');
  });

  test('after a replace they read the whole log anew', async (stage) => {
    const writer = await openLog(stage);
    await writer.append(commits(1, 2));
    const [behind, reader] = [await openLog(stage, readOnly), await openLog(stage, readOnly)];
    for (const seq of [3, 6]) {
      await writer.append([commit(seq)]);
      await reader.catchUp();
      await writer.replace(run(seq));
      sameItems(await reader.catchUp(), [start, ...run(seq)], `after the replace of ${seq}`);
      await writer.append(commits(seq + 1, 2));
      sameItems(await reader.catchUp(), asContents(commits(seq + 1, 2)), `after ${seq}`);
    }
    sameItems(
      await behind.catchUp(),
      [start, ...run(6), ...asContents(commits(7, 2))],
      'one that was behind',
    );
  });

  test('what they read when they opened is theirs until they ask again', async (stage) => {
    const writer = await openLog(stage);
    await writer.append([commit(1)]);
    const reader = await openLog(stage, readOnly);
    await writer.append([commit(2)]);
    await writer.replace(run(2));
    await reader.close();
    const again = await openLog(stage, readOnly);
    sameItems(again.found, run(2), 'one that opens now');
    sameItems(reader.found, asContents([commit(1)]), 'the one that opened before');
  });

  test('they leave the writer alone', async (stage) => {
    const writer = await openLog(stage);
    await writer.append([commit(1)]);
    const reader = await openLog(stage, readOnly);
    await writer.append([commit(2)]);
    await reader.catchUp();
    await reader.close();
    await writer.append([commit(3)]);
    sameItems(await writer.check(), asContents(commits(1, 3)), 'the log');
  });
};
