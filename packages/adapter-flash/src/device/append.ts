/** Writing: records to the head, the next page, the oldest page's retirement. */
import { get, made, put, putBytes, set } from './bytes.ts';
import { failure } from './error.ts';
import { addItems, noItems } from './find.ts';
import {
  aligned,
  BAD,
  boundSum,
  checkByte,
  HEADER_BYTES,
  magic,
  pageStart,
  RETIRE,
  ring,
  SEALED,
  SOLE,
  SUMMARY_BYTES,
  slotOf,
  sumOf,
} from './ring.ts';

/** Programs bytes, or erases a page when there are none, and reads back. @returns whether it is as it should be */
function isDone(start: number, bytes: Uint8Array | null): boolean {
  var device = ring._device;
  try {
    if (bytes) device.program(start, bytes);
    else device.erase(start / ring._size);
    var length = bytes ? bytes.length : ring._size;
    for (var at = 0; at < length; at += 256) {
      var back = device.read(start + at, Math.min(256, length - at));
      for (var i = 0; i < back.length; i++) if (back[i] !== (bytes ? bytes[at + i] : 255)) return false;
    }
    return true;
  } catch (_error) {
    return false;
  }
}

/** 0xFF everywhere. */
function blank(length: number): Uint8Array {
  var bytes = new Uint8Array(length);
  while (length--) bytes[length] = 255;
  return bytes;
}

/** What a page keeps free for one mark of retirement and for a summary of so many items. */
function reserve(count: number): number {
  return aligned(8) + ring._unit + aligned(4 * count + SUMMARY_BYTES);
}

/** How many bytes of changes fit into a record at the end of the head, when `items` of them are in its summary. */
export function room(items: number): number {
  return ring._size - ring._at - reserve(ring._items._count + items) - ring._unit - 4;
}

/** Whether the head can take a record; one mark of retirement has room after it in any case. */
export function fits(length: number, items: number): boolean {
  return ring._mine && length <= room(items);
}

/** Writes the summary of the head, which takes no more records. @returns whether it is there: else records are read */
function seal(): boolean {
  var count = ring._items._count;
  var size = aligned(4 * count + SUMMARY_BYTES);
  var bytes = blank(size);
  var at = size - SUMMARY_BYTES;
  bytes.set(ring._items._bytes.subarray(0, 4 * count), at - 4 * count);
  set(bytes, at, count, 2);
  set(bytes, at + 2, ring._sure, 2);
  set(bytes, at + 4, ring._at, 4);
  set(bytes, at + 8, boundSum(bytes.subarray(0, at + 8), ring._head), 4);
  return isDone(pageStart(ring._head) + ring._size - size, bytes);
}

function headerFor(seq: number, flags: number): Uint8Array {
  var fields = made(function () {
    put(magic(), 4);
    put(seq, 4);
    put(ring._commit, 6);
    put(flags, 2);
    put(ring._oldest, 4);
    put(ring._at, 4);
    put(ring._sum, 4);
  });
  return made(function () {
    putBytes(fields);
    put(sumOf(fields), 4);
  });
}

/** Ends the head and begins the next page, erased first whatever it looks like. @throws IO when all pages are bad */
export function openPage(flags: number): void {
  if (ring._mine && seal()) flags |= SEALED;
  ring._mine = false;
  var seq = ring._head + 1;
  var slot = ring._head ? slotOf(ring._head) : -1;
  for (var tried = 0; ; tried++) {
    // The slots in turn, but for those that are live or bad.
    if (tried === ring._pages) throw failure('IO', 'bad pages');
    slot = (slot + 1) % ring._pages;
    if (ring._seqs[slot] || ring._marks[slot]! & BAD) continue;
    ring._spares--;
    var start = slot * ring._size;
    if (isDone(start, null)) {
      if (isDone(start, headerFor(seq, flags | (ring._spares ? 0 : SOLE)))) break;
      isDone(start, null); // Lest the header can be read after all.
    }
    ring._marks[slot] = BAD;
  }
  ring._seqs[slot] = seq;
  ring._slots[seq % ring._pages] = slot;
  ring._marks[slot] = 0;
  ring._head = seq;
  ring._at = HEADER_BYTES;
  ring._sum = ring._sure = 0;
  ring._items = noItems();
  ring._mine = true;
}

/**
 * Programs a record at the end of the head: all of it, and only then its checksum.
 * @returns where it stands along the ring, or -1 when the page does not keep what is programmed: it takes no more then
 */
export function append(kind: number, commit: number, changes: Uint8Array): number {
  var length = changes.length;
  var size = aligned(length + 4);
  var bytes = blank(size + ring._unit);
  set(bytes, 0, length, 2);
  bytes[2] = kind + (commit % 32) * 8;
  bytes[3] = checkByte(bytes);
  bytes.set(changes, 4);
  var body = bytes.subarray(0, size);
  var sum = boundSum(body, ring._head);
  set(bytes, size, sum, 4);
  var at = ring._at;
  var start = pageStart(ring._head) + at;
  if (!isDone(start, body) || !isDone(start + size, bytes.subarray(size))) {
    ring._mine = false;
    ring._marks[slotOf(ring._head)]! |= BAD;
    return -1;
  }
  if (kind !== RETIRE) addItems(ring._items, bytes, length + 4, at);
  ring._at += size + ring._unit;
  ring._sum = sum;
  return ring._head * ring._size + at;
}

/** Lets the oldest page go, or all, which have nothing left that counts. Their bytes stay until they are used again. */
export function retire(all: boolean): void {
  var changes = new Uint8Array(4);
  do {
    if (!ring._mine || ring._at + reserve(ring._items._count) > ring._size) openPage(0);
    var last = all ? ring._head : ring._oldest;
    set(changes, 0, last, 4);
  } while (append(RETIRE, ring._commit, changes) < 0);
  for (; ring._oldest <= last; ring._oldest++) {
    var slot = slotOf(ring._oldest);
    ring._seqs[slot] = 0;
    if (ring._index) ring._index._drop(ring._oldest);
    if (!(ring._marks[slot]! & BAD)) ring._spares++;
  }
}

/** The sequence that a mark of retirement names. */
export function retiredIn(bytes: Uint8Array): number {
  return get(bytes, 4, 4);
}
