/** Where an entry stands: by the index if there is one, else by the summaries, newest page first. */
import { get, set } from './bytes.ts';
import { type Changes, CLEAR, changesIn, hasItem, isOfEntry, LARGE, nextChange, PUT } from './change.ts';
import {
  aligned,
  boundSum,
  changesEnd,
  damaged,
  headerOf,
  type Items,
  pageStart,
  ring,
  SEALED,
  SUMMARY_BYTES,
  slotOf,
  WHOLE,
} from './ring.ts';
import { scripts } from './scripts.ts';
import { record, walk } from './walk.ts';

/** Earlier than this no clock is right: with one that is not set nothing expires. 2020-01-01. */
export var PLAUSIBLE = 1577836800000;

/** 1 to 65,535: 0 is for what clears a namespace. */
export function hashOf(space: string, key: string, part: number): number {
  var hash = 5381 + part * 7;
  space += '/' + key;
  for (var i = 0; i < space.length; i++) hash = (hash * 33 + space.charCodeAt(i)) & 65535;
  return hash || 1;
}

export function noItems(): Items {
  return { _bytes: new Uint8Array(0), _count: 0 };
}

/** Adds what the summary of its page says of a record. */
export function addItems(items: Items, changes: Changes): void {
  while (nextChange(changes)) {
    if (!hasItem(changes._kind)) continue;
    var to = 4 * items._count++;
    if (to >= items._bytes.length) {
      var more = new Uint8Array(2 * to + 32);
      more.set(items._bytes);
      items._bytes = more;
    }
    var hash = changes._kind === CLEAR ? 0 : hashOf(changes._space, changes._key, changes._part);
    set(items._bytes, to, hash, 2);
    set(items._bytes, to + 2, (changes._place % ring._size) / 4, 2);
  }
}

/** The items of a page, in the order of its records. A summary is read only when it was programmed whole. */
function itemsOf(seq: number): Uint8Array {
  var items = ring._items;
  if (seq === ring._head) {
    if (ring._mine) return items._bytes.subarray(0, 4 * ring._sure);
  } else if (get(headerOf(seq + 1), 14, 2) & SEALED) {
    var stop = pageStart(seq) + ring._size;
    var count = get(ring._device.read(stop - SUMMARY_BYTES, 2), 0, 2);
    var size = aligned(4 * count + SUMMARY_BYTES);
    if (size <= ring._size) {
      var summary = ring._device.read(stop - size, size);
      if (get(summary, size - 4, 4) === boundSum(summary.subarray(0, size - 4), seq)) {
        var from = size - SUMMARY_BYTES - 4 * count;
        // The last items may be of a group that was given up.
        if (!(ring._marks[slotOf(seq)]! & WHOLE)) count = get(summary, size - 10, 2);
        return summary.subarray(from, from + 4 * count);
      }
    }
  }
  items = noItems();
  walk(seq, function (changes) {
    addItems(items, changes);
  });
  return items._bytes.subarray(0, 4 * items._count);
}

/** The last change of the record at this place that is of this entry, or clears its namespace. @throws CORRUPT */
export function lastAt(place: number, space: string, key: string, part: number): Changes | null {
  var at = place % ring._size;
  var seq = (place - at) / ring._size;
  var bytes = record(seq, at) || damaged(seq, at);
  var changes = changesIn(bytes, 4, changesEnd);
  var last: Changes | null = null;
  while (nextChange(changes)) {
    var isOurs = isOfEntry(changes._kind) && changes._key === key && changes._part === part;
    if (changes._space === space && (isOurs || changes._kind === CLEAR)) {
      last = changesIn(bytes, changes._start, changes._end, place);
      last._space = space;
    }
  }
  if (last) nextChange(last);
  return last;
}

/** The newest change of an entry, a deletion too, or what clears its namespace; null when there is none. @throws CORRUPT */
export function findAny(space: string, key: string, part: number): Changes | null {
  if (ring._index) return ring._index._find(space, key, part);
  var hash = hashOf(space, key, part);
  for (var seq = ring._head; seq >= ring._oldest; seq--) {
    var items = itemsOf(seq);
    for (var i = items.length - 4; i >= 0; i -= 4) {
      var itemHash = get(items, i, 2);
      if (itemHash && itemHash !== hash) continue;
      var found = lastAt(seq * ring._size + get(items, i + 2, 2) * 4, space, key, part);
      if (found) return found;
    }
  }
  return null;
}

/** Whether this change is the newest of its entry. */
function isNewest(changes: Changes): boolean {
  var found = findAny(changes._space, changes._key, changes._part);
  return !!found && found._place === changes._place && found._start === changes._start;
}

/** Whether what was found is an entry that has not expired. */
export function isEntry(changes: Changes | null): changes is Changes {
  return (
    !!changes &&
    (changes._kind === PUT || changes._kind === LARGE) &&
    !(changes._expires && ring._now() >= Math.max(PLAUSIBLE, changes._expires))
  );
}

/** Whether a change is in force, so that it must be kept when its page is collected. */
export function counts(changes: Changes): boolean {
  if (!isOfEntry(changes._kind) || !isNewest(changes)) return false;
  // A piece is in force with the large value that it is of.
  var main = changes._part ? findAny(changes._space, changes._key, 0) : changes;
  return isEntry(main) && main._id === changes._id;
}

/** The bytes of an entry's value. @throws CORRUPT; UNSUPPORTED when the script for large ones was not loaded */
export function valueBytes(entry: Changes): Uint8Array {
  return entry._kind === LARGE
    ? scripts._valueOf(entry)
    : entry._bytes.subarray(entry._value, entry._valueEnd);
}

/** Visits the entries of a namespace, or of all, in the order of their pages. @throws CORRUPT */
export function each(space: string | null, visit: (entry: Changes) => void): void {
  function visitRecord(changes: Changes): void {
    while (nextChange(changes))
      if ((space === null || space === changes._space) && !changes._part && counts(changes)) visit(changes);
  }
  for (var seq = ring._oldest; seq <= ring._head; seq++) walk(seq, visitRecord);
}

/** Takes the pages from `seq` on into the index. */
export function notePages(seq: number): void {
  function note(changes: Changes): void {
    if (ring._index) ring._index._note(changes);
  }
  for (; seq <= ring._head; seq++) walk(seq, note);
}
