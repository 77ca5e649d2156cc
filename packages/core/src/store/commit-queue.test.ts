import { describe, expect, test } from 'vitest';
import { content, eventsOf, stored, turns } from '../../test/durable-stores.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { Store } from '../index.ts';

async function opened(shared = false): Promise<{ log: RecordingLog; store: Store }> {
  const log = new RecordingLog(undefined, shared);
  return { log, store: await Store.open(log) };
}

describe('group commit', () => {
  test('all writes of a turn are one commit, and one promise', async () => {
    const { log, store } = await opened();
    const first = store.set('a', 1);
    const second = store.namespace('n').set('b', 2);
    expect(second).toBe(first);
    const sum = store.increment('a', 4);
    expect(content(store)).toEqual({ a: 5 });
    expect(await sum).toBe(5);
    expect(log.calls).toEqual(['append 1']);
  });

  test('commits made while an append is under way go together in the next, in order', async () => {
    const { log, store } = await opened();
    const go = log.hold();
    const promises = [store.set('a', 0)];
    await turns();
    for (let i = 1; i <= 5; i++) {
      promises.push(store.set('a', i));
      await turns();
    }
    expect(log.calls).toEqual(['append 1']);
    expect(store.stats().pendingCommits).toBe(6);
    go();
    await Promise.all(promises);
    expect(log.calls).toEqual(['append 1', 'append 2,3,4,5,6']);
    expect(store.stats().pendingCommits).toBe(0);
    expect(await stored(log.medium)).toEqual({ a: 5 });
  });

  test('promises resolve in the order of their commits, and not before the append', async () => {
    const { log, store } = await opened();
    const order: number[] = [];
    const go = log.hold();
    for (let i = 0; i < 4; i++) {
      void store.set('a', i).then(() => order.push(i));
      await turns();
    }
    expect(order).toEqual([]);
    go();
    await store.flush();
    expect(order).toEqual([0, 1, 2, 3]);
  });

  test('a turn whose writes were all refused makes no commit', async () => {
    const { log, store } = await opened();
    expect(() => store.set('a', undefined)).toThrow('undefined');
    await store.flush();
    await store.set('a', 1);
    expect(log.calls).toEqual(['append 1']);
  });

  test('what changes nothing waits for what came before it', async () => {
    const { log, store } = await opened();
    const go = log.hold();
    void store.set('a', 1);
    await turns();
    let resolved = 0;
    const idle = [store.delete('none'), store.compareAndSwap('a', 2, 3), store.getOrSet('a', () => 4)];
    for (const promise of idle) void promise.then(() => resolved++);
    await turns(2);
    expect(resolved).toBe(0);
    go();
    expect(await Promise.all(idle)).toEqual([undefined, false, 1]);
    expect(log.calls).toEqual(['append 1']);
  });
});

describe.each([false, true])('a failed append (shared: %s)', (shared) => {
  test('rejects what it carried, tells once, keeps the data; the next write rewrites the log', async () => {
    const { log, store } = await opened(shared);
    const events = eventsOf(store);
    await store.set('a', 1);
    log.failing.append = 1;
    await expect(store.set('b', 2)).rejects.toBe(log.error);
    expect(events).toEqual(['error', 'degraded']);
    expect(store.stats().health).toBe('degraded');
    expect(content(store)).toEqual({ a: 1, b: 2 });
    expect(await stored(log.medium)).toEqual({ a: 1 });

    await store.set('c', 3);
    expect(log.calls).toEqual(['append 1', 'append 2', 'replace']);
    expect(events).toEqual(['error', 'degraded', 'ok']);
    expect(store.stats().health).toBe('ok');
    expect(await stored(log.medium)).toEqual({ a: 1, b: 2, c: 3 });
    await store.set('d', 4);
    expect(log.calls.at(-1)).toBe('append 4');
    expect(await stored(log.medium)).toEqual({ a: 1, b: 2, c: 3, d: 4 });
  });

  test('leaves those that waited behind it to the rewrite', async () => {
    const { log, store } = await opened(shared);
    const events = eventsOf(store);
    const go = log.hold();
    log.failing.append = 1;
    const first = store.set('a', 1);
    const refused = expect(first).rejects.toBe(log.error);
    await turns();
    const waiting = [store.set('b', 2)];
    await turns();
    waiting.push(store.delete('a'));
    await turns();
    go();
    await refused;
    await Promise.all(waiting);
    expect(log.calls).toEqual(['append 1', 'replace']);
    expect(events).toEqual(['error', 'degraded', 'ok']);
    expect(await stored(log.medium)).toEqual({ b: 2 });
  });

  test('whose rewrite fails too: stays degraded, and the next write tries again', async () => {
    const { log, store } = await opened(shared);
    const events = eventsOf(store);
    log.failing = { ...log.failing, append: 1, replace: 2 };
    for (const key of ['a', 'b', 'c']) await expect(store.set(key, key)).rejects.toBe(log.error);
    expect(events).toEqual(['error', 'degraded', 'error', 'error']);
    await store.set('d', 'd');
    expect(log.calls).toEqual(['append 1', 'replace', 'replace', 'replace']);
    expect(events.at(-1)).toBe('ok');
    expect(await stored(log.medium)).toEqual({ a: 'a', b: 'b', c: 'c', d: 'd' });
  });

  test('and a compaction asked for meanwhile: it heals', async () => {
    const { log, store } = await opened(shared);
    store.on('error', () => undefined);
    const go = log.hold();
    log.failing.append = 1;
    const first = expect(store.set('a', 1)).rejects.toBe(log.error);
    await turns();
    const second = store.set('b', 2);
    const compaction = store.compact();
    await turns();
    go();
    await Promise.all([first, second, compaction]);
    expect(store.stats().health).toBe('ok');
    expect(await stored(log.medium)).toEqual({ a: 1, b: 2 });
  });
});
