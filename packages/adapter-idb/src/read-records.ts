/** Reads what a database holds. */
import type { Connection } from './connection.ts';

export interface Records {
  readonly keys: IDBValidKey[];
  readonly values: unknown[];
}

/** All records, or those from a key on, and then whether there is one under the key `base`. */
export async function readRecords(
  connection: Connection,
  from?: number,
  base?: number,
): Promise<Records & { readonly hasBase: boolean }> {
  return connection.retry('readonly', 'relaxed', (store) => {
    const range = from === undefined ? null : IDBKeyRange.lowerBound(from);
    const keys = store.getAllKeys(range);
    const values = store.getAll(range);
    const found = base === undefined ? undefined : store.getKey(base);
    return () => ({ keys: keys.result, values: values.result, hasBase: found?.result !== undefined });
  });
}
