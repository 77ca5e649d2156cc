import { idbLog } from '@isokv/adapter-idb';
import { Store, type StoreOptions } from '@isokv/core';

export * from '@isokv/adapter-idb';
export * from '@isokv/core';

/**
 * Opens the store `name` on this runtime's default medium, here the IndexedDB database of that name, which all tabs
 * of the origin share.
 * @throws as `Store.open`; UNSUPPORTED where there is no IndexedDB
 */
export async function open<Entries = Record<string, unknown>>(
  name: string,
  options?: StoreOptions,
): Promise<Store<Entries>> {
  return Store.open<Entries>(idbLog(name), options);
}
