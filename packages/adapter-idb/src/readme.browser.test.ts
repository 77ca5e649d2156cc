/** The README's other examples, as they stand there. Its settings forms are in settings-form.browser.test.ts. */
import { Store } from '@isokv/core';
import { clear, setMany } from 'idb-keyval';
import { afterEach, expect, test, vi } from 'vitest';
import { idbLog } from './index.ts';
import { openCarefully } from './testing/readme/careful.ts';

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  await (await Store.open(idbLog('my-app'))).destroy();
});

async function kept(): Promise<unknown[]> {
  const store = await Store.open(idbLog('my-app'));
  const entries = [...store.entries()];
  await store.close();
  return entries;
}

test('the first one keeps what it sets', async () => {
  await import('./testing/readme/first.ts');
  expect(await kept()).toEqual([
    ['font', { family: 'serif', size: 12 }],
    ['theme', 'dark'],
  ]);
});

test('what idb-keyval has kept is fetched', async () => {
  await setMany([
    ['theme', 'dark'],
    ['photo', Uint8Array.of(1, 2, 3)],
    ['font', { family: 'serif', size: 12 }],
  ]);
  await import('./testing/readme/migrate.ts');
  expect(await kept()).toEqual([
    ['font', { family: 'serif', size: 12 }],
    ['photo', Uint8Array.of(1, 2, 3)],
    ['theme', 'dark'],
  ]);
  await clear();
});

test('who opens carefully hears of a store that is gone, of failing writes, and of none that can be had', async () => {
  const banner = document.createElement('p');
  banner.hidden = true;
  const warn = vi.fn();
  await (await openCarefully(warn, banner)).close();
  expect(warn).not.toHaveBeenCalled();

  localStorage.setItem('isokv:my-app', 'stored');
  const store = await openCarefully(warn, banner);
  expect(warn.mock.calls).toEqual([['The browser has removed what was stored here.']]);

  const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('no more space', 'QuotaExceededError');
  });
  void store.set('theme', 'dark');
  await vi.waitUntil(() => !banner.hidden);
  expect(warn).toHaveBeenLastCalledWith(expect.stringContaining('no more space'));
  add.mockRestore();
  await store.flush();
  expect(banner.hidden).toBe(true);
  await store.close();
  expect(await kept()).toEqual([['theme', 'dark']]);

  vi.stubGlobal('indexedDB', undefined);
  warn.mockClear();
  const inMemory = await openCarefully(warn, banner);
  expect(inMemory.stats().medium).toBe('memory');
  expect(warn.mock.calls).toEqual([[expect.stringContaining('Nothing will be kept: ')]]);
});
