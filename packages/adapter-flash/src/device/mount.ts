/** Mounting: which pages count, where the newest of them ends, and which groups are whole. Nothing is written. */

import { retiredIn } from './append.ts';
import { corrupt, getU16, getU32 } from './bytes.ts';
import { changesIn, MARK, nextChange } from './change.ts';
import { failure } from './error.ts';
import { reindex } from './find.ts';
import type { FlashDevice } from './flash-device.ts';
import {
  COMMIT,
  COPY,
  checkByte,
  damaged,
  HEADER_BYTES,
  INSIDE,
  type Index,
  LAST,
  pageStart,
  RETIRE,
  type Ring,
  readHeader,
  readRecord,
  SOLE,
} from './ring.ts';
import { leadOf, walkPage } from './walk.ts';

/** A ring of which nothing has been read. */
function blankRing(device: FlashDevice, now: () => number, index: Index | null): Ring {
  var count = device.pageCount;
  return {
    _device: device,
    _index: index,
    _clearings: [],
    _now: now,
    _seqs: new Uint32Array(count),
    _slots: new Uint16Array(count),
    _marks: new Uint8Array(count),
    _head: 0,
    _oldest: 1,
    _spares: 0,
    _at: 0,
    _sum: 0,
    _mine: false,
    _commit: 0,
    _items: new Uint8Array(0),
    _count: 0,
    _sure: 0,
    _refused: Infinity,
    _next: 0,
    _read: 0,
    _kind: 0,
    _changesEnd: 0,
    _torn: 0,
  };
}

/** The commit that a record completes: the last that it marks, or the next one. */
function commitOf(ring: Ring, bytes: Uint8Array): number {
  var changes = changesIn(bytes, 4, ring._changesEnd);
  var seq = ring._commit + 1;
  while (nextChange(changes)) if (changes._kind >= MARK) seq = changes._id;
  return seq;
}

/** Whether a valid record begins anywhere from `at` on. */
function hasRecord(ring: Ring, seq: number, at: number): boolean {
  var device = ring._device;
  var piece: Uint8Array = new Uint8Array(0);
  var start = at;
  for (; at < device.pageSize; at += device.programUnit) {
    if (at - start >= piece.length) {
      start = at;
      piece = device.read(pageStart(ring, seq) + at, Math.min(256, device.pageSize - at));
    }
    if (piece[at - start + 3] !== checkByte(piece.subarray(at - start, at - start + 4))) continue;
    if (readRecord(ring, seq, at, device.pageSize, 0)) return true;
  }
  return false;
}

/**
 * Whether the head says that the oldest page is retired, in a mark whose checksum is not to be read any more, and
 * that page has been erased since, at least in part: then the mark was whole once, and the copies before it are.
 */
