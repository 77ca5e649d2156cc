import type { Commit } from '../../format/commit.ts';
import type { Log } from '../../log/log.ts';
import { ok, rejects } from '../assert.ts';
import { commit, commits, mixedCommit, pattern } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { asContents, found, openLog, sameItems } from './open-log.ts';

/** Order and content of what is added, and the position it must follow. */
export const appending: Part<Log> = (test) => {
  test('many appends keep their order and content', async (stage) => {
    const log = await openLog(stage);
    let seq = 1;
    for (let i = 0; i < 60; i++) {
      const end = log.end;
      const flight = commits(seq, 1 + (i % 4));
      await log.append(flight);
      ok(log.end > end, 'the end did not grow');
      seq += flight.length;
    }
    sameItems(await log.check(), asContents(commits(1, seq - 1)), 'at once');
    await log.close();
    sameItems(await found(stage), asContents(commits(1, seq - 1)), 'opened again');
  });

  test('every kind of change comes back as it was given', async (stage) => {
    const log = await openLog(stage);
    await log.append([mixedCommit(1)]);
    await log.close();
    sameItems(await found(stage), asContents([mixedCommit(1)]), 'opened again');
  });

  test('any bytes come back as they were given, at the ends too', async (stage) => {
    const ends = [0x00, 0xff, 0x0a, 0x0d, 0x1a, 0xf5];
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const values = [...ends.map((byte) => new Uint8Array(9).fill(byte)), new Uint8Array(0), all];
    const flights = values.map((value, index) => [commit(index + 1, value)]);
    const log = await openLog(stage);
    for (const flight of flights) await log.append(flight);
    await log.close();
    sameItems(await found(stage), asContents(flights.flat()), 'opened again');
  });

  test('commits of several MiB come back whole', async (stage) => {
    const given = (): Commit[] => [
      commit(1),
      commit(2, pattern(2_300_000)),
      commit(3),
      commit(4, pattern(1 << 20)),
    ];
    const log = await openLog(stage);
    await log.append(given());
    await log.append([commit(5)]);
    sameItems(await log.check(), asContents([...given(), commit(5)]), 'at once');
    await log.close();
    sameItems(await found(stage), asContents([...given(), commit(5)]), 'opened again');
  });

  test('an empty list adds nothing', async (stage) => {
    const log = await openLog(stage);
    await log.append([commit(1)]);
    await log.append([]);
    await log.append([commit(2)]);
    await log.append([]);
    await log.close();
    const again = await openLog(stage);
    sameItems(again.found, asContents(commits(1, 2)), 'opened again');
    await again.append([commit(3)]);
    sameItems(await again.check(), asContents(commits(1, 3)), 'after an append');
  });

  test('an empty list on an empty log leaves it one that can grow', async (stage) => {
    const log = await openLog(stage);
    await log.append([]);
    await log.close();
    const again = await openLog(stage);
    sameItems(again.found, [], 'opened again');
    await again.append([commit(1)]);
    sameItems(await again.check(), asContents([commit(1)]), 'after an append');
  });

  test('payloads are the caller’s again once it settles', async (stage) => {
    const log = await openLog(stage);
    const flight = commits(1, 3);
    await log.append(flight);
    for (const { payload } of flight) payload.fill(0xaa);
    sameItems(await log.check(), asContents(commits(1, 3)), 'at once');
    await log.append([commit(4)]);
    await log.close();
    sameItems(await found(stage), asContents(commits(1, 4)), 'opened again');
  });

  test('a position that is not the end rejects with LOG_CONFLICT, adds nothing, and the log goes on', async (stage) => {
    const log = await openLog(stage);
    const first = await log.append([commit(1)]);
    const end = await log.append([commit(2)]);
    const durability = stage.capabilities.durability[0] as 'strict';
    for (const after of [0, first, end + 1]) {
      const stale = log.log.append([commit(3, pattern(50))], { durability, after });
      await rejects(() => stale, 'LOG_CONFLICT', `append after ${after} where the end is ${end}`);
    }
    sameItems(await log.check(), asContents(commits(1, 2)), 'after the conflicts');
    await log.append([commit(3)]);
    await log.close();
    sameItems(await found(stage), asContents(commits(1, 3)), 'opened again');
  });
};
