import { describe, expect, test } from 'vitest';
import { clock, codeOf, gatedLog, reopened, turn } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';

const all = (store: Store): string => [...store.keys()].join(' ');

describe('eviction: refuse', () => {
  test('a write past maxEntries throws LIMIT and changes nothing; what makes room may follow', async () => {
    const store = new Store({ maxEntries: 2 });
    store.set('a', 1);
    store.namespace('n').set('b', { x: 1 });
    for (const write of [
      () => store.set('c', 1),
      () => store.namespace('n').set('c', 1),
      () =>
        store.setMany([
          ['a', 2],
          ['c', 1],
        ]),
      () => store.update('c', () => 1),
      () => store.getOrSet('c', () => 1),
      () => store.increment('c'),
      () => store.compareAndSwap('c', undefined, 1),
    ])
      expect(codeOf(write), String(write)).toBe('LIMIT');
    expect([...store.entries()]).toEqual([['a', 1]]);
    store.set('a', 'in its place');
    store.namespace('n').delete('b');
    store.set('c', 1);
    expect(all(store)).toBe('a c');
  });

  test('maxBytes counts keys and values, and what is overwritten or deleted is free again', () => {
    const store = new Store({ maxBytes: 100 });
    store.set('a', 'x'.repeat(60));
    expect(codeOf(() => store.set('b', 'x'.repeat(60)))).toBe('LIMIT');
    expect(codeOf(() => store.set('a', 'x'.repeat(101)))).toBe('LIMIT');
    store.set('a', 'x'.repeat(80));
    store.set('a', 'y'.repeat(10));
    store.set('b', 'x'.repeat(60));
    expect(codeOf(() => store.set('k'.repeat(90), 1))).toBe('LIMIT');
    store.delete('b');
    store.set('c', Uint8Array.from({ length: 60 }));
    store.clear();
    store.set('d', 'x'.repeat(80));
    expect(all(store)).toBe('d');
  });

  test('what has expired takes no room', async () => {
    const time = clock();
    const store = new Store({ maxEntries: 1, now: time.now });
    store.set('a', 1, { ttl: 5 });
    expect(codeOf(() => store.set('b', 1))).toBe('LIMIT');
    time.at += 5;
    store.set('b', 1, { ttl: 5 });
    time.at += 5;
    await store.transaction((tx) => tx.set('c', 1));
    expect(all(store)).toBe('c');
  });

  test('a rolled back transaction uses nothing up', () => {
    const store = new Store({ maxEntries: 2 });
    for (let i = 0; i < 5; i++) {
      expect(() =>
        store.transaction((tx) => {
          tx.set('a', 1);
          tx.set('b', 1);
          throw new Error('no');
        }),
      ).toThrow('no');
    }
    store.set('a', 1);
    store.set('b', 1);
    expect(store.size).toBe(2);
  });
});

describe.each([
  'in memory',
  'over a log',
  'after compaction',
  'after reopening',
  'while a compaction goes on',
])('eviction: lru %s', (state) => {
  const make = async (maxEntries: number): Promise<Store> => {
    const options = { maxEntries, eviction: 'lru' } as const;
    const medium = new MemoryMedium();
    const gate = gatedLog();
    const log = state.startsWith('while') ? gate.log : memoryLog(medium);
    const store = state === 'in memory' ? new Store(options) : await Store.open(log, options);
    for (const key of ['a', 'b', 'c']) store.set(key, { key });
    if (state === 'after compaction') await store.compact();
    if (state === 'after reopening') return reopened(store, medium, options);
    if (state.startsWith('while')) {
      void store.compact();
      await gate.reached;
    }
    return store;
  };

  test('removes what was used longest ago, one for one', async () => {
    const store = await make(3);
    const evicted: string[] = [];
    store.on('evict', ({ key }) => evicted.push(key));
    store.get('a');
    store.set('d', 1);
    expect(all(store)).toBe('a c d');
    store.getMany(['c']);
    store.set('e', 1);
    expect(all(store)).toBe('c d e');
    store.set('d', 'again');
    store.set('f', 1);
    expect(all(store)).toBe('d e f');
    store.delete('e');
    store.set('g', 1);
    await turn();
    expect([all(store), store.size, evicted]).toEqual(['d f g', 3, ['b', 'a', 'c']]);
  });

  test('goes over all namespaces, and clear makes room', async () => {
    const store = await make(4);
    const other = store.namespace('n');
    other.set('x', 1);
    store.get('b');
    other.set('y', 1);
    expect([all(store), [...other.keys()]]).toEqual(['b c', ['x', 'y']]);
    store.clear();
    other.set('z', 1);
    other.set('w', 1);
    expect([...other.keys()]).toEqual(['w', 'x', 'y', 'z']);
    other.set('v', 1);
    expect([...other.keys()]).toEqual(['v', 'w', 'y', 'z']);
  });
});

test('lru by bytes removes as many as it takes; what could never fit is refused', () => {
  const store = new Store({ maxBytes: 100, eviction: 'lru' });
  for (const key of ['a', 'b', 'c', 'd']) store.set(key, 'x'.repeat(20));
  store.set('e', 'x'.repeat(60));
  expect(all(store)).toBe('d e');
  expect(codeOf(() => store.set('f', 'x'.repeat(120)))).toBe('LIMIT');
  expect(all(store)).toBe('d e');
});

