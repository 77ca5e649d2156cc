/** Going through the records of a page, those that count and no others. */
import {
  COMMIT,
  changesEnd,
  damaged,
  end,
  endSum,
  FIRST,
  findEnd,
  HEADER_BYTES,
  kind,
  LAST,
  next,
  PART,
  RETIRE,
  readRecord,
  ring,
  slotOf,
  WHOLE,
} from './ring.ts';

/** `bytes`: the record, its changes from 4 to `end`. `place`: where it stands along the ring. */
export type Visit = (bytes: Uint8Array, end: number, place: number, kind: number) => void;

/** Reads a record that must be there. @throws CORRUPT */
export function record(seq: number, at: number, limit: number, sum: number): Uint8Array {
  var bytes = readRecord(seq, at, limit, sum);
  if (!bytes) throw damaged(seq, at);
  return bytes;
}

/** How the group that has a record at `at` goes on: 1 it is whole, 0 it was given up, -1 it fills the page. */
export function groupAt(seq: number, at: number, limit: number, sum: number): number {
  for (var from = at; at < limit; at = next) {
    record(seq, at, limit, sum);
    if (kind === LAST) return 1;
    if (kind !== PART && (kind !== FIRST || at > from)) return 0;
  }
  return -1;
}

/** Visits the records of page `seq` that count, in order, but for marks of retirement. @throws CORRUPT */
export function walk(seq: number, visit: Visit): void {
  findEnd(seq);
  var limit = end;
  var sum = endSum;
  var isInside = false;
  // Whether the group that a record is of is whole; what is of none is.
  var whole: number;
  var at = HEADER_BYTES;
  while (at < limit) {
    var bytes = record(seq, at, limit, sum);
    var after = next;
    var is = kind;
    var stop = changesEnd;
    if (is === COMMIT || is > LAST) whole = 1;
    else if (!isInside || is === FIRST) {
      whole = groupAt(seq, at, limit, sum);
      if (whole < 0) whole = ring._marks[slotOf(seq)]! & WHOLE;
    }
    isInside = is === FIRST || is === PART;
    if (whole! && is !== RETIRE) visit(bytes, stop, seq * ring._size + at, is);
    at = after;
  }
}
