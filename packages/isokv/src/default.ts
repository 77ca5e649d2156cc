import { IsokvError, type Store, type StoreOptions } from '@isokv/core';

export * from '@isokv/core';

/** There is no default medium for this runtime: open a store on a log of your choice. @throws UNSUPPORTED */
export async function open<Entries = Record<string, unknown>>(
  name: string,
  _options?: StoreOptions,
): Promise<Store<Entries>> {
  throw new IsokvError(
    'UNSUPPORTED',
    `this runtime has no default medium for ${name}: use Store.open(log) with an adapter`,
  );
}
