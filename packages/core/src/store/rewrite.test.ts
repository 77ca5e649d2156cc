import { describe, expect, test } from 'vitest';
import { content, eventsOf, stored, turns, until } from '../../test/durable-stores.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { MemoryMedium, memoryLog, Store } from '../index.ts';

describe('an automatic compaction', () => {
  const KIB = 'x'.repeat(1024);

  async function churned(
    writes: number,
    log = new RecordingLog(),
  ): Promise<{ log: RecordingLog; store: Store }> {
    const store = await Store.open(log);
    for (let i = 0; i < writes; i++) await store.set(`key${i % 100}`, KIB);
    return { log, store };
  }
  const rewrites = (log: RecordingLog): number => log.calls.filter((call) => call === 'replace').length;

  test('begins by itself when garbage exceeds what is live, not before, and once', async () => {
    const { log, store } = await churned(195);
    await turns(5);
    expect(rewrites(log)).toBe(0);
    for (let i = 0; i < 20; i++) await store.set(`key${i}`, KIB);
    await until(() => store.stats().lastCompactionAt !== undefined);
    expect(rewrites(log)).toBe(1);
    expect(store.stats().garbageBytes).toBeLessThan(30 * 1200);
    expect(Object.keys(await stored(log.medium))).toHaveLength(100);
  });

  test('is one only, however much is written while it goes on', async () => {
    const { log, store } = await churned(190);
    const go = log.hold();
    for (let i = 0; i < 300; i++) void store.set(`key${i % 100}`, KIB + i);
    const before = content(store);
    await turns(3);
    go();
    await store.flush();
    await until(() => store.stats().lastCompactionAt !== undefined);
    expect(rewrites(log)).toBe(1);
    expect(await stored(log.medium)).toEqual(before);
  });

  test('does not begin for little garbage', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    for (let i = 0; i < 500; i++) await store.set('counter', i);
    await turns(5);
    expect(rewrites(log)).toBe(0);
  });

  test('does not begin when it is to be asked for', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log, { compaction: 'manual' });
    for (let i = 0; i < 300; i++) await store.set('key', KIB);
    await turns(5);
    expect(rewrites(log)).toBe(0);
    await store.compact();
    expect(rewrites(log)).toBe(1);
  });

  test('that fails is told as an error, and leaves the store and the log as they were', async () => {
    const log = new RecordingLog();
    const { store } = await churned(190, log);
    const events = eventsOf(store);
    log.failing.replace = 1;
    for (let i = 0; i < 20; i++) await store.set(`key${i}`, i);
    await until(() => events.length > 0);
    await turns(5);
    expect(events).toEqual(['error']);
    expect(store.stats().health).toBe('ok');
    const before = content(store);
    expect(await stored(log.medium)).toEqual(before);
    await store.delete('key7');
    expect(await stored(log.medium)).toEqual(content(store));
    await store.compact();
    expect(await stored(log.medium)).toEqual(content(store));
    expect(store.size).toBe(99);
  });

  test('counts what a run that was read can lose', async () => {
    const medium = new MemoryMedium();
    const first = await Store.open(memoryLog(medium));
    for (let i = 0; i < 1000; i++) void first.set(`key${i}`, i);
    await first.compact();
    await first.close();
    const store = await Store.open(memoryLog(medium), { compaction: 'manual' });
    const { liveBytes } = store.stats();
    for (let i = 0; i < 1000; i++) store.get(`key${i}`);
    expect(store.stats().liveBytes).toBe(liveBytes);
    await store.deleteRange({ lt: 'key5' });
    expect(store.stats().liveBytes).toBeGreaterThan(0);
    expect(store.stats().liveBytes).toBeLessThan(liveBytes);
    await store.deleteRange({});
    // A run's own tables, of a few bytes an entry, are counted with it until the next one.
    expect(Math.abs(store.stats().liveBytes)).toBeLessThan(5 * 1000);
  });

  test('leaves no garbage behind, of texts that take more bytes than characters either', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log, { compaction: 'manual' });
    for (let round = 0; round < 5; round++) {
      for (let i = 0; i < 1000; i++) void store.set(`key${i}`, '語'.repeat(100));
      await store.compact();
      const { liveBytes, logBytes, garbageBytes } = store.stats();
      expect([liveBytes, garbageBytes]).toEqual([logBytes, 0]);
    }
    await store.close();
  });

  test('is not begun by every write to a store of such texts', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    for (let i = 0; i < 1000; i++) void store.set(`key${i}`, '語'.repeat(100));
    for (let i = 0; i < 20; i++) {
      await store.set('small', i);
      await store.verify(); // After what has begun by itself.
    }
    expect(log.calls.filter((call) => call === 'replace')).toHaveLength(1);
    await store.close();
  });
});

