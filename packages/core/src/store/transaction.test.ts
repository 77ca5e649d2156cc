import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clock, codeOf, LIVES, recordingLog, reopened, turn } from '../../test/stores.ts';
import { changesOf } from '../format/commit.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import { Store } from './store.ts';
import type { Transaction } from './types.ts';

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);
beforeAll(() => void process.on('unhandledRejection', note));
afterAll(() => void process.off('unhandledRejection', note));

const STATES = LIVES.filter(({ name }) => name !== 'through a namespace');

describe.each(STATES)('a transaction $name', ({ begin }) => {
  const fill = (at: { set(key: string, value: unknown): unknown }): void => {
    for (const key of ['a', 'b', 'c', 'd']) at.set(key, { key });
  };

  test('reads its own writes, in ranges too, and nobody else does before it ends', async () => {
    const store = (await begin(fill)) as Store;
    store.transaction((tx) => {
      tx.set('aa', 1);
      tx.delete('b');
      tx.set('c', 'new');
      tx.set('z', 1);
      tx.delete('z');
      expect([...tx.entries({ limit: 3 })]).toEqual([
        ['a', { key: 'a' }],
        ['aa', 1],
        ['c', 'new'],
      ]);
      expect([...tx.keys({ reverse: true })]).toEqual(['d', 'c', 'aa', 'a']);
      expect([...tx.values({ gt: 'aa', lte: 'c' })]).toEqual(['new']);
      expect([tx.size, tx.has('b'), tx.get('c'), tx.get('z')]).toEqual([4, false, 'new', undefined]);
      expect(tx.getMany(['aa', 'b'])).toEqual([1, undefined]);
      expect(codeOf(() => tx.require('b'))).toBe('NOT_FOUND');
      expect(tx.increment('aa')).toBe(2);
      expect(tx.update('aa', (value) => (value as number) * 5)).toBe(10);
      expect(tx.getOrSet('new', () => [1])).toEqual([1]);
      expect(tx.compareAndSwap('new', [1], 'swapped')).toBe(true);
      expect(tx.expire('a', 1000)).toBe(true);
      expect(tx.persist('a')).toBe(true);
      tx.deleteRange({ gte: 'd', lt: 'e' });
      expect([...tx.keys()]).toEqual(['a', 'aa', 'c', 'new']);
      tx.clear();
      expect([[...tx.keys()], tx.size, tx.get('a')]).toEqual([[], 0, undefined]);
      tx.setMany([
        ['y', 2],
        ['x', { x: 1 }],
      ]);
      expect([...tx.keys()]).toEqual(['x', 'y']);
    });
    expect([...store.entries()]).toEqual([
      ['x', { x: 1 }],
      ['y', 2],
    ]);
    expect(store.size).toBe(2);
  });

  test('writes while it goes over a range', async () => {
    const store = (await begin(fill)) as Store;
    store.transaction((tx) => {
      const seen: string[] = [];
      for (const key of tx.keys()) {
        seen.push(key);
        if (key === 'a') tx.set('a1', 1);
        if (key === 'b') tx.delete('c');
        if (key === 'b') tx.set('a0', 'before');
        if (key === 'd') tx.clear();
        if (seen.length < 20 && key === 'd') tx.set('e', 1);
      }
      expect(seen).toEqual(['a', 'a1', 'b', 'd', 'e']);
      const back: string[] = [];
      for (const key of tx.keys({ reverse: true })) {
        back.push(key);
        if (key === 'e') tx.set('d5', 1);
      }
      expect(back).toEqual(['e', 'd5']);
    });
    expect([...store.keys()]).toEqual(['d5', 'e']);
  });

  test('that throws has changed nothing, and the store goes on working', async () => {
    const store = (await begin(fill)) as Store;
    const before = [...store.entries()];
    const error = new Error('mine');
    const fail = (work: (tx: Transaction<Record<string, unknown>>) => void) => () =>
      store.transaction((tx) => {
        work(tx);
        throw error;
      });
    expect(fail((tx) => tx.set('a', 1))).toThrow(error);
    expect(fail((tx) => tx.clear())).toThrow(error);
    expect(fail((tx) => tx.deleteRange({ prefix: '' }))).toThrow(error);
    expect(fail((tx) => tx.namespace('n').set('x', 1))).toThrow(error);
    expect([...store.entries()]).toEqual(before);
    expect([...store.namespace('n').keys()]).toEqual([]);
    store.set('a', 1);
    expect(store.get('a')).toBe(1);
  });
});

test('an aborted transaction leaves no trace after reopening; del and set in one is a set', async () => {
  const medium = new MemoryMedium();
  const store = await Store.open(memoryLog(medium));
  await store.set('a', 'old');
  expect(() =>
    store.transaction((tx) => {
      tx.set('a', 'new');
      tx.set('b', 1);
      throw new Error('no');
    }),
  ).toThrow('no');
  await store.transaction((tx) => {
    tx.delete('a');
    tx.set('a', 'set again');
  });
  const again = await reopened(store, medium);
  expect([...again.entries()]).toEqual([['a', 'set again']]);
});

