import { describe, expect, test } from 'vitest';
import { content, turns } from '../../test/durable-stores.ts';
import { RecordingLog } from '../../test/recording-log.ts';
import { MemoryMedium, memoryLog, Store } from '../index.ts';

describe('backup', () => {
  test('writes the state of one moment, whatever is written while it goes on', async () => {
    const store = await Store.open(memoryLog());
    // Every commit keeps a + b = 0 and touches another page of the store.
    for (let i = 0; i < 5000; i++) void store.set(`key${i}`, { i });
    await store.setMany([
      ['a', 0],
      ['b', 0],
    ]);
    const medium = new MemoryMedium();
    let done = false;
    const backup = store.backup(memoryLog(medium)).finally(() => {
      done = true;
    });
    for (let i = 1; !done || i < 30; i++) {
      void store.transaction((tx) => {
        tx.increment('a', i);
        tx.decrement('b', i);
        tx.delete(`key${i}`);
        tx.set(`zzz${i}`, i);
      });
      if (i === 15) void store.namespace('other').set('late', 1);
      await turns();
    }
    await backup;
    const copy = await Store.open(memoryLog(medium));
    const a = copy.require('a') as number;
    expect(copy.get('b')).toBe(-a);
    let commits = 0;
    for (let sum = 0; sum < a; commits++) sum += commits + 1;
    expect(copy.size).toBe(5002);
    expect([...copy.keys({ prefix: 'zzz' })]).toHaveLength(commits);
    for (let i = 1; i <= commits; i++) expect(copy.has(`key${i}`)).toBe(false);
    expect(store.get('a')).toBeGreaterThan(a);
  });

  test('has the writes of the turn it was asked for in, and the store goes on', async () => {
    const log = new RecordingLog();
    const store = await Store.open(log);
    void store.set('a', { n: 1 }, { ttl: 1e9 });
    void store.namespace('x').set('b', new Uint8Array([1]));
    const given = store.get('a');
    const medium = new MemoryMedium();
    await store.backup(memoryLog(medium));
    const copy = await Store.open(memoryLog(medium));
    expect(Buffer.compare(copy.toData(), store.toData())).toBe(0);
    expect(copy.expiresAt('a')).toBe(store.expiresAt('a'));
    expect(store.get('a')).toBe(given);
    expect(log.calls).not.toContain('replace');
    await copy.set('c', 3);
    await store.set('d', 4);
    expect(content(copy)).toEqual({ a: { n: 1 }, c: 3 });
  });

  test('rejects with EXISTS when the target is not empty, and leaves it alone', async () => {
    const medium = new MemoryMedium();
    const other = await Store.open(memoryLog(medium));
    await other.set('precious', 1);
    const store = await Store.open(memoryLog());
    await store.set('a', 1);
    await expect(store.backup(memoryLog(medium))).rejects.toMatchObject({ code: 'EXISTS' });
    expect(content(await Store.open(memoryLog(medium)))).toEqual({ precious: 1 });
    await store.backup(memoryLog());
    expect(content(store)).toEqual({ a: 1 });
  });

  test('whose target fails rejects, and the store is as it was', async () => {
    const store = await Store.open(memoryLog());
    await store.set('a', { n: 1 });
    const given = store.get('a');
    const target = new RecordingLog();
    target.failing.replace = 1;
    const backup = store.backup(target);
    await expect(backup).rejects.toBe(target.error);
    expect(target.calls.at(-1)).toBe('close');
    expect(store.stats().health).toBe('ok');
    expect(store.get('a')).toBe(given);
    await store.set('b', 2);
    await store.compact();
    expect(content(store)).toEqual({ a: { n: 1 }, b: 2 });
  });

  test('of a store in memory only is UNSUPPORTED', async () => {
    const attempt = async (): Promise<void> => new Store().backup(memoryLog());
    await expect(attempt()).rejects.toMatchObject({ code: 'UNSUPPORTED' });
  });

  test('of an empty store is an empty store', async () => {
    const store = await Store.open(memoryLog());
    const medium = new MemoryMedium();
    await store.backup(memoryLog(medium));
    expect((await Store.open(memoryLog(medium), { mustExist: true })).size).toBe(0);
  });
});
