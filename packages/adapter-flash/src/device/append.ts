/** Writing: records to the head, the next page, the oldest page's retirement. */
import { getU32, putU16, putU32 } from './bytes.ts';
import { failure } from './error.ts';
import { addItems } from './find.ts';
import {
  aligned,
  BAD,
  blank,
  boundSum,
  checkByte,
  HEADER_BYTES,
  pageStart,
  RETIRE,
  type Ring,
  SEALED,
  SOLE,
  SUMMARY_BYTES,
  writeHeader,
} from './ring.ts';

/** Programs and reads back. @returns whether it is as it should be */
function program(ring: Ring, address: number, bytes: Uint8Array): boolean {
  try {
    ring._device.program(address, bytes);
    var back = ring._device.read(address, bytes.length);
    for (var i = 0; i < bytes.length; i++) if (back[i] !== bytes[i]) return false;
    return true;
  } catch (_error) {
    return false;
  }
}

/** Erases and reads back. @returns whether all of it is blank */
function erase(ring: Ring, slot: number): boolean {
  var device = ring._device;
  try {
    device.erase(slot);
    for (var at = 0; at < device.pageSize; at += 256) {
      var bytes = device.read(slot * device.pageSize + at, Math.min(256, device.pageSize - at));
      for (var i = 0; i < bytes.length; i++) if (bytes[i] !== 255) return false;
    }
    return true;
  } catch (_error) {
    return false;
  }
}

/** How many bytes of changes with `items` entries fit at `at` of a page that has `count` items. */
export function roomAt(ring: Ring, at: number, count: number, items: number): number {
  var unit = ring._device.programUnit;
  var reserve = aligned(ring, 8) + unit + aligned(ring, 4 * (count + items) + SUMMARY_BYTES);
  return ring._device.pageSize - at - reserve - unit - 4;
}

/** Whether the head can take a record; one mark of retirement has room after it in any case. */
export function fits(ring: Ring, length: number, items: number): boolean {
  return ring._mine && aligned(ring, length + 4) - 4 <= roomAt(ring, ring._at, ring._count, items);
}

/** Writes the summary of the head, which takes no more records. @returns whether it is there: else records are read */
function seal(ring: Ring): boolean {
  var count = ring._count;
  var size = aligned(ring, 4 * count + SUMMARY_BYTES);
  var bytes = blank(size);
  var at = size - SUMMARY_BYTES;
  bytes.set(ring._items.subarray(0, 4 * count), at - 4 * count);
  putU16(bytes, at, count);
  putU16(bytes, at + 2, ring._sure);
  putU32(bytes, at + 4, ring._at);
  putU32(bytes, at + 8, boundSum(ring, bytes.subarray(0, at + 8), ring._head));
  return program(ring, pageStart(ring, ring._head) + ring._device.pageSize - size, bytes);
}

/** The slot that comes after the head's and is neither live nor bad. @throws ENOSPC */
function nextSlot(ring: Ring): number {
  var count = ring._device.pageCount;
  var slot = ring._head ? ring._slots[ring._head % count]! : count - 1;
  for (var i = 0; i < count; i++) {
    slot = (slot + 1) % count;
    if (!ring._seqs[slot] && !(ring._marks[slot]! & BAD)) return slot;
  }
  throw failure('IO', 'no page of this flash takes what is programmed');
}

/** Ends the head and begins the next page, erased first whatever it looks like. */
export function openPage(ring: Ring, flags: number): void {
  if (ring._mine && seal(ring)) flags |= SEALED;
  ring._mine = false;
  var seq = ring._head + 1;
  var slot: number;
  for (;;) {
    slot = nextSlot(ring);
    ring._spares--;
    var header = writeHeader(ring, seq, flags | (ring._spares ? 0 : SOLE));
    if (erase(ring, slot)) {
      if (program(ring, slot * ring._device.pageSize, header)) break;
      erase(ring, slot); // Lest the header can be read after all.
    }
    ring._marks[slot] = BAD;
  }
  ring._seqs[slot] = seq;
  ring._slots[seq % ring._device.pageCount] = slot;
  ring._marks[slot] = 0;
  ring._head = seq;
  ring._at = HEADER_BYTES;
  ring._sum = 0;
  ring._count = 0;
  ring._sure = 0;
  ring._mine = true;
}

/**
 * Programs a record at the end of the head: all of it, and only then its checksum.
 * @returns the record, or null when the page does not keep what is programmed: the head takes no more then
 */
export function appendRecord(
  ring: Ring,
  kind: number,
  commit: number,
  changes: Uint8Array,
  length: number,
): Uint8Array | null {
  var unit = ring._device.programUnit;
  var size = aligned(ring, length + 4);
  var bytes = blank(size + unit);
  putU16(bytes, 0, length);
  bytes[2] = kind + (commit % 32) * 8;
  bytes[3] = checkByte(bytes);
  bytes.set(changes.subarray(0, length), 4);
  var body = bytes.subarray(0, size);
  var sum = boundSum(ring, body, ring._head);
  putU32(bytes, size, sum);
  var start = pageStart(ring, ring._head) + ring._at;
  if (!program(ring, start, body) || !program(ring, start + size, bytes.subarray(size))) {
    ring._mine = false;
    ring._marks[ring._slots[ring._head % ring._device.pageCount]!]! |= BAD;
    return null;
  }
  if (kind !== RETIRE) addItems(ring, bytes, length + 4, ring._at);
  ring._at += size + unit;
  ring._sum = sum;
  return bytes;
}

/** Lets the oldest page go, or all, which have nothing left that counts. Their bytes stay until they are used again. */
export function retire(ring: Ring, all: boolean): void {
  var device = ring._device;
  var changes = new Uint8Array(4);
  do {
    var size = aligned(ring, 8) + device.programUnit;
    var summary = aligned(ring, 4 * ring._count + SUMMARY_BYTES);
    if (!ring._mine || ring._at + size + summary > device.pageSize) openPage(ring, 0);
    var last = all ? ring._head : ring._oldest;
    putU32(changes, 0, last);
  } while (!appendRecord(ring, RETIRE, ring._commit, changes, 4));
  for (; ring._oldest <= last; ring._oldest++) {
    var slot = ring._slots[ring._oldest % device.pageCount]!;
    ring._seqs[slot] = 0;
    if (!(ring._marks[slot]! & BAD)) ring._spares++;
  }
}

/** The sequence that a mark of retirement names. */
export function retiredIn(bytes: Uint8Array): number {
  return getU32(bytes, 4);
}