describe('a compaction', () => {
  test('keeps what is written while it goes on, in every turn', async () => {
    let now = 1_000_000;
    const medium = new MemoryMedium();
    const options = { now: () => now, sweepInterval: 3_600_000 };
    const store = await Store.open(memoryLog(medium), options);
    for (let i = 0; i < 3000; i++)
      void store.set(`key${i}`, { i }, i % 10 === 0 ? { ttl: 50 + i } : undefined);
    for (const name of ['x', 'y']) void store.namespace(name).set('first', 1);
    await store.flush();
    let done = false;
    const compaction = store.compact().finally(() => {
      done = true;
    });
    let written = 0;
    for (let i = 0; !done || i < 60; i++) {
      const key = `key${(i * 37) % 3000}`;
      void store.set(key, i);
      void store.delete(`key${(i * 53) % 3000}`);
      void store.increment('counter');
      if (i % 9 === 4) void store.namespace('x').clear();
      if (i % 9 === 6) void store.namespace('x').set(`new${i}`, [i], { ttl: 500 });
      if (i === 20) void store.clear();
      const aborts = i % 3 === 0;
      const work = () =>
        store.transaction((tx) => {
          tx.namespace('y').set(`tx${i}`, { i });
          tx.delete(key);
          if (aborts) throw new Error('abort');
        });
      if (aborts) expect(work).toThrow('abort');
      else await work();
      now += 3;
      written++;
      await turns();
    }
    await compaction;
    await store.flush();
    expect(written).toBeGreaterThan(20);
    const copy = await Store.open(memoryLog(medium), options);
    expect(copy.namespaces()).toEqual(store.namespaces());
    expect(Buffer.compare(copy.toData(), store.toData())).toBe(0);
    expect([...copy.namespace('y').entries()]).toEqual([...store.namespace('y').entries()]);
  });

  test('waits for an append that is under way, and has it', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    await store.set('a', 1);
    const append = log.append.bind(log);
    let go = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    log.append = async (commits, options) => {
      await gate;
      return append(commits, options);
    };
    const written = store.set('b', 2);
    await turns();
    const compacted = store.compact();
    await turns(20);
    go();
    await Promise.all([written, compacted]);
    expect(await stored(log.medium)).toEqual({ a: 1, b: 2 });
  });

  test('lets the event loop turn', async () => {
    const store = await Store.open(memoryLog());
    for (let i = 0; i < 50_000; i++) void store.set(`key${i}`, { i, text: 'some text to encode' });
    await store.flush();
    let count = 0;
    let done = false;
    const compaction = store.compact().finally(() => {
      done = true;
    });
    while (!done) {
      await turns();
      count++;
    }
    await compaction;
    expect(count).toBeGreaterThan(5);
  });

  test('asked for twice at once is made twice, one after the other', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    await store.set('a', 1);
    await Promise.all([store.compact(), store.compact()]);
    expect(log.calls).toEqual(['append 1', 'replace', 'replace']);
    expect(await stored(log.medium)).toEqual({ a: 1 });
  });

  test('keeps the objects that reads have given', async () => {
    const store = await Store.open(memoryLog());
    void store.set('a', { n: 1 });
    const given = store.get('a');
    for (let round = 0; round < 3; round++) {
      await store.compact();
      expect(store.get('a')).toBe(given);
      expect([...store.values()]).toEqual([given]);
      expect([...store.values()][0]).toBe(given);
    }
  });

  test.each([false, true])('does not split a commit in the making (shared: %s)', async (shared) => {
    const set = async (store: Store, key: string, after: Promise<unknown>, delay: number): Promise<void> => {
      await after;
      for (let left = delay; left > 0; left--) await null;
      await store.set(key, 1);
    };
    // Two writes, before and after the moment at which the compaction takes what there is: wherever that is.
    for (let delays = 0; delays < 64; delays++) {
      const log = new RecordingLog(undefined, shared);
      const store = await Store.open(log);
      const first = set(store, 'b', store.set('a', 1), delays >> 3);
      const compaction = store.compact();
      await Promise.all([first, set(store, 'c', store.flush(), delays & 7), compaction]);
      expect(Object.keys(await stored(log.medium)).join(''), `delays ${delays}`).toBe('abc');
      const again = store.compact();
      await Promise.all([set(store, 'd', Promise.resolve(), delays & 7), store.set('e', 1), again]);
      expect(Object.keys(await stored(log.medium)).join(''), `delays ${delays}`).toBe('abcde');
    }
  });

  test('that fails may be tried again, whatever was cleared meanwhile', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    for (const name of ['', 'x']) {
      void store.namespace(name).set('a', 1);
      void store.namespace(name).set('b', 2);
    }
    await store.compact();
    void store.set('c', 3);
    const go = log.hold();
    log.failing.replace = 1;
    const failed = expect(store.compact()).rejects.toBe(log.error);
    await turns();
    void store.namespace('x').clear();
    void store.namespace('x').set('z', 26);
    void store.delete('a');
    go();
    await failed;
    await store.compact();
    expect(content(store)).toEqual({ b: 2, c: 3 });
    expect(await stored(log.medium)).toEqual({ b: 2, c: 3 });
    const copy = await Store.open(memoryLog(log.medium));
    expect([...copy.namespace('x').entries()]).toEqual([['z', 26]]);
  });
});
