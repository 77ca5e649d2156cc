import { describe, expect, test } from 'vitest';
import { content, eventsOf, stored, turns } from '../../test/durable-stores.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { MemoryMedium, memoryLog, Store } from '../index.ts';

async function opened(): Promise<{ log: RecordingLog; store: Store }> {
  const log = new RecordingLog();
  return { log, store: await Store.open(log) };
}

describe('close', () => {
  test('waits for what is pending, and writes it', async () => {
    const { log, store } = await opened();
    const go = log.hold();
    let durable = false;
    void store.set('a', 1).then(() => {
      durable = true;
    });
    await turns();
    void store.set('b', 2);
    const closed = store.close().then(() => expect(durable).toBe(true));
    await turns(2);
    expect(log.calls).toEqual(['append 1']);
    go();
    await closed;
    expect(log.calls).toEqual(['append 1', 'append 2', 'close']);
    expect(await stored(log.medium)).toEqual({ a: 1, b: 2 });
  });

  test('refuses writes at once, and reads when it is done', async () => {
    const { log, store } = await opened();
    const go = log.hold();
    void store.set('a', 1);
    const closed = store.close();
    expect(() => store.set('b', 2)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    expect(store.get('a')).toBe(1);
    go();
    await closed;
    const uses: ((store: Store) => unknown)[] = [
      () => store.get('a'),
      () => store.has('a'),
      () => store.size,
      () => [...store.keys()],
      () => store.set('a', 1),
      () => store.clear(),
      () => store.increment('a'),
      () => store.transaction(() => undefined),
      () => store.begin(),
      () => store.namespaces(),
      () => store.namespace('n').get('a'),
      () => store.stats(),
      () => store.toData(),
      () => store.load(new Store().toData()),
      () => store.sweep(),
      () => store.watch('a', () => undefined),
    ];
    for (const use of uses) expect(() => use(store)).toThrow(expect.objectContaining({ code: 'CLOSED' }));
    const later: (() => Promise<unknown>)[] = [
      async () => store.compact(),
      async () => store.verify(),
      async () => store.backup(memoryLog()),
      async () => store.destroy(),
    ];
    for (const use of later) await expect(use()).rejects.toMatchObject({ code: 'CLOSED' });
    expect(log.calls.at(-1)).toBe('close');
  });

  test('again gives the same end', async () => {
    const { log, store } = await opened();
    void store.set('a', 1);
    await Promise.all([store.close(), store.close(), store[Symbol.asyncDispose]()]);
    await store.close();
    expect(log.calls).toEqual(['append 1', 'close']);
  });

  test('of a store that cannot be made durable rejects, and closes it all the same', async () => {
    const { log, store } = await opened();
    eventsOf(store);
    log.failing = { ...log.failing, append: 1, replace: 1 };
    await expect(store.set('a', 1)).rejects.toBe(log.error);
    await expect(store.close()).rejects.toBe(log.error);
    expect(log.calls).toEqual(['append 1', 'replace', 'close']);
    expect(() => store.get('a')).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });

  test('whose last append fails rejects, and closes', async () => {
    const { log, store } = await opened();
    eventsOf(store);
    log.failing.append = 1;
    const write = expect(store.set('a', 1)).rejects.toBe(log.error);
    await expect(store.close()).rejects.toBe(log.error);
    await write;
    expect(log.calls.at(-1)).toBe('close');
  });

  test('heals a degraded store that can be healed', async () => {
    const { log, store } = await opened();
    eventsOf(store);
    log.failing.append = 1;
    await expect(store.set('a', 1)).rejects.toBe(log.error);
    await store.close();
    expect(await stored(log.medium)).toEqual({ a: 1 });
  });

  test('during a compaction waits for it', async () => {
    const { log, store } = await opened();
    await store.set('a', 1);
    const go = log.hold();
    const compaction = store.compact();
    await turns();
    const closed = store.close();
    await turns(2);
    expect(log.calls).toEqual(['append 1', 'replace']);
    go();
    await Promise.all([compaction, closed]);
    expect(log.calls).toEqual(['append 1', 'replace', 'close']);
    expect(await stored(log.medium)).toEqual({ a: 1 });
  });

  test('during a compaction that fails resolves: nothing is lost', async () => {
    const { log, store } = await opened();
    await store.set('a', 1);
    const go = log.hold();
    log.failing.replace = 1;
    const compaction = expect(store.compact()).rejects.toBe(log.error);
    await turns();
    void store.set('b', 2);
    const closed = store.close();
    go();
    await Promise.all([compaction, closed]);
    expect(await stored(log.medium)).toEqual({ a: 1, b: 2 });
  });

  test('of a log that does not close rejects', async () => {
    const { log, store } = await opened();
    log.failing.close = 1;
    await expect(store.close()).rejects.toBe(log.error);
    expect(() => store.get('a')).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });
});

describe('flush', () => {
  test('of an idle store asks nothing of the log', async () => {
    const { log, store } = await opened();
    await store.flush();
    expect(log.calls).toEqual([]);
  });

  test('resolves when what this turn has written so far is durable', async () => {
    const { log, store } = await opened();
    void store.set('a', 1);
    const flushed = store.flush();
    void store.set('b', 2);
    await flushed;
    expect(await stored(log.medium)).toMatchObject({ a: 1 });
    await store.flush();
    expect(await stored(log.medium)).toEqual({ a: 1, b: 2 });
  });

  test('rejects when something before it has failed', async () => {
    const { log, store } = await opened();
    eventsOf(store);
    log.failing.append = 1;
    void store.set('a', 1);
    await expect(store.flush()).rejects.toBe(log.error);
  });
});

describe('destroy', () => {
  test('closes the store and removes the log', async () => {
    const { log, store } = await opened();
    void store.set('a', 1);
    await store.destroy();
    expect(log.calls).toEqual(['append 1', 'close', 'destroy']);
    expect(log.medium.end).toBe(0);
    expect(() => store.get('a')).toThrow(expect.objectContaining({ code: 'CLOSED' }));
  });

  test('is refused to a store that only reads', async () => {
    const medium = new MemoryMedium();
    const writer = await Store.open(memoryLog(medium));
    await writer.set('a', 1);
    const reader = await Store.open(new RecordingLog(medium), { readOnly: true });
    await expect(async () => reader.destroy()).rejects.toMatchObject({ code: 'READ_ONLY' });
    expect(content(reader)).toEqual({ a: 1 });
  });
});

describe('open', () => {
  test('that cannot read closes the log', async () => {
    const log = new RecordingLog();
    log.failing.read = 1;
    await expect(Store.open(log)).rejects.toBe(log.error);
    expect(log.calls).toEqual(['close']);
  });

  test('mustExist, mustNotExist and readOnly look before they create', async () => {
    const medium = new MemoryMedium();
    for (const options of [{ mustExist: true }, { readOnly: true }]) {
      await expect(Store.open(memoryLog(medium), options)).rejects.toMatchObject({ code: 'MISSING' });
    }
    expect(medium.end).toBe(0);
    const store = await Store.open(memoryLog(medium), { mustNotExist: true });
    await store.set('a', 1);
    await expect(Store.open(memoryLog(medium), { mustNotExist: true })).rejects.toMatchObject({
      code: 'EXISTS',
    });
    expect(content(await Store.open(memoryLog(medium), { mustExist: true }))).toEqual({ a: 1 });
  });

  test('refuses a durability that the log cannot promise', async () => {
    await expect(Store.open(memoryLog(), { durability: 'strict' })).rejects.toMatchObject({
      code: 'UNSUPPORTED',
    });
  });
});
