/** What goes wrong with connections and beside other tabs, and that a store gets over it, or says clearly why not. */
import { frameLog, type IsokvError, Store } from '@isokv/core';
import { describe, expect, test } from 'vitest';
import { withFallback } from './fallback-bytes.ts';
import { IdbBytes } from './idb-bytes.ts';
import { STORE } from './records.ts';
import { recordsIn } from './testing/databases.ts';
import { FakeBrowser } from './testing/fake-environment.ts';
import { eventsOf, LONG_MS, open, stored } from './testing/stores.ts';
import { until } from './testing/until.ts';

describe('a connection that is lost', () => {
  test('between two writes, and the browser says so, is made again', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    const events = eventsOf(store);
    await store.set('a', 1);
    browser.drop();
    await store.set('b', 2);
    expect(browser.opened).toBe(2);
    expect(events).toEqual([]);
    expect(await stored(browser)).toEqual({ a: 1, b: 2 });
  });

  test('without a word (InvalidStateError from the next transaction) is made again', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    const events = eventsOf(store);
    await store.set('a', 1);
    browser.faults.gone = 1;
    await store.set('b', 2);
    browser.faults.gone = 1;
    await store.compact();
    expect(browser.opened).toBe(3);
    expect(events).toEqual([]);
    expect(await stored(browser)).toEqual({ a: 1, b: 2 });
  });

  test('in the middle of a write that was not done: it is done again', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    const events = eventsOf(store);
    await store.increment('n');
    const second = store.increment('n');
    await null;
    browser.drop();
    expect(await second).toBe(2);
    expect(events).toEqual([]);
    expect(await stored(browser)).toEqual({ n: 2 });
  });

  test('in the middle of a write that was done: it is not done again', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    const events = eventsOf(store);
    await store.increment('n');
    for (let count = 2; count < 6; count++) {
      browser.faults.answersLost = 1;
      expect(await store.increment('n')).toBe(count);
    }
    expect(events).toEqual([]);
    expect(await recordsIn(browser.databases, 'app')).toHaveLength(6);
    expect(await stored(browser)).toEqual({ n: 5 });
  });

  test('twice in a write, of which the second was done: it is not done a third time', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    const events = eventsOf(store);
    await store.increment('n');
    const second = store.increment('n');
    await null;
    browser.drop();
    browser.faults.answersLost = 1;
    expect(await second).toBe(2);
    expect(events).toEqual([]);
    expect(await stored(browser)).toEqual({ n: 2 });
  });

  test('in the middle of a write that came after another tab’s rewrite, and does not count: it is done again', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    await a.set('a', 1);
    await until(() => b.get('a') === 1);
    browser.deliver = () => undefined;
    await b.compact();
    browser.faults.answersLost = 1;
    await a.set('b', 2);
    expect(await stored(browser)).toEqual({ a: 1, b: 2 });
  });

  test('in the middle of a write, and another tab comes first: both count', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    await a.increment('n');
    await until(() => b.get('n') === 1);
    const second = a.increment('n');
    await null;
    browser.drop();
    const figures = await Promise.all([second, b.increment('n')]);
    expect(figures.sort()).toEqual([2, 3]);
    expect(await stored(browser)).toEqual({ n: 3 });
  });

  test('in the middle of a compaction that was done: it counts', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    for (let i = 0; i < 5; i++) await store.set('a', i);
    browser.faults.answersLost = 1;
    await store.compact();
    expect(await recordsIn(browser.databases, 'app')).toHaveLength(1);
    await store.set('b', 1);
    expect(await stored(browser)).toEqual({ a: 4, b: 1 });
  });

  test('again and again in one write fails it, and the next write heals', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser);
    const events = eventsOf(store);
    await store.increment('n');
    browser.faults.writesFail = new DOMException('lost', 'AbortError');
    await expect(store.increment('n')).rejects.toMatchObject({ code: 'IO' });
    expect(store.stats().health).toBe('degraded');
    browser.faults.writesFail = undefined;
    expect(await store.increment('n')).toBe(3);
    expect(events).toEqual(['error IO', 'degraded', 'ok']);
    expect(await stored(browser)).toEqual({ n: 3 });
  });
});

