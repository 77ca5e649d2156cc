/** Storage that is cleared, under a store or between two visits. */
import { frameLog, Store } from '@isokv/core';
import { describe, expect, test } from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { FakeBrowser } from './testing/fake-environment.ts';
import { eventsOf, LONG_MS, open, stored } from './testing/stores.ts';
import { until } from './testing/until.ts';

describe('storage that is cleared', () => {
  test('under a running tab is written anew at once, even if nothing is written', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    const events = eventsOf(store);
    await store.setMany([
      ['a', 1],
      ['b', { c: 2 }],
    ]);
    browser.clear();
    await until(() => events.includes('ok'));
    expect(events).toEqual(['degraded', 'ok']);
    expect(await stored(browser)).toEqual({ a: 1, b: { c: 2 } });
  });

  test('under two tabs that go on writing loses nothing that was acknowledged', async () => {
    const browser = new FakeBrowser();
    const stores = [await open(browser), await open(browser)];
    const writes: Promise<number>[] = [];
    for (let i = 0; i < 30; i++) {
      if (i === 10 || i === 20) {
        // What only one of them has is not with the others: they are to be in step.
        await until(() => stores.every((store) => store.get('n') === 2 * i));
        browser.clear();
      }
      for (const store of stores) writes.push(store.increment('n'));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    expect(new Set(await Promise.all(writes)).size).toBe(60);
    expect(await stored(browser)).toEqual({ n: 60 });
    await until(() => stores.every((store) => store.get('n') === 60));
  });

  test('by Chromium, for it was corrupt, shows as wasEvicted even where there is no localStorage', async () => {
    const browser = new FakeBrowser();
    const visit = async (dataLoss: string): Promise<boolean> => {
      const tab = browser.tab();
      const open = (name: string, version: number): IDBOpenDBRequest => {
        const request = (tab.indexedDB as IDBFactory).open(name, version);
        request.addEventListener('upgradeneeded', (event) => Object.assign(event, { dataLoss }), {
          capture: true,
        });
        return request;
      };
      const bytes = new IdbBytes(
        'app',
        { ...tab, localStorage: undefined, indexedDB: { open } as IDBFactory },
        LONG_MS,
      );
      await (await Store.open(frameLog(bytes))).close();
      return bytes.wasEvicted;
    };
    expect(await visit('total')).toBe(true);
    expect(await visit('total')).toBe(false); // It is there: nothing is made anew.
    browser.clear();
    expect(await visit('none')).toBe(false);
  });

  test('between visits shows as wasEvicted, and only then', async () => {
    const browser = new FakeBrowser();
    const visit = async (): Promise<boolean> => {
      const bytes = new IdbBytes('app', browser.tab(), LONG_MS);
      const store = await Store.open(frameLog(bytes));
      await store.close();
      return bytes.wasEvicted;
    };
    expect(await visit()).toBe(false);
    expect(await visit()).toBe(false); // Nothing was stored: nothing was lost.
    const store = await open(browser);
    await store.set('a', 1);
    await store.close();
    expect(await visit()).toBe(false);
    browser.clear();
    expect(await visit()).toBe(true);
    const again = await open(browser);
    await again.set('a', 1);
    await again.destroy();
    expect(await visit()).toBe(false);
  });
});
