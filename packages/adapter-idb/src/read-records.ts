/** Reads what a database holds. */
import type { Connection } from './connection.ts';

export interface Records {
  readonly keys: IDBValidKey[];
  readonly values: unknown[];
}

/** All records, or those from a key on. `base`: whether a record is there under this key. */
export async function readRecords(
  connection: Connection,
  from?: number,
  base = 0,
): Promise<Records & { readonly hasBase: boolean }> {
  return connection.retry('readonly', 'relaxed', (store) => {
    const range = from === undefined ? null : IDBKeyRange.lowerBound(from);
    const requests = [store.getAllKeys(range), store.getAll(range), store.getKey(base)] as const;
    return () => ({
      keys: requests[0].result,
      values: requests[1].result,
      hasBase: requests[2].result !== undefined,
    });
  });
}
