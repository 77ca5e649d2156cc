/** A commit that arrives second is taken back, and made again on top of what came first. */
import { describe, expect, test } from 'vitest';
import { content, stored, turns, unhandled, until } from '../../test/durable-stores.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { compacted, converged, pair } from '../../test/tabs.ts';
import { MemoryMedium, memoryLog, Store } from '../index.ts';

describe('of two stores of one log the one that comes second', () => {
  test('what was written before the store was closed is made again on top of what came first', async () => {
    const medium = new MemoryMedium();
    const [a, b] = [await Store.open(memoryLog(medium)), await Store.open(memoryLog(medium))];
    void a.increment('n');
    const writes = [b.increment('n'), b.set('plain', 1), b.transaction((tx) => tx.increment('n'))];
    await b.close();
    expect(await Promise.all(writes)).toEqual([2, undefined, 3]);
    expect(await stored(medium)).toEqual({ n: 3, plain: 1 });
    expect(() => b.set('late', 1)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });

  test('a clear and a deletion that arrive second are made again, and take what came first along', async () => {
    const { medium, a, b } = await pair();
    await Promise.all([a.set('kept', 1), a.namespace('n').set('first', 1)]);
    await converged(medium, [a, b]);
    await Promise.all([
      ...[a.set('kept', 2), a.namespace('n').set('second', 2)],
      ...[b.delete('kept'), b.namespace('n').clear()],
    ]);
    const copy = await converged(medium, [a, b]);
    expect([copy.size, copy.namespace('n').size]).toEqual([0, 0]);
  });

  test('what a set evicts that arrives second is found anew, and nothing more goes', async () => {
    const medium = new MemoryMedium();
    const options = { maxEntries: 2, eviction: 'lru' } as const;
    const stores = [
      await Store.open(memoryLog(medium), options),
      await Store.open(memoryLog(medium), options),
    ];
    const [one, two] = stores as [Store, Store];
    await one.setMany(['a', 'b'].map((key) => [key, 1]));
    await converged(medium, stores);
    await Promise.all([one.set('a', 2), two.set('c', 1)]);
    const copy = await converged(medium, stores);
    expect(content(copy)).toEqual({ a: 2, c: 1 });
  });

  test('of two plain sets the last to arrive wins, for both', async () => {
    const { medium, a, b } = await pair();
    await Promise.all([a.set('k', 'a'), b.set('k', 'b'), a.set('l', 'a'), b.delete('l')]);
    const copy = await converged(medium, [a, b]);
    expect(['a', 'b']).toContain(copy.get('k'));
  });

  test('an explicit transaction is in CONFLICT with a commit of another', async () => {
    const { a, b } = await pair();
    await a.set('k', 1);
    await until(() => b.get('k') === 1);
    const read = b.begin();
    const other = b.begin();
    read.set('l', (read.get('k') as number) + 1);
    other.set('m', 1);
    await a.set('k', 2);
    await until(() => b.get('k') === 2);
    await expect(read.commit()).rejects.toMatchObject({ code: 'CONFLICT' });
    await other.commit();
    expect(content(b)).toEqual({ k: 2, m: 1 });
  });

  test('an explicit transaction is in CONFLICT with a change that a rewrite by another has swallowed', async () => {
    const medium = new MemoryMedium();
    const a = await Store.open(memoryLog(medium));
    const log = new RecordingLog(medium, true);
    const b = await Store.open(log);
    await a.set('k', 1);
    await until(() => b.get('k') === 1);
    const read = b.begin();
    read.set('l', (read.get('k') as number) + 1);
    const go = log.hold();
    const busy = b.set('n', 1); // It takes in nothing before this is over.
    await turns();
    await a.set('k', 2);
    await a.compact();
    go();
    await busy;
    await expect(read.commit()).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(content(b)).toEqual({ k: 2, n: 1 });
  });

  test('an explicit transaction that was committed here, and turns out to come second, is in CONFLICT', async () => {
    const { medium, a, b } = await pair();
    await a.set('k', 1);
    await until(() => b.get('k') === 1);
    const tx = b.begin();
    tx.set('l', (tx.get('k') as number) + 1);
    const first = a.set('k', 2);
    const second = tx.commit();
    expect(b.get('l')).toBe(2);
    await expect(second).rejects.toMatchObject({ code: 'CONFLICT' });
    await first;
    await converged(medium, [a, b]);
    expect(content(b)).toEqual({ k: 2 });
  });

  test('a transaction that throws when it runs again rejects, and leaves nothing', async () => {
    const { medium, a, b } = await pair();
    const take = (store: Store): Promise<void> =>
      store.transaction((tx) => {
        if (tx.has('seat')) throw new Error('taken');
        tx.set('seat', store === a ? 'a' : 'b');
        tx.namespace('log').set(store === a ? 'a' : 'b', 1);
      });
    const outcomes = await Promise.allSettled([take(a), take(b)]);
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    const copy = await converged(medium, [a, b]);
    expect([...copy.namespace('log').keys()]).toEqual([copy.get('seat')]);
  });

  test('a clear that is taken back restores all, even in the middle of a compaction', async () => {
    const { medium, a, b } = await pair();
    for (let i = 0; i < 20; i++) void a.set(`key${i}`, { i });
    await a.compact();
    void a.set('more', 1);
    await converged(medium, [a, b]);
    const compaction = compacted(b);
    await turns();
    const stop = a.set('stop', 1);
    const cleared = b.transaction((tx) => {
      if (tx.has('stop')) throw new Error('stopped');
      tx.clear();
    });
    await Promise.allSettled([stop, cleared, compaction]);
    await b.compact();
    const copy = await converged(medium, [a, b]);
    const outcome = await cleared.then(
      () => 'cleared',
      () => 'stopped',
    );
    expect(copy.size).toBe(outcome === 'cleared' ? copy.size : 22);
  });

  test('a failed rerun that nobody awaits is one unhandled rejection', async () => {
    const medium = new MemoryMedium();
    const a = await Store.open(memoryLog(medium));
    const b = await Store.open(memoryLog(medium));
    await Promise.all([a.flush(), b.flush(), turns()]);
    const errors = await unhandled(async () => {
      void a.set('seat', 'a');
      void b.transaction((tx) => {
        if (tx.has('seat')) throw new Error('taken');
        tx.set('seat', 'b');
      });
      await until(() => b.get('seat') === 'a' && b.stats().pendingCommits === 0);
    });
    expect(errors).toHaveLength(1);
  });
});

test('entries that come back when a clear is taken back still expire', async () => {
  const medium = new MemoryMedium();
  let now = 1;
  const options = { now: () => now };
  const [a, b] = [await Store.open(memoryLog(medium), options), await Store.open(memoryLog(medium), options)];
  const entries = Array.from({ length: 1500 }, (_, i) => [`k${i}`, i] as const);
  await a.setMany(entries, { expiresAt: 1000 });
  await until(() => b.size === 1500);
  const other = a.set('stop', true); // Comes first: then there is nothing to clear.
  const cleared = b.transaction((tx) => {
    if (tx.has('stop')) return false;
    tx.clear();
    tx.setMany(entries, { expiresAt: 2000 }); // So many that what was to expire before is forgotten.
    return true;
  });
  await other;
  expect(await cleared).toBe(false);
  expect(b.size).toBe(1501);
  now = 1000;
  expect([b.size, b.sweep()]).toEqual([1, 0]);
});
