/** Writing: records to the head, the next page, the oldest page's retirement. */
import { bytesOf, portion, put, set, writeTo } from './bytes.ts';
import { changesIn } from './change.ts';
import { fail } from './error.ts';
import {
  aligned,
  BAD,
  boundSum,
  checkByte,
  device,
  HEADER_BYTES,
  pageCount,
  pageSize,
  programUnit,
  RETIRE,
  ring,
  SOLE,
  seqs,
  slotOf,
  sumOf,
} from './ring.ts';
import { scripts } from './scripts.ts';
import { isPartOfGroup } from './walk.ts';

/** Whether the bytes from `start` are these, or blank when none are given. */
export function holds(start: number, length: number, bytes?: Uint8Array): boolean {
  for (var at = 0; at < length; at += 256) {
    var back = device.read(start + at, Math.min(256, length - at));
    for (var i = 0; i < back.length; i++) if (back[i] !== (bytes ? bytes[at + i] : 255)) return false;
  }
  return true;
}

/** Programs bytes, or erases a page when there are none, and reads back. @returns whether it is as it should be */
export function isDone(start: number, bytes?: Uint8Array): boolean {
  try {
    if (bytes) device.program(start, bytes);
    else device.erase(start / pageSize);
    return holds(start, bytes ? bytes.length : pageSize, bytes);
  } catch (_error) {
    return false;
  }
}

/** 0xFF everywhere. */
export function blank(length: number): Uint8Array {
  var bytes = bytesOf(length);
  while (length--) bytes[length] = 255;
  return bytes;
}

/**
 * How many bytes of changes fit into a record at the end of the head, when `items` of them are in its summary. A page
 * keeps room for that, and for one mark of retirement.
 */
export function room(items: number): number {
  return pageSize - ring._at - scripts._summaryBytes(items) - aligned(8) - 2 * programUnit - 4;
}

/** Whether the head can take a record; one mark of retirement has room after it in any case. */
export function fits(length: number, items: number): boolean {
  return ring._mine && length <= room(items);
}

function headerFor(flags: number): Uint8Array {
  var bytes = bytesOf(HEADER_BYTES);
  writeTo(bytes, 0);
  put(ring._magic, 4);
  put(ring._head + 1, 4);
  put(ring._commit, 6);
  put(flags, 2);
  put(ring._oldest, 4);
  put(ring._at, 4);
  put(ring._sum, 4);
  put(sumOf(portion(bytes, 0, 28)), 4);
  return bytes;
}

/** Ends the head and begins the next page, erased first whatever it looks like. What was written to is so no more. @throws IO when all pages are bad */
export function openPage(flags?: number): void {
  flags! |= scripts._seal();
  ring._mine = false;
  var seq = ring._head + 1;
  var slot = ring._slot;
  for (;;) {
    if (!ring._spares) fail('IO', 'bad pages');
    // The slots in turn, but for those that are live or bad.
    do slot = (slot + 1) % pageCount;
    while (seqs[slot] || ring._marks[slot]! & BAD);
    ring._spares--;
    var start = slot * pageSize;
    if (isDone(start)) {
      if (isDone(start, headerFor(flags! | (ring._spares ? 0 : SOLE)))) break;
      isDone(start); // Lest the header can be read after all.
    }
    ring._marks[slot] = BAD;
  }
  seqs[slot] = seq;
  ring._slot = slot;
  ring._marks[slot] = 0;
  ring._head = seq;
  ring._at = HEADER_BYTES;
  ring._sum = 0;
  ring._mine = true;
}

/**
 * Programs a record at the end of the head: all of it, and only then its checksum.
 * @returns false when the page does not keep what is programmed: it takes no more then
 */
export function append(kind: number, commit: number, changes: Uint8Array): boolean {
  var length = changes.length;
  var size = aligned(length + 4);
  var bytes = blank(size + programUnit);
  set(bytes, 0, length, 2);
  bytes[2] = kind + (commit % 32) * 8;
  bytes[3] = checkByte(bytes);
  bytes.set(changes, 4);
  var body = portion(bytes, 0, size);
  var sum = boundSum(body, ring._head);
  set(bytes, size, sum, 4);
  var place = ring._head * pageSize + ring._at;
  var start = ring._slot * pageSize + ring._at;
  if (!isDone(start, body) || !isDone(start + size, portion(bytes, size))) {
    ring._mine = false;
    ring._marks[ring._slot]! |= BAD;
    return false;
  }
  ring._at += size + programUnit;
  ring._sum = sum;
  if (kind === RETIRE) length = 0; // What a mark has are no changes.
  scripts._keepItems(kind, changesIn(changes, 0, length, place));
  if (!isPartOfGroup(kind)) {
    ring._commit = commit;
    // The records of a group are noted when it is whole.
    ring._index._note(changesIn(changes, 0, length, place));
  }
  return true;
}

/** Writes a record of collection to the head, or to the next page. `length`: the bytes of changes it takes room for. */
export function move(kind: number, changes: Uint8Array, length: number, items: number): void {
  do if (!fits(length, items)) openPage();
  while (!append(kind, ring._commit, changes));
}

/** Lets the pages up to `last` go, which have nothing left that counts. Their bytes stay until they are used again. */
export function retire(last: number): void {
  var changes = bytesOf(4);
  set(changes, 0, last, 4);
  // The room of one mark is kept free.
  move(RETIRE, changes, -4 - programUnit, 0);
  for (; ring._oldest <= last; ring._oldest++) {
    var slot = slotOf(ring._oldest);
    ring._index._drop(ring._oldest);
    seqs[slot] = 0;
    if (!(ring._marks[slot]! & BAD)) ring._spares++;
  }
}
