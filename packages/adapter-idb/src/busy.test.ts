/** Rewrites beside a tab that appends all the time: they come about, and nobody's write is refused for that. */
import { frameLog, Store } from '@isokv/core';
import { describe, expect, test } from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { FakeBrowser, type FakeTab } from './testing/fake-environment.ts';
import { eventsOf, LONG_MS, stored } from './testing/stores.ts';
import { until } from './testing/until.ts';

/** Writes one after the other. @returns what ends it, and gives how many it has written */
function busy(store: Store): () => Promise<number> {
  let isOn = true;
  const work = async (): Promise<number> => {
    let count = 0;
    for (; isOn; count++) await store.increment('n');
    return count;
  };
  const working = work();
  return () => {
    isOn = false;
    return working;
  };
}

describe.each([
  ['pages', {}],
  ['workers', { isSeen: () => false }],
  ['pages without locks, as those without https are', { locks: undefined }],
] as [string, Partial<FakeTab>][])('beside a tab that appends all the time, of two %s', (_who, as) => {
  const open = (browser: FakeBrowser): Promise<Store> =>
    Store.open(frameLog(new IdbBytes('app', { ...browser.tab(), ...as }, LONG_MS)));

  test('a write that failed is made good, and none is refused', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    const events = eventsOf(a);
    await a.increment('n');
    await until(() => b.get('n') === 1);
    browser.faults.writesFail = new DOMException('lost', 'AbortError');
    await expect(a.increment('n')).rejects.toMatchObject({ code: 'IO' });
    browser.faults.writesFail = undefined;
    const end = busy(b);
    await a.increment('n');
    expect(events).toEqual(['error IO', 'degraded', 'ok']);
    const count = await end();
    expect(await stored(browser)).toEqual({ n: 3 + count });
  });

  test('a compaction comes to its end', async () => {
    const browser = new FakeBrowser();
    const [a, b] = [await open(browser), await open(browser)];
    const end = busy(b);
    await a.compact();
    await a.increment('n');
    const count = await end();
    expect(await stored(browser)).toEqual({ n: 1 + count });
  });
});
