/** What only a real browser shows. */
import { Store } from '@isokv/core';
import { expect, test } from 'vitest';
import { idbLog, persistence, webStorageLog } from './index.ts';
import { until } from './testing/until.ts';

test('persistence has the browser’s figures', async () => {
  const { persisted, usage, quota } = await persistence();
  expect(persisted).toBeTypeOf('boolean');
  expect(quota).toBeGreaterThan(1_000_000);
  expect(usage).toBeGreaterThanOrEqual(0);
});

test('a database that was deleted between visits shows as wasEvicted', async () => {
  const store = await Store.open(idbLog('evicted'));
  await store.set('a', 1);
  await store.close();
  await new Promise((resolve) => {
    indexedDB.deleteDatabase('evicted').onsuccess = resolve;
  });
  const log = idbLog('evicted');
  const again = await Store.open(log);
  expect(log.wasEvicted).toBe(true);
  await again.destroy();
});

test('a page that appends keeps rewrites away, lets those of others pass, and loses nothing', async () => {
  const [store, other] = [await Store.open(idbLog('shared')), await Store.open(idbLog('shared'))];
  const isShared = async (): Promise<boolean> => {
    const { held } = await navigator.locks.query();
    return held?.some(({ name, mode }) => name === 'isokv:shared' && mode === 'shared') ?? false;
  };
  let count = 0;
  for (let rewrites = 0; rewrites < 3; rewrites++) {
    while (!(await isShared())) count = await store.increment('count');
    count = await store.increment('count', 2); // With the share, and looks.
    count = await store.increment('count', 2); // Need not look.
    const rewritten = other.compact();
    count = await store.increment('count', 2);
    await rewritten;
    count = await store.increment('count', 2);
  }
  await store.close();
  await other.close();
  const again = await Store.open(idbLog('shared'));
  expect(again.get('count')).toBe(count);
  await again.destroy();
});

test('localStorage: a frame of the page is told what the page writes', async () => {
  const frame = document.body.appendChild(document.createElement('iframe'));
  const inFrame = frame.contentWindow as Window;
  const page = await Store.open(webStorageLog(localStorage, 'page'));
  const told = new Promise<string | null>((resolve) => {
    inFrame.addEventListener('storage', ({ key }) => key === 'page' && resolve(key));
  });
  await page.set('a', 1);
  expect(await told).toBe('page');
  // And the other way round.
  const other = await Store.open(webStorageLog(inFrame.localStorage, 'page'));
  await other.set('b', 2);
  await until(() => page.get('b') === 2);
  await page.destroy();
  frame.remove();
});