function wasRetired(ring: Ring): boolean {
  var bytes = ring._device.read(pageStart(ring, ring._head) + ring._at, 8);
  if (bytes[3] !== checkByte(bytes) || (bytes[2]! & 7) !== RETIRE || retiredIn(bytes) !== ring._oldest)
    return false;
  try {
    walkPage(ring, ring._oldest, { _visit: function () {} });
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
function readHead(ring: Ring, slot: number, header: Uint8Array, limit: number, sum: number): boolean {
  var device = ring._device;
  var seq = getU32(header, 4);
  var flags = getU16(header, 14);
  ring._head = seq;
  ring._slots[seq % device.pageCount] = slot;
  ring._commit = getU32(header, 8) + getU16(header, 12) * 4294967296;
  ring._oldest = getU32(header, 16);
  ring._at = HEADER_BYTES;
  ring._sum = 0;
  var retired = false;
  var bytes: Uint8Array | null;
  for (;;) {
    bytes = ring._at < limit ? readRecord(ring, seq, ring._at, limit, sum) : null;
    if (!bytes) break;
    if (ring._kind === RETIRE) {
      ring._oldest = retiredIn(bytes) + 1;
      retired = true;
    } else if (ring._kind === COMMIT || ring._kind === LAST) {
      ring._commit = commitOf(ring, bytes);
      if (ring._commit % 32 !== bytes[2]! >>> 3) throw corrupt('page ' + seq + ' has lost a commit');
    }
    ring._at = ring._next;
    ring._sum = ring._read;
  }
  if (sum ? ring._at !== limit : hasRecord(ring, seq, ring._at + device.programUnit)) {
    throw damaged(ring, seq, ring._at);
  }
  return ring._at > HEADER_BYTES && (retired || !(flags & SOLE));
}

/**
 * Whether the page in this slot, whose header is not valid, is the newest of all: it has a commit that is bound to
 * the sequence after the head's, and something after it, so that it was whole once.
 */
function isHeadless(ring: Ring, slot: number): boolean {
  var device = ring._device;
  var seq = ring._head + 1;
  var at = HEADER_BYTES;
  ring._slots[seq % device.pageCount] = slot;
  while (readRecord(ring, seq, at, device.pageSize, 0)) {
    at = ring._next;
    if (at >= device.pageSize || ring._kind === COPY || ring._kind === RETIRE) continue;
    var bytes = device.read(slot * device.pageSize + at, 4);
    if (getU32(bytes, 0) !== 0xffffffff) return true;
  }
  return false;
}

/** @throws CORRUPT when the newest page has lost its header */
function checkHeadless(ring: Ring): void {
  for (var slot = 0; slot < ring._device.pageCount; slot++) {
    if (!ring._seqs[slot] && !readHeader(ring, slot) && isHeadless(ring, slot)) {
      throw corrupt('the header of page ' + (ring._head + 1) + ' is damaged');
    }
  }
}

/** Finds out which groups that go over the end of a page are whole. */
function readGroups(ring: Ring): void {
  var count = ring._device.pageCount;
  var whole = 0;
  var end = ring._at;
  var sum = ring._sum;
  for (var seq = ring._head; seq >= ring._oldest; seq--) {
    var header = readHeader(ring, ring._slots[seq % count]!)!;
    var isInside = getU16(header, 14) & INSIDE;
    var lead = isInside ? leadOf(ring, seq, end, sum) : 0;
    whole = lead < 0 ? whole : lead;
    if (seq > ring._oldest) ring._marks[ring._slots[(seq - 1) % count]!] = whole;
    end = getU32(header, 20);
    sum = getU32(header, 24);
  }
}

/** Whether nothing was ever written, or no more than a part of the first header. */
function isBlank(device: FlashDevice): boolean {
  var begun = 0;
  for (var page = 0; page < device.pageCount; page++) {
    var last = -1;
    for (var at = 0; at < device.pageSize; at += 256) {
      var bytes = device.read(page * device.pageSize + at, 256);
      for (var i = 0; i < 256; i++) if (bytes[i] !== 255) last = at + i;
    }
    if (last >= 0) begun++;
    if (last >= HEADER_BYTES || begun > 1) return false;
  }
  return true;
}

/** A ring with nothing in it, whose next page has the sequence `head` + 1. */
function emptied(ring: Ring, head: number): Ring {
  ring._head = head;
  ring._oldest = head + 1;
  ring._commit = 0;
  ring._at = 0;
  ring._sum = 0;
  ring._seqs = new Uint32Array(ring._device.pageCount);
  ring._spares = ring._device.pageCount;
  return ring;
}

/**
 * Reads what counts of a flash; an empty ring when it is blank. `format`: take one that holds something else
 * for blank, too.
 * @throws NOT_ISOKV, CORRUPT
 */
export function mount(device: FlashDevice, now: () => number, index: Index | null, format: boolean): Ring {
  var ring = blankRing(device, now, index);
  var seqs = ring._seqs;
  var count = device.pageCount;
  var slot: number;
  var header: Uint8Array | null;
  for (slot = 0; slot < count; slot++) {
    header = readHeader(ring, slot);
    seqs[slot] = header ? getU32(header, 4) : 0;
    if (header) ring._slots[seqs[slot]! % count] = slot;
  }
  // The page after, which does not count, may say where this one ends.
  var after = 0;
  var first = 0;
  var limit = 0;
  var sum = 0;
  var newest: number;
  for (;;) {
    newest = 0;
    for (slot = 1; slot < count; slot++) if (seqs[slot]! > seqs[newest]!) newest = slot;
    var seq = seqs[newest]!;
    // The first page of a ring, and nothing in it. The next one takes another slot, so that this one still tells.
    if (after && seq < after && first === after) return emptied(ring, after);
    if (!seq) {
      if (after) throw corrupt('all pages but the newest are missing');
      checkHeadless(ring);
      if (!format && !isBlank(device)) {
        throw failure('NOT_ISOKV', 'this flash holds something else: erase it, or pass format');
      }
      return emptied(ring, 0);
    }
    header = readHeader(ring, newest);
    seqs[newest] = 0;
    if (!header) continue; // It was not programmed to the end, and reads differently each time.
    var isBefore = seq === after - 1;
    if (readHead(ring, newest, header, isBefore ? limit : device.pageSize, isBefore ? sum : 0)) break;
    if (getU16(header, 14) & SOLE && wasRetired(ring)) {
      ring._oldest++;
      break;
    }
    // Only the newest page may have nothing that counts; and one before it that did not keep its first record.
    if (after && seq !== after && limit !== HEADER_BYTES)
      throw corrupt('page ' + seq + ' has lost its records');
    after = seq;
    first = getU32(header, 16);
    limit = getU32(header, 20);
    sum = getU32(header, 24);
  }
  seqs[newest] = ring._head;
  if (ring._oldest > ring._head) return emptied(ring, ring._head);
  for (slot = 0; slot < count; slot++) {
    if (seqs[slot]! < ring._oldest) seqs[slot] = 0;
    if (seqs[slot]) ring._slots[seqs[slot]! % count] = slot;
    else ring._spares++;
  }
  for (var live = ring._oldest; live <= ring._head; live++) {
    if (seqs[ring._slots[live % count]!] !== live) throw corrupt('page ' + live + ' is missing');
  }
  checkHeadless(ring);
  readGroups(ring);
  reindex(ring);
  return ring;
}
