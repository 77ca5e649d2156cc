import { describe, expect, test } from 'vitest';
import { clock, codeOf, rejectionOf, reopened } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';
import type { OpenTransaction } from './types.ts';

type Tx = OpenTransaction<Record<string, unknown>>;

async function filled(now = clock().now): Promise<Store> {
  const store = await Store.open(memoryLog(), { now });
  store.set('a', 1);
  store.set('b', { x: 1 });
  store.set('c', 3);
  store.set('brief', 1, { ttl: 10 });
  await store.namespace('n').set('a', 1);
  return store;
}

test('nobody sees its writes before the commit, and everybody after', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  await store.set('a', 1);
  const tx = store.begin();
  tx.set('a', 2);
  tx.set('new', { x: 1 });
  tx.namespace('n').set('k', 1);
  expect([tx.get('a'), [...tx.keys()], tx.size]).toEqual([2, ['a', 'new'], 2]);
  expect([store.get('a'), [...store.keys()], store.namespaces()]).toEqual([1, ['a'], ['']]);
  const committed = tx.commit();
  expect([store.get('a'), store.get('new'), store.namespace('n').get('k')]).toEqual([2, { x: 1 }, 1]);
  await committed;
  const again = await reopened(store, medium);
  expect([...again.entries()]).toEqual([
    ['a', 2],
    ['new', { x: 1 }],
  ]);
});

test('abort forgets its writes; after either end nothing goes', async () => {
  const store = await filled();
  const aborted = store.begin();
  aborted.set('a', 99);
  aborted.clear();
  aborted.abort();
  aborted.abort();
  const committed = store.begin();
  committed.set('z', 1);
  await committed.commit();
  committed.abort();
  expect([store.get('a'), store.get('z'), store.size]).toEqual([1, 1, 5]);
  for (const tx of [aborted, committed]) {
    for (const use of [
      () => tx.get('a'),
      () => tx.has('a'),
      () => tx.size,
      () => [...tx.keys()],
      () => tx.set('a', 1),
      () => tx.delete('a'),
      () => tx.clear(),
      () => tx.update('a', () => 1),
      () => tx.namespace('n'),
    ])
      expect(codeOf(use), String(use)).toBe('TRANSACTION_ENDED');
    expect(await rejectionOf(tx.commit())).toBe('TRANSACTION_ENDED');
  }
});

const READS_A: [string, (tx: Tx) => unknown][] = [
  ['get', (tx) => tx.get('a')],
  ['has', (tx) => tx.has('a')],
  ['ttl', (tx) => tx.ttl('a')],
  ['getMany', (tx) => tx.getMany(['c', 'a'])],
  ['set', (tx) => tx.set('a', 5)],
  ['delete', (tx) => tx.delete('a')],
  ['increment', (tx) => tx.increment('a')],
  ['compareAndSwap that does not', (tx) => tx.compareAndSwap('a', 99, 1)],
  ['keys', (tx) => [...tx.keys()]],
  ['a range', (tx) => [...tx.values({ lt: 'b' })]],
  ['size', (tx) => tx.size],
  ['deleteRange', (tx) => tx.deleteRange({ prefix: 'a' })],
  ['clear', (tx) => tx.clear()],
];

describe.each(READS_A)('after %s of an entry', (_, touch) => {
  test.each<[string, (store: Store) => unknown]>([
    ['set', (store) => store.set('a', 1)],
    ['delete', (store) => store.delete('a')],
    ['clear', (store) => store.clear()],
    ['transaction', (store) => store.transaction((tx) => tx.set('a', 7))],
    ['another commit', (store) => commitWith(store, (tx) => tx.set('a', 7))],
  ])('a %s of it by others is a CONFLICT, and nothing is written', async (_, write) => {
    const store = await filled();
    const tx = store.begin();
    touch(tx);
    tx.set('mine', 1);
    write(store);
    const before = [...store.entries()];
    expect(await rejectionOf(tx.commit())).toBe('CONFLICT');
    expect([...store.entries()]).toEqual(before);
    expect(codeOf(() => tx.get('a'))).toBe('TRANSACTION_ENDED');
  });

  test('changes of what it did not touch are none', async () => {
    const store = await filled();
    const tx = store.begin();
    tx.namespace('n').get('b');
    if (!/keys|size|clear/.test(touch.toString())) {
      touch(tx);
      store.set('b', 2);
      store.delete('c1');
      store.set('zz', 1);
    }
    store.namespace('n').set('a', 2);
    store.namespace('m').clear();
    await tx.commit();
  });
});

function commitWith(store: Store, work: (tx: Tx) => void): void {
  const tx = store.begin();
  work(tx);
  void tx.commit();
}

test('phantoms: an entry that comes into a range that was read, or where nothing was', async () => {
  for (const touch of [
    (tx: Tx) => [...tx.keys({ prefix: 'p' })],
    (tx: Tx) => [...tx.keys({ gt: 'p', lt: 'q', reverse: true, limit: 1 })],
    (tx: Tx) => tx.get('p1'),
    (tx: Tx) => tx.size,
  ]) {
    const store = await filled();
    const tx = store.begin();
    touch(tx);
    store.set('p1', 1);
    expect(await rejectionOf(tx.commit()), String(touch)).toBe('CONFLICT');
    const other = store.begin();
    [...other.keys({ gt: 'p1', lt: 'q' })];
    store.set('p1', 2);
    store.set('q', 2);
    expect(await rejectionOf(other.commit())).toBe(undefined);
  }
});

test('an entry it has read that expires is a CONFLICT; one it has not is none', async () => {
  const time = clock();
  const store = await filled(time.now);
  const reader = store.begin();
  const other = store.begin();
  expect(reader.get('brief')).toBe(1);
  other.set('out', 1);
  time.at += 10;
  expect(await rejectionOf(reader.commit())).toBe('CONFLICT');
  expect(await rejectionOf(other.commit())).toBe(undefined);
  expect(store.get('out')).toBe(1);
});

test('of two that read and write the same, the first to commit wins; again from the start, the other does too', async () => {
  const store = await filled();
  const [one, two] = [store.begin(), store.begin()];
  one.increment('a');
  two.increment('a');
  await one.commit();
  expect(await rejectionOf(two.commit())).toBe('CONFLICT');
  const again = store.begin();
  again.increment('a');
  await again.commit();
  expect(store.get('a')).toBe(3);
});

test('it ends with the store', async () => {
  const store = await filled();
  const tx = store.begin();
  tx.set('late', 1);
  await store.close();
  expect(codeOf(() => tx.get('a'))).toBe('CLOSED');
  expect(await rejectionOf(tx.commit())).toBe('CLOSED');
});

test('a limit that its writes would pass changes nothing, and counts them all together', async () => {
  const store = new Store({ maxEntries: 2 });
  store.set('a', 1);
  store.set('b', 1);
  const before = [...store.entries()];
  const over = store.begin();
  over.set('a', 2);
  over.set('c', 1);
  expect(await rejectionOf(over.commit())).toBe('LIMIT');
  expect([...store.entries()]).toEqual(before);
  expect(
    codeOf(() =>
      store.transaction((tx) => {
        tx.set('a', 2);
        tx.namespace('n').set('c', 1);
      }),
    ),
  ).toBe('LIMIT');
  expect([[...store.entries()], store.namespaces()]).toEqual([before, ['']]);
  await store.transaction((tx) => {
    tx.set('a', 2);
    tx.set('c', 3);
    tx.namespace('n').set('d', 4);
    tx.delete('b');
    tx.delete('c');
  });
  expect([[...store.keys()], [...store.namespace('n').keys()]]).toEqual([['a'], ['d']]);
});
