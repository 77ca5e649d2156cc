import type { Commit } from '../../format/commit.ts';
import type { Log, LogItem } from '../../log/log.ts';
import { ok, resolves } from '../assert.ts';
import { type Content, commit, commits, pattern, run } from '../fixtures.ts';
import { survivesCrash } from '../harness.ts';
import type { Part } from '../stage.ts';
import { asContents, batches, found, openLog, sameItems } from './open-log.ts';

/** What a killed process leaves. */
export const crashing: Part<Log> = (test, harness) => {
  if (!survivesCrash(harness)) return;

  for (const level of harness.capabilities.durability) {
    if (level === 'none') continue;
    test(`what was acknowledged as ${level} is there`, async (stage) => {
      const log = await openLog(stage);
      await log.append(commits(1, 3), level);
      await log.append([commit(4)], level);
      const medium = await stage.crash();
      const again = await openLog(stage, { medium, mode: 'mustExist' });
      sameItems(again.found, asContents(commits(1, 4)), 'after the crash');
      await again.append([commit(5)], level);
      await again.close();
      sameItems(await found(stage, medium), asContents(commits(1, 5)), 'after an append and a reopening');
    });
  }

  test('an append that was under way is there up to a whole commit, and the log can grow', async (stage) => {
    const log = await openLog(stage);
    await log.append([commit(1)]);
    const flight: Commit[] = [commit(2), commit(3, pattern(200_000)), commit(4)];
    const appended = log.append(flight);
    const medium = await stage.crash();
    await appended;
    const again = await openLog(stage, { medium });
    const kept = withoutTorn(again.found);
    const expected = asContents([commit(1), ...flight]).slice(0, Math.max(1, kept.length));
    sameItems(kept, expected, 'after the crash');
    const next = commit(kept.length + 1);
    await again.append([next]);
    await again.close();
    sameItems(
      await found(stage, medium),
      [...expected, ...asContents([next])],
      'after an append and a reopening',
    );
  });

  test('a replace that has resolved is there', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    await log.replace(run(3));
    const medium = await stage.crash();
    const again = await openLog(stage, { medium });
    sameItems(again.found, run(3), 'after the crash');
    await again.append([commit(4)]);
    await again.close();
    sameItems(
      await found(stage, medium),
      [...run(3), ...asContents([commit(4)])],
      'after an append and a reopening',
    );
  });

  test('a replace that was taking its items has changed nothing', async (stage) => {
    const log = await openLog(stage);
    await log.append(commits(1, 3));
    let medium = stage.medium;
    async function* crashing(): AsyncGenerator<readonly LogItem[]> {
      for (let i = 0; i < 4; i++) yield* batches([...run(3).slice(0, -1)]);
      medium = await stage.crash();
      throw new Error('the process was killed');
    }
    ok(!(await resolves(() => log.log.replace(crashing(), { upTo: () => log.end }))), 'the replace resolved');
    const again = await openLog(stage, { medium });
    const old: Content[] = asContents(commits(1, 3));
    sameItems(again.found, old, 'after the crash');
    await again.append([commit(4)]);
    await again.close();
    sameItems(
      await found(stage, medium),
      [...old, ...asContents([commit(4)])],
      'after an append and a reopening',
    );
  });
};

function withoutTorn(items: readonly LogItem[]): LogItem[] {
  return items.filter((item, index) => item.type !== 'torn' || index !== items.length - 1);
}
