import { describe, expect, test, vi } from 'vitest';
import { content, eventsOf, stored, turns, unhandled } from '../../test/durable-stores.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { Store } from '../index.ts';

/** A store whose next append fails. */
async function failing(shared = false): Promise<{ log: RecordingLog; store: Store }> {
  const log = new RecordingLog(undefined, shared);
  const store = await Store.open(log);
  await store.set('n', 1);
  log.failing.append = 1;
  return { log, store };
}

/** Each makes writes in one turn, and gives their promises. */
const writes: Record<string, (store: Store) => Promise<unknown>[]> = {
  set: (store) => [store.set('a', 1)],
  'set, twice': (store) => [store.set('a', 1), store.set('b', 1)],
  delete: (store) => [store.delete('n')],
  clear: (store) => [store.clear()],
  setMany: (store) => [
    store.setMany([
      ['a', 1],
      ['b', 2],
    ]),
  ],
  deleteRange: (store) => [store.deleteRange({})],
  update: (store) => [store.update('n', () => 2)],
  increment: (store) => [store.increment('n')],
  compareAndSwap: (store) => [store.compareAndSwap('n', 1, 2)],
  expire: (store) => [store.expire('n', 1000)],
  getOrSet: (store) => [store.getOrSet('a', () => 2)],
  transaction: (store) => [store.transaction((tx) => tx.set('a', 1))],
  load: (store) => [store.load(new Store().toData(), { mode: 'replace' })],
};

describe.each(Object.entries(writes))('a failure of %s', (_name, write) => {
  test('that nobody awaits and nobody listens for is one unhandled rejection', async () => {
    const { log, store } = await failing();
    const errors = await unhandled(async () => {
      write(store);
      await turns();
    });
    expect(errors).toEqual([log.error]);
  });

  test('that is awaited is none', async () => {
    const { log, store } = await failing();
    const errors = await unhandled(async () => {
      for (const promise of write(store)) await expect(promise).rejects.toBe(log.error);
    });
    expect(errors).toEqual([]);
  });

  test('that a listener hears is none either', async () => {
    const { store } = await failing();
    const events = eventsOf(store);
    const errors = await unhandled(async () => {
      write(store);
      await turns();
    });
    expect(errors).toEqual([]);
    expect(events).toEqual(['error', 'degraded']);
  });
});

describe('what changes nothing, beside a write that fails', () => {
  const idle: Record<string, (store: Store) => Promise<unknown>> = {
    getOrSet: (store) => store.getOrSet('n', () => 2),
    compareAndSwap: (store) => store.compareAndSwap('n', 7, 8),
    delete: (store) => store.delete('none'),
    transaction: (store) => store.transaction((tx) => tx.get('n')),
    deleteRange: (store) => store.deleteRange({ prefix: 'none' }),
    persist: (store) => store.persist('n'),
  };
  test.each(Object.entries(idle))('%s: in the same turn', async (_name, call) => {
    const { store } = await failing();
    eventsOf(store);
    const errors = await unhandled(async () => {
      void store.set('a', 1);
      void call(store);
      await turns();
    });
    expect(errors).toEqual([]);
  });

  test.each(Object.entries(idle))('%s: in a later turn', async (_name, call) => {
    const { log, store } = await failing();
    eventsOf(store);
    const go = log.hold();
    const errors = await unhandled(async () => {
      void store.set('a', 1);
      await turns();
      void call(store);
      go();
      await turns();
    });
    expect(errors).toEqual([]);
  });
});

describe('a degraded store', () => {
  test('is healed by flush, with nothing else to write', async () => {
    const { log, store } = await failing();
    const events = eventsOf(store);
    await expect(store.set('a', 1)).rejects.toBe(log.error);
    await store.flush();
    expect(events).toEqual(['error', 'degraded', 'ok']);
    expect(await stored(log.medium)).toEqual({ n: 1, a: 1 });
    const calls = log.calls.length;
    await store.flush();
    expect(log.calls).toHaveLength(calls);
  });

  test('tells by flush that it cannot be healed', async () => {
    const { log, store } = await failing();
    eventsOf(store);
    log.failing.replace = 1;
    await expect(store.set('a', 1)).rejects.toBe(log.error);
    await expect(store.flush()).rejects.toBe(log.error);
    expect(store.stats().health).toBe('degraded');
    await store.flush();
    expect(store.stats().health).toBe('ok');
  });

  test('reads, writes, ranges and transactions go on in memory', async () => {
    const { log, store } = await failing();
    eventsOf(store);
    log.failing = { ...log.failing, append: 9, replace: 9 };
    for (const write of [() => store.set('a', 1), () => store.transaction((tx) => tx.set('b', 2))]) {
      await expect(write()).rejects.toBe(log.error);
    }
    expect(content(store)).toEqual({ n: 1, a: 1, b: 2 });
  });

  test('keeps deletions, clears and expiries of namespaces for the rewrite', async () => {
    const log = new RecordingLog();
    let now = 1000;
    const store = await Store.open(log, { now: () => now });
    eventsOf(store);
    await store.setMany([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    await store.namespace('x').set('a', 1);
    await store.set('e', 5, { ttl: 10 });
    await store.compact();
    log.failing.append = 1;
    const failed = [store.delete('a'), store.namespace('x').clear(), store.set('f', 6, { ttl: 100 })];
    await Promise.allSettled(failed);
    now += 50;
    await store.set('g', 7);
    const reopened = await Store.open(new RecordingLog(log.medium), { now: () => now });
    expect(content(reopened)).toEqual({ b: 2, c: 3, f: 6, g: 7 });
    expect(reopened.ttl('f')).toBe(50);
    expect(reopened.namespaces()).toEqual(['']);
  });

  test('is left alone by an automatic compaction', async () => {
    const { log, store } = await failing();
    eventsOf(store);
    await expect(store.set('big', 'x'.repeat(200_000))).rejects.toBe(log.error);
    await turns(3);
    expect(log.calls.filter((call) => call === 'replace')).toEqual([]);
  });

  test('tries by itself, less and less often, and tells only when it is well again', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }); // By a clock that stands, no rewrite pauses.
    try {
      const { log, store } = await failing();
      const events = eventsOf(store);
      log.failing.replace = 3;
      await expect(store.set('a', 1)).rejects.toBe(log.error);
      const tried: number[] = [];
      for (let second = 1; second <= 16; second++) {
        const before = log.calls.length;
        await vi.advanceTimersByTimeAsync(1000);
        await turns(3);
        if (log.calls.length > before) tried.push(second);
      }
      expect(tried).toEqual([1, 3, 7, 15]);
      expect(events).toEqual(['error', 'degraded', 'ok']);
      expect(await stored(log.medium)).toEqual({ n: 1, a: 1 });
    } finally {
      vi.useRealTimers();
    }
  });

  test('is left alone once it is closed', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }); // By a clock that stands, no rewrite pauses.
    try {
      const { log, store } = await failing();
      eventsOf(store);
      log.failing.replace = 9;
      await expect(store.set('a', 1)).rejects.toBe(log.error);
      await expect(store.close()).rejects.toBe(log.error);
      const calls = log.calls.length;
      await vi.advanceTimersByTimeAsync(600_000);
      expect(log.calls).toHaveLength(calls);
    } finally {
      vi.useRealTimers();
    }
  });
});
