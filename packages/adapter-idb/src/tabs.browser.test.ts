/**
 * Tabs in a real browser: four workers, each with an event loop of its own, on one database. A hundred runs, with delays
 * that differ from run to run:
 *
 *     VITE_ISOKV_TAB_RUNS=100 npx vitest run --project 'browser (chromium)' adapter-idb/src/tabs
 */
import { Store } from '@isokv/core';
import { expect, test } from 'vitest';
import { idbLog } from './index.ts';
import type { TabTask } from './testing/tab.worker.ts';
import { ACCOUNTS, BALANCE, total } from './testing/teller.ts';
import { until } from './testing/until.ts';

const { VITE_ISOKV_TAB_RUNS = '1' } = (import.meta as { env?: Record<string, string> }).env ?? {};
const RUNS = Number(VITE_ISOKV_TAB_RUNS);
const TABS = 4;
const INCREMENTS = 2000;

test.each(Array.from({ length: RUNS }, (_, run) => run))(
  `${TABS} tabs with ${INCREMENTS} increments each, and transfers: nothing is lost, and all hold the same (run %i)`,
  {
    timeout: 120_000,
  },
  async (run) => {
    const tabs = Array.from(
      { length: TABS },
      () => new Worker(new URL('./testing/tab.worker.ts', import.meta.url), { type: 'module' }),
    );
    await Promise.all(
      tabs.map((tab, at) => {
        const task: TabTask = { database: 'bank', seed: run * TABS + at, increments: INCREMENTS };
        return ask(tab, task);
      }),
    );
    const store = await Store.open(idbLog('bank'));
    expect(store.get('count')).toBe(TABS * INCREMENTS);
    expect(total(store)).toBe(ACCOUNTS.length * BALANCE);
    const data = String(store.toData());
    for (const tab of tabs) {
      let held: unknown;
      await until(() => {
        void ask(tab, 'data').then((answer) => {
          held = answer;
        });
        return String(held) === data;
      });
      tab.terminate();
    }
    await store.destroy();
  },
);

function ask(tab: Worker, task: TabTask | 'data'): Promise<unknown> {
  return new Promise((resolve, reject) => {
    tab.onmessage = ({ data }) => resolve(data);
    tab.onerror = (event) => reject(new Error(event.message));
    tab.postMessage(task);
  });
}
