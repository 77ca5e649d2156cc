/** An item of Web Storage is a document like any other; and what is its own. */
import { type Document, Store } from '@isokv/core';
import { testDocument } from '@isokv/core/testing';
import * as vitest from 'vitest';
import { afterEach, describe, expect, test } from 'vitest';
import { FakeWebStorage, withEvents } from './testing/fake-web-storage.ts';
import { until } from './testing/until.ts';
import { WebStorageItem, webStorageLog } from './web-storage-log.ts';

withEvents();

const opened: Store[] = [];

/** Closed when the test ends. */
async function open(storage: FakeWebStorage): Promise<Store> {
  const store = await Store.open(webStorageLog(storage.tab(), 'app'));
  opened.push(store);
  return store;
}

afterEach(async () => {
  for (const store of opened.splice(0)) await store.close();
});

const shared = new FakeWebStorage();
let items = 0;

interface Item {
  readonly key: string;
  handle(): Document;
}

function newItem(): Item {
  items++;
  const key = `item ${items}`;
  return { key, handle: () => new WebStorageItem(shared.tab(), key) };
}

testDocument<Item>(vitest, {
  capabilities: webStorageLog(shared.tab(), 'x').capabilities,
  versions: true,
  create: newItem,
  crash({ key }) {
    const left = newItem();
    const text = shared.items.get(key);
    if (text !== undefined) shared.items.set(left.key, text);
    return left;
  },
});

describe('webStorageLog', () => {
  test('keeps a store in one item, and other items as they are', async () => {
    const storage = new FakeWebStorage();
    storage.items.set('other', 'x');
    const store = await open(storage);
    await store.set('a', { b: [1] });
    await store.close();
    expect([...storage.items.keys()]).toEqual(['other', 'app']);
    const again = await open(storage);
    expect(again.get('a')).toEqual({ b: [1] });
    await again.destroy();
    expect([...storage.items.keys()]).toEqual(['other']);
  });

  test('tells other tabs', async () => {
    const storage = new FakeWebStorage();
    const [a, b] = [await open(storage), await open(storage)];
    await a.set('a', 1);
    await until(() => b.get('a') === 1);
    await Promise.all([a.increment('n'), b.increment('n')]);
    await until(() => a.get('n') === 2 && b.get('n') === 2);
  });

  test('is written when the turn ends: the page may go then', async () => {
    const storage = new FakeWebStorage();
    const store = await open(storage);
    await store.set('a', 1);
    void store.set('a', 2);
    for (let i = 0; i < 20; i++) await null; // Microtasks: the page gets no other turn.
    const copy = new FakeWebStorage();
    copy.items.set('app', storage.items.get('app') as string);
    expect((await open(copy)).get('a')).toBe(2);
  });

  test('without space is QUOTA; memory keeps all, and a smaller store is written again', async () => {
    const storage = new FakeWebStorage();
    const store = await open(storage);
    store.on('error', () => undefined);
    await store.set('a', 1);
    storage.limit = 200;
    await expect(store.set('b', 'x'.repeat(1000))).rejects.toMatchObject({ code: 'QUOTA' });
    expect(store.size).toBe(2);
    await store.delete('b');
    expect(store.stats().health).toBe('ok');
    expect((await open(storage)).size).toBe(1);
  });

  test('leaves what somebody else has put there', async () => {
    const storage = new FakeWebStorage();
    storage.items.set('app', '{"theme":"dark"}');
    await expect(open(storage)).rejects.toMatchObject({
      code: 'NOT_ISOKV',
    });
    expect(storage.items.get('app')).toBe('{"theme":"dark"}');
  });

  test('needs a storage', () => {
    for (const none of [undefined, null, {} as Storage]) {
      expect(() => webStorageLog(none, 'app')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});