test('all namespaces in one commit, of one frame; the result comes when it is durable', async () => {
  const medium = new MemoryMedium();
  const { log, flights } = recordingLog(medium);
  const store = await Store.open(log);
  const result = store.transaction((tx) => {
    tx.set('a', 1);
    tx.namespace('users').set('a', { x: 2 });
    tx.namespace('posts').set('p', 3);
    tx.namespace('users').delete('absent');
    return 'done';
  });
  store.set('after', 1);
  expect(await result).toBe('done');
  expect(flights.map((flight) => flight.length)).toEqual([1]);
  const changes = changesOf(flights[0]![0]!);
  const told: string[] = [];
  while (changes.next()) told.push(`${changes.kind} ${changes.key}`);
  expect(told).toEqual(['1 a', '3 users', '1 a', '3 posts', '1 p', '3 ', '1 after']);
  const again = await reopened(store, medium);
  expect([again.get('a'), again.namespace('users').get('a'), again.namespace('posts').get('p')]).toEqual([
    1,
    { x: 2 },
    3,
  ]);
});

test('using the store inside throws, whatever the use, and the store works after', async () => {
  const store = await Store.open(memoryLog());
  const space = store.namespace('n');
  store.set('a', { x: 1 });
  space.set('a', 'text');
  const uses = [
    () => store.get('a'),
    () => space.get('a'),
    () => store.has('a'),
    () => store.size,
    () => space.require('a'),
    () => store.expiresAt('a'),
    () => store.ttl('a'),
    () => store.getMany(['a']),
    () => space.keys(),
    () => store.values(),
    () => store.entries({ limit: 1 }),
    () => store.set('a', 1),
    () => space.set('a', 1),
    () => store.setMany([['a', 1]]),
    () => store.delete('a'),
    () => store.delete('absent'),
    () => store.deleteRange({}),
    () => store.clear(),
    () => store.update('a', () => 1),
    () => store.getOrSet('a', () => 1),
    () => store.increment('n'),
    () => store.compareAndSwap('a', 1, 2),
    () => store.expire('a', 1),
    () => store.persist('a'),
    () => store.transaction(() => 1),
    () => store.begin(),
    () => store.watch('a', () => undefined),
    () => store.namespaces(),
    () => store.stats(),
    () => store.sweep(),
    () => store.toData(),
    () => store.load(new Store().toData()),
    () => store.compact(),
    () => store.backup(memoryLog()),
    () => store.verify(),
    () => store.destroy(),
  ];
  for (const use of uses) {
    const code = store.transaction((tx) => {
      tx.set('tx', 1);
      return codeOf(use);
    });
    expect(await code, String(use)).toBe('NESTED_TRANSACTION');
    expect(
      codeOf(() => store.transaction(use)),
      String(use),
    ).toBe('NESTED_TRANSACTION');
  }
  expect([store.get('a'), space.get('a'), store.get('tx')]).toEqual([{ x: 1 }, 'text', 1]);
});

test('an iteration that began outside does not go on inside, or after the store is closed', async () => {
  const store = new Store();
  store.set('a', 1);
  store.set('b', 1);
  const [one, two] = [store.keys(), store.entries({ reverse: true })];
  expect([one.next().value, two.next().value]).toEqual(['a', ['b', 1]]);
  expect(codeOf(() => store.transaction(() => one.next()))).toBe('NESTED_TRANSACTION');
  await store.close();
  expect(codeOf(() => two.next())).toBe('CLOSED');
});

test('a callback that waits is refused and rolled back, and its own end is nobody’s problem', async () => {
  const store = await Store.open(memoryLog());
  let late: unknown;
  const work = async (tx: Transaction<Record<string, unknown>>): Promise<void> => {
    tx.set('a', 1);
    await null;
    late = codeOf(() => tx.set('a', 2));
    throw new Error('nobody awaits this');
  };
  expect(codeOf(() => store.transaction(work))).toBe('ASYNC_TRANSACTION');
  await turn();
  await turn();
  expect([late, store.has('a'), unhandled]).toEqual(['TRANSACTION_ENDED', false, []]);
});

test('what was given to the callback is of no use after it', () => {
  const store = new Store();
  store.set('a', 1);
  let kept: Transaction<Record<string, unknown>> | undefined;
  store.transaction((tx) => {
    kept = tx;
  });
  const tx = kept as Transaction<Record<string, unknown>>;
  for (const use of [
    () => tx.get('a'),
    () => tx.set('a', 2),
    () => tx.size,
    () => [...tx.keys()],
    () => tx.clear(),
    () => tx.namespace('n'),
  ])
    expect(codeOf(use), String(use)).toBe('TRANSACTION_ENDED');
  expect(store.get('a')).toBe(1);
});

test('expiry is as exact inside as outside', async () => {
  const time = clock();
  const store = new Store({ now: time.now });
  store.set('old', 1, { ttl: 5 });
  await store.transaction((tx) => {
    tx.set('own', 1, { ttl: 3 });
    tx.set('kept', 1, { ttl: 9 });
    tx.set('kept', 2, { keepTtl: true });
    time.at += 3;
    expect([[...tx.keys()], tx.size, tx.ttl('old'), tx.ttl('kept')]).toEqual([['kept', 'old'], 2, 2, 6]);
    time.at += 2;
    expect([[...tx.keys()], tx.has('old'), tx.get('own')]).toEqual([['kept'], false, undefined]);
  });
  expect([...store.keys()]).toEqual(['kept']);
});

test('an iteration that goes on after the end of its transaction is refused', async () => {
  const store = new Store();
  store.set('a', 1);
  const leaked = await store.transaction((tx) => {
    tx.set('b', 2);
    const keys = tx.keys();
    keys.next();
    return { keys };
  });
  expect(() => leaked.keys.next()).toThrow(expect.objectContaining({ code: 'TRANSACTION_ENDED' }));
  const tx = store.begin();
  tx.set('c', 3);
  const keys = tx.keys({ gte: 'b' });
  keys.next();
  tx.abort();
  expect(() => [...keys]).toThrow(expect.objectContaining({ code: 'TRANSACTION_ENDED' }));
});
