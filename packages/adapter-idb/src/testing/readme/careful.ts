import { idbLog } from '@isokv/adapter-idb';
import { Store } from '@isokv/core';

export async function openCarefully(warn: (text: string) => void, banner: HTMLElement): Promise<Store> {
  const log = idbLog('my-app', { onFallback: ({ message }) => warn(`Nothing will be kept: ${message}`) });
  const store = await Store.open(log);
  if (log.wasEvicted) warn('The browser has removed what was stored here.');
  store.on('health', ({ status }) => {
    banner.hidden = status === 'ok';
  });
  store.on('error', (error) => warn(String(error))); // Without it a write that fails, and nobody awaits, is an unhandled rejection.
  return store;
}
