/**
 * What this package exports in one runtime or another: for tools that do not say which they compile for, as TypeScript
 * does not with `moduleResolution: bundler`. To import what the runtime has not is an error of the bundler.
 */
import type { Store, StoreOptions } from '@isokv/core';

export * from '@isokv/adapter-idb';
export * from '@isokv/adapter-node';
export * from '@isokv/core';

/**
 * Opens the store `name` on the runtime's default medium: in a browser the IndexedDB database of that name, which all
 * tabs of the origin share; in Node the file `<name>.isokv`.
 * @throws as `Store.open`; UNSUPPORTED where there is no default medium
 */
export function open<Entries = Record<string, unknown>>(
  name: string,
  options?: StoreOptions,
): Promise<Store<Entries>>;
