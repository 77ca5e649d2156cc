/** A rewrite of the log: in slices, and yet as a whole or not at all, whatever comes in between. */
import { frameLog, type Store } from '@isokv/core';
import { IDBObjectStore } from 'fake-indexeddb';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { type Records, recordsIn } from './testing/databases.ts';
import { FakeBrowser } from './testing/fake-environment.ts';
import { eventsOf, LONG_MS, open, stored } from './testing/stores.ts';

const SLICE_BYTES = 512 * 1024 + 8;
const manual = { compaction: 'manual' } as const;

/** A store whose run has a few slices, and whose log has twice as much as that. */
async function filled(browser: FakeBrowser, timeoutMs?: number): Promise<Store> {
  const store = await open(browser, manual, timeoutMs);
  for (const mark of ['old', 'new']) {
    await store.setMany(
      Array.from({ length: 60 }, (_, i) => [`key ${i}`, `${mark} ${i} ${'x'.repeat(32_000)}`]),
    );
  }
  return store;
}

type Step = (put: number, transaction: IDBTransaction) => void;

/** Calls back after each record that a rewrite has put, and once more when it removes what was there. */
function onEachStep(step: Step): void {
  const put = IDBObjectStore.prototype.put;
  const remove = IDBObjectStore.prototype.delete;
  let count = 0;
  let isOver = false;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: never, ...given) {
    const request = put.apply(this, given as never);
    step(++count, (this as IDBObjectStore).transaction);
    return request;
  });
  vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(function (this: never, ...given) {
    const request = remove.apply(this, given as never);
    if (!isOver) step(++count, (this as IDBObjectStore).transaction);
    isOver = true;
    return request;
  });
}

function sameRecords(found: Records, expected: Records): boolean {
  const text = (records: Records): string =>
    records.map(([key, value]) => `${key} ${Buffer.from(value).toString('latin1')}`).join();
  return text(found) === text(expected);
}

afterEach(() => void vi.restoreAllMocks());

test('no callback gives the browser more than a slice, and the steps are as many as there are slices', async () => {
  const browser = new FakeBrowser();
  const store = await filled(browser);
  const put = IDBObjectStore.prototype.put;
  const callbacks: number[] = [];
  let now = 0;
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: never, ...given) {
    if (!(given[0] instanceof Uint8Array)) return put.apply(this, given as never); // Receipts.
    // All that is put before the event loop turns is one callback's.
    if (now === 0) {
      queueMicrotask(() => {
        callbacks.push(now);
        now = 0;
      });
    }
    now += given[0].length;
    return put.apply(this, given as never);
  });
  await store.compact();
  const records = await recordsIn(browser.databases, 'app');
  const bytes = records.reduce((sum, [, { length }]) => sum + length, 0);
  expect(bytes).toBeGreaterThan(60 * 32_000);
  expect(callbacks.reduce((sum, length) => sum + length, 0)).toBe(bytes);
  expect(Math.max(...callbacks)).toBeLessThanOrEqual(SLICE_BYTES);
  expect(callbacks).toHaveLength(records.length);
});

describe('what ends it at any step leaves the old records, and nothing else', () => {
  const ends: Record<string, (browser: FakeBrowser, transaction: IDBTransaction) => void> = {
    'its transaction is aborted': (_, transaction) => transaction.abort(),
    'the browser drops the connection': (browser, transaction) => {
      transaction.abort();
      browser.drop();
    },
    'the page goes': (_, transaction) => {
      Object.defineProperty(transaction, 'onabort', { value: undefined });
      transaction.abort();
    },
  };
  for (const [what, end] of Object.entries(ends)) {
    test(what, async () => {
      let at = 0;
      for (let isOver = false; !isOver; at++) {
        const browser = new FakeBrowser();
        const store = await filled(browser);
        const events = eventsOf(store);
        const before = await recordsIn(browser.databases, 'app');
        const content = Object.fromEntries(store.entries());
        let steps = 0;
        const ended = new Promise<void>((resolve) => {
          onEachStep((step, transaction) => {
            steps = step;
            if (step !== at + 1) return;
            end(browser, transaction);
            resolve();
          });
        });
        const compacted = store.compact().then(
          () => true,
          () => false,
        );
        const isDone = await Promise.race([compacted, ended.then(() => false)]);
        await new Promise((resolve) => setImmediate(resolve));
        vi.restoreAllMocks();
        isOver = steps <= at;
        expect(isDone).toBe(isOver);
        const after = await recordsIn(browser.databases, 'app');
        expect(sameRecords(after, before)).toBe(!isOver);
        expect(await stored(browser)).toEqual(content);
        expect(events).toEqual([]);
      }
      expect(at).toBeGreaterThan(5);
    });
  }

  test('and the store goes on, and rewrites the log the next time', async () => {
    const browser = new FakeBrowser();
    const store = await filled(browser);
    onEachStep((step, transaction) => step === 3 && transaction.abort());
    await expect(store.compact()).rejects.toMatchObject({ code: 'IO' });
    vi.restoreAllMocks();
    await store.set('key 0', 'newer');
    await store.compact();
    expect(await stored(browser)).toEqual(Object.fromEntries(store.entries()));
    expect(store.stats().health).toBe('ok');
  });
});

