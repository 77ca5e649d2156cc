/**
 * How a log lies in IndexedDB: one object store, whose records are pieces of the log.
 *
 *     key    the position at which the piece begins, a number
 *     value  a Uint8Array: kind u8 | writer, 7 bytes, little-endian | the piece
 *
 * The pieces follow one another: each begins where the one before ends (one position later, if that is empty). The
 * first is of kind BASE, empty when the database was made, or what a rewrite has put in the place of all before.
 * What stands before it does not count: it is an append of a writer that had not seen the rewrite. Beside the pieces a
 * rewrite keeps up to where each writer has written (receipts.ts).
 */

export const STORE = 'isokv';
export const PIECE = 0;
export const BASE = 1;
export const HEAD_BYTES = 8;

/** Writers are numbers below this: they fit into 7 bytes, and a number holds them exactly. */
const WRITERS = 2 ** 53;

/** Larger pieces would not fit into what some browsers take as one value. */
const MAX_PIECE_BYTES = 16 * 1024 * 1024;

/** A record and its key. */
export interface Entry {
  readonly key: IDBValidKey;
  readonly value: unknown;
}

/** The record that a new database begins with; `key`: no position of an earlier log of that name is as high. */
export function birthRecord(writer: number): Uint8Array<ArrayBuffer> {
  return recordsOf(new Uint8Array(0), BASE, writer)[0] as Uint8Array<ArrayBuffer>;
}

/** The bytes as records, of which the first is of this kind; one at least. */
export function recordsOf(
  bytes: Uint8Array,
  kind: number,
  writer: number,
  maxPieceBytes: number = MAX_PIECE_BYTES,
): Uint8Array<ArrayBuffer>[] {
  const records: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at === 0 || at < bytes.length; at += maxPieceBytes) {
    const piece = bytes.subarray(at, at + maxPieceBytes);
    const record = new Uint8Array(HEAD_BYTES + piece.length);
    record[0] = at === 0 ? kind : PIECE;
    for (let byte = 1, rest = writer; byte < HEAD_BYTES; byte++, rest = Math.floor(rest / 256))
      record[byte] = rest;
    record.set(piece, HEAD_BYTES);
    records.push(record);
  }
  return records;
}

/** Where the record that follows has its key. */
export function keyAfter(key: number, record: Uint8Array): number {
  return key + Math.max(1, record.length - HEAD_BYTES);
}

/** At random, so that no two are the same. */
export function newWriter(): number {
  return Math.floor(Math.random() * WRITERS);
}

/** The writer of a record. */
export function writerOf(record: Uint8Array): number {
  let writer = 0;
  for (let at = HEAD_BYTES - 1; at > 0; at--) writer = writer * 256 + (record[at] as number);
  return writer;
}

/**
 * Puts records in turn, the last first, each when the one before is there, so that no callback holds up the event
 * loop for longer than one of them takes; then calls `done`. The transaction lives on all the while.
 */
export function putInTurn(store: IDBObjectStore, entries: Entry[], done: () => void): void {
  const entry = entries.pop();
  if (entry) store.put(entry.value, entry.key).onsuccess = () => putInTurn(store, entries, done);
  else done();
}
