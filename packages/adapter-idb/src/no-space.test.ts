/** What there is no space for. */
import { frameLog, Store } from '@isokv/core';
import { IDBObjectStore } from 'fake-indexeddb';
import { describe, expect, test, vi } from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { recordsIn } from './testing/databases.ts';
import { FakeBrowser } from './testing/fake-environment.ts';
import { eventsOf, LONG_MS, open, stored } from './testing/stores.ts';
import { until } from './testing/until.ts';

const quota = new DOMException('no more space', 'QuotaExceededError');

describe('no more space', () => {
  test('is QUOTA, with the browser’s figures; memory keeps all, and space that returns takes it', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    const events = eventsOf(store);
    await store.set('a', 1);
    browser.faults.writesFail = quota;
    const before = browser.transactions;
    await expect(store.set('b', 2)).rejects.toMatchObject({
      code: 'QUOTA',
      message: expect.stringContaining('900 of 1000 bytes'),
      cause: quota,
    });
    expect(browser.transactions).toBe(before + 1); // It is not tried twice.
    await expect(store.set('c', 3)).rejects.toMatchObject({ code: 'QUOTA' });
    expect([...store.keys()]).toEqual(['a', 'b', 'c']);
    browser.faults.writesFail = undefined;
    // Nothing is written: the store tries by itself.
    await until(() => store.stats().health === 'ok');
    expect(events).toEqual(['error QUOTA', 'degraded', 'error QUOTA', 'ok']);
    expect(await stored(browser)).toEqual({ a: 1, b: 2, c: 3 });
  });

  test('is QUOTA as well where the browser tells no figures', async () => {
    const browser = new FakeBrowser();
    const estimate = async (): Promise<StorageEstimate> => {
      throw new TypeError('not in this context');
    };
    const bytes = new IdbBytes('app', { ...browser.tab(), estimate }, LONG_MS);
    const store = await Store.open(frameLog(bytes));
    eventsOf(store);
    browser.faults.writesFail = quota;
    await expect(store.set('a', 1)).rejects.toMatchObject({
      code: 'QUOTA',
      message: expect.stringContaining('the database app; writes stay in memory'),
    });
  });

  test('in one tab, while another goes on writing: what was refused goes on top', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    eventsOf(a);
    await a.increment('n');
    await until(() => b.get('n') === 1);
    browser.faults.writesFail = quota;
    await expect(a.increment('n')).rejects.toMatchObject({ code: 'QUOTA' });
    browser.faults.writesFail = undefined;
    await b.increment('n');
    await b.set('b', 1);
    await a.flush();
    expect(await stored(browser)).toEqual({ b: 1, n: 3 });
    await until(() => b.get('n') === 3);
  });
});

describe('more than the browser takes at once', () => {
  test.each([
    new DOMException('The serialized value is too large (size=1, max=0).', 'UnknownError'),
    new DOMException('out of memory', 'DataCloneError'),
    new RangeError('Array buffer allocation failed'),
  ])('is TOO_LARGE, and not tried twice: $name', async (error) => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    eventsOf(store);
    const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
      throw error;
    });
    await expect(store.set('a', 1)).rejects.toMatchObject({ code: 'TOO_LARGE', cause: error });
    expect(add).toHaveBeenCalledTimes(1);
    expect(store.get('a')).toBe(1);
    add.mockRestore();
    await store.set('a', 2);
    expect(await stored(browser)).toEqual({ a: 2 });
  });
});

test('a commit of many MiB goes in pieces, and comes back', { timeout: 60_000 }, async () => {
  const browser = new FakeBrowser();
  const store = await open(browser);
  const other = await open(browser);
  const text = 'x'.repeat(20 * 1024 * 1024);
  await store.set('large', text);
  expect((await recordsIn(browser.databases, 'app')).map(([, { length }]) => length > 17e6)).not.toContain(
    true,
  );
  await store.set('small', 1);
  await until(() => other.get('small') === 1);
  expect(other.get('large') === text).toBe(true);
});
