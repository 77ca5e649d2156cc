/** What a log asks of IndexedDB: no more than it must, with the durability that was asked for, and one schema for good. */
import type { Store, StoreOptions } from '@isokv/core';
import {
  IDBDatabase as FakeDatabase,
  IDBObjectStore as FakeObjectStore,
  IDBTransaction as FakeTransaction,
} from 'fake-indexeddb';
import { afterEach, beforeEach, expect, type MockInstance, test, vi } from 'vitest';
import { STORE } from './records.ts';
import { FakeBrowser } from './testing/fake-environment.ts';
import { open } from './testing/stores.ts';

const METHODS = ['get', 'getKey', 'getAll', 'getAllKeys', 'openCursor', 'add', 'put', 'delete'] as const;

let browser: FakeBrowser;
let transactions: MockInstance<IDBDatabase['transaction']>;
let requests: MockInstance[];

beforeEach(() => {
  browser = new FakeBrowser();
  transactions = vi.spyOn(FakeDatabase.prototype as IDBDatabase, 'transaction');
  requests = METHODS.map((method) => vi.spyOn(FakeObjectStore.prototype, method));
});

afterEach(() => void vi.restoreAllMocks());

/** Forgets what was asked for so far. */
function begin(): void {
  for (const each of [transactions, ...requests]) each.mockClear();
}

/** Every request since then, by its method. */
function asked(): string[] {
  return METHODS.flatMap((method, at) => requests[at]?.mock.calls.map(() => method) ?? []);
}

/** Of each transaction since then. */
function modes(): string[] {
  return transactions.mock.calls.map(([, mode, options]) => `${mode} ${options?.durability}`);
}

/** As a page that holds its share of the lock of rewrites, which it has after some appends. */
async function settled(options?: StoreOptions): Promise<Store> {
  const store = await open(browser, options);
  for (let i = 0; i < 40; i++) await store.set(`key ${i}`, i);
  return store;
}

test.each([
  ['of many commits', false],
  ['that was compacted', true],
])('opening a log %s is one transaction of two requests', async (_, isCompacted) => {
  const store = await settled({ compaction: 'manual' });
  if (isCompacted) await store.compact();
  await store.close();
  const { opened } = browser;
  begin();
  expect((await open(browser)).size).toBe(40);
  expect(browser.opened).toBe(opened + 1);
  expect(asked()).toEqual(['getAll', 'getAllKeys']);
  expect(modes()).toEqual(['readonly relaxed']);
});

test('all writes of a turn are one transaction of one request, which is committed at once', async () => {
  const store = await settled();
  const commits = vi.spyOn(FakeTransaction.prototype, 'commit');
  begin();
  for (let i = 0; i < 100; i++) void store.namespace(`space ${i % 7}`).set(`key ${i}`, i);
  await store.flush();
  expect(modes()).toHaveLength(1);
  expect(asked()).toEqual(['add']);
  expect(commits).toHaveBeenCalledTimes(1);
});

test.each(['strict', 'relaxed'] as const)('a store that is %s asks that of IndexedDB', async (durability) => {
  const store = await settled({ durability });
  begin();
  await store.set('a', 1);
  expect(modes()).toEqual([`readwrite ${durability}`]);
  // What is rewritten was acknowledged long ago.
  begin();
  await store.compact();
  expect(modes()).toEqual(['readwrite strict']);
});

test('whatever a store holds, its database has one object store, and the version that it was made with', async () => {
  const store = await open(browser);
  for (let i = 0; i < 5; i++) await store.namespace(`space ${i}`).set('a', i);
  await store.compact();
  const { version, objectStoreNames } = transactions.mock.contexts.at(-1) as IDBDatabase;
  expect([version, ...objectStoreNames]).toEqual([1, STORE]);
  expect(browser.opened).toBe(1);
});
