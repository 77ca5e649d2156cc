/** Writes of which it is not known whether they were done, and what other tabs make of them: each counts once. */
import { frameLog, Store } from '@isokv/core';
import { IDBObjectStore } from 'fake-indexeddb';
import { describe, expect, test, vi } from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { recordsIn } from './testing/databases.ts';
import { FakeBrowser } from './testing/fake-environment.ts';
import { Random } from './testing/random.ts';
import { eventsOf, LONG_MS, open, stored } from './testing/stores.ts';
import { until } from './testing/until.ts';

const manual = { compaction: 'manual' } as const;

/** Two tabs, the first of which has counted to one. */
async function twoTabs(browser: FakeBrowser): Promise<[Store, Store]> {
  const [a, b] = [await open(browser, manual), await open(browser, manual)];
  await a.increment('n');
  await until(() => b.get('n') === 1);
  return [a, b];
}

/** Nobody has told it: it asks. */
async function sees(store: Store, count: number): Promise<void> {
  while (store.get('n') !== count) await store.refresh();
}

/** The next write is done, and its connection lost; the page hears of it when this is called. */
function loseAnswer({ faults }: FakeBrowser): () => void {
  let tell = (): void => undefined;
  faults.answersLost = 1;
  faults.answersWait = new Promise((resolve) => {
    tell = resolve;
  });
  return tell;
}

/** The connection is lost for good, until this is called. */
function loseConnection(browser: FakeBrowser): () => void {
  browser.faults.openFails = new DOMException('no', 'UnknownError');
  browser.drop();
  return () => {
    browser.faults.openFails = undefined;
  };
}

test.each([1, 3])(
  'an append whose answer is lost, and that another tab has made a run of %i times meanwhile, is acknowledged',
  async (times) => {
    const browser = new FakeBrowser();
    const [a, b] = await twoTabs(browser);
    const events = eventsOf(a);
    const tell = loseAnswer(browser);
    const second = a.increment('n');
    const third = Promise.resolve().then(() => a.increment('n'));
    await sees(b, 2);
    for (let i = 0; i < times; i++) await b.compact();
    tell();
    expect(await second).toBe(2);
    expect(await third).toBe(3);
    expect(events).toEqual([]);
    expect(await stored(browser)).toEqual({ n: 3 });
  },
);

describe.each([
  ['has been added to', (b: Store) => b.increment('n')],
  ['has been rewritten', (b: Store) => b.compact().then(() => b.increment('n'))],
  [
    'has been rewritten twice',
    (b: Store) =>
      b
        .compact()
        .then(() => b.increment('n'))
        .then(() => b.compact()),
  ],
])('of which nothing can be asked, and whose log %s before it can', (_how, go) => {
  test('an append is not done again', async () => {
    const browser = new FakeBrowser();
    const [a, b] = await twoTabs(browser);
    const [events] = [a, b].map(eventsOf);
    const tell = loseAnswer(browser);
    const second = a.increment('n');
    await sees(b, 2);
    const back = loseConnection(browser);
    tell();
    await expect(second).rejects.toMatchObject({ code: 'IO' });
    back();
    await go(b);
    expect(await a.increment('n')).toBe(4);
    expect(await stored(browser)).toEqual({ n: 4 });
    expect(events).toEqual(['error IO', 'degraded', 'ok']);
  });

  test('a rewrite that made good a write is not made again with it', async () => {
    const browser = new FakeBrowser();
    const [a, b] = await twoTabs(browser);
    const [events] = [a, b].map(eventsOf);
    browser.faults.writesFail = new DOMException('lost', 'AbortError');
    await expect(a.increment('n')).rejects.toMatchObject({ code: 'IO' });
    browser.faults.writesFail = undefined;
    const tell = loseAnswer(browser);
    const healed = a.increment('n');
    await sees(b, 3);
    const back = loseConnection(browser);
    tell();
    await expect(healed).rejects.toMatchObject({ code: 'IO' });
    back();
    await go(b);
    expect(await a.increment('n')).toBe(5);
    expect(await stored(browser)).toEqual({ n: 5 });
    expect(events?.at(-1)).toBe('ok');
  });
});

