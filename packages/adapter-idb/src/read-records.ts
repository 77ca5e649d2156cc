/** Reads what a database holds. */
import type { Connection } from './connection.ts';
import { RECEIPTS } from './receipts.ts';

export interface Records {
  readonly keys: IDBValidKey[];
  readonly values: unknown[];
  /** Whether a record is there under the key that was asked for. */
  readonly hasBase: boolean;
  /** What a rewrite has left of them, if there was one. */
  readonly receipts: unknown;
}

/** All records, or those from a key on, and then whether there is one under the key `base`. */
export async function readRecords(connection: Connection, from?: number, base?: number): Promise<Records> {
  return connection.retry('readonly', 'relaxed', (store) => {
    const range = from === undefined ? null : IDBKeyRange.lowerBound(from);
    const requests = [store.getAllKeys(range), store.getAll(range)] as const;
    const found = base === undefined ? undefined : store.getKey(base);
    return () => {
      const [keys, values] = [requests[0].result, requests[1].result as unknown[]];
      const hasReceipts = keys.at(-1) === RECEIPTS;
      if (hasReceipts) keys.pop();
      const receipts = hasReceipts ? values.pop() : undefined;
      return { keys, values, receipts, hasBase: found?.result !== undefined };
    };
  });
}
