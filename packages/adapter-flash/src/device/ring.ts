/**
 * The ring of pages as it stands in memory, and the reading of what stands in a page. docs/FLASH.md is the
 * final word on the layout and says why it survives any cut.
 *
 *     page     header | record | record | ... | blank | summary
 *     header   magic 4 | seq u32 | commit u48 | flags u16 | oldest u32 | end u32 | sum u32 | crc u32
 *     record   length u16 | kind and commit u8 | check u8 | changes | 0xFF to a unit || sum u32 | 0xFF to a unit
 *     summary  0xFF to a unit | count x (hash u16, offset/4 u16) | count u16 | sure u16 | end u32 | sum u32
 */
import { get, portion } from './bytes.ts';
import type { Changes } from './change.ts';
import { fail } from './error.ts';
import type { FlashDevice } from './flash-device.ts';
import { scripts } from './scripts.ts';

export var HEADER_BYTES = 32;
/** "ikF" and the version; the low half of that byte is the program unit less one. */
var MAGIC = 0x10466b69;

/** Header flags: opened when no spare page was left; begins inside a group; the page before has a whole summary. */
export var SOLE = 1;
export var INSIDE = 2;
export var SEALED = 4;

/** Marks of a slot: the group that its page ends in is whole; it does not keep what is programmed. */
export var WHOLE = 1;
export var BAD = 2;

/** Kinds of records. A group is a first, any number of parts and a last, with nothing between them. */
export var COMMIT = 0;
export var FIRST = 1;
export var PART = 2;
export var LAST = 3;
export var COPY = 4;
export var RETIRE = 5;

/** Where the newest change of each entry stands, so that a look-up need not go through the summaries. */
export interface Index {
  /** The newest change of an entry or a piece of one, null when there is none or its namespace was cleared since. */
  _find(space: string, key: string, part: number): Changes | null;
  /** Takes in the changes of a record. Records come in their order, some of them twice. */
  _note(changes: Changes): void;
  /** Forgets what stands in a page that is retired. */
  _drop(seq: number): void;
}

/** Of a page, for its summary: hash u16 and offset / 4 u16 of each change. */
export interface Items {
  _seq: number;
  _bytes: Uint8Array<ArrayBuffer>;
  _count: number;
  /** How many of these count for sure: the rest are of a group that is not whole yet. */
  _sure: number;
}

export interface Ring {
  _device: FlashDevice;
  _index?: Index | null;
  /** @returns epoch milliseconds */
  _now(): number;
  /** Of the device: bytes of a page, pages, bytes of a program unit. */
  _size: number;
  _pages: number;
  _unit: number;
  /** The page sequence of each slot that is live, else 0. */
  _seqs: Uint32Array;
  /** The slot of each live sequence, at its remainder by the number of pages. */
  _slots: Uint16Array;
  /** For each slot: WHOLE, BAD. */
  _marks: Uint8Array;
  /** The newest page, 0 when there is none. */
  _head: number;
  _oldest: number;
  /** Slots that are neither live nor bad. */
  _spares: number;
  /** Where the head's records end, and the sum of the last of them. */
  _at: number;
  _sum: number;
  /** Whether the head was erased since the ring was mounted: only then it may be programmed. */
  _mine: boolean;
  /** The last commit. */
  _commit: number;
  /** Of the page written last. */
  _items?: Items;
  /** The smallest record that was refused for want of room since room was last made. */
  _refused: number;
  /** When the first entry expires of those that were copied since then: it may be worth a try again. */
  _retry: number;
}

/** The ring that is worked on: every call of a store begins with `use`, and runs to its end. */
export var ring: Ring;

export function use(one: Ring): void {
  ring = one;
}

export function current(): Ring {
  return ring;
}

/** Rounds up to whole program units. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / ring._unit) * ring._unit;
}

export function slotOf(seq: number): number {
  return ring._slots[seq % ring._pages]!;
}

export function pageStart(seq: number): number {
  return slotOf(seq) * ring._size;
}

/** Bytes that are not what was written: `offset` is where, in bytes from the start of the flash. */
export function damaged(seq: number, at: number): never {
  fail('CORRUPT', 'page ' + seq + ' at ' + at, pageStart(seq) + at);
}

/** A checksum of all the bytes. */
export function sumOf(bytes: Uint8Array): number {
  return ring._device.crc32 ? ring._device.crc32(bytes) : scripts._crc32(bytes);
}

/** Bound to the page, so that nothing an earlier life of it left can pass; never looks blank. */
export function boundSum(bytes: Uint8Array, seq: number): number {
  var sum = (sumOf(bytes) ^ seq) >>> 0;
  return sum === 0xffffffff ? 0 : sum;
}

export function checkByte(bytes: Uint8Array): number {
  return (bytes[0]! + 3 * bytes[1]! + 5 * bytes[2]! + 165) & 255;
}

/** The header's first word. */
export function magic(): number {
  return MAGIC + (ring._unit - 1) * 0x1000000;
}

/** @returns the header in this slot, or null when there is no valid one */
export function readHeader(slot: number): Uint8Array | null {
  var bytes = ring._device.read(slot * ring._size, HEADER_BYTES);
  return get(bytes, 0, 4) === magic() && sumOf(portion(bytes, 0, 28)) === get(bytes, 28, 4) ? bytes : null;
}

/** The header of a live page. @throws CORRUPT */
export function headerOf(seq: number): Uint8Array {
  var bytes = readHeader(slotOf(seq));
  if (!bytes || get(bytes, 4, 4) !== seq) damaged(seq, 0);
  return bytes;
}

/** Where the records of a page end, and the sum of the last of them: the next page's header says so. */
export var end = 0;
export var endSum = 0;

/** `header`: that of the page after; null when it is the head. */
export function findEnd(header: Uint8Array | null): void {
  end = header ? get(header, 20, 4) : ring._at;
  endSum = header ? get(header, 24, 4) : ring._sum;
}

/** Of the record that was last read: where the next one begins, its checksum, its kind, where its changes end. */
export var next = 0;
export var sumRead = 0;
export var kind = 0;
export var changesEnd = 0;

/**
 * Reads the record at `at` of page `seq`, which may end at `limit` at most. `sum`: what the checksum of a record
 * that ends at `limit` is known to be, for its own may not have been programmed to the end; 0 when that is not known.
 * @returns its bytes, whose changes begin at 4, or null when it is not valid
 */
export function readRecord(seq: number, at: number, limit: number, sum: number): Uint8Array | null {
  var device = ring._device;
  var start = pageStart(seq) + at;
  if (at + 4 > limit) return null;
  var bytes = device.read(start, 4);
  changesEnd = get(bytes, 0, 2) + 4;
  var size = aligned(changesEnd);
  next = at + size + ring._unit;
  if (next > limit || bytes[3] !== checkByte(bytes)) return null;
  bytes = device.read(start, size);
  sumRead = boundSum(bytes, seq);
  kind = bytes[2]! & 7;
  // The length is compared again: bytes that a cut has left may read differently each time.
  return get(bytes, 0, 2) + 4 === changesEnd &&
    sumRead === (sum && next === limit ? sum : get(device.read(start + size, 4), 0, 4))
    ? bytes
    : null;
}