test('an append that was done, and is longer than the run that was to make it good, stands for itself alone', async () => {
  const browser = new FakeBrowser();
  const [a, b] = await twoTabs(browser);
  [a, b].map(eventsOf);
  const tell = loseAnswer(browser);
  a.set('long', 'x'.repeat(1000));
  a.delete('long');
  const second = a.increment('n');
  await sees(b, 2);
  const back = loseConnection(browser);
  tell();
  await expect(second).rejects.toMatchObject({ code: 'IO' });
  back();
  const put = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementationOnce(function (
    this: IDBObjectStore,
  ) {
    this.transaction.abort();
    return {} as never;
  });
  await expect(a.increment('n')).rejects.toMatchObject({ code: 'IO' });
  put.mockRestore();
  await b.increment('n');
  await a.flush();
  expect(await stored(browser)).toEqual({ n: 4 });
});

test('a write after a compaction of which nothing can be asked is not taken for a part of that', async () => {
  const browser = new FakeBrowser();
  const [a] = await twoTabs(browser);
  const [before] = await recordsIn(browser.databases, 'app');
  const tell = loseAnswer(browser);
  const compacted = a.compact();
  for (let first = before; first?.[0] === before?.[0]; ) [first] = await recordsIn(browser.databases, 'app');
  browser.faults.gone = 4; // It is asked twice, each time on two connections.
  tell();
  await expect(compacted).rejects.toMatchObject({ code: 'IO' });
  expect(await a.increment('n')).toBe(2);
  expect(await stored(browser)).toEqual({ n: 2 });
});

test('a rewrite begins beyond what another tab has read of an append that is in doubt', async () => {
  const browser = new FakeBrowser();
  const [a, b] = await twoTabs(browser);
  const [, events] = [a, b].map(eventsOf);
  const tell = loseAnswer(browser);
  const second = a.increment('n');
  await sees(b, 2);
  browser.faults.gone = 4; // It is asked twice, each time on two connections.
  tell();
  await expect(second).rejects.toMatchObject({ code: 'IO' });
  await a.increment('n');
  await sees(b, 3);
  expect(await b.increment('n')).toBe(4);
  expect(events).toEqual([]);
  expect(await stored(browser)).toEqual({ n: 4 });
});

test('what a page has left as it went, and another tab had made a run of already, is not taken for lost', async () => {
  const browser = new FakeBrowser();
  const b = await open(browser, manual);
  const events = eventsOf(b);
  const page = browser.tab();
  const a = await Store.open(frameLog(new IdbBytes('app', page, LONG_MS)), manual);
  await a.increment('n');
  loseAnswer(browser);
  void a.increment('n');
  await sees(b, 2);
  await b.compact();
  page.go();
  await until(() => browser.storage.size === 1); // The sentinel.
  await b.increment('n');
  expect(events).toEqual([]);
  expect(await stored(browser)).toEqual({ n: 3 });
});

const RUNS = Number(process.env['ISOKV_TAB_RUNS'] ?? 100);

describe(`${RUNS} runs of three tabs that lose answers and connections, and rewrite the log`, () => {
  test.each(Array.from({ length: RUNS }, (_, seed) => seed + 1))('seed %i', async (seed) => {
    const browser = new FakeBrowser();
    const { faults } = browser;
    const random = new Random(seed);
    const stores = await Promise.all([1, 2, 3].map(() => open(browser, manual)));
    stores.map(eventsOf);
    const turns = async (): Promise<void> => {
      for (let left = random.below(8); left > 0; left--)
        await new Promise((resolve) => setImmediate(resolve));
    };
    const trouble = async (): Promise<void> => {
      if (random.below(2)) faults.answersLost = 1 + random.below(2);
      if (random.below(3)) return;
      const back = loseConnection(browser);
      await turns();
      back();
    };
    let count = 0;
    const work = async (store: Store): Promise<void> => {
      for (let step = 0; step < 12; step++) {
        const what = random.below(5);
        if (what === 0) await trouble();
        else if (what === 1) await store.compact().catch(() => undefined);
        else {
          count++;
          const done = store.increment('n').catch(() => undefined);
          if (random.below(2)) await done;
        }
        await turns();
      }
    };
    await Promise.all(stores.map(work));
    faults.answersLost = 0;
    // What is rejected now, or was, is still in memory, and made good.
    for (const store of stores) await store.flush().catch(() => undefined);
    for (const store of stores) await store.flush();
    for (const store of stores) await store.refresh();
    expect(stores.map((store) => store.get('n'))).toEqual([count, count, count]);
    expect(await stored(browser)).toEqual({ n: count });
    for (const store of stores) await store.close();
  });
});
