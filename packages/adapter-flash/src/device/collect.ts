/** Collection: what is in force of the oldest page moves to the head, and the page becomes a spare. */
import { move, openPage, retire, room } from './append.ts';
import { bytesOf, portion, put, putBytes, writeTo } from './bytes.ts';
import { CHUNK, type Changes, nextChange, putNamespace } from './change.ts';
import { fail } from './error.ts';
import { isEntry, isNewest } from './find.ts';
import { COPY, pageSize, ring } from './ring.ts';
import { scripts } from './scripts.ts';
import { walk } from './walk.ts';

/** Copies share a record up to this part of a page: a look-up reads all of it. */
var SHARED = 6;

/** Copies that wait for their record: small ones share it, and so take less room than what they are copies of. */
var copies: Uint8Array;
var items = 0;
var space = '';

/** Begins a record of copies, when those that wait have theirs. */
function flush(): void {
  if (items) {
    var length = put(0, 0);
    move(COPY, portion(copies, 0, length), length, items);
  }
  copies = bytesOf(pageSize);
  writeTo(copies, 0);
  items = 0;
  space = '';
}

/**
 * Copies what is in force of a record. A deletion never is: what is older than the oldest page is gone. The copies stay
 * together: in records of their own they would take more room than what they are copies of.
 */
function copyRecord(changes: Changes): void {
  if (put(0, 0) + changes._end > pageSize / SHARED) flush();
  while (nextChange(changes)) {
    if (!(changes._kind === CHUNK ? scripts._isPiece(changes) : isEntry(changes)) || !isNewest(changes))
      continue;
    if (changes._expires) ring._retry = Math.min(ring._retry, changes._expires);
    if (changes._space !== space) {
      space = changes._space;
      putNamespace(space);
    }
    putBytes(portion(changes._bytes, changes._start, changes._at));
    items++;
  }
}

/** Collects the oldest page. There must be a spare page, for the head may fill up. @throws CORRUPT, IO */
export function collectOldest(): void {
  if (ring._oldest === ring._head) openPage();
  items = 0; // Of a collection that an error has ended.
  flush();
  walk(ring._oldest, copyRecord);
  flush();
  retire(ring._oldest);
}

export function full(): never {
  fail('ENOSPC', 'full');
}

/**
 * Makes room in the head for a record of so many bytes and entries, and leaves `spares` pages spare. While none
 * is spare the head holds copies only: only so can a head that a cut left unfinished be dropped. `wanted`: how many
 * bytes it is all for, to refuse as many at once until there is more room.
 * @throws ENOSPC when a whole turn of the ring has not made enough
 */
export function makeRoom(spares: number, length: number, items: number, wanted: number): void {
  var last = ring._head;
  while (ring._spares < spares || length > room(items)) {
    if (ring._spares > spares) openPage();
    else if (ring._oldest <= last) collectOldest();
    else {
      ring._refused = wanted;
      full();
    }
  }
}
