/** Writing: records to the head, the next page, the oldest page's retirement. */
import { bytesOf, portion, put, putBytes, set, writeTo } from './bytes.ts';
import { changesIn } from './change.ts';
import { fail } from './error.ts';
import {
  aligned,
  BAD,
  BLANK,
  boundSum,
  COPY,
  checkByte,
  HEADER_BYTES,
  isDone,
  LAST,
  pageCount,
  pageSize,
  programUnit,
  RETIRE,
  readHeader,
  ring,
  SOLE,
  STALE,
  seqs,
  slotOf,
  sumOf,
} from './ring.ts';
import { scripts } from './scripts.ts';

/** 0xFF everywhere. */
export function blank(length: number): Uint8Array {
  var bytes = bytesOf(length);
  while (length--) bytes[length] = 255;
  return bytes;
}

/**
 * How many bytes of changes fit into a record at the end of the head, when `items` of them are in its summary; none do
 * that was not erased in this session. A page keeps room for that, and for one mark of retirement.
 */
export function room(items: number): number {
  return ring._mine
    ? pageSize - ring._at - scripts._summaryBytes(items) - aligned(8) - 2 * programUnit - 4
    : -Infinity;
}

function headerFor(flags: number): Uint8Array {
  var bytes = bytesOf(HEADER_BYTES);
  writeTo(bytes, 0);
  put(ring._magic, 4);
  put(ring._head + 1, 4);
  put(ring._commit, 6);
  put(flags, 2);
  put(ring._oldest, 4);
  put(ring._at, 4);
  put(ring._sum, 4);
  put(sumOf(portion(bytes, 0, 28)), 4);
  return bytes;
}

/**
 * Ends the head and begins the next page, erased first whatever it looks like. What was written to is so no more.
 * @throws IO when all pages are bad, or one that may have the sequence of the next page, or a later one, is not erased
 */
export function openPage(flags?: number): void {
  flags! |= scripts._seal();
  ring._mine = false;
  var slot: number;
  for (;;) {
    for (slot = 0; slot < pageCount; slot++)
      if (ring._marks[slot]! & STALE) {
        // Without its header it is spare, whatever else it holds.
        ring._marks[slot]! ^= isDone(slot * pageSize)
          ? STALE + BLANK
          : readHeader(slot)
            ? fail('IO', 'bad page')
            : STALE;
      }
    if (!ring._spares) fail('IO', 'bad pages');
    // The slots in turn, but for those that are live or bad.
    slot = ring._slot;
    do slot = (slot + 1) % pageCount;
    while (seqs[slot] || ring._marks[slot]! & BAD);
    ring._spares--;
    var start = slot * pageSize;
    if (ring._marks[slot]! & BLANK || isDone(start)) {
      if (isDone(start, headerFor(flags! | (ring._spares ? 0 : SOLE)))) break;
      ring._marks[slot] = BAD + STALE;
    } else ring._marks[slot] = BAD;
  }
  seqs[slot] = ++ring._head;
  ring._slot = slot;
  ring._marks[slot] = 0;
  ring._at = HEADER_BYTES;
  ring._sum = 0;
  ring._mine = true;
}

/**
 * Programs a record at the end of the head: all of it, and only then its checksum.
 * @returns false when the page does not keep what is programmed: it takes no more then
 */
export function append(kind: number, commit: number, changes: Uint8Array): boolean {
  var length = changes.length;
  var size = aligned(length + 4);
  var bytes = blank(size + programUnit);
  writeTo(bytes, 0);
  put(length, 2);
  put(kind + (commit % 32) * 8);
  put(checkByte(bytes));
  putBytes(changes);
  var body = portion(bytes, 0, size);
  var sum = boundSum(body, ring._head);
  set(bytes, size, sum, 4);
  var place = ring._head * pageSize + ring._at;
  var start = ring._slot * pageSize + ring._at;
  if (!isDone(start, body) || !isDone(start + size, portion(bytes, size))) {
    ring._mine = false;
    ring._marks[ring._slot]! |= BAD;
    return false;
  }
  ring._at += size + programUnit;
  ring._sum = sum;
  scripts._keepItems(kind, changesIn(changes, 0, length, place));
  if (kind % LAST === 0) ring._commit = commit;
  // The records of a group are noted when it is whole; what a mark of retirement has are no changes.
  if (kind % COPY === 0) ring._index._note(changesIn(changes, 0, length, place));
  return true;
}

/** Writes a record of collection to the head, or to the next page. `length`: the bytes of changes it takes room for. */
export function move(kind: number, changes: Uint8Array, length: number, items: number): void {
  do if (length > room(items)) openPage();
  while (!append(kind, ring._commit, changes));
}

/** Lets the pages up to `last` go, which have nothing left that counts. Their bytes stay until they are used again. */
export function retire(last: number): void {
  var changes = bytesOf(4);
  set(changes, 0, last, 4);
  // The room of one mark is kept free.
  move(RETIRE, changes, -4 - programUnit, 0);
  for (; ring._oldest <= last; ring._oldest++) {
    var slot = slotOf(ring._oldest);
    ring._index._drop(ring._oldest);
    seqs[slot] = 0;
    if (!(ring._marks[slot]! & BAD)) ring._spares++;
  }
}
