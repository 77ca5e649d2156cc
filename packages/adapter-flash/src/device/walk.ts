/** Going through the records of a page, those that count and no others. */
import { getU32 } from './bytes.ts';
import {
  COMMIT,
  COPY,
  damaged,
  FIRST,
  HEADER_BYTES,
  headerOf,
  LAST,
  RETIRE,
  type Ring,
  readRecord,
  WHOLE,
} from './ring.ts';

export interface Visitor {
  /** `bytes`: the record, its changes from 4 to `end`. */
  _visit(bytes: Uint8Array, end: number, kind: number, seq: number, at: number): void;
}

/** Visits the parts of a group from `at` to `end`. */
function visitGroup(ring: Ring, seq: number, at: number, end: number, sum: number, visitor: Visitor): void {
  while (at < end) {
    var bytes = readRecord(ring, seq, at, end, sum);
    if (!bytes) throw damaged(ring, seq, at);
    var next = ring._next;
    visitor._visit(bytes, ring._changesEnd, ring._kind, seq, at);
    at = next;
  }
}

/** Visits the records of page `seq` in order. @throws CORRUPT */
export function walkPage(ring: Ring, seq: number, visitor: Visitor): void {
  var end = ring._at;
  var sum = ring._sum;
  if (seq !== ring._head) {
    // The next page's header says where this one ends, and with which record.
    var header = headerOf(ring, seq + 1);
    end = getU32(header, 20);
    sum = getU32(header, 24);
  }
  var at = HEADER_BYTES;
  var group = 0;
  while (at < end) {
    var bytes = readRecord(ring, seq, at, end, sum);
    if (!bytes) throw damaged(ring, seq, at);
    var next = ring._next;
    var kind = ring._kind;
    if (kind === FIRST || (kind > FIRST && kind <= LAST && !group)) group = at;
    if (kind === LAST) visitGroup(ring, seq, group, next, next === end ? sum : 0, visitor);
    else if (kind === COMMIT || kind === COPY || kind === RETIRE) {
      visitor._visit(bytes, ring._changesEnd, kind, seq, at);
    }
    if (kind === COMMIT || kind === LAST) group = 0;
    at = next;
  }
  if (group && ring._marks[ring._slots[seq % ring._device.pageCount]!]! & WHOLE) {
    visitGroup(ring, seq, group, end, sum, visitor);
  }
}

/** Visits all records, oldest first. @throws CORRUPT */
export function walkAll(ring: Ring, visitor: Visitor): void {
  for (var seq = ring._oldest; seq <= ring._head; seq++) walkPage(ring, seq, visitor);
}

/** How the group that page `seq` begins in goes on: 1 it is whole, 0 it was given up, -1 it fills the page. */
export function leadOf(ring: Ring, seq: number, end: number, sum: number): number {
  var at = HEADER_BYTES;
  while (at < end) {
    if (!readRecord(ring, seq, at, end, sum)) throw damaged(ring, seq, at);
    if (ring._kind === LAST) return 1;
    if (ring._kind === COMMIT || ring._kind === FIRST) return 0;
    at = ring._next;
  }
  return -1;
}
