/**
 * New content in the place of all: what a rewrite puts into the database.
 *
 * It is one transaction, and that it happens as a whole or not at all is what browsers promise: whatever ends it (a page
 * that goes or crashes, a connection that is dropped, no more space), the old content is there, and nothing else.
 * Nothing is staged, so nothing is left over, and a page of another version finds a log as it knows it. What would hold
 * up the event loop, the records, goes in slices: one is put, and the next when the browser has taken it, which
 * keeps the transaction alive. It begins when all content has come, for nothing else may be waited for in it.
 *
 * It begins with a look at what is there: what another tab has written, and this one has not seen, refuses it. While it
 * lasts other tabs' transactions wait. In which order the records are put does not matter: nobody sees some of them.
 */
import { logConflict, type Position } from '@isokv/core';
import type { Connection } from './connection.ts';
import { isFinal } from './errors.ts';
import type { Known } from './known.ts';
import { MAX_GAP_BYTES } from './pieces.ts';
import { RECEIPTS, type Receipts } from './receipts.ts';
import {
  BASE,
  birthRecord,
  type Entry,
  HEAD_BYTES,
  keyAfter,
  PIECE,
  putInTurn,
  recordsOf,
  writerOf,
} from './records.ts';

/** What is put in one callback, at most. Browsers take a few milliseconds for it. */
const SLICE_BYTES = 512 * 1024;

export class Replacement {
  /** Where it begins and ends, as soon as that is known. */
  place: { readonly base: number; readonly position: Position } | undefined;
  readonly #writer: number;
  readonly #records: Uint8Array[] = [];

  constructor(writer: number) {
    this.#writer = writer;
  }

  /** Takes the content as it comes: each chunk is its maker's again when the next is asked for. */
  async take(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      if (chunk.length > 0) this.#records.push(...recordsOf(chunk, PIECE, this.#writer, SLICE_BYTES));
    }
    if (this.#records.length === 0) this.#records.push(birthRecord(this.#writer));
  }

  /** `seq`: of the last commit in it. @throws LOG_CONFLICT when another writer has added what this one does not know */
  async put(connection: Connection, known: Known, seq: number): Promise<void> {
    const [first] = this.#records as [Uint8Array];
    first[0] = BASE;
    let isOvertaken = false;
    try {
      await connection.transact('readwrite', 'strict', (store) => {
        const since = IDBKeyRange.bound(known.end, Number.POSITIVE_INFINITY);
        const base = store.getKey(known.base);
        const keys = store.getAllKeys(since);
        const others = store.getAll(since);
        others.onsuccess = () => {
          // What is farther away is none of the log's. Of a database that was made anew all is.
          const far = base.result === undefined ? Number.POSITIVE_INFINITY : known.end + MAX_GAP_BYTES;
          const near = (keys.result as number[]).filter((key) => key <= far);
          isOvertaken = !this.#mayPut(base.result, others.result.slice(0, near.length));
          if (isOvertaken) return store.transaction.abort();
          const last = others.result[near.length - 1] as Uint8Array | undefined;
          const end = last ? keyAfter(near.at(-1) as number, last) : known.end;
          // Beyond all that anybody may have read, or handed over: none of its positions is met again.
          this.#putAll(store, end + 1, known.receipts, seq);
        };
        return () => undefined;
      });
    } catch (error) {
      if (isOvertaken) throw logConflict();
      if (isFinal(error) || !(await this.#wasPut(connection, first))) throw await connection.asOurs(error);
    }
    const { base, position } = this.place as NonNullable<Replacement['place']>;
    known.base = base;
    known.receipts.done(position);
    known.endsAt(position, first.length === HEAD_BYTES);
  }

  /**
   * Nothing follows what this writer knows but an append of its own that was thought to have failed; or there is
   * nothing at all, for the browser has removed the database.
   */
  #mayPut(base: IDBValidKey | undefined, others: readonly Uint8Array[]): boolean {
    const last = others.at(-1);
    if (base === undefined) return last?.length === HEAD_BYTES && last[0] === BASE;
    return others.every((record) => writerOf(record) === this.#writer);
  }

  #putAll(store: IDBObjectStore, base: number, receipts: Receipts, seq: number): void {
    let end = base;
    const entries: Entry[] = [];
    for (const value of this.#records) {
      entries.push({ key: end, value });
      end = keyAfter(end, value);
    }
    this.place = { base, position: end };
    receipts.handOver(end, seq);
    putInTurn(store, entries, () => {
      store.delete(IDBKeyRange.upperBound(base, true));
      store.delete(IDBKeyRange.lowerBound(end));
      store.put(receipts.toStore(end), RECEIPTS);
    });
  }

  /** When the connection was lost: whether it was done. A database that was made anew since has a BASE as well. */
  async #wasPut(connection: Connection, first: Uint8Array): Promise<boolean> {
    const base = this.place?.base;
    if (base === undefined) return false;
    const record = await connection.retry('readonly', 'relaxed', (store) => {
      const request = store.get(base);
      return () => request.result as Uint8Array | undefined;
    });
    return record?.length === first.length && writerOf(record) === this.#writer;
  }
}