describe('opening', () => {
  test('that hangs once is tried again', async () => {
    const browser = new FakeBrowser();
    browser.faults.hangs = 1;
    const store = await open(browser, {}, 1000);
    await store.set('a', 1);
    expect(await stored(browser)).toEqual({ a: 1 });
  });

  test('that hangs twice rejects with TIMEOUT, and can be tried later', async () => {
    const browser = new FakeBrowser();
    browser.faults.hangs = 2;
    const log = frameLog(new IdbBytes('app', browser.tab(), 1000));
    await expect(Store.open(log)).rejects.toMatchObject({ code: 'TIMEOUT' });
    const store = await Store.open(log);
    await store.set('a', 1);
  });

  test('that hangs twice falls back on memory, if that is wanted', async () => {
    const browser = new FakeBrowser();
    browser.faults.hangs = 2;
    const codes: string[] = [];
    const bytes = withFallback(new IdbBytes('app', browser.tab(), 50), ({ code }) => codes.push(code));
    const store = await Store.open(frameLog(bytes));
    expect(codes).toEqual(['TIMEOUT']);
    expect(store.stats()).toMatchObject({ medium: 'memory', durability: 'none' });
  });

  test('that is answered when nobody waits any more is closed, and keeps nobody from removing the database', async () => {
    const browser = new FakeBrowser();
    await (await open(browser)).close();
    const tab = browser.tab();
    const factory = tab.indexedDB as IDBFactory;
    let answer: (() => Promise<unknown>) | undefined;
    const openLate = (name: string, version: number): IDBOpenDBRequest => {
      const request = factory.open(name, version);
      if (answer) return request;
      const opened = new Promise((resolve) => {
        request.onsuccess = resolve;
      });
      const late = {} as { result: IDBDatabase; onsuccess(): void };
      answer = () => opened.then(() => Object.assign(late, { result: request.result }).onsuccess());
      return late as unknown as IDBOpenDBRequest;
    };
    const bytes = new IdbBytes('app', { ...tab, indexedDB: { open: openLate } as IDBFactory }, 300);
    await Store.open(frameLog(bytes));
    await answer?.();
    await frameLog(new IdbBytes('app', browser.tab(), 1000)).destroy();
  });

  test.each([
    ['no IndexedDB at all', (browser: FakeBrowser) => ({ ...browser.tab(), indexedDB: undefined })],
    [
      'one that may not be used (blocked site data)',
      (browser: FakeBrowser) => {
        browser.faults.openThrows = new DOMException('denied', 'SecurityError');
        return browser.tab();
      },
    ],
    [
      'one that fails (a private mode)',
      (browser: FakeBrowser) => {
        browser.faults.openFails = new DOMException('no', 'InvalidStateError');
        return browser.tab();
      },
    ],
  ])('where there is %s rejects with UNSUPPORTED, or falls back on memory', async (_what, environment) => {
    const browser = new FakeBrowser();
    const bytes = new IdbBytes('app', environment(browser), LONG_MS);
    await expect(Store.open(frameLog(bytes))).rejects.toMatchObject({ code: 'UNSUPPORTED' });
    const told: IsokvError[] = [];
    const store = await Store.open(frameLog(withFallback(bytes, (error) => told.push(error))));
    await store.set('a', 1);
    await store.compact();
    expect(told.map(({ code }) => code)).toEqual(['UNSUPPORTED']);
    expect(store.stats()).toMatchObject({ medium: 'memory', durability: 'none', health: 'ok', entries: 1 });
    await store.close();
  });

  test('a database of somebody else rejects with NOT_ISOKV, fallback or not, and leaves it as it is', async () => {
    const browser = new FakeBrowser();
    for (const [name, version, objects] of [
      ['other', 1, 'notes'],
      ['newer', 7, STORE],
    ] as const) {
      await new Promise((resolve) => {
        const request = browser.databases.open(name, version);
        request.onupgradeneeded = () => request.result.createObjectStore(objects);
        request.onsuccess = () => resolve(request.result.close());
      });
      const newBytes = () => new IdbBytes(name, browser.tab(), LONG_MS);
      for (const log of [newBytes(), withFallback(newBytes(), () => expect.unreachable())]) {
        await expect(Store.open(frameLog(log))).rejects.toMatchObject({ code: 'NOT_ISOKV' });
      }
    }
    const names = (await browser.databases.databases()).map(({ name, version }) => `${name} ${version}`);
    expect(names.sort()).toEqual(['newer 7', 'other 1']);
  });
});