test('evictions are in the log: after reopening they are still gone, and the limits hold', async () => {
  const medium = new MemoryMedium();
  const options = { maxEntries: 3, eviction: 'lru' } as const;
  const store = await Store.open(memoryLog(medium), options);
  for (let i = 0; i < 10; i++) store.set(`k${i}`, { i });
  await store.compact();
  for (let i = 10; i < 13; i++) await store.set(`k${i}`, { i });
  expect(all(store)).toBe('k10 k11 k12');
  const plain = await Store.open(memoryLog(medium), { readOnly: true });
  expect(all(plain)).toBe('k10 k11 k12');
  const again = await reopened(store, medium, options);
  again.get('k10');
  again.set('new', 1);
  expect(all(again)).toBe('k10 k12 new');
  for (let round = 0; round < 3; round++) {
    await again.compact();
    again.set(`round${round}`, 1);
    expect(again.size).toBe(3);
  }
});

test('a transaction makes room by its own deletions before anything is evicted', async () => {
  const store = new Store({ maxEntries: 2, eviction: 'lru' });
  store.set('a', 1);
  store.set('b', 1);
  await store.transaction((tx) => {
    tx.set('c', 1);
    tx.delete('b');
  });
  expect(all(store)).toBe('a c');
});

test('a transaction over several namespaces is counted as a whole', async () => {
  const store = new Store({ maxEntries: 2 });
  store.set('a', 1);
  store.namespace('n').set('b', 1);
  await store.transaction((tx) => {
    tx.set('c', 1);
    tx.namespace('n').delete('b');
  });
  expect([all(store), store.namespaces()]).toEqual(['a c', ['']]);
});

test('of a transaction only the outcome must fit, whatever is written first', async () => {
  const store = new Store({ maxBytes: 100 });
  for (const [key, length] of Object.entries({ c: 10, a: 50, b: 10 })) store.set(key, 'x'.repeat(length));
  await store.transaction((tx) => {
    tx.set('b', 'y'.repeat(50));
    tx.set('a', 'y'.repeat(10));
  });
  expect([...store.values()].map((value) => (value as string).length)).toEqual([10, 50, 10]);
  const cache = new Store({ maxEntries: 2, eviction: 'lru' });
  cache.set('a', 1);
  cache.namespace('n').set('b', 1);
  await cache.transaction((tx) => {
    tx.set('c', 1);
    tx.namespace('n').delete('b');
  });
  expect(all(cache)).toBe('a c');
});

test('a clear that is taken back counts what it brings back', async () => {
  const medium = new MemoryMedium();
  const other = await Store.open(memoryLog(medium));
  const mine = await Store.open(memoryLog(medium), { maxEntries: 3 });
  mine.set('a', 1);
  await mine.set('b', 1);
  await turn();
  const both = [
    other.set('theirs', 1),
    mine.transaction((tx) => {
      if (!tx.has('theirs')) tx.clear();
    }),
  ];
  await Promise.all(both);
  expect(all(mine)).toBe('a b theirs');
  expect(codeOf(() => mine.set('c', 1))).toBe('LIMIT');
  mine.set('a', 2);
  expect(codeOf(() => mine.set('c', 1))).toBe('LIMIT');
});

test('writes that are taken back for those of another writer are counted once', async () => {
  const medium = new MemoryMedium();
  const [mine, other] = [
    await Store.open(memoryLog(medium), { maxEntries: 4 }),
    await Store.open(memoryLog(medium)),
  ];
  for (let i = 0; i < 10; i++) {
    const both = [other.set('theirs', i), mine.increment('mine'), mine.set('object', { i })];
    await Promise.all(both);
  }
  await mine.clear();
  for (const key of ['a', 'b', 'c', 'd']) await mine.set(key, { key });
  expect(codeOf(() => mine.set('e', 1))).toBe('LIMIT');
  expect(all(mine)).toBe('a b c d');
});

describe('a listener of evict', () => {
  const halves = { maxEntries: 2, eviction: 'lru' } as const;

  test('sees no half of a transaction', async () => {
    const store = new Store(halves);
    const seen: string[] = [];
    store.on('evict', ({ key }) => seen.push(`${key}: ${all(store)}`));
    await store.setMany([
      ['a', 1],
      ['b', 1],
    ]);
    await store.setMany([
      ['c', 1],
      ['d', 1],
    ]);
    expect(seen).toEqual(['a: c d', 'b: c d']);
  });

  test('that closes the store leaves no half of a transaction', async () => {
    const medium = new MemoryMedium();
    const store = await Store.open(memoryLog(medium), halves);
    let closed: Promise<void> | undefined;
    store.on('evict', () => {
      closed ??= store.close();
    });
    await store.setMany([
      ['a', 1],
      ['b', 1],
    ]);
    await store.setMany([
      ['c', 1],
      ['d', 1],
    ]);
    await closed;
    expect(all(await Store.open(memoryLog(medium)))).toBe('c d');
  });
});
