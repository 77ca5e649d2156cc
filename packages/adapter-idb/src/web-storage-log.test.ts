/** An item of Web Storage is a document like any other; and what is its own. */
import { type Document, Store } from '@isokv/core';
import { testDocument } from '@isokv/core/testing';
import * as vitest from 'vitest';
import { afterEach, describe, expect, test } from 'vitest';
import { FakeWebStorage, withEvents } from './testing/fake-web-storage.ts';
import { until } from './testing/until.ts';
import { type WebStorage, WebStorageItem, webStorageLog } from './web-storage-log.ts';

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

  test('that was cut short is CORRUPT: nothing of it is torn, and nothing is written over it', async () => {
    const storage = new FakeWebStorage();
    const store = await open(storage);
    for (const n of [1, 2, 3]) await store.set('a', n);
    const text = storage.items.get('app') as string;
    for (let length = text.lastIndexOf(' '); length >= 'isokv1:'.length; length -= 7) {
      storage.items.set('app', text.slice(0, length));
      await expect(open(storage)).rejects.toMatchObject({ code: 'CORRUPT' });
      expect(storage.items.get('app')).toBe(text.slice(0, length));
    }
    storage.items.set('app', text);
  });

  test('tells of a storage that may not be used, or keeps nothing and does not say so', async () => {
    const refuse = (): never => {
      throw new DOMException('not here', 'SecurityError');
    };
    const none = { getItem: () => null, setItem: () => undefined, removeItem: refuse };
    await expect(Store.open(webStorageLog({ ...none, getItem: refuse }, 'app'))).rejects.toMatchObject({
      code: 'IO',
    });
    for (const setItem of [refuse, none.setItem]) {
      const store = await Store.open(webStorageLog({ ...none, setItem }, 'app'));
      store.on('error', () => undefined);
      await expect(store.set('a', 1)).rejects.toMatchObject({ code: 'IO' });
      expect(store.get('a')).toBe(1);
      await expect(store.destroy()).rejects.toMatchObject({ code: 'IO' });
    }
  });

  test('that another tab writes just after this one is what counts, and this one writes on top of it', async () => {
    const storage = new FakeWebStorage();
    const other = await Store.open(webStorageLog(storage.tab(), 'app'));
    await other.set('a', 1);
    const before = storage.items.get('app') as string;
    await other.set('b', 2);
    const after = storage.items.get('app') as string;
    await other.close();
    storage.items.set('app', before);
    const tab = storage.tab();
    let isFirst = true;
    const setItem = (key: string, value: string): void => {
      tab.setItem(key, isFirst ? after : value);
      isFirst = false;
    };
    const own: WebStorage = {
      getItem: (key) => tab.getItem(key),
      setItem,
      removeItem: (key) => tab.removeItem(key),
    };
    const store = await Store.open(webStorageLog(own, 'app'));
    await store.set('c', 3);
    expect(Object.fromEntries(store.entries())).toEqual({ a: 1, b: 2, c: 3 });
  });

  test('that another tab removes is empty, and takes in what comes after', async () => {
    const storage = new FakeWebStorage();
    const [a, b] = [await open(storage), await open(storage)];
    await a.set('a', 1);
    await until(() => b.size === 1);
    await a.destroy();
    await until(() => b.size === 0);
    const c = await open(storage);
    await c.set('c', 1);
    await until(() => b.get('c') === 1);
    await b.set('b', 1);
    await until(() => c.get('b') === 1);
  });

  test('takes in what was written while its page was in the back/forward cache, and was told nothing', async () => {
    const storage = new FakeWebStorage();
    const [a, b] = [await open(storage), await open(storage)];
    await a.set('a', 1);
    await until(() => b.size === 1);
    storage.isDeaf = true;
    await a.set('a', 2);
    expect(b.get('a')).toBe(1);
    globalThis.dispatchEvent(new Event('pageshow'));
    await until(() => b.get('a') === 2);
  });

  test('is that of one store: another is refused, as in a component that mounts twice, and the first goes on', async () => {
    const storage = new FakeWebStorage();
    const log = webStorageLog(storage.tab(), 'app');
    const store = await Store.open(log);
    opened.push(store);
    await store.set('a', 1);
    await expect(Store.open(log)).rejects.toMatchObject({ code: 'IO' });
    await store.set('a', 2);
    expect((await open(storage)).get('a')).toBe(2);
  });

  test('needs a storage', () => {
    for (const none of [undefined, null, {} as Storage]) {
      expect(() => webStorageLog(none, 'app')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
    }
  });
});