describe('another tab', () => {
  test('that destroys the store: this one closes at once, and its writes reject with BLOCKED', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    const events = eventsOf(a);
    await a.set('a', 1);
    await b.destroy();
    await expect(a.set('a', 2)).rejects.toMatchObject({ code: 'BLOCKED' });
    await expect(a.set('a', 3)).rejects.toMatchObject({ code: 'BLOCKED' });
    expect(events.slice(0, 2)).toEqual(['error BLOCKED', 'degraded']);
    expect(a.get('a')).toBe(3);
    expect(await browser.databases.databases()).toEqual([]);
  });

  test('that keeps the database open: destroy rejects with BLOCKED', async () => {
    const browser = new FakeBrowser();
    const store = await open(browser, {}, 1000);
    await store.set('a', 1);
    const held = await new Promise<IDBDatabase>((resolve) => {
      const request = browser.databases.open('app');
      request.onsuccess = () => resolve(request.result);
    });
    const told = {
      code: 'BLOCKED',
      message: expect.stringContaining('another tab keeps the database app open'),
    };
    await expect(store.destroy()).rejects.toMatchObject(told);
    held.close();
  });

  test('that was frozen catches up when it wakes, though it was told of nothing', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    browser.deliver = () => undefined;
    for (let i = 0; i < 5; i++) await a.set(`key ${i}`, i);
    await a.compact();
    await a.set('last', 1);
    expect(b.size).toBe(0);
    browser.wake();
    await until(() => b.get('last') === 1);
    expect(b.toData()).toEqual(a.toData());
  });

  test('is told the bytes: it reads nothing from the database', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    await a.set('key', 0);
    await until(() => b.get('key') === 0);
    const before = browser.transactions;
    for (let i = 1; i <= 20; i++) await a.set('key', i);
    await until(() => b.get('key') === 20);
    expect(browser.transactions).toBe(before + 20);
  });

  test('is told of more than a message carries, and reads it', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    await a.set('key', 0);
    await until(() => b.get('key') === 0);
    const before = browser.transactions;
    await a.set('large', 'x'.repeat(300_000));
    await until(() => b.has('large'));
    expect(browser.transactions).toBe(before + 2); // It is written, and read.
  });

  test('that hears of a write, and of one after the next, reads the one in between', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    await a.set('key', 0);
    await until(() => b.get('key') === 0);
    const messages: (() => void)[] = [];
    browser.deliver = (message) => messages.push(message);
    for (let i = 1; i <= 3; i++) await a.set(`key ${i}`, i);
    const [first, , third] = messages;
    first?.();
    third?.();
    await until(() => b.size === 4);
  });

  test('that hears nothing, for there is no BroadcastChannel, finds what came while it opened', async () => {
    const browser = new FakeBrowser();
    const a = await open(browser);
    await a.set('key', 1);
    const bytes = new IdbBytes('app', { ...browser.tab(), channel: () => undefined }, LONG_MS);
    await bytes.open({ readOnly: false, mode: 'create' });
    let end = 0;
    for await (const { position, bytes: piece } of bytes.read()) end = position + piece.length;
    await a.set('key', 2);
    bytes.watch(() => undefined);
    const news: number[] = [];
    for await (const { position } of bytes.read(end)) news.push(position);
    expect(news).toEqual([end]);
  });

  test('refreshes to all there is, whatever it has been told', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    await a.set('key', 0);
    await until(() => b.get('key') === 0);
    const { deliver } = browser;
    let told = 0;
    browser.deliver = (message) => (told++ === 0 ? deliver(message) : undefined);
    for (let i = 1; i <= 5; i++) await a.set('key', i);
    await b.refresh();
    expect(b.get('key')).toBe(5);
  });

  test('whose messages come late, or not at all, is missed in nothing', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    let count = 0;
    const { deliver } = browser;
    browser.deliver = (message) => ++count % 3 > 0 && deliver(message);
    for (let i = 1; i <= 20; i++) await a.set(`key ${i}`, i);
    browser.wake();
    await until(() => b.size === 20);
    expect(b.toData()).toEqual(a.toData());
  });
});
