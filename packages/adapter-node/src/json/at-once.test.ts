import { Store } from '@isokv/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HostileFileSystem } from '../testing/hostile/hostile-file-system.ts';
import { jsonFile } from './json-file.ts';

beforeEach(() => {
  let time = Date.now();
  vi.spyOn(Date, 'now').mockImplementation(() => {
    time += 5; // It is always time to pause.
    return time;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

test('what is written at once stays above what was being taken in, a commit at a time, and is not written twice', async () => {
  for (let turns = 0; turns < 30; turns++) {
    const fs = new HostileFileSystem();
    const store = await Store.open(jsonFile('/a.json', { fs }));
    const written: Promise<void>[] = [];
    for (let n = 0; n < 10; n++) {
      written.push(store.set('n', n), store.delete('n'), store.set('n', n));
      await undefined;
    }
    for (let turn = 0; turn < turns; turn++) await new Promise(setImmediate);
    written.push(store.set('n', 'last'));
    store.flushSync();
    const left = await Store.open(jsonFile('/a.json', { fs: fs.afterPowerLoss('nothing') }), {
      readOnly: true,
    });
    expect(left.get('n')).toBe('last');
    await Promise.all(written);
    await store.set('more', 1);
    await store.close();
    const again = await Store.open(jsonFile('/a.json', { fs }), { readOnly: true });
    expect([...again.entries()]).toEqual(Object.entries({ more: 1, n: 'last' }));
    expect(fs.namesIn('/')).toEqual(['a.json', 'a.json.bak']);
    expect(fs.handles).toBe(0);
  }
});

test('what is written at once while it compacts stays, wherever that pauses', async () => {
  for (let turns = 0; turns < 20; turns++) {
    const fs = new HostileFileSystem();
    const store = await Store.open(jsonFile('/a.json', { fs }));
    await store.set('a', 1);
    const compacted = store.compact();
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
    void store.set('b', 2);
    store.flushSync();
    await compacted;
    await store.close();
    const again = await Store.open(jsonFile('/a.json', { fs }), { readOnly: true });
    expect([...again.entries()], `after ${turns} turns`).toEqual(Object.entries({ a: 1, b: 2 }));
  }
});

test('what is written at once while it is read again stays', async () => {
  for (let ticks = 0; ticks < 30; ticks++) {
    const fs = new HostileFileSystem();
    const store = await Store.open(jsonFile('/a.json', { fs }));
    await store.set('a', 1);
    const refreshed = store.refresh();
    for (let tick = 0; tick < ticks; tick++) await undefined;
    void store.set('b', 2);
    store.flushSync();
    await refreshed;
    expect(store.get('b'), `after ${ticks} ticks`).toBe(2);
    await store.set('c', 3);
    await store.close();
    const again = await Store.open(jsonFile('/a.json', { fs }), { readOnly: true });
    expect([...again.entries()]).toEqual(Object.entries({ a: 1, b: 2, c: 3 }));
  }
});
