/** Mounting: which pages count, where the newest of them ends, and which groups are whole. Nothing is written. */
import { bytesOf, get } from './bytes.ts';
import { changesIn } from './change.ts';
import { fail } from './error.ts';
import type { FlashDevice } from './flash-device.ts';
import {
  COPY,
  changesEnd,
  checkByte,
  damaged,
  HEADER_BYTES,
  headerOf,
  holds,
  INSIDE,
  type Index,
  kind,
  LAST,
  MAGIC,
  next,
  pageCount,
  pageSize,
  programUnit,
  RETIRE,
  type Ring,
  read,
  readHeader,
  readRecord,
  ring,
  SOLE,
  STALE,
  seqs,
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
  var bytes = read(ring._slot * pageSize + ring._at, 8);
  if (bytes[3] !== checkByte(bytes) || (bytes[2]! & 7) !== RETIRE || get(bytes, 4) !== ring._oldest)
    return false;
  try {
    walk(ring._oldest, scripts._note); // Notes nothing.
    return false;
  } catch (error) {
    // What the device throws says nothing of what is there.
    if ((error as { code?: string }).code !== 'CORRUPT') throw error;
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
  var seq = get(header, 4);
  var counts = !(header[14]! & SOLE);
  var endSum = after ? get(after, 24) : 0;
  // One that says there is no record may be older than this page: it was begun after one that kept nothing.
  var end = endSum ? get(after!, 20) : pageSize;
  var at = HEADER_BYTES;
  ring._head = seq;
  ring._commit = get(header, 8, 6);
  ring._oldest = get(header, 16);
  ring._sum = 0;
  for (;;) {
    var bytes = readRecord(seq, at, end, endSum);
    if (!bytes) break;
    at = next;
    ring._sum = sumRead;
    if (kind === RETIRE) {
      counts = true;
      ring._oldest = get(bytes, 4) + 1;
    }
    if (kind % LAST === 0) {
      ring._commit = kind === LAST ? scripts._lastMark(changesIn(bytes, 4, changesEnd)) : ring._commit + 1;
      if (ring._commit % 32 !== bytes[2]! >>> 3) damaged(seq, at);
    }
  }
  ring._at = at;
  // What is not valid is a tail that a cut left, unless something after it is.
  if (endSum) {
    if (at !== end) damaged(seq, at);
  } else if (!holds(ring._slot * pageSize + at, end - at))
    for (var from = at + programUnit; from < end; from += programUnit)
      if (readRecord(seq, from, end, 0)) damaged(seq, at);
  return at > HEADER_BYTES && counts;
}

/**
 * Looks at pages without a valid header: none may be the newest of all, with a commit that is bound to the sequence
 * after the head's, and something after it, so that it was whole once. @throws CORRUPT
 */
function checkHeadless(): void {
  var seq = ring._head + 1;
  for (var slot = 0; slot < pageCount; slot++) {
    if (seqs[slot] || readHeader(slot)) continue;
    seqs[slot] = seq;
    for (var at = HEADER_BYTES; readRecord(seq, at, pageSize, 0); at = next) {
      if (kind < COPY && next < pageSize && ~get(read(slot * pageSize + next, 4), 0)) damaged(seq, 0);
    }
    seqs[slot] = 0;
  }
}

/**
 * Finds the newest page that counts, and reads it; none when the ring is empty. Only the newest of all may have
 * nothing that counts; what it says of the page before it holds all the same: where that one ends, and with which record.
 * @throws CORRUPT
 */
function findHead(): void {
  /** The header of the page that was read last, when that does not count. */
  var after: Uint8Array | null = null;
  for (;;) {
    var newest = 0;
    for (var slot = 1; slot < pageCount; slot++) if (seqs[slot]! > seqs[newest]!) newest = slot;
    var seq = seqs[newest]!;
    var afterSeq = ring._head;
    // The first page of a ring, and nothing in it. The next one takes another slot.
    if (after && seq < afterSeq && ring._oldest === afterSeq) break;
    // Nothing at all, or what misses the page before it.
    if (!seq) return;
    var header = readHeader(newest);
    // Else it was not programmed to the end, and reads differently each time.
    if (header) {
      ring._slot = newest;
      if (readHead(header, seq === afterSeq - 1 ? after : null)) return;
      if (header[14]! & SOLE && wasRetired()) break;
      if (after && seq !== afterSeq && get(after, 20) !== HEADER_BYTES) damaged(seq, 0);
      after = header;
    }
    seqs[newest] = 0;
    ring._marks[newest] = STALE;
  }
  // This one still tells that there is a store.
  ring._marks[ring._slot] = 0;
  ring._oldest++;
}

/**
 * Reads what counts of a flash; an empty ring when it is blank. `format`: take one that holds something else
 * for blank, too. The ring is in use then.
 * @throws NOT_ISOKV, CORRUPT
 */
export function mount(flash: FlashDevice, now: () => number, format?: boolean): Ring {
  var pages = flash.pageCount;
  use({
    _device: flash,
    _now: now,
    _index: scripts as Index,
    _magic: MAGIC + flash.programUnit * 0x1000000,
    _seqs: new Uint32Array(pages),
    _marks: bytesOf(pages),
    _head: 0,
    _oldest: 1,
    _slot: -1,
    _spares: pages,
  } as Ring);
  var slot: number;
  var seq: number;
  for (slot = 0; slot < pages; slot++) {
    var header = readHeader(slot);
    if (header) seqs[slot] = get(header, 4);
  }
  findHead();
  seq = ring._head;
  if (ring._oldest > seq + 1) damaged(seq, 16);
  for (slot = 0; slot < pages; slot++) {
    if (seqs[slot]! < ring._oldest) seqs[slot] = 0;
    else ring._spares--;
  }
  if (seq < ring._oldest) ring._commit = ring._at = ring._sum = 0;
  for (; seq >= ring._oldest; seq--) if (headerOf(seq)[14]! & INSIDE) scripts._isInside(seq);
  checkHeadless();
  for (slot = 0; slot < pages && !ring._head && !format; slot++) {
    // There may be the beginning of a first header: it has set no bits to 0 that the whole one has not.
    var from = slot * pageSize;
    if (ring._magic & ~get(read(from, 4), 0) || !holds(from + HEADER_BYTES, pageSize - HEADER_BYTES))
      fail('NOT_ISOKV', 'not blank');
  }
  return ring;
}
