/** Puts what a page has left, and could not hand to IndexedDB any more, where it belongs. */
import type { Position } from '@isokv/core';
import { RECEIPTS } from './receipts.ts';
import { HEAD_BYTES, keyAfter, PIECE, recordsOf, writerOf } from './records.ts';
import type { Tail } from './tail.ts';

/**
 * Adds to the log, within a transaction, what of these tails is not there yet: of the one whose BASE is there, what follows
 * the records of `writer`. Of a log that has been rewritten since, a look at its receipts tells whether that has them.
 * @returns where it ends then, once the transaction has; undefined when it has no place any more
 */
export function putTails(
  store: IDBObjectStore,
  tails: readonly Tail[],
  writer: number,
): () => Position | undefined {
  let end: Position | undefined;
  const put = (at: Position, bytes: Uint8Array): void => {
    const there = store.get(at);
    there.onsuccess = () => {
      const record = there.result as Uint8Array | undefined;
      end = at;
      if (bytes.length === 0) return;
      if (record && writerOf(record) === writer) {
        put(keyAfter(at, record), bytes.subarray(record.length - HEAD_BYTES));
      } else if (record) end = undefined;
      else {
        for (const added of recordsOf(bytes, PIECE, writer)) {
          store.add(added, end);
          end = keyAfter(end, added);
        }
      }
    };
  };
  const receipts = store.get(RECEIPTS);
  for (const { base, position, bytes } of tails) {
    const begin = store.getKey(base);
    begin.onsuccess = () => {
      const written = (receipts.result as Map<number, Position> | undefined)?.get(writer) ?? 0;
      if (begin.result !== undefined) put(position, bytes);
      else if (written >= position + bytes.length) end = written;
    };
  }
  return () => end;
}
