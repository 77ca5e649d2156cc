/** Mounting: which pages count, where the newest of them ends, and which groups are whole. Nothing is written. */
import { holds } from './append.ts';
import { bytesOf, get } from './bytes.ts';
import { changesIn, MARK, nextChange } from './change.ts';
import { fail } from './error.ts';
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
  sumOf,
  sumRead,
  use,
} from './ring.ts';
import { scripts } from './scripts.ts';
import { walk } from './walk.ts';

/**
 * Whether the head says that the oldest page is retired, in a mark whose checksum is not to be read any more, and
 * that page has been erased since, at least in part: then the mark was whole once, and the copies before it are.
 */
function wasRetired(): boolean {
  var bytes = ring._device.read(pageStart(ring._head) + ring._at, 8);
  if (bytes[3] !== checkByte(bytes) || (bytes[2]! & 7) !== RETIRE || get(bytes, 4, 4) !== ring._oldest)
    return false;
  try {
    walk(ring._oldest, function () {});
    return false;
  } catch (_error) {
    return true;
  }
}

/**
 * Reads the newest page. `after`: the header of a page after it, that does not count itself, but says where this one
 * ends and with which record.
 * @returns whether it counts: it has a record and, when it was opened as the last spare, the mark of retirement
 * that made another one spare
 */
function readHead(header: Uint8Array, after: Uint8Array | null): boolean {
  var seq = get(header, 4, 4);
  var counts = !(get(header, 14, 2) & SOLE);
  ring._head = seq;
  ring._commit = get(header, 8, 6);
  ring._oldest = get(header, 16, 4);
  ring._at = ring._size;
  ring._sum = 0;
  findEnd(after);
  ring._at = HEADER_BYTES;
  for (;;) {
    var bytes = readRecord(seq, ring._at, end, endSum);
    if (!bytes) break;
    ring._at = next;
    ring._sum = sumRead;
    if (kind === RETIRE) {
      counts = true;
      ring._oldest = get(bytes, 4, 4) + 1;
    }
    if (kind === COMMIT || kind === LAST) {
      // The last that it marks, or the next one.
      ring._commit++;
      var changes = changesIn(bytes, 4, changesEnd);
      while (nextChange(changes)) if (changes._kind >= MARK) ring._commit = changes._id;
      if (ring._commit % 32 !== bytes[2]! >>> 3) damaged(seq, ring._at);
    }
  }
  var at = ring._at;
  // What is not valid is a tail that a cut left, unless something after it is.
  if (endSum) {
    if (at !== end) damaged(seq, at);
  } else if (!holds(pageStart(seq) + at, end - at))
    for (var from = at + ring._unit; from < end; from += ring._unit)
      if (readRecord(seq, from, end, 0)) damaged(seq, at);
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
        damaged(seq, 0);
    }
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
  var begun = 0;
  for (var slot = 0; slot < ring._pages; slot++) {
    var start = slot * ring._size;
    if (!holds(start, HEADER_BYTES)) begun++;
    if (begun > 1 || !holds(start + HEADER_BYTES, ring._size - HEADER_BYTES)) fail('NOT_ISOKV', 'not blank');
  }
}

/**
 * Finds the newest page that counts, and reads it; an empty ring when there is none. Only the newest of all may have
 * nothing that counts; what it says of the page before it holds all the same: where that one ends, and with which record.
 * @throws NOT_ISOKV, CORRUPT
 */
function findHead(format: boolean): void {
  var seqs = ring._seqs;
  /** The header of the newest page of all, when that does not count, and its sequence. */
  var after: Uint8Array | null = null;
  var afterSeq = 0;
  for (;;) {
    var newest = 0;
    for (var slot = 1; slot < ring._pages; slot++) if (seqs[slot]! > seqs[newest]!) newest = slot;
    var seq = seqs[newest]!;
    // The first page of a ring, and nothing in it. The next one takes another slot, so that this one still tells.
    if (after && seq < afterSeq && get(after, 16, 4) === afterSeq) {
      ring._head = afterSeq;
      ring._oldest = afterSeq + 1;
      return;
    }
    if (!seq) {
      if (after) damaged(afterSeq, 0);
      checkHeadless();
      if (!format) checkBlank();
      return;
    }
    var header = readHeader(newest);
    // Else it was not programmed to the end, and reads differently each time.
    if (header) {
      ring._slots[seq % ring._pages] = newest;
      if (readHead(header, seq === afterSeq - 1 ? after : null)) return;
      if (get(header, 14, 2) & SOLE && wasRetired()) {
        ring._oldest++;
        return;
      }
      if (after && seq !== afterSeq && get(after, 20, 4) !== HEADER_BYTES) damaged(seq, 0);
      after = header;
      afterSeq = seq;
    }
    seqs[newest] = 0;
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
    _now: now,
    _size: device.pageSize,
    _pages: pages,
    _unit: device.programUnit,
    _slots: new Uint16Array(pages),
    _marks: new Uint8Array(pages),
    _refused: Infinity,
    _retry: Infinity,
  } as Ring);
  empty(0);
  sumOf(bytesOf(0)); // A first write must not be what finds that a device has no checksum.
  var seqs = ring._seqs;
  var slot: number;
  for (slot = 0; slot < pages; slot++) {
    var header = readHeader(slot);
    if (header) {
      seqs[slot] = get(header, 4, 4);
      ring._slots[seqs[slot]! % pages] = slot;
    }
  }
  findHead(format);
  if (ring._oldest > ring._head) empty(ring._head);
  else {
    for (slot = 0; slot < pages; slot++) {
      if (seqs[slot]! < ring._oldest) seqs[slot] = 0;
      else {
        ring._slots[seqs[slot]! % pages] = slot;
        ring._spares--;
      }
    }
    for (var seq = ring._head; seq >= ring._oldest; seq--)
      if (get(headerOf(seq), 14, 2) & INSIDE) scripts._isInside(seq);
    checkHeadless();
  }
  return ring;
}
