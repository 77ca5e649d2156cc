/** Where an entry stands: by the index if there is one, else by the summaries, newest page first. */
import { getU16, getU32, putU16 } from './bytes.ts';
import { type Changes, CLEAR, changesIn, DELETE, isOfEntry, nextChange } from './change.ts';
import {
  aligned,
  boundSum,
  CHECKED,
  damaged,
  headerOf,
  type Place,
  pageStart,
  RETIRE,
  type Ring,
  readRecord,
  SEALED,
  SUMMARY_BYTES,
  WHOLE,
} from './ring.ts';
import { walkAll, walkPage } from './walk.ts';

/** What an entry, or a piece of one, is called in an index. */
export function idOf(space: string, key: string, part: number): string {
  return part + ':' + space.length + ':' + space + key;
}

/** 1 to 65,535: 0 is for what clears a namespace. */
function hashOf(space: string, key: string, part: number): number {
  var hash = 5381 + part * 7;
  var i: number;
  for (i = 0; i < space.length; i++) hash = (hash * 33 + space.charCodeAt(i)) & 65535;
  hash = hash * 33 + 47;
  for (i = 0; i < key.length; i++) hash = (hash * 33 + key.charCodeAt(i)) & 65535;
  return hash & 65535 || 1;
}

export function placeOf(ring: Ring, seq: number, at: number): Place {
  return (pageStart(ring, seq) + at) / 4;
}

/** Whether a change takes an item in the summary of its page. */
function hasItem(kind: number): boolean {
  return isOfEntry(kind) || kind === CLEAR;
}

/** Adds the items of a record at `at` to the `count` that there are. */
function addRecord(
  items: Uint8Array<ArrayBuffer>,
  count: number,
  bytes: Uint8Array,
  end: number,
  at: number,
): Uint8Array<ArrayBuffer> {
  var changes = changesIn(bytes, 4, end);
  while (nextChange(changes)) {
    if (!hasItem(changes._kind)) continue;
    if (4 * count + 4 > items.length) {
      var more = new Uint8Array(6 * count + 64);
      more.set(items);
      items = more;
    }
    putU16(
      items,
      4 * count,
      changes._kind === CLEAR ? 0 : hashOf(changes._space, changes._key, changes._part),
    );
    putU16(items, 4 * count + 2, at / 4);
    count++;
  }
  return items;
}

/** How many items a record has. */
function countItems(bytes: Uint8Array, at: number, end: number): number {
  var changes = changesIn(bytes, at, end);
  var count = 0;
  while (nextChange(changes)) if (hasItem(changes._kind)) count++;
  return count;
}

/** Takes the entries of a record of the head into its items. */
export function addItems(ring: Ring, bytes: Uint8Array, end: number, at: number): void {
  ring._items = addRecord(ring._items, ring._count, bytes, end, at);
  ring._count += countItems(bytes, 4, end);
}

/** Whether the summary of a page is good: it was programmed whole, and its checksum is right. */
function isChecked(ring: Ring, seq: number, slot: number, bytes: Uint8Array, size: number): boolean {
  var device = ring._device;
  if (ring._marks[slot]! & CHECKED) return true;
  if (seq === ring._head || !(getU16(headerOf(ring, seq + 1), 14) & SEALED)) return false;
  if (size > device.pageSize || getU16(bytes, 2) > getU16(bytes, 0)) return false;
  bytes = device.read((slot + 1) * device.pageSize - size, size);
  if (getU32(bytes, size - 4) !== boundSum(ring, bytes.subarray(0, size - 4), seq)) return false;
  ring._marks[slot]! |= CHECKED;
  return true;
}

/** The items of a page, in the order of its records: hash u16, offset / 4 u16 each. */
function itemsOf(ring: Ring, seq: number): Uint8Array {
  if (seq === ring._head && ring._mine) return ring._items.subarray(0, 4 * ring._sure);
  var device = ring._device;
  var slot = ring._slots[seq % device.pageCount]!;
  var end = (slot + 1) * device.pageSize - SUMMARY_BYTES;
  var bytes = device.read(end, SUMMARY_BYTES);
  var count = getU16(bytes, 0);
  if (isChecked(ring, seq, slot, bytes, aligned(ring, 4 * count + SUMMARY_BYTES))) {
    var sure = ring._marks[slot]! & WHOLE ? count : getU16(bytes, 2);
    return sure ? device.read(end - 4 * count, 4 * sure) : new Uint8Array(0);
  }
  var items = new Uint8Array(0);
  count = 0;
  walkPage(ring, seq, {
    _visit: function (record, recordEnd, kind, _seq, at) {
      if (kind === RETIRE) return;
      items = addRecord(items, count, record, recordEnd, at);
      count += countItems(record, 4, recordEnd);
    },
  });
  return items.subarray(0, 4 * count);
}

