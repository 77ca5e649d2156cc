/**
 * Tabs on one database: 100 runs of four of them, with delays that differ from run to run. All of them at full size:
 *
 *     ISOKV_TAB_INCREMENTS=2000 npx vitest run --project adapter-idb src/tabs.test.ts
 */
import { frameLog, Store } from '@isokv/core';
import { describe, expect, test } from 'vitest';
import { IdbBytes } from './idb-bytes.ts';
import { FakeBrowser } from './testing/fake-environment.ts';
import { Random } from './testing/random.ts';
import { ACCOUNTS, BALANCE, openAccounts, total, work } from './testing/teller.ts';
import { until } from './testing/until.ts';

const RUNS = Number(process.env['ISOKV_TAB_RUNS'] ?? 100);
const TABS = 4;
const INCREMENTS = Number(process.env['ISOKV_TAB_INCREMENTS'] ?? 25);

function open(browser: FakeBrowser): Promise<Store> {
  return Store.open(frameLog(new IdbBytes('bank', browser.tab(), 5000)), { durability: 'relaxed' });
}

/** Messages and pauses take a few turns of the event loop, more or less. */
function delayed(browser: FakeBrowser, random: Random): () => Promise<void> {
  const turns = async (most: number): Promise<void> => {
    for (let left = random.below(most); left > 0; left--)
      await new Promise((resolve) => setImmediate(resolve));
  };
  browser.deliver = (message) => void turns(20).then(message);
  return () => turns(6);
}

describe(`${RUNS} runs of ${TABS} tabs with ${INCREMENTS} increments each, and transfers`, {
  timeout: 60_000 + 100 * INCREMENTS,
}, () => {
  test.each(Array.from({ length: RUNS }, (_, seed) => seed + 1))('seed %i', async (seed) => {
    const browser = new FakeBrowser();
    const random = new Random(seed);
    const pause = delayed(browser, random);
    const stores = await Promise.all(Array.from({ length: TABS }, () => open(browser)));
    await Promise.all(stores.map(openAccounts));
    const compaction = random.below(2)
      ? stores[random.below(TABS)]?.compact().catch(onlyConflict)
      : undefined;
    await Promise.all(stores.map((store) => work(store, { increments: INCREMENTS, pause, random })));
    await compaction;
    const late = await open(browser);
    const data = Buffer.from(late.toData());
    expect(late.get('count')).toBe(TABS * INCREMENTS);
    expect(total(late)).toBe(ACCOUNTS.length * BALANCE);
    await until(() => stores.every((store) => data.equals(store.toData())));
    for (const store of [...stores, late]) await store.close();
  });
});

/** A compaction may give up when others write all the time. */
function onlyConflict(error: { code?: string }): void {
  expect(error.code).toBe('LOG_CONFLICT');
}
