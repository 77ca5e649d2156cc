/** Going through the records of a page, those that count and no others. */
import { get } from './bytes.ts';
import { type Changes, changesIn } from './change.ts';
import {
  changesEnd,
  damaged,
  HEADER_BYTES,
  headerOf,
  kind,
  LAST,
  next,
  pageSize,
  RETIRE,
  readRecord,
  ring,
} from './ring.ts';
import { scripts } from './scripts.ts';

/** The changes of a record, none of them read yet. */
export type Visit = (changes: Changes, kind: number) => void;

/** Reads a record that must be there. @returns null at the end of the page. @throws CORRUPT */
export function record(seq: number, at: number): Uint8Array | null {
  var header = seq < ring._head && headerOf(seq + 1);
  var end = header ? get(header, 20) : ring._at;
  return at === end
    ? null
    : readRecord(seq, at, end, header ? get(header, 24) : ring._sum) || damaged(seq, at);
}

/** Visits the records of page `seq` that count, in order, but for marks of retirement. @throws CORRUPT */
export function walk(seq: number, visit: Visit): void {
  var at = HEADER_BYTES;
  for (;;) {
    var bytes = record(seq, at);
    if (!bytes) break;
    var is = kind;
    var after = next;
    var changes = changesIn(bytes, 4, changesEnd, seq * pageSize + at);
    // A first record of a group, and its parts, count when it is whole.
    if (is !== RETIRE && !(is && is < LAST && !scripts._isWhole(seq, at))) visit(changes, is);
    at = after;
  }
}

/** Visits the records that count of the pages from `seq` on. @throws CORRUPT */
export function walkFrom(seq: number, visit: Visit): void {
  for (; seq <= ring._head; seq++) walk(seq, visit);
}
