import { existsSync, statSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemError } from '../testing/call.ts';
import { FaultyFileSystem } from '../testing/faulty-file-system.ts';
import { JsonFolder } from '../testing/json-folder.ts';

let folder: JsonFolder;
beforeEach(() => {
  folder = new JsonFolder();
});
afterEach(() => folder.remove());

describe('autosave', () => {
  test('manual writes with flush and close, and promises nothing before', async () => {
    const store = await folder.open({ autosave: 'manual' });
    expect(store.stats().durability).toBe('none');
    await store.set('a', 1);
    expect(folder.names()).toEqual([]);
    await store.flush();
    expect(folder.text()).toContain('"a": {"value": 1');
    const flushed = statSync(folder.path).mtimeMs;
    await store.flush();
    expect(statSync(folder.path).mtimeMs).toBe(flushed);
    void store.set('a', 2);
    await store.close();
    expect(folder.text()).toContain('"a": {"value": 2');
  });

  test('everyMs writes by itself, and no more often', async () => {
    const fs = new FaultyFileSystem();
    const store = await folder.open({ autosave: { everyMs: 20 }, fs });
    for (let i = 0; i < 50; i++) await store.set('n', i);
    expect(fs.operations('fsync')).toEqual([]);
    await expect.poll(() => existsSync(folder.path) && folder.text()).toContain('"n": {"value": 49');
    expect(fs.operations('fsync')).toHaveLength(2);
    void store.set('n', 50);
    await store.close();
    expect(folder.text()).toContain('"n": {"value": 50');
  });

  test('manual takes the next write after flushSync, even when an append was done that had not been heard of', async () => {
    for (let ticks = 0; ticks < 10; ticks++) {
      const store = await folder.open({ autosave: 'manual' });
      void store.set('a', 1);
      for (let tick = 0; tick < ticks; tick++) await undefined;
      void store.set('b', 2);
      store.flushSync();
      await store.set('c', 3);
      await store.close();
    }
  });

  test('that fails is told once, tried again, and heals; flush rejects meanwhile', async () => {
    const fs = new FaultyFileSystem();
    const store = await folder.open({ autosave: { everyMs: 2 }, fs });
    const errors: unknown[] = [];
    store.on('error', (error) => errors.push(error));
    let failed = 0;
    fs.before = (call) => {
      if (call.operation !== 'fsync') return undefined;
      failed++;
      throw systemError('ENOSPC');
    };
    await store.set('a', 1);
    await expect.poll(() => failed).toBeGreaterThan(4);
    expect(errors).toMatchObject([{ code: 'IO' }]);
    await expect(store.flush()).rejects.toMatchObject({ code: 'IO' });
    fs.before = () => undefined;
    await expect.poll(() => existsSync(folder.path) && folder.text()).toContain('"a": {"value": 1');
    await store.close();
    expect(folder.names()).toEqual(['a.json', 'a.json.bak']);
  });
});
