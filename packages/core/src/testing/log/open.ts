import type { Log } from '../../log/log.ts';
import { rejects, resolves } from '../assert.ts';
import { commit, commits } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { asContents, CREATE, collect, found, openLog, sameItems } from './open-log.ts';

/** Modes, readOnly, and opening again. */
export const opening: Part<Log> = (test) => {
  test('a new medium holds nothing', async (stage) => {
    const log = await openLog(stage);
    sameItems(log.found, [], 'a new log');
  });

  test('mustExist rejects with MISSING, again and again, and creates nothing', async (stage) => {
    const handle = stage.medium.handle();
    await rejects(() => handle.open({ ...CREATE, mode: 'mustExist' }), 'MISSING', 'mustExist');
    await rejects(() => handle.open({ ...CREATE, mode: 'mustExist' }), 'MISSING', 'mustExist, again');
    const log = await openLog(stage, { handle, mode: 'mustNotExist' });
    sameItems(log.found, [], 'the log then created');
  });

  test('mustExist opens what is there', async (stage) => {
    const first = await openLog(stage);
    await first.append(commits(1, 2));
    await first.close();
    const again = await openLog(stage, { mode: 'mustExist' });
    sameItems(again.found, asContents(commits(1, 2)), 'opened');
  });

  test('mustNotExist creates', async (stage) => {
    const log = await openLog(stage, { mode: 'mustNotExist' });
    await log.append(commits(1, 2));
    await log.close();
    sameItems(await found(stage), asContents(commits(1, 2)), 'created');
  });

  test('mustNotExist rejects with EXISTS and leaves what is there', async (stage) => {
    const first = await openLog(stage);
    await first.append(commits(1, 2));
    await first.close();
    const handle = stage.medium.handle();
    await rejects(() => handle.open({ ...CREATE, mode: 'mustNotExist' }), 'EXISTS', 'mustNotExist');
    const log = await openLog(stage, { handle });
    sameItems(log.found, asContents(commits(1, 2)), 'the same handle, opened after all');
    await log.append(commits(3, 1));
    sameItems(await log.check(), asContents(commits(1, 3)), 'after an append');
  });

  test('readOnly reads what is there and changes nothing', async (stage) => {
    const first = await openLog(stage);
    await first.append(commits(1, 2));
    await first.close();
    for (const mode of ['create', 'mustExist'] as const) {
      const reader = await openLog(stage, { readOnly: true, mode });
      sameItems(reader.found, asContents(commits(1, 2)), `readOnly, ${mode}`);
      await reader.close();
    }
    sameItems(await found(stage), asContents(commits(1, 2)), 'afterwards');
  });

  test('readOnly creates nothing', async (stage) => {
    const handle = stage.medium.handle();
    // Whether it finds an empty log or says MISSING is the medium's affair.
    const opens = await resolves(() => handle.open({ ...CREATE, readOnly: true }));
    if (opens) sameItems(await collect(handle.read()), [], 'a log that is not there');
    if (opens) await handle.close();
    const writer = stage.medium.handle();
    await rejects(() => writer.open({ ...CREATE, mode: 'mustExist' }), 'MISSING', 'mustExist after readOnly');
  });

  test('a handle opens again after it was closed', async (stage) => {
    const handle = stage.medium.handle();
    for (let seq = 1; seq <= 3; seq++) {
      const log = await openLog(stage, { handle });
      sameItems(log.found, asContents(commits(1, seq - 1)), `opening ${seq}`);
      await log.append([commit(seq)]);
      await log.close();
    }
    sameItems(await found(stage), asContents(commits(1, 3)), 'at the end');
  });

  test('a handle that is open is not opened again, and goes on', async (stage) => {
    const log = await openLog(stage);
    await log.append([commit(1)]);
    await rejects(() => log.log.open(CREATE), 'IO', 'opened twice');
    await log.append([commit(2)]);
    await log.close();
    sameItems(await found(stage), asContents(commits(1, 2)), 'at the end');
  });

  test('a new handle goes on where another ended', async (stage) => {
    for (let seq = 1; seq <= 3; seq++) {
      const log = await openLog(stage);
      sameItems(log.found, asContents(commits(1, seq - 1)), `handle ${seq}`);
      await log.append([commit(seq)]);
      await log.close();
    }
    sameItems(await found(stage), asContents(commits(1, 3)), 'at the end');
  });

  test('closing with nothing written leaves nothing in the way', async (stage) => {
    const idle = await openLog(stage);
    await idle.close();
    const log = await openLog(stage);
    sameItems(log.found, [], 'after an idle handle');
    await log.append([commit(1)]);
    await log.close();
    sameItems(await found(stage), asContents([commit(1)]), 'at the end');
  });
};
