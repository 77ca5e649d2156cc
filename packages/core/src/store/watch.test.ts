import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { clock, turn } from '../../test/stores.ts';
import { MemoryMedium, memoryLog } from '../log/memory-log.ts';
import type { ChangeEvent, CommitEvent } from './events.ts';
import { Store } from './store.ts';

const put = (key: string, namespace = ''): ChangeEvent => ({ type: 'put', namespace, key });

describe.each([
  ['in memory', async () => new Store()],
  ['over a log', () => Store.open(memoryLog())],
] as const)('watch %s', (_, make) => {
  test('a key: once per commit that touches it, with its changes', async () => {
    const store: Store = await make();
    const calls: unknown[] = [];
    store.set('a', 0);
    store.watch('a', (changes) => calls.push(changes));
    store.set('a', 1);
    store.set('b', 1);
    store.increment('a');
    store.namespace('n').set('a', 1);
    expect(calls).toEqual([]);
    await turn();
    expect(calls).toEqual([[put('a'), put('a')]]);
    store.set('ab', 1);
    store.delete('absent');
    await turn();
    expect(calls.length).toBe(1);
    store.delete('a');
    await turn();
    store.clear();
    await turn();
    store.clear();
    await turn();
    expect(calls.slice(1)).toEqual([
      [{ type: 'delete', namespace: '', key: 'a' }],
      [{ type: 'clear', namespace: '', key: '' }],
    ]);
  });

  test('a range, in a namespace; a transaction is one commit, a refused one none', async () => {
    const store: Store = await make();
    const calls: string[] = [];
    const keys = (changes: readonly ChangeEvent[]): string =>
      changes.map(({ type, key }) => `${type} ${key}`).join(', ');
    store.namespace('users').watch({ prefix: 'a', lt: 'ab' }, (changes) => calls.push(keys(changes)));
    await store.transaction((tx) => {
      tx.set('a', 1);
      for (const key of ['a', 'aa', 'ab', 'b']) tx.namespace('users').set(key, 1);
      tx.namespace('users2').set('aa', 1);
    });
    await turn();
    expect(() =>
      store.transaction((tx) => {
        tx.namespace('users').set('a', 1);
        throw new Error('no');
      }),
    ).toThrow('no');
    await turn();
    store.namespace('users').deleteRange({ gte: 'aa' });
    await turn();
    expect(calls).toEqual(['put a, put aa', 'delete aa']);
  });

  test('ends when told to, even while it is being called; one that begins then waits for the next commit', async () => {
    const store: Store = await make();
    const calls: string[] = [];
    const end = store.watch('a', () => {
      calls.push('once');
      end();
      endOther();
      store.watch('a', () => calls.push('new'));
    });
    const endOther = store.watch('a', () => calls.push('ended by the first'));
    store.watch({}, () => calls.push('all'));
    store.set('a', 1);
    await turn();
    expect(calls).toEqual(['once', 'all']);
    store.set('a', 2);
    await turn();
    expect(calls).toEqual(['once', 'all', 'all', 'new']);
    end();
  });

  test('sees the new values, and may write: that is the next commit', async () => {
    const store: Store = await make();
    const seen: unknown[] = [];
    store.watch('a', () => {
      seen.push(store.get('a'));
      if (store.get('a') !== 3) store.increment('a');
    });
    store.set('a', 1);
    await turn();
    expect(seen).toEqual([1, 2, 3]);
  });
});

describe('a listener that throws', () => {
  const uncaught: unknown[] = [];
  const note = (error: unknown): void => void uncaught.push(error);
  let before: NodeJS.UncaughtExceptionListener[] = [];
  beforeEach(() => {
    uncaught.length = 0;
    before = process.listeners('uncaughtException');
    process.removeAllListeners('uncaughtException');
    process.on('uncaughtException', note);
  });
  afterEach(() => {
    process.removeAllListeners('uncaughtException');
    for (const listener of before) process.on('uncaughtException', listener);
  });

  test('stops no other, harms no write, and surfaces', async () => {
    const store = await Store.open(memoryLog());
    const error = new Error('a listener’s own');
    const called: string[] = [];
    const fails = (name: string) => () => {
      called.push(name);
      throw error;
    };
    store.on('change', fails('change 1'));
    store.on('change', () => called.push('change 2'));
    store.watch('a', fails('watch 1'));
    store.watch('a', () => called.push('watch 2'));
    await store.set('a', 1);
    await turn();
    expect(called).toEqual(['change 1', 'change 2', 'watch 1', 'watch 2']);
    expect(uncaught).toEqual([error, error]);
    expect(store.get('a')).toBe(1);
  });
});

test('on change: each commit, with its seq, origin and changes', async () => {
  const store = await Store.open(memoryLog());
  const events: CommitEvent[] = [];
  await store.set('before', 1);
  const end = store.on('change', (event) => events.push(event));
  store.set('a', 1);
  store.namespace('n').set('b', { x: 1 });
  store.delete('a');
  await turn();
  store.namespace('n').clear();
  await turn();
  await store.flush();
  end();
  await store.set('after', 1);
  expect(events).toEqual([
    {
      seq: 2,
      origin: 'local',
      changes: [put('a'), put('b', 'n'), { type: 'delete', namespace: '', key: 'a' }],
    },
    { seq: 3, origin: 'local', changes: [{ type: 'clear', namespace: 'n', key: '' }] },
  ]);
});

test('the same function listens as often as it was added', async () => {
  const store = new Store();
  const listener = vi.fn();
  const end = store.on('change', listener);
  store.on('change', listener);
  store.set('a', 1);
  await turn();
  expect(listener).toHaveBeenCalledTimes(2);
  end();
  end();
  store.set('a', 2);
  await turn();
  expect(listener).toHaveBeenCalledTimes(3);
});

test('on change: commits of another writer of the same log are remote', async () => {
  const medium = new MemoryMedium();
  const [mine, other] = [await Store.open(memoryLog(medium)), await Store.open(memoryLog(medium))];
  const events: CommitEvent[] = [];
  const watched = vi.fn();
  mine.on('change', (event) => events.push(event));
  mine.watch('a', watched);
  await other.set('a', 1);
  await expect.poll(() => events).toEqual([{ seq: 1, origin: 'remote', changes: [put('a')] }]);
  expect(watched).toHaveBeenCalledExactlyOnceWith([put('a')]);
  expect(mine.get('a')).toBe(1);
});

test('on expire and on evict name the entry; watchers are told too', async () => {
  const time = clock();
  const store = new Store({ now: time.now, maxEntries: 2, eviction: 'lru' });
  const told: string[] = [];
  store.on('expire', ({ namespace, key }) => told.push(`expire ${namespace}/${key}`));
  store.on('evict', ({ namespace, key }) => told.push(`evict ${namespace}/${key}`));
  store.namespace('n').watch({}, (changes) => told.push(...changes.map(({ type, key }) => `${type} ${key}`)));
  store.namespace('n').set('a', 1, { ttl: 5 });
  store.namespace('n').set('b', 1);
  await turn();
  told.length = 0;
  time.at += 5;
  expect(store.namespace('n').get('a')).toBe(undefined);
  await turn();
  expect(told).toEqual(['expire n/a', 'expire a']);
  told.length = 0;
  store.set('c', 1);
  store.set('d', 1);
  await turn();
  expect(told).toEqual(['evict n/b', 'evict b']);
});
