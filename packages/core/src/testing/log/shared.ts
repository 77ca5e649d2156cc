import type { Log } from '../../log/log.ts';
import { equal, rejects, resolves } from '../assert.ts';
import { type Content, commit, commits, run } from '../fixtures.ts';
import type { Part } from '../stage.ts';
import { asContents, openLog, sameItems } from './open-log.ts';

const start: Content = { type: 'start' };

/** Several writers on one log. */
export const sharing: Part<Log> = (test, { capabilities }) => {
  if (!capabilities.shared) return;

  test('what is acknowledged is there for a handle that opens, with no close in between', async (stage) => {
    const log = await openLog(stage);
    for (const [index, level] of capabilities.durability.entries()) {
      await log.append([commit(index + 1)], level);
      const other = await openLog(stage);
      sameItems(other.found, asContents(commits(1, index + 1)), `durability ${level}`);
      await other.close();
    }
  });

  test('who comes second gets LOG_CONFLICT, reads what it has not seen, and goes on', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    await a.append([commit(1)]);
    await b.catchUp();
    await a.append(commits(2, 2));
    await rejects(() => b.append([commit(2)]), 'LOG_CONFLICT', 'an append that has been overtaken');
    sameItems(await b.catchUp(), asContents(commits(2, 2)), 'what it had not seen');
    await b.append([commit(4)]);
    sameItems(await a.catchUp(), asContents([commit(4)]), 'what the first had not seen');
    sameItems(await a.check(), asContents(commits(1, 4)), 'the first one’s log');
    sameItems(await b.check(), asContents(commits(1, 4)), 'the second one’s log');
  });

  test('two writers at an empty log: neither is lost', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    await a.append([commit(1)]);
    await rejects(() => b.append([commit(1)]), 'LOG_CONFLICT', 'the second first append');
    sameItems(await b.catchUp(), asContents([commit(1)]), 'what it had not seen');
    await b.append([commit(2)]);
    sameItems(await a.catchUp(), asContents([commit(2)]), 'what the first had not seen');
  });

  test('of two appends at once one wins', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    await a.append([commit(1)]);
    await b.catchUp();
    const won = await Promise.all([a, b].map((log) => resolves(() => log.append([commit(2)]))));
    equal(won.filter(Boolean).length, 1, 'how many of two appends resolved');
    const other = await openLog(stage);
    sameItems(other.found, asContents(commits(1, 2)), 'a third handle');
  });

  test('writers that take turns end with the same log', async (stage) => {
    const writers = [await openLog(stage), await openLog(stage), await openLog(stage)];
    for (let seq = 1; seq <= 18; seq++) {
      const writer = writers[seq % 3] as (typeof writers)[0];
      await writer.catchUp();
      await writer.append([commit(seq)]);
    }
    for (const writer of writers) {
      await writer.catchUp();
      sameItems(await writer.check(), asContents(commits(1, 18)), 'one of three writers');
    }
  });

  test('after another’s replace a writer that had seen all reads the whole log anew', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    await a.append(commits(1, 3));
    await b.catchUp();
    await a.replace(run(3));
    sameItems(await b.catchUp(), [start, ...run(3)], 'what follows the replace');
    await b.append([commit(4)]);
    sameItems(await a.catchUp(), asContents([commit(4)]), 'what the other had not seen');
  });

  test('after another’s replace a writer that was behind reads the whole log anew', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    await a.append([commit(1)]);
    await b.catchUp();
    await a.append(commits(2, 2));
    await a.replace(run(3));
    await a.append([commit(4)]);
    await rejects(() => b.append([commit(2)]), 'LOG_CONFLICT', 'an append that has been overtaken');
    sameItems(await b.catchUp(), [start, ...run(3), ...asContents([commit(4)])], 'what follows the replace');
    await b.append([commit(5)]);
    sameItems(await a.catchUp(), asContents([commit(5)]), 'what the other had not seen');
  });

  test('replace rejects with LOG_CONFLICT over an append it has not seen', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    await a.append([commit(1)]);
    await b.catchUp();
    await a.append([commit(2)]);
    await rejects(() => b.replace(run(1)), 'LOG_CONFLICT', 'a replace that has been overtaken');
    sameItems(await b.catchUp(), asContents([commit(2)]), 'what it had not seen');
    await b.replace(run(2));
    sameItems(await b.check(), run(2), 'after the second attempt');
  });

  test('one handle’s close leaves the others open', async (stage) => {
    const [a, b] = [await openLog(stage), await openLog(stage)];
    await a.append([commit(1)]);
    await a.close();
    await b.catchUp();
    await b.append([commit(2)]);
    sameItems(await b.check(), asContents(commits(1, 2)), 'the log');
  });
};
