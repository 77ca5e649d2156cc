import { expect, test } from 'vitest';
import { codeOf, recordingLog, reopened, turn } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';

test('all writes of one turn are one commit and share one promise; the next turn has another', async () => {
  const { log, flights } = recordingLog();
  const store = await Store.open(log);
  const first = store.set('a', 1);
  expect(store.set('b', { x: 1 })).toBe(first);
  expect(store.namespace('n').set('c', 1)).toBe(first);
  expect(store.delete('a')).toBe(first);
  expect(store.delete('absent')).toBe(first);
  expect(store.namespace('empty').clear()).toBe(first);
  expect(store.clear()).toBe(first);
  await Promise.resolve();
  const second = store.set('a', 2);
  expect(second).not.toBe(first);
  await Promise.all([first, second]);
  expect(flights.flat().map(({ seq }) => seq)).toEqual([1, 2]);
  expect(store.stats().seq).toBe(2);
});

test('the promise of a write that changes nothing still covers what was written before it', async () => {
  const { log } = recordingLog();
  let acknowledge = (): void => undefined;
  const waits = new Promise<void>((resolve) => {
    acknowledge = resolve;
  });
  const append = log.append;
  log.append = async (...given) => {
    await waits;
    return append(...given);
  };
  const store = await Store.open(log);
  const settled: string[] = [];
  const notes = (name: string, promise: Promise<unknown>): unknown => promise.then(() => settled.push(name));
  void notes('set', store.set('a', 1));
  void notes('delete', store.delete('absent'));
  void notes('cas', store.compareAndSwap('a', 5, 6));
  void notes(
    'transaction',
    store.transaction((tx) => tx.get('a')),
  );
  void notes('range', store.deleteRange({ prefix: 'x' }));
  await turn();
  void notes('later delete', store.delete('absent'));
  void notes(
    'later gotten',
    store.getOrSet('a', () => 2),
  );
  void notes('flush', store.flush());
  await turn();
  expect(settled).toEqual([]);
  acknowledge();
  await turn();
  expect(settled.sort()).toEqual([
    'cas',
    'delete',
    'flush',
    'later delete',
    'later gotten',
    'range',
    'set',
    'transaction',
  ]);
});

test('what a resolved promise covers is in the log, even if the store is never closed', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  for (let i = 0; i < 20; i++) {
    store.set(`k${i}`, { i });
    await (i % 2 ? store.delete(`k${i - 1}`) : store.increment('n'));
    const seen = await Store.open(memoryLog(medium), { readOnly: true });
    expect([...seen.entries()]).toEqual([...store.entries()]);
  }
});

test('a turn with a great many writes is one commit and comes back whole', async () => {
  const medium = new MemoryMedium();
  const { log, flights } = recordingLog(medium);
  const store = await Store.open(log);
  for (let i = 0; i < 5000; i++) store.namespace(`n${i % 3}`).set(`key${i}`, { i, text: 'x'.repeat(i % 50) });
  for (let i = 0; i < 5000; i += 7) store.namespace(`n${i % 3}`).delete(`key${i}`);
  const data = store.toData();
  await store.flush();
  expect(flights.flat().length).toBe(1);
  expect(Buffer.compare((await reopened(store, medium)).toData(), data)).toBe(0);
});

test('a listener that writes and flushes in the middle of a commit keeps the commits in order', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  let times = 0;
  store.on('change', () => {
    if (times++ > 2) return;
    store.set(`by listener ${times}`, times);
    void store.flush();
  });
  await store.set('a', 1);
  await store.flush();
  expect(times).toBe(4);
  const again = await reopened(store, medium);
  expect([...again.keys()]).toEqual(['a', 'by listener 1', 'by listener 2', 'by listener 3']);
});

test('close() in the middle of a transaction or an update ends both, and nothing is changed', async () => {
  for (const store of [new Store(), await Store.open(memoryLog())]) {
    await store.set('a', 1);
    expect(
      codeOf(() =>
        store.transaction((tx) => {
          void store.close();
          tx.set('a', 2);
        }),
      ),
    ).toBe('CLOSED');
    await turn();
    expect([codeOf(() => store.get('a')), codeOf(() => store.set('a', 1))]).toEqual(['CLOSED', 'CLOSED']);
  }
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  await store.set('a', 1);
  expect(
    codeOf(() =>
      store.update('a', () => {
        void store.close();
        return 2;
      }),
    ),
  ).toBe('CLOSED');
  await store.close();
  expect((await Store.open(memoryLog(medium))).get('a')).toBe(1);
});
