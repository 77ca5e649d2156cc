/** Appends that need not look for rewrites, and rewrites that come all the same. */
import { frameLog, Store } from '@isokv/core';
import { IDBObjectStore as FakeObjectStore } from 'fake-indexeddb';
import { afterEach, beforeEach, describe, expect, type MockInstance, test, vi } from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { RewriteLock } from './rewrite-lock.ts';
import { FakeBrowser, type FakeTab } from './testing/fake-environment.ts';
import { LONG_MS, stored } from './testing/stores.ts';
import { until } from './testing/until.ts';

const WRITES = 40;

let browser: FakeBrowser;
/** How an append looks for a rewrite. */
let looks: MockInstance<IDBObjectStore['getKey']>;
let last = 0;

beforeEach(() => {
  browser = new FakeBrowser();
  looks = vi.spyOn(FakeObjectStore.prototype as IDBObjectStore, 'getKey');
});

afterEach(() => looks.mockRestore());

function open(tab: FakeTab, timeoutMs = LONG_MS): Promise<Store> {
  return Store.open(frameLog(new IdbBytes('app', tab, timeoutMs)));
}

/** How often appends have, since the mock was cleared. */
function looked(): number {
  return (looks.mock.contexts as IDBObjectStore[]).filter(
    ({ transaction }) => transaction.mode === 'readwrite',
  ).length;
}

async function write(store: Store, times = WRITES): Promise<void> {
  for (let i = 0; i < times; i++) await store.set('last', ++last);
}

/** A store whose appends do not look any more. */
async function quick(tab: FakeTab = browser.tab()): Promise<Store> {
  const store = await open(tab);
  await write(store);
  return store;
}

describe('an append', () => {
  test('does not look for rewrites while none can begin', async () => {
    const store = await quick();
    looks.mockClear();
    await write(store);
    expect(looked()).toBe(0);
  });

  test.each(['a worker', 'a page without locks', 'a page without messages'])(
    'of %s looks each time',
    async (who) => {
      const tab = browser.tab();
      const other = {
        'a worker': { isSeen: () => false },
        'a page without locks': { locks: undefined },
        'a page without messages': { channel: () => undefined },
      }[who];
      const store = await quick(Object.assign(tab, other));
      looks.mockClear();
      await write(store);
      expect(looked()).toBe(WRITES);
    },
  );

  test('looks again on a new connection: another database may stand there', async () => {
    const store = await quick();
    looks.mockClear();
    browser.faults.gone = 1;
    await write(store);
    expect(looked()).toBe(1);
  });
});

describe('a rewrite', () => {
  test('comes while another tab appends, which loses nothing', async () => {
    const [store, other] = [await quick(), await open(browser.tab())];
    for (let i = 0; i < 5; i++) {
      const rewritten = other.compact();
      await write(store, 3);
      await rewritten;
      await write(store);
      expect(await stored(browser)).toEqual({ last });
    }
    looks.mockClear();
    await write(store);
    expect(looked()).toBe(0);
  });

  test('that is not heard of makes an append conflict, not vanish', async () => {
    const [store, other] = [await quick(), await open(browser.tab())];
    browser.deliver = (message) => setTimeout(message, 20);
    await other.compact();
    await write(store, 1);
    expect(await stored(browser)).toEqual({ last });
  });

  test('does not wait for a page that is hidden, and may sleep', async () => {
    const tab = browser.tab();
    const [store, other] = [await quick(tab), await open(browser.tab())];
    browser.deliver = () => undefined;
    tab.hide();
    await other.compact();
    await write(store, 1);
    expect(await stored(browser)).toEqual({ last });
  });

  test('does not wait for a page that has gone, or closed its store', async () => {
    const tab = browser.tab();
    await quick(tab);
    tab.go();
    const closed = await quick();
    await closed.close();
    browser.deliver = () => undefined;
    const other = await open(browser.tab());
    await other.compact();
  });

  test('gives up when a page that is seen hangs, and comes when that goes on', async () => {
    const [hanging, other] = [await quick(), await open(browser.tab(), 100)];
    const { deliver } = browser;
    browser.deliver = () => undefined;
    await expect(other.compact()).rejects.toMatchObject({ code: 'TIMEOUT' });
    browser.deliver = deliver;
    await other.compact();
    await write(hanging);
    expect(await stored(browser)).toEqual({ last });
  });

  test('that waits for a page that hangs holds up no append', async () => {
    const tab = browser.tab();
    await quick(tab);
    const other = await open(browser.tab());
    let isAsked = false;
    browser.deliver = () => {
      isAsked = true;
    };
    const compacted = other.compact();
    await until(() => isAsked);
    await write(other);
    tab.hide();
    await compacted;
    expect(await stored(browser)).toEqual({ last });
  });

  test('whose content comes slowly, as in a page that is hidden, keeps no other waiting', async () => {
    const slow = new IdbBytes('app', browser.tab(), LONG_MS);
    await slow.open({ readOnly: false, mode: 'create' });
    for await (const _ of slow.read());
    let goOn = (): void => undefined;
    const waited = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    async function* content(): AsyncGenerator<Uint8Array> {
      yield new Uint8Array(8);
      await waited;
    }
    const rewritten = expect(slow.replace(content(), { upTo: () => 0 })).rejects.toMatchObject({
      code: 'LOG_CONFLICT',
    });
    const other = await open(browser.tab());
    await write(other);
    await other.compact();
    goOn();
    await rewritten;
    expect(await stored(browser)).toEqual({ last });
  });

  test('waits until the append that is under way has ended', async () => {
    const [one, other] = [
      new RewriteLock(browser.tab(), 'app', LONG_MS),
      new RewriteLock(browser.tab(), 'app', LONG_MS),
    ];
    one.open();
    await until(() => one.share() !== undefined);
    let end = (): void => undefined;
    const events: string[] = [];
    one.keepFor(
      new Promise<void>((resolve) => {
        end = resolve;
      }).then(() => events.push('appended')),
    );
    const rewritten = other.alone(
      async () => events.push('rewritten'),
      () => {
        one.letGo();
        setTimeout(end, 5);
      },
    );
    await rewritten;
    expect(events).toEqual(['appended', 'rewritten']);
  });

  test('comes before a page that is just about to be given its share', async () => {
    const tab = browser.tab();
    const locks = tab.locks as LockManager;
    const nothing = (): void => undefined;
    let give = nothing;
    const request = (
      name: string,
      options: LockOptions,
      task: (lock: Lock | null) => unknown,
    ): Promise<unknown> =>
      locks.request(name, options, async (lock) => {
        await new Promise<void>((resolve) => {
          give = resolve;
        });
        return task(lock);
      });
    const one = new RewriteLock({ ...tab, locks: { ...locks, request } as LockManager }, 'app', LONG_MS);
    one.open();
    await until(() => one.share() === undefined && give !== nothing);
    const ask = (): void => {
      one.letGo();
      give();
    };
    await new RewriteLock(browser.tab(), 'app', LONG_MS).alone(async () => undefined, ask);
  });

  test('is waited for by nobody who has closed the log, or opens it again', async () => {
    const lock = new RewriteLock(browser.tab(), 'app', LONG_MS);
    lock.giveTurn();
    expect(lock.turn).toBeDefined();
    lock.close();
    for (let i = 0; i < 10; i++) await null; // No timer ends it.
    expect(lock.turn).toBeUndefined();
  });
});