/** The last change of a record that is of this entry, or clears its namespace; null if there is none. */
function lastIn(bytes: Uint8Array, end: number, space: string, key: string, part: number): Changes | null {
  var changes = changesIn(bytes, 4, end);
  var last = 0;
  while (nextChange(changes)) {
    var isOurs = isOfEntry(changes._kind) && changes._key === key && changes._part === part;
    if ((isOurs || changes._kind === CLEAR) && changes._space === space) last = changes._start;
  }
  if (!last) return null;
  changes = changesIn(bytes, 4, end);
  while (nextChange(changes) && changes._start !== last);
  return changes;
}

/** As `lastIn`, of the record at this place. @throws CORRUPT */
function lastAt(ring: Ring, place: Place, space: string, key: string, part: number): Changes | null {
  var pageSize = ring._device.pageSize;
  var at = (place * 4) % pageSize;
  var seq = ring._seqs[(place * 4 - at) / pageSize]!;
  var end = ring._at;
  var sum = ring._sum;
  if (seq !== ring._head) {
    var header = headerOf(ring, seq + 1);
    end = getU32(header, 20);
    sum = getU32(header, 24);
  }
  var bytes = readRecord(ring, seq, at, end, sum);
  if (!bytes) throw damaged(ring, seq, at);
  return lastIn(bytes, ring._changesEnd, space, key, part);
}

export interface Found {
  _place: Place;
  _changes: Changes;
}

/** How far along the ring a place is, in bytes. */
function along(ring: Ring, place: Place): number {
  var pageSize = ring._device.pageSize;
  return ring._seqs[Math.floor((place * 4) / pageSize)]! * pageSize + ((place * 4) % pageSize);
}

/** The newest change of an entry, or what clears its namespace in the same record. @throws CORRUPT */
export function findAny(ring: Ring, space: string, key: string, part: number): Found | null {
  var hash = hashOf(space, key, part);
  var changes: Changes | null;
  var found: Found | null = null;
  if (ring._index) {
    ring._index._each(idOf(space, key, part), hash, function (place) {
      changes = lastAt(ring, place, space, key, part);
      if (changes && (!found || along(ring, place) > along(ring, found._place))) {
        found = { _place: place, _changes: changes };
      }
    });
    return found;
  }
  for (var seq = ring._head; seq >= ring._oldest; seq--) {
    var items = itemsOf(ring, seq);
    var checked = 0;
    for (var i = items.length - 4; i >= 0; i -= 4) {
      var itemHash = getU16(items, i);
      if ((itemHash !== hash && itemHash !== 0) || getU16(items, i + 2) === checked) continue;
      checked = getU16(items, i + 2);
      var place = placeOf(ring, seq, checked * 4);
      changes = lastAt(ring, place, space, key, part);
      if (changes) return { _place: place, _changes: changes };
    }
  }
  return null;
}

/** Whether what stands there is a value: no deletion, and its namespace was not cleared since. */
export function isValue(ring: Ring, space: string, found: Found): boolean {
  var kind = found._changes._kind;
  if (kind === DELETE || kind === CLEAR) return false;
  for (var i = 0; i < ring._clearings.length; i++) {
    var clearing = ring._clearings[i]!;
    if (clearing._space === space && clearing._along > along(ring, found._place)) return false;
  }
  return true;
}

/** @returns the put, large put or chunk that is in force, expired or not; null when there is none. @throws CORRUPT */
export function find(ring: Ring, space: string, key: string, part: number): Found | null {
  var found = findAny(ring, space, key, part);
  return found && isValue(ring, space, found) ? found : null;
}

/** Moves an entry in the index: `place` -1 takes it out. The index is given up when it is full. */
export function setPlace(ring: Ring, changes: Changes, old: Place, place: Place): void {
  var index = ring._index;
  if (!index || (old < 0 && place < 0)) return;
  var hash = hashOf(changes._space, changes._key, changes._part);
  if (!index._put(idOf(changes._space, changes._key, changes._part), hash, old, place)) ring._index = null;
}

function noteClearing(ring: Ring, space: string, along: number): void {
  var clearings = ring._clearings;
  for (var i = 0; i < clearings.length && clearings[i]!._space !== space; i++);
  clearings[i] = { _space: space, _along: along };
}

/** Takes a record that now counts into the index. */
export function indexRecord(ring: Ring, bytes: Uint8Array, end: number, seq: number, at: number): void {
  var changes = changesIn(bytes, 4, end);
  while (ring._index && nextChange(changes)) {
    if (changes._kind === CLEAR) noteClearing(ring, changes._space, seq * ring._device.pageSize + at);
    if (!isOfEntry(changes._kind)) continue;
    var old = findAny(ring, changes._space, changes._key, changes._part);
    setPlace(ring, changes, old ? old._place : -1, placeOf(ring, seq, at));
  }
}

/** Builds the index from the pages. */
export function reindex(ring: Ring): void {
  if (!ring._index) return;
  ring._index._reset();
  walkAll(ring, {
    _visit: function (bytes, end, kind, seq, at) {
      if (kind !== RETIRE) indexRecord(ring, bytes, end, seq, at);
    },
  });
}
