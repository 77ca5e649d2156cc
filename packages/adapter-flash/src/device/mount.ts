/** Mounting: which pages count, where the newest of them ends, and which groups are whole. Nothing is written. */
import { retiredIn } from './append.ts';
import { corrupt, get } from './bytes.ts';
import { changesIn, MARK, nextChange } from './change.ts';
import { failure } from './error.ts';
import { noItems } from './find.ts';
import type { FlashDevice } from './flash-device.ts';
import {
  COMMIT,
  COPY,
  changesEnd,
  checkByte,
  damaged,
  end,
  endSum,
  findEnd,
  HEADER_BYTES,
  headerOf,
  INSIDE,
  kind,
  LAST,
  next,
  pageStart,
  RETIRE,
  type Ring,
  readHeader,
  readRecord,
  ring,
  SOLE,
  slotOf,
  sumRead,
  use,
} from './ring.ts';
import { groupAt, walk } from './walk.ts';

/** The commit that a record completes: the last that it marks, or the next one. */
function commitOf(bytes: Uint8Array): number {
  var changes = changesIn(bytes, 4, changesEnd);
  var seq = ring._commit + 1;
  while (nextChange(changes)) if (changes._kind >= MARK) seq = changes._id;
  return seq;
}

/**
 * Whether the head says that the oldest page is retired, in a mark whose checksum is not to be read any more, and
 * that page has been erased since, at least in part: then the mark was whole once, and the copies before it are.
 */
function wasRetired(): boolean {
  var bytes = ring._device.read(pageStart(ring._head) + ring._at, 8);
  if (bytes[3] !== checkByte(bytes) || (bytes[2]! & 7) !== RETIRE || retiredIn(bytes) !== ring._oldest)
    return false;
  try {
    walk(ring._oldest, function () {});
    return false;
  } catch (_error) {
    return true;
  }
}

/**
 * Reads the newest page. `limit` and `sum`: where it ends and with which record, if a page after it, that does
 * not count itself, says so.
 * @returns whether it counts: it has a record and, when it was opened as the last spare, the mark of retirement
 * that made another one spare
 */
function readHead(header: Uint8Array, limit: number, sum: number): boolean {
  var seq = get(header, 4, 4);
  var counts = !(get(header, 14, 2) & SOLE);
  ring._head = seq;
  ring._commit = get(header, 8, 6);
  ring._oldest = get(header, 16, 4);
  ring._at = HEADER_BYTES;
  ring._sum = 0;
  for (;;) {
    var bytes = readRecord(seq, ring._at, limit, sum);
    if (!bytes) break;
    ring._at = next;
    ring._sum = sumRead;
    if (kind === RETIRE) {
      counts = true;
      ring._oldest = retiredIn(bytes) + 1;
    }
    if (kind === COMMIT || kind === LAST) {
      ring._commit = commitOf(bytes);
      if (ring._commit % 32 !== bytes[2]! >>> 3) throw damaged(seq, ring._at);
    }
  }
  var at = ring._at;
  if (sum && at !== limit) throw damaged(seq, at);
  // What is not valid is a tail that a cut left, unless something after it is.
  if (!sum)
    for (var from = at + ring._unit; from < limit; from += ring._unit)
      if (readRecord(seq, from, limit, 0)) throw damaged(seq, at);
  return at > HEADER_BYTES && counts;
}

/**
 * Looks at pages without a valid header: none may be the newest of all, with a commit that is bound to the sequence
 * after the head's, and something after it, so that it was whole once. @throws CORRUPT
 */
function checkHeadless(): void {
  var seq = ring._head + 1;
  for (var slot = 0; slot < ring._pages; slot++) {
    if (ring._seqs[slot] || readHeader(slot)) continue;
    ring._slots[seq % ring._pages] = slot;
    for (var at = HEADER_BYTES; readRecord(seq, at, ring._size, 0); at = next) {
      if (
        kind < COPY &&
        next < ring._size &&
        get(ring._device.read(pageStart(seq) + next, 4), 0, 4) !== 0xffffffff
      )
        throw damaged(seq, 0);
    }
  }
}

/** Finds out which groups that go over the end of a page are whole. */
function readGroups(): void {
  var whole = 0;
  for (var seq = ring._head; seq > ring._oldest; seq--) {
    if (get(headerOf(seq), 14, 2) & INSIDE) {
      findEnd(seq);
      var lead = groupAt(seq, HEADER_BYTES, end, endSum);
      if (lead >= 0) whole = lead;
    } else whole = 0;
    ring._marks[slotOf(seq - 1)] = whole;
  }
}

