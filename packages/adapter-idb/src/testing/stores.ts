/** Stores of a fake browser, and what they tell. */
import { frameLog, Store, type StoreOptions } from '@isokv/core';
import { IdbBytes } from '../idb-bytes.ts';
import type { FakeBrowser } from './fake-environment.ts';

/** How long a hanging browser is waited for in tests, in milliseconds. */
export const TIMEOUT_MS = 30;

export function open(browser: FakeBrowser, options: StoreOptions = {}, name = 'app'): Promise<Store> {
  return Store.open(frameLog(new IdbBytes(name, browser.tab(), TIMEOUT_MS)), options);
}

/** Notes the events of a store, in order: `error CODE`, `degraded`, `ok`. */
export function eventsOf(store: Store): string[] {
  const events: string[] = [];
  store.on('error', (error) => events.push(`error ${(error as { code?: string }).code}`));
  store.on('health', ({ status }) => events.push(status));
  return events;
}

/** All entries that a new visit finds. */
export async function stored(browser: FakeBrowser): Promise<Record<string, unknown>> {
  const store = await open(browser, { mustExist: true });
  const entries = Object.fromEntries(store.entries());
  await store.close();
  return entries;
}