test('of which the answer is lost counts, and leaves nothing of what was there', async () => {
  const browser = new FakeBrowser();
  const store = await filled(browser);
  const before = await recordsIn(browser.databases, 'app');
  browser.faults.answersLost = 1;
  await store.compact();
  const after = await recordsIn(browser.databases, 'app');
  expect(after[0]?.[0]).toBeGreaterThan(before.at(-1)?.[0] as number);
  await store.set('more', 1);
  expect(await stored(browser)).toEqual(Object.fromEntries(store.entries()));
});

test('no more space at any step is QUOTA, and the store is what it was', async () => {
  const browser = new FakeBrowser();
  const store = await filled(browser);
  const before = await recordsIn(browser.databases, 'app');
  for (const at of [1, 2, 5]) {
    onEachStep((step, transaction) => {
      if (step !== at) return;
      const value = new DOMException('no more space', 'QuotaExceededError');
      Object.defineProperty(transaction, 'error', { value });
      (transaction as unknown as { _abort(name: null): void })._abort(null);
    });
    await expect(store.compact()).rejects.toMatchObject({ code: 'QUOTA' });
    vi.restoreAllMocks();
    expect(sameRecords(await recordsIn(browser.databases, 'app'), before)).toBe(true);
  }
  expect(store.stats().health).toBe('ok');
});

test('a database that is cleared at any step is written anew, though the next one has a record in its place', async () => {
  for (const at of [1, 3, 6]) {
    const browser = new FakeBrowser();
    // The positions of the next database begin right after those of this one, not at a time that is later.
    const now = vi.spyOn(Date, 'now').mockReturnValue(1000);
    const store = await filled(browser);
    eventsOf(store);
    onEachStep((step) => step === at && browser.clear());
    await store.compact().catch(() => undefined);
    now.mockRestore();
    vi.restoreAllMocks();
    await store.set('key 0', 'newer').catch(() => undefined);
    await store.flush();
    expect(await stored(browser)).toEqual(Object.fromEntries(store.entries()));
  }
});

describe('other tabs', () => {
  test('that write at any step come after it, or before: both count', async () => {
    for (const at of [0, 1, 3, 6]) {
      const browser = new FakeBrowser();
      const a = await filled(browser);
      const b = await open(browser, manual);
      let written: Promise<unknown> | undefined;
      const write = (): void => {
        written = Promise.all([b.increment('n'), a.increment('n')]);
      };
      if (at === 0) write();
      onEachStep((step) => {
        if (step === at) write();
      });
      await a.compact();
      vi.restoreAllMocks();
      await written;
      await Promise.all([a.refresh(), b.refresh()]);
      expect([a.get('n'), b.get('n')]).toEqual([2, 2]);
      expect(Buffer.compare(b.toData(), a.toData())).toBe(0);
      expect((await stored(browser))['n']).toBe(2);
    }
  });

  test('that read meanwhile find the old content, and then the new', async () => {
    const browser = new FakeBrowser();
    const store = await filled(browser);
    const content = Object.fromEntries(store.entries());
    const reader = await open(browser, { readOnly: true });
    const opened: Promise<Store>[] = [];
    onEachStep(() => void opened.push(open(browser, { readOnly: true })));
    await store.compact();
    vi.restoreAllMocks();
    await store.set('more', 1);
    expect(opened.length).toBeGreaterThan(5);
    for (const late of [reader, ...(await Promise.all(opened))]) {
      expect(Object.fromEntries(late.entries())).toMatchObject(content);
      await late.refresh();
      expect(late.get('more')).toBe(1);
    }
  });

  test('that rewrite at the same time all come to their end', async () => {
    const browser = new FakeBrowser();
    const stores = [await filled(browser), await open(browser, manual), await open(browser, manual)];
    const content = Object.fromEntries((stores[0] as Store).entries());
    await Promise.all(stores.map((store) => store.compact()));
    expect(await stored(browser)).toEqual(content);
    for (const store of stores) expect(Object.fromEntries(store.entries())).toEqual(content);
  });

  test('that destroy the store at any step come after it', async () => {
    const browser = new FakeBrowser();
    const store = await filled(browser);
    let destroyed: Promise<void> | undefined;
    const other = frameLog(new IdbBytes('app', browser.tab(), LONG_MS));
    onEachStep((step) => {
      if (step === 3) destroyed = other.destroy();
    });
    await store.compact();
    vi.restoreAllMocks();
    await destroyed;
    expect(await browser.databases.databases()).toEqual([]);
    await expect(store.set('a', 1)).rejects.toMatchObject({ code: 'BLOCKED' });
  });
});
