import type { Durability, Log, LogItem, Position } from '../../log/log.ts';
import { equal, ok, rejects, resolves } from '../assert.ts';
import { commit, commits, pattern, run } from '../fixtures.ts';
import { survivesCrash } from '../harness.ts';
import type { Part } from '../stage.ts';
import { asContents, batches, found, type OpenLog, openLog, sameItems } from './open-log.ts';

type AppendSync = NonNullable<Log['appendSync']>;

/** Appends that are done when they return. */
export const appendingSync: Part<Log> = (test, harness) => {
  const { capabilities } = harness;
  if (!capabilities.syncAppend) return;
  const durability = capabilities.durability[0] as Durability;
  const appendSync = (log: OpenLog, ...given: Parameters<AppendSync>): Position =>
    (log.log.appendSync as AppendSync)(...given);
  const add = (log: OpenLog, list: Parameters<AppendSync>[0]): void => {
    log.end = appendSync(log, list, { durability, after: log.end });
  };

  test('they come back, between others', async (stage) => {
    const log = await openLog(stage);
    add(log, [commit(1)]);
    await log.append([commit(2)]);
    add(log, [commit(3, pattern(1_200_000)), commit(4)]);
    add(log, []);
    await log.append([commit(5)]);
    const expected = asContents([...commits(1, 2), commit(3, pattern(1_200_000)), ...commits(4, 2)]);
    sameItems(await log.check(), expected, 'at once');
    await log.close();
    sameItems(await found(stage), expected, 'opened again');
  });

  if (survivesCrash(harness)) {
    test('what was written is there when it returns', async (stage) => {
      const log = await openLog(stage);
      await log.append([commit(1)]);
      add(log, [commit(2)]);
      const medium = await stage.crash();
      sameItems(await found(stage, medium), asContents(commits(1, 2)), 'after the crash');
    });

    test('what an append was given that is under way is there, too', async (stage) => {
      const log = await openLog(stage);
      for (const [seq, given] of [
        [1, [commit(2)]],
        [3, []],
      ] as const) {
        const flying = log.log.append([commit(seq)], { durability, after: log.end });
        flying.catch(() => undefined);
        add(log, given);
        const medium = await stage.crash();
        equal(await flying, log.end, 'what the append resolves to');
        sameItems(await found(stage, medium), asContents(commits(1, seq + given.length)), 'after the crash');
      }
    });
  }

  test('while an append is under way both are written, each once and in order', async (stage) => {
    const log = await openLog(stage);
    for (let seq = 1; seq <= 30; seq += 3) {
      const flying = log.log.append([commit(seq)], { durability, after: log.end });
      flying.catch(() => undefined);
      add(log, [commit(seq + 1)]);
      equal(await flying, log.end, 'what the append resolves to');
      await log.append([commit(seq + 2)]);
    }
    sameItems(await log.check(), asContents(commits(1, 30)), 'at once');
    await log.close();
    sameItems(await found(stage), asContents(commits(1, 30)), 'opened again');
  });

  test('a position that is not the end throws LOG_CONFLICT, adds nothing, and the log goes on', async (stage) => {
    const log = await openLog(stage);
    const first = await log.append([commit(1)]);
    await log.append([commit(2)]);
    await log.append([commit(3)]);
    for (const after of [0, first, log.end - 1, log.end + 1]) {
      await rejects(
        () => appendSync(log, [commit(4)], { durability, after }),
        'LOG_CONFLICT',
        `after ${after}`,
      );
    }
    add(log, [commit(4)]);
    await log.append([commit(5)]);
    await log.close();
    sameItems(await found(stage), asContents(commits(1, 5)), 'opened again');
  });

  test('before open and after close it throws, and changes nothing', async (stage) => {
    const handle = stage.medium.handle();
    const call = (): unknown => (handle.appendSync as AppendSync)([commit(1)], { durability, after: 0 });
    await rejects(call, undefined, 'before open');
    const log = await openLog(stage, { handle });
    await log.append([commit(1)]);
    await log.close();
    await rejects(
      () => appendSync(log, [commit(2)], { durability, after: log.end }),
      undefined,
      'after close',
    );
    sameItems(await found(stage), asContents([commit(1)]), 'opened again');
  });

  test('while a replace takes its items it is kept, and the replace is not for what has grown', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    const { end } = log;
    async function* growing(): AsyncGenerator<readonly LogItem[]> {
      yield* batches(run(3));
      add(log, [commit(4)]);
    }
    await rejects(() => log.log.replace(growing(), { upTo: () => end }), 'LOG_CONFLICT', 'replace');
    await log.append([commit(5)]);
    await log.close();
    sameItems(await found(stage), asContents(commits(1, 5)), 'opened again');
  });

  test('however far a replace has come, what is written at once is there', async (stage) => {
    for (let ticks = 0; ticks < 8; ticks++) {
      const medium = await stage.create();
      const log = await openLog(stage, { medium });
      await log.append(commits(1, 3));
      const { end } = log;
      let written: Promise<void> | undefined;
      const upTo = (): Position => {
        written ??= later(ticks, () => {
          const known = log.end;
          add(log, [commit(4)]);
          ok(log.end !== known, 'the end has not moved');
        });
        return end;
      };
      const replaced = await resolves(async () => {
        const replacedTo = await log.log.replace(batches(run(3)), { upTo });
        if (log.end === end) log.end = replacedTo;
      });
      await written;
      await log.append([commit(5)]);
      const items = await log.check();
      const isRun = items[0]?.type === 'block';
      ok(!replaced || isRun, 'a replace resolved, and has not happened');
      const rest = asContents(commits(4, 2));
      sameItems(items, isRun ? [...run(3), ...rest] : asContents(commits(1, 5)), `at once, ${ticks} ticks`);
      await log.close();
      sameItems(await found(stage, medium), items, `opened again, ${ticks} ticks`);
    }
  });
};

/** After so many turns of the promise queue. */
async function later(ticks: number, task: () => void): Promise<void> {
  for (let tick = 0; tick < ticks; tick++) await undefined;
  task();
}