/** Makes it a ring with nothing in it, whose next page has the sequence `head` + 1. */
function empty(head: number): void {
  ring._head = head;
  ring._oldest = head + 1;
  ring._commit = ring._at = ring._sum = 0;
  ring._seqs = new Uint32Array(ring._pages);
  ring._spares = ring._pages;
}

/** @throws NOT_ISOKV when there is more on the flash than a part of a first header */
function checkBlank(): void {
  var begun = -1;
  for (var at = 0; at < ring._size * ring._pages; at += 16) {
    var bytes = ring._device.read(at, 16);
    var page = at - (at % ring._size);
    for (var i = 0; i < 16; i++) {
      if (bytes[i] === 255) continue;
      if (at - page >= HEADER_BYTES || (begun >= 0 && begun !== page))
        throw failure('NOT_ISOKV', 'not blank');
      begun = page;
    }
  }
}

/**
 * Finds the newest page that counts, and reads it. Only the newest of all may have nothing that counts; what it says
 * of the page before it holds all the same: where that one ends, and with which record.
 * @returns its slot, -1 when there is none. @throws NOT_ISOKV, CORRUPT
 */
function findHead(format: boolean): number {
  var seqs = ring._seqs;
  var after = 0;
  var first = 0;
  var limit = 0;
  var sum = 0;
  for (;;) {
    var newest = 0;
    for (var slot = 1; slot < ring._pages; slot++) if (seqs[slot]! > seqs[newest]!) newest = slot;
    var seq = seqs[newest]!;
    // The first page of a ring, and nothing in it. The next one takes another slot, so that this one still tells.
    if (after && first === after && seq < after) {
      empty(after);
      return -1;
    }
    if (!seq) {
      if (after) throw corrupt('only page ' + after);
      checkHeadless();
      if (!format) checkBlank();
      empty(0);
      return -1;
    }
    seqs[newest] = 0;
    var header = readHeader(newest);
    if (!header) continue; // It was not programmed to the end, and reads differently each time.
    ring._slots[seq % ring._pages] = newest;
    var isBefore = seq === after - 1;
    if (readHead(header, isBefore ? limit : ring._size, isBefore ? sum : 0)) return newest;
    if (get(header, 14, 2) & SOLE && wasRetired()) {
      ring._oldest++;
      return newest;
    }
    if (after && seq !== after && limit !== HEADER_BYTES) throw damaged(seq, 0);
    after = seq;
    first = get(header, 16, 4);
    limit = get(header, 20, 4);
    sum = get(header, 24, 4);
  }
}

/**
 * Reads what counts of a flash; an empty ring when it is blank. `format`: take one that holds something else
 * for blank, too. The ring is in use then.
 * @throws NOT_ISOKV, CORRUPT
 */
export function mount(device: FlashDevice, now: () => number, format: boolean): Ring {
  var pages = device.pageCount;
  use({
    _device: device,
    _index: null,
    _now: now,
    _size: device.pageSize,
    _pages: pages,
    _unit: device.programUnit,
    _seqs: new Uint32Array(pages),
    _slots: new Uint16Array(pages),
    _marks: new Uint8Array(pages),
    _head: 0,
    _oldest: 1,
    _spares: 0,
    _at: 0,
    _sum: 0,
    _mine: false,
    _commit: 0,
    _items: noItems(),
    _sure: 0,
    _refused: Infinity,
    _retry: Infinity,
  });
  var seqs = ring._seqs;
  var slot: number;
  for (slot = 0; slot < pages; slot++) {
    var header = readHeader(slot);
    if (header) {
      seqs[slot] = get(header, 4, 4);
      ring._slots[seqs[slot]! % pages] = slot;
    }
  }
  var newest = findHead(format);
  if (newest >= 0) {
    seqs[newest] = ring._head;
    if (ring._oldest > ring._head) empty(ring._head);
    else {
      for (slot = 0; slot < pages; slot++) {
        if (seqs[slot]! < ring._oldest) seqs[slot] = 0;
        if (seqs[slot]) ring._slots[seqs[slot]! % pages] = slot;
        else ring._spares++;
      }
      for (var live = ring._oldest; live <= ring._head; live++)
        if (seqs[slotOf(live)] !== live) throw damaged(live, 0);
      checkHeadless();
      readGroups();
    }
  }
  return ring;
}
