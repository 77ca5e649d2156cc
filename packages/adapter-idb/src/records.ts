/**
 * How a log lies in IndexedDB: one object store, whose records are pieces of the log.
 *
 *     key    the position at which the piece begins, a number
 *     value  a Uint8Array: kind u8 | writer, 7 random bytes | the piece
 *
 * The pieces follow one another: each begins where the one before ends (one position later, if that is empty). The
 * first is of kind BASE, empty when the database was made, or what a rewrite has put in the place of all before.
 * What stands before it does not count: it is an append of a writer that had not seen the rewrite.
 */

export const STORE = 'isokv';
export const PIECE = 0;
export const BASE = 1;
export const HEAD_BYTES = 8;

/** Larger pieces would not fit into what some browsers take as one value. */
const MAX_PIECE_BYTES = 16 * 1024 * 1024;

/** A record and its key. */
export interface Entry {
  readonly key: IDBValidKey;
  readonly value: unknown;
}

/** The record that a new database begins with; `key`: no position of an earlier log of that name is as high. */
export function birthRecord(writer: Uint8Array): Uint8Array<ArrayBuffer> {
  return recordsOf([], BASE, writer)[0] as Uint8Array<ArrayBuffer>;
}

/** The bytes as records, of which the first is of this kind; one at least. */
export function recordsOf(
  chunks: readonly Uint8Array[],
  kind: number,
  writer: Uint8Array,
  maxPieceBytes: number = MAX_PIECE_BYTES,
): Uint8Array<ArrayBuffer>[] {
  let left = chunks.reduce((sum, { length }) => sum + length, 0);
  const records: Uint8Array<ArrayBuffer>[] = [];
  let record = newRecord();
  let at = HEAD_BYTES;
  for (let chunk of chunks) {
    while (chunk.length > 0) {
      if (at === record.length) {
        record = newRecord();
        at = HEAD_BYTES;
      }
      const part = chunk.subarray(0, record.length - at);
      record.set(part, at);
      at += part.length;
      left -= part.length;
      chunk = chunk.subarray(part.length);
    }
  }
  return records;

  function newRecord(): Uint8Array<ArrayBuffer> {
    const made = new Uint8Array(HEAD_BYTES + Math.min(left, maxPieceBytes));
    made.set(writer, 1);
    made[0] = records.length === 0 ? kind : PIECE;
    records.push(made);
    return made;
  }
}

/** Where the record that follows has its key. */
export function keyAfter(key: number, record: Uint8Array): number {
  return key + Math.max(1, record.length - HEAD_BYTES);
}

/** Whether a record was written with this writer's mark. */
export function isBy(writer: Uint8Array, record: Uint8Array): boolean {
  return writer.every((byte, index) => record[index + 1] === byte);
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
