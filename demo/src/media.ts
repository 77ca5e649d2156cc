/** Where the stores of the page are kept. */
import { idbLog } from '@isokv/adapter-idb';
import { memoryLog, Store } from '@isokv/core';
import type { Settings } from './app.ts';

/** Sessions expire in sight of the visitor: this soon they are gone. */
const SWEEP_INTERVAL_MS = 250;

export function openStore(): Promise<Store> {
  return Store.open(idbLog('isokv-demo'), { sweepInterval: SWEEP_INTERVAL_MS });
}

/** What a visitor may choose where the browser offers nothing that lasts. */
export function openInMemory(): Promise<Store> {
  return Store.open(memoryLog(), { sweepInterval: SWEEP_INTERVAL_MS });
}

/** The page's own settings, beside the store that it shows. */
export function openSettings(): Promise<Store<Settings>> {
  return Store.open<Settings>(idbLog('isokv-demo-settings'));
}
