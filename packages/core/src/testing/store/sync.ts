import { equal } from '../assert.ts';
import { survivesCrash } from '../harness.ts';
import { holds, openStore, type StorePart } from './open-store.ts';

/** What is written at once, and what a store that only reads learns of later. */
export const refreshing: StorePart = (place) => (test, harness) => {
  if (harness.capabilities.syncAppend) {
    test('flushSync writes all of this turn, and all that is under way', async (stage) => {
      const open = await openStore(stage, place);
      const written = open.space.set('a', 1);
      written.catch(() => undefined);
      await undefined; // It is under way.
      open.space.set('b', 2);
      open.store.flushSync();
      equal(open.store.stats().pendingCommits, 0, 'commits that are not durable');
      open.store.flushSync();
      const medium = survivesCrash(harness) ? await stage.crash() : undefined;
      await written;
      await open.space.set('c', 3);
      holds((await open.reopen()).space, { a: 1, b: 2, c: 3 }, 'opened again');
      if (medium) holds((await openStore(stage, place, {}, medium)).space, { a: 1, b: 2 }, 'after a crash');
    });

    test('flushSync while it compacts loses nothing', async (stage) => {
      const open = await openStore(stage, place);
      const expected: Record<string, unknown> = { text: 'x'.repeat(100_000) };
      await open.space.set('text', expected['text']);
      for (let i = 0; i < 30; i++) {
        const compacted = open.store.compact().catch(() => undefined);
        for (let tick = 0; tick < i; tick++) await undefined;
        open.space.set(`key ${i}`, i);
        open.store.flushSync();
        expected[`key ${i}`] = i;
        await compacted;
      }
      await open.store.verify();
      holds((await open.reopen()).space, expected, 'opened again');
    });
  }

  if (harness.capabilities.readers) {
    test('a store opened with readOnly learns by refresh what its writer has done', async (stage) => {
      const writer = await openStore(stage, place);
      await writer.space.set('a', 1);
      const reader = await openStore(stage, place, { readOnly: true });
      const seen: string[] = [];
      reader.space.watch({}, (changes) => seen.push(changes.map(({ type, key }) => `${type} ${key}`).join()));
      await writer.space.set('b', 2);
      await reader.store.refresh();
      holds(reader.space, { a: 1, b: 2 }, 'after a write');
      await writer.space.delete('a');
      await writer.store.compact();
      await writer.space.set('c', 3);
      await reader.store.refresh();
      holds(reader.space, { b: 2, c: 3 }, 'after a compaction');
      await reader.store.refresh();
      equal(seen[0], 'put b', 'what watchers were told first');
      equal(seen.at(-1)?.endsWith('put c'), true, 'whether they were told the last');
      await writer.store.close();
      await reader.store.refresh();
      holds(reader.space, { b: 2, c: 3 }, 'when the writer has closed');
    });
  }
};
