import type { Durability, Log } from '../../log/log.ts';
import { rejects, resolves } from '../assert.ts';
import { commit, commits, run } from '../fixtures.ts';
import type { Part, Stage } from '../stage.ts';
import { asContents, batches, CREATE, collect, found, type OpenLog, openLog, sameItems } from './open-log.ts';

/** Calls out of their order: a log may refuse them, but not say it did what it did not. */
export const states: Part<Log> = (test, { capabilities }) => {
  const durability = capabilities.durability[0] as Durability;

  test('before open: append and replace reject, and change nothing', async (stage) => {
    const { end } = await written(stage);
    const handle = stage.medium.handle();
    await rejects(() => handle.append([commit(4)], { durability, after: end }), undefined, 'append');
    await rejects(() => handle.replace(batches(run(4)), { upTo: () => end }), undefined, 'replace');
    sameItems(await found(stage), asContents(commits(1, 3)), 'afterwards');
  });

  test('opening: an append is refused or done', async (stage) => {
    const { end } = await written(stage);
    const handle = stage.medium.handle();
    const opens = handle.open(CREATE);
    const appended = await resolves(() => handle.append([commit(4)], { durability, after: end }));
    await opens;
    await handle.close();
    sameItems(
      await found(stage),
      asContents(commits(1, appended ? 4 : 3)),
      `afterwards (appended: ${appended})`,
    );
  });

  test('open, not read: an append is refused or done', async (stage) => {
    const { end } = await written(stage);
    const handle = stage.medium.handle();
    await handle.open(CREATE);
    const appended = await resolves(() => handle.append([commit(4)], { durability, after: end }));
    await handle.close();
    sameItems(
      await found(stage),
      asContents(commits(1, appended ? 4 : 3)),
      `afterwards (appended: ${appended})`,
    );
  });

  test('open, half read: an append is refused or done', async (stage) => {
    const { end } = await written(stage);
    const handle = stage.medium.handle();
    await handle.open(CREATE);
    for await (const batch of handle.read()) if (batch.length > 0) break;
    const appended = await resolves(() => handle.append([commit(4)], { durability, after: end }));
    await handle.close();
    sameItems(
      await found(stage),
      asContents(commits(1, appended ? 4 : 3)),
      `afterwards (appended: ${appended})`,
    );
  });

  test('closing: an append that was under way is refused or done', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    const append = resolves(() => log.append([commit(4)]));
    await log.close();
    const appended = await append;
    const items = await found(stage);
    // What is refused may still be there: the process could have been killed just then.
    sameItems(
      items,
      asContents(commits(1, appended ? 4 : items.length)),
      `afterwards (appended: ${appended})`,
    );
  });

  test('closing: an append that comes then is refused or done', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    const closes = log.close();
    const appended = await resolves(() => log.append([commit(4)]));
    await closes;
    sameItems(
      await found(stage),
      asContents(commits(1, appended ? 4 : 3)),
      `afterwards (appended: ${appended})`,
    );
  });

  test('closed: append rejects, and changes nothing', async (stage) => {
    const { log, end } = await written(stage);
    await rejects(() => log.append([commit(4)], { durability, after: end }), undefined, 'append');
    sameItems(await found(stage), asContents(commits(1, 3)), 'afterwards');
  });

  test('closed: replace rejects, and changes nothing', async (stage) => {
    const { log, end } = await written(stage);
    await rejects(() => log.replace(batches(run(4)), { upTo: () => end }), undefined, 'replace');
    sameItems(await found(stage), asContents(commits(1, 3)), 'afterwards');
  });

  test('closed: a read does not open it', async (stage) => {
    const { log, end } = await written(stage);
    await resolves(() => collect(log.read()));
    await rejects(
      () => log.append([commit(4)], { durability, after: end }),
      undefined,
      'append after that read',
    );
    sameItems(await found(stage), asContents(commits(1, 3)), 'afterwards');
  });

  test('destroyed: append and replace reject, and bring nothing back', async (stage) => {
    const { log, end } = await written(stage);
    await log.destroy();
    await rejects(() => log.append([commit(4)], { durability, after: end }), undefined, 'append');
    await rejects(() => log.replace(batches(run(4)), { upTo: () => end }), undefined, 'replace');
    const handle = stage.medium.handle();
    await rejects(() => handle.open({ ...CREATE, mode: 'mustExist' }), 'MISSING', 'mustExist afterwards');
  });
};

/** A handle that has written three commits and closed. */
async function written(stage: Stage<Log>): Promise<OpenLog> {
  const log = await openLog(stage);
  await log.append(commits(1, 3));
  await log.close();
  return log;
}
