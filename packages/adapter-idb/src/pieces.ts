/** Makes the pieces of a log of the records of its database (records.ts). */
import { corrupt, type Damage, IsokvError, type Position } from '@isokv/core';
import { BASE, HEAD_BYTES, keyAfter, writerOf } from './records.ts';

/** No more can be missing in one place: a record that is farther away is none of the log. */
export const MAX_GAP_BYTES: number = 1024 * 1024 * 1024;

const WRONG = 'a record of this database is missing, or is none of a store';

export interface Piece {
  readonly position: Position;
  readonly bytes: Uint8Array;
}

/** One that was read from the database. */
export interface Written extends Piece {
  readonly by: number;
}

/** Pieces of a log that count, in order; the first is of kind BASE, if all were read. */
export interface Pieces {
  readonly pieces: readonly Written[];
  /** The position, and key, of what comes next. */
  readonly end: Position;
}

/**
 * Makes pieces of all records there are. With `damage`, around what is wrong with them, which is added to it: zeros
 * stand for what is missing.
 * @throws NOT_ISOKV when there is none of a store; CORRUPT without `damage`
 */
export function piecesOf(
  keys: readonly IDBValidKey[],
  values: readonly unknown[],
  damage?: Damage[],
): Pieces {
  let first = values.findIndex(isBase);
  if (first < 0 && damage) first = values.findIndex(isRecord);
  if (first < 0) throw new IsokvError('NOT_ISOKV', WRONG);
  if (!isBase(values[first])) damage?.push({ offset: keys[first] as number, bytes: 0, message: WRONG });
  return follow(keys[first] as number, keys.slice(first), values.slice(first), damage);
}

/** Makes pieces of the records that begin at `key`. */
export function follow(
  key: number,
  keys: readonly IDBValidKey[],
  values: readonly unknown[],
  damage?: Damage[],
): Pieces {
  const pieces: (Written & { bytes: Uint8Array })[] = [];
  let next = key;
  for (const [index, value] of values.entries()) {
    const position = keys[index] as number;
    const isOurs = isRecord(value) && Number.isSafeInteger(position) && position - next <= MAX_GAP_BYTES;
    if (!isOurs || position !== next || (isBase(value) && index > 0)) {
      if (!damage) throw corrupt(WRONG, next);
      const missing = isOurs ? Math.max(0, position - next) : 0;
      damage.push({ offset: next, bytes: missing, message: WRONG });
      if (!isOurs) continue;
      const last = pieces.at(-1);
      if (missing > 0) pieces.push({ position: next, bytes: new Uint8Array(missing), by: 0 });
      else if (last) last.bytes = last.bytes.subarray(0, position - last.position);
    }
    pieces.push({ position, bytes: value.subarray(HEAD_BYTES), by: writerOf(value) });
    next = keyAfter(position, value);
  }
  return { pieces, end: next };
}

/** Of kind PIECE or BASE. */
function isRecord(value: unknown): value is Uint8Array {
  return value instanceof Uint8Array && value.length >= HEAD_BYTES && (value[0] as number) <= BASE;
}

function isBase(value: unknown): boolean {
  return isRecord(value) && value[0] === BASE;
}
