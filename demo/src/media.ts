/** Where the stores of the page are kept. */
import { idbLog, webStorageLog } from '@isokv/adapter-idb';
import { type Log, memoryLog, Store } from '@isokv/core';
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

/** Settings are few: one item of localStorage, read before the first frame is drawn. */
export function openSettings(): Promise<Store<Settings>> {
  return Store.open<Settings>(settingsLog());
}

function settingsLog(): Log {
  try {
    return webStorageLog(localStorage, 'isokv-demo-settings');
  } catch {
    return memoryLog(); // Where site data is blocked, naming localStorage throws: settings last as long as the page.
  }
}
