import { fileLog } from '@isokv/adapter-node';
import { IsokvError, Store, type StoreOptions } from '@isokv/core';

export * from '@isokv/adapter-node';
export * from '@isokv/core';

/**
 * Opens the store `name` on this runtime's default medium, here the file `<name>.isokv`; a name with
 * directories in it is a path, relative to the current directory.
 * @throws as `Store.open`; INVALID_OPTION for what is no name
 */
export async function open<Entries = Record<string, unknown>>(
  name: string,
  options?: StoreOptions,
): Promise<Store<Entries>> {
  if (typeof name !== 'string' || name === '') {
    throw new IsokvError(
      'INVALID_OPTION',
      'open needs the name of a store: a string, not empty; for a file: URL there is Store.open(fileLog(url))',
    );
  }
  return Store.open<Entries>(fileLog(`${name}.isokv`), options);
}
