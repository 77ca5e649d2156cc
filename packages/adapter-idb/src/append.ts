/** Adds to a log: in one transaction, and once, though the connection is lost in the middle of it. */
import { type AppendOptions, logConflict, type Position } from '@isokv/core';
import type { Connection } from './connection.ts';
import { isFinal } from './errors.ts';
import type { Known } from './known.ts';
import { keyAfter, writerOf } from './records.ts';
import type { Share } from './rewrite-lock.ts';

/** `share`: nobody rewrites the log meanwhile. @returns where it ends then @throws LOG_CONFLICT, QUOTA, TOO_LARGE, BLOCKED, IO */
export async function append(
  connection: Connection,
  known: Known,
  records: readonly Uint8Array[],
  options: AppendOptions,
  share?: Share,
  isRetry = false,
): Promise<Position> {
  const at = known.end;
  let end = at;
  for (const record of records) end = keyAfter(end, record);
  known.receipts.handOver(end, options.seq ?? 0);
  try {
    const isNext = await connection.transact('readwrite', options.durability, (store) => {
      const { transaction } = store;
      // Gone, if the log has been rewritten: then what is added stands before its BASE, and does not count.
      const base = share?.seenOn === transaction.db ? undefined : store.getKey(known.base);
      let key = at;
      for (const record of records) {
        store.add(record, key);
        key = keyAfter(key, record);
      }
      // Without it the browser would ask the page once more, and a page that goes answers no more.
      if (records.length === 1) transaction.commit?.();
      return () => {
        if (base && base.result === undefined) return false;
        if (share) share.seenOn = transaction.db;
        return true;
      };
    });
    if (!isNext) throw logConflict();
  } catch (error) {
    if (isFinal(error)) throw await connection.asOurs(error);
    if (!(await wasAdded(connection, known, at))) {
      if (isRetry) throw await connection.asOurs(error);
      return append(connection, known, records, options, undefined, true);
    }
  }
  known.receipts.done(end);
  known.endsAt(end, false);
  return end;
}

/** When the connection was lost in the middle of an append: whether it was done. @throws LOG_CONFLICT when the log does not show it */
async function wasAdded(connection: Connection, known: Known, at: Position): Promise<boolean> {
  const [base, record] = await connection.retry('readonly', 'relaxed', (store) => {
    const requests = [store.getKey(known.base), store.get(at)] as const;
    return () => [requests[0].result, requests[1].result as Uint8Array | undefined] as const;
  });
  // What stands before another's rewrite does not count; whether it counted before that, its receipts will say.
  if (base === undefined || (record && writerOf(record) !== known.writer)) throw logConflict();
  return record !== undefined;
}
