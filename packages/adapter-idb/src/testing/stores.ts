/** Stores of a fake browser, and what they tell. */
import { frameLog, Store, type StoreOptions } from '@isokv/core';
import { IdbBytes } from '../idb-bytes.ts';
import type { FakeBrowser } from './fake-environment.ts';

/** How long a browser is waited for, in milliseconds: a busy machine may take its time. */
export const LONG_MS = 60_000;

export function open(browser: FakeBrowser, options: StoreOptions = {}, timeoutMs = LONG_MS): Promise<Store> {
  return Store.open(frameLog(new IdbBytes('app', browser.tab(), timeoutMs)), options);
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
