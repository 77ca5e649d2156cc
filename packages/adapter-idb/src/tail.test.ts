/** What was written while an earlier append was under way, when the page went. */
import { frameLog, Store } from '@isokv/core';
import { expect, test } from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { Tails } from './tail.ts';
import { FakeBrowser, type FakeTab } from './testing/fake-environment.ts';
import { eventsOf, LONG_MS, open, stored } from './testing/stores.ts';
import { until } from './testing/until.ts';

function openIn(tab: FakeTab): Promise<Store> {
  return Store.open(frameLog(new IdbBytes('app', tab, LONG_MS)), { compaction: 'manual' });
}

/** The turn of the event loop is over for the store; nothing has been answered yet. */
async function turn(): Promise<void> {
  for (let step = 0; step < 50; step++) await null;
}

/** A page that goes while its first write is under way, and its second waits for that. */
async function visit(browser: FakeBrowser): Promise<void> {
  const tab = browser.tab();
  const store = await openIn(tab);
  void store.increment('n');
  await turn();
  void store.increment('n');
  await turn();
  tab.go();
}

function itemsLeft(browser: FakeBrowser): string[] {
  return [...browser.storage.keys()].filter((key) => key.startsWith('isokv tail:'));
}

test('is there on the next visit, again and again', async () => {
  const browser = new FakeBrowser();
  for (let visits = 1; visits <= 20; visits++) {
    await visit(browser);
    expect(await stored(browser)).toEqual({ n: 2 * visits });
  }
  expect(itemsLeft(browser)).toEqual([]);
});

test('is there as well when it was written after the page was told to go', async () => {
  const browser = new FakeBrowser();
  const tab = browser.tab();
  const store = await openIn(tab);
  void store.set('a', 1);
  await turn();
  tab.hide();
  void store.set('b', 2);
  await turn();
  tab.go();
  expect(await stored(browser)).toEqual({ a: 1, b: 2 });
});

test('is there as well when the first was answered, and the second given to a browser that did not do it', async () => {
  const browser = new FakeBrowser();
  const tab = browser.tab();
  const store = await openIn(tab);
  await store.increment('n'); // Now nothing of the opening is on its way.
  const first = store.increment('n');
  await turn();
  store.increment('n').catch(() => undefined);
  await turn();
  tab.hide();
  browser.faults.writesFail = new DOMException('gone', 'AbortError');
  await first;
  tab.go();
  browser.faults.writesFail = undefined;
  expect(await stored(browser)).toEqual({ n: 3 });
});

test('is not put there twice, though whoever put it there went before it could say so', async () => {
  const browser = new FakeBrowser();
  await visit(browser);
  const [item = ''] = itemsLeft(browser);
  const text = browser.storage.get(item) ?? '';
  for (let visits = 0; visits < 3; visits++) {
    browser.storage.set(item, text);
    const store = await open(browser);
    const events = eventsOf(store);
    expect(store.get('n')).toBe(2);
    await store.close();
    expect(events).toEqual([]);
  }
});

test('is left alone while its page lives, and goes when that has written it', async () => {
  const browser = new FakeBrowser();
  const tab = browser.tab();
  const store = await openIn(tab);
  void store.increment('n');
  await turn();
  const second = store.increment('n');
  await turn();
  tab.hide();
  expect(itemsLeft(browser)).toHaveLength(1);
  const other = await open(browser);
  const third = store.increment('n');
  await other.increment('n');
  await Promise.all([second, third]);
  expect(itemsLeft(browser)).toEqual([]);
  await until(() => store.get('n') === 4 && other.get('n') === 4);
  expect(await stored(browser)).toEqual({ n: 4 });
});

test('is looked at by nobody while its page lives', async () => {
  const browser = new FakeBrowser();
  const page = browser.tab();
  const own = new Tails(page, 'app', 1);
  await own.hold();
  own.leave([{ base: 1, position: 2, bytes: Uint8Array.of(3) }]);
  const events: string[] = [];
  const adopted = new Tails(browser.tab(), 'app', 2).adopt(async () => {
    events.push('adopted');
    return true;
  });
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  events.push('gone');
  page.go();
  await adopted;
  expect(events).toEqual(['gone', 'adopted']);
});

test('comes to the tabs that are open, at once', async () => {
  const browser = new FakeBrowser();
  const other = await open(browser);
  await visit(browser);
  await until(() => other.get('n') === 2);
  await until(() => itemsLeft(browser).length === 0);
});

test('takes the place of nothing that another tab has written since: that it is lost is told', async () => {
  const browser = new FakeBrowser();
  await visit(browser);
  const [item = ''] = itemsLeft(browser);
  const text = browser.storage.get(item) ?? '';
  browser.storage.delete(item);
  const other = await open(browser);
  await other.set('n', 'of another');
  browser.storage.set(item, text);
  const store = await open(browser);
  const events = eventsOf(store);
  expect(store.get('n')).toBe('of another');
  await until(() => events.length > 0);
  expect(events).toEqual(['error LOG_CONFLICT']);
  expect(itemsLeft(browser)).toEqual([]);
});

test.each(['done', 'undone'] as const)(
  'finds its place when the log was being rewritten, and that is %s',
  async (how) => {
    const browser = new FakeBrowser();
    const tab = browser.tab();
    const store = await openIn(tab);
    await store.increment('n');
    browser.faults.puts = how;
    void store.compact();
    await until(() => browser.isPutting);
    void store.increment('n');
    await turn();
    tab.go();
    expect(await stored(browser)).toEqual({ n: 2 });
  },
);

test('and does not fit into localStorage is told', async () => {
  const browser = new FakeBrowser();
  const tab = browser.tab();
  const store = await openIn(tab);
  const events = eventsOf(store);
  void store.set('a', 1);
  await turn();
  const second = store.set('b', 2);
  await turn();
  browser.faults.storageFull = true;
  tab.hide();
  expect(events).toEqual(['error QUOTA']);
  await second;
  expect(await stored(browser)).toEqual({ a: 1, b: 2 });
});

test('is told when it cannot be put where it belongs, once somebody hears it, and stays where it is', async () => {
  const browser = new FakeBrowser();
  await visit(browser);
  browser.faults.writesFail = new DOMException('lost', 'AbortError');
  const store = await open(browser);
  const events = eventsOf(store);
  await until(() => events.length > 0);
  expect(events).toEqual(['error IO']);
  expect(itemsLeft(browser)).toHaveLength(1);
  browser.faults.writesFail = undefined;
  expect(await stored(browser)).toEqual({ n: 2 });
});
