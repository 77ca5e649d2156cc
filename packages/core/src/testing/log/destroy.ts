import type { Log } from '../../log/log.ts';
import { rejects } from '../assert.ts';
import { commit, commits, run } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { asContents, CREATE, found, openLog, sameItems } from './open-log.ts';

/** Removal, and what must survive it: the other logs. */
export const destroying: Part<Log> = (test) => {
  test('it leaves nothing, for any handle', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    await log.close();
    await log.log.destroy();
    for (const handle of [log.log, stage.medium.handle()]) {
      await rejects(() => handle.open({ ...CREATE, mode: 'mustExist' }), 'MISSING', 'mustExist afterwards');
    }
    sameItems(await found(stage), [], 'afterwards');
  });

  test('a handle that did not write it can destroy it', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    await log.close();
    await stage.medium.handle().destroy();
    const again = await openLog(stage, { mode: 'mustNotExist' });
    sameItems(again.found, [], 'afterwards');
  });

  for (const which of ['the same handle', 'a new handle']) {
    test(`open then makes a new log: ${which}`, async (stage) => {
      const log = await openLog(stage);
      await log.append(commits(1, 3));
      await log.replace(run(3));
      await log.append([commit(4)]);
      await log.close();
      await log.log.destroy();
      const handle = which === 'the same handle' ? log.log : stage.medium.handle();
      const again = await openLog(stage, { handle, mode: 'mustNotExist' });
      sameItems(again.found, [], 'the new log');
      await again.append([commit(1)]);
      sameItems(await again.check(), asContents([commit(1)]), 'after an append');
      await again.close();
      sameItems(await found(stage), asContents([commit(1)]), 'opened again');
    });
  }

  test('a log in which nothing was written can be destroyed, and destroyed again', async (stage) => {
    const log = await openLog(stage);
    await log.close();
    await log.log.destroy();
    await log.log.destroy();
    const again = await openLog(stage, { mode: 'mustNotExist' });
    sameItems(again.found, [], 'afterwards');
  });

  test('logs side by side do not mix', async (stage) => {
    const medium = await stage.create();
    const [a, b] = [await openLog(stage), await openLog(stage, { medium })];
    await a.append([commit(1)]);
    sameItems(await b.catchUp(), [], 'the second log');
    await b.append(commits(1, 2));
    await a.append(commits(2, 2));
    await b.replace(run(2));
    await a.append([commit(4)]);
    await Promise.all([a.close(), b.close()]);
    sameItems(await found(stage), asContents(commits(1, 4)), 'the first log');
    sameItems(await found(stage, medium), run(2), 'the second log');
    await a.log.destroy();
    sameItems(await found(stage), [], 'the first log, destroyed');
    sameItems(await found(stage, medium), run(2), 'the second log, when the first is destroyed');
  });
};
