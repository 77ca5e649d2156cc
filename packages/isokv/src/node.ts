import { fileLog } from '@isokv/adapter-node';
import { Store, type StoreOptions } from '@isokv/core';

export * from '@isokv/adapter-node';
export * from '@isokv/core';

/**
 * Opens the store `name` on this runtime's default medium, here the file `<name>.isokv`; a name with
 * directories in it is a path, relative to the current directory.
 * @throws as `Store.open`
 */
export function open<Entries = Record<string, unknown>>(
  name: string,
  options?: StoreOptions,
): Promise<Store<Entries>> {
  return Store.open<Entries>(fileLog(`${name}.isokv`), options);
}
