import type { Log } from '../../log/log.ts';
import { equal } from '../assert.ts';
import { commit, commits, run } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { asContents, openLog, sameItems } from './open-log.ts';

/** What reading yields, and that it leaves the log as it is. */
export const reading: Part<Log> = (test) => {
  test('the last item’s position is the end that append resolved to', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    equal((await log.check()).at(-1)?.position, log.end, 'position of the last item');
    await log.replace([...run(3), ...asContents([commit(4)])]);
    equal((await log.check()).at(-1)?.position, log.end, 'position of the last item after replace');
  });

  test('after the end there is nothing', async (stage) => {
    const log = await openLog(stage);
    sameItems(await log.catchUp(), [], 'after the end of an empty log');
    await log.append(commits(1, 3));
    sameItems(await log.catchUp(), [], 'after what it appended itself');
    await log.close();
    const again = await openLog(stage);
    sameItems(await again.catchUp(), [], 'after what it read');
    await again.replace(run(3));
    sameItems(await again.catchUp(), [], 'after what it replaced');
    await again.append([commit(4)]);
    sameItems(await again.check(), [...run(3), ...asContents([commit(4)])], 'the whole log');
  });

  test('an open log reads whole, as often as it is asked, and goes on', async (stage) => {
    const log = await openLog(stage);
    sameItems(await log.check(), [], 'an empty log');
    for (let seq = 1; seq <= 3; seq++) {
      await log.append([commit(seq)]);
      sameItems(await log.check(), asContents(commits(1, seq)), `reading ${seq}`);
      sameItems(await log.check(), asContents(commits(1, seq)), `reading ${seq}, again`);
    }
  });

  test('a reading that is broken off leaves the log as it is', async (stage) => {
    const log = await openLog(stage);
    await log.replace(run(1));
    await log.append([commit(2)]);
    for await (const batch of log.log.read()) if (batch.length > 0) break;
    await log.append([commit(3)]);
    sameItems(await log.check(), [...run(1), ...asContents(commits(2, 2))], 'the whole log');
  });

  test('two readings at once yield the same', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 20));
    for (const items of await Promise.all([log.check(), log.check()])) {
      sameItems(items, asContents(commits(1, 20)), 'one of two readings');
    }
  });
};
