/**
 * How a log lies in IndexedDB: one object store, whose records are pieces of the log.
 *
 *     key    the position at which the piece begins, a number
 *     value  a Uint8Array: kind u8 | writer, 7 random bytes | the piece
 *
 * The pieces follow one another: each begins where the one before ends (one position later, if that is empty). The
 * first is of kind BASE, empty when the database was made, or what a rewrite has put in the place of all before.
 * What stands before the last BASE does not count: it is an append of a writer that had not seen the rewrite.
 */
import { corrupt, IsokvError, type Position } from '@isokv/core';

export const STORE = 'isokv';
export const PIECE = 0;
export const BASE = 1;
export const HEAD_BYTES = 8;

/** Larger pieces would not fit into what some browsers take as one value. */
const MAX_PIECE_BYTES = 16 * 1024 * 1024;

export interface Piece {
  readonly position: Position;
  readonly bytes: Uint8Array;
}

/** Pieces of a log that count, in order; the first is of kind BASE, if all were read. */
export interface Pieces {
  readonly pieces: readonly Piece[];
  /** The position, and key, of what comes next. */
  readonly end: Position;
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
    const made = new Uint8Array(HEAD_BYTES + Math.min(left, MAX_PIECE_BYTES));
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

/** Makes pieces of all records there are. @throws NOT_ISOKV, CORRUPT */
export function piecesOf(keys: readonly IDBValidKey[], values: readonly unknown[]): Pieces {
  let first = values.length - 1;
  while (first > 0 && (values[first] as Uint8Array)[0] !== BASE) first--;
  if ((values[first] as Uint8Array | undefined)?.[0] !== BASE) {
    throw new IsokvError('NOT_ISOKV', 'the records of this database do not begin as those of a store do');
  }
  return follow(keys[first] as number, keys.slice(first), values.slice(first));
}

/** Makes pieces of the records that begin at `key`. @throws CORRUPT when one is missing */
export function follow(key: number, keys: readonly IDBValidKey[], values: readonly unknown[]): Pieces {
  const pieces: Piece[] = [];
  let next = key;
  for (const [index, value] of values.entries()) {
    if (keys[index] !== next || !(value instanceof Uint8Array) || value.length < HEAD_BYTES) {
      throw corrupt('a record of this database is missing, or is none of a store', next);
    }
    pieces.push({ position: next, bytes: value.subarray(HEAD_BYTES) });
    next = keyAfter(next, value);
  }
  return { pieces, end: next };
}
