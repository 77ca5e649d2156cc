/** Collection: what counts of the oldest page moves to the head, and the page becomes a spare. */
import { appendRecord, fits, openPage, retire } from './append.ts';
import { getU16, writeVarint } from './bytes.ts';
import { CHUNK, CLEAR, changesIn, isOfEntry, LARGE, NAMESPACE, nextChange } from './change.ts';
import { failure } from './error.ts';
import { type Found, find, findAny, isValue, placeOf, setPlace } from './find.ts';
import { COPY, RETIRE, type Ring } from './ring.ts';
import { writeText } from './text.ts';
import { walkPage } from './walk.ts';

/** Earlier than this no clock is right: with one that is not set nothing expires. 2020-01-01. */
export var PLAUSIBLE = 1577836800000;

/** Whether this time has come. */
export function isPast(ring: Ring, expires: number): boolean {
  if (!expires) return false;
  var now = ring._now();
  return now >= PLAUSIBLE && now >= expires;
}

/** Whether what is in force of an entry is what a reader would be given now. */
function counts(ring: Ring, space: string, key: string, found: Found): boolean {
  if (!isValue(ring, space, found)) return false;
  var changes = found._changes;
  if (changes._kind !== CHUNK) return !isPast(ring, changes._expires);
  var main = find(ring, space, key, 0);
  if (!main || main._changes._kind !== LARGE || main._changes._id !== changes._id) return false;
  return !isPast(ring, main._changes._expires);
}

/** Copies what counts of a record. A deletion never does: what is older than the oldest page is gone. */
function copyRecord(ring: Ring, bytes: Uint8Array, end: number, place: number): void {
  var changes = changesIn(bytes, 4, end);
  var copy = new Uint8Array(end);
  var length = 0;
  var items = 0;
  var space = '';
  var starts: number[] = [];
  while (nextChange(changes)) {
    if (!isOfEntry(changes._kind)) continue;
    var found = findAny(ring, changes._space, changes._key, changes._part);
    if (!found || found._place !== place) continue;
    if (found._changes._kind !== CLEAR && found._changes._start !== changes._start) continue;
    if (!counts(ring, changes._space, changes._key, found)) {
      setPlace(ring, changes, place, -1);
      continue;
    }
    if (changes._space !== space) {
      space = changes._space;
      copy[length] = NAMESPACE;
      length = writeText(copy, writeVarint(copy, length + 1, space.length), space);
    }
    copy.set(bytes.subarray(changes._start, changes._at), length);
    length += changes._at - changes._start;
    items++;
    starts.push(changes._start);
  }
  if (!items) return;
  do {
    if (!fits(ring, length, items)) openPage(ring, 0);
  } while (!appendRecord(ring, COPY, ring._commit, copy, length));
  ring._sure = ring._count;
  var to = placeOf(ring, ring._head, getU16(ring._items, ring._count * 4 - 2) * 4);
  changes = changesIn(bytes, 4, end);
  for (var i = 0; i < starts.length && nextChange(changes); ) {
    if (changes._start !== starts[i]) continue;
    setPlace(ring, changes, place, to);
    i++;
  }
}

/** Collects the oldest page. There must be a spare page, for the head may fill up. @throws CORRUPT, IO */
export function collectOldest(ring: Ring): void {
  if (ring._oldest === ring._head) openPage(ring, 0);
  walkPage(ring, ring._oldest, {
    _visit: function (bytes, end, kind, seq, at) {
      if (kind !== RETIRE) copyRecord(ring, bytes, end, placeOf(ring, seq, at));
    },
  });
  retire(ring, false);
}

export function full(): Error {
  return failure('ENOSPC', 'no room for this: delete something, or write less');
}

/**
 * Makes room in the head for a record of so many bytes and entries, and leaves `spares` pages spare. While none
 * is spare the head holds copies only: only so can a head that a cut left unfinished be dropped.
 * @throws ENOSPC when a whole turn of the ring has not made enough
 */
export function makeRoom(ring: Ring, spares: number, length: number, items: number): void {
  var turns = ring._head - ring._oldest + 2;
  for (;;) {
    if (ring._spares > spares && !fits(ring, length, items)) openPage(ring, 0);
    else if (ring._spares >= spares && fits(ring, length, items)) return;
    else if (turns-- > 0 && ring._oldest <= ring._head) collectOldest(ring);
    else throw full();
  }
}
