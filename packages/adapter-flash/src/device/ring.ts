/**
 * The ring of pages as it stands in memory, and the reading of what stands in a page. docs/FLASH.md is the
 * final word on the layout and says why it survives any cut.
 *
 *     page     header | record | record | ... | blank | summary
 *     header   magic 4 | seq u32 | commit u48 | flags u16 | oldest u32 | end u32 | sum u32 | crc u32
 *     record   length u16 | kind and commit u8 | check u8 | changes | 0xFF to a unit || sum u32 | 0xFF to a unit
 *     summary  0xFF to a unit | count x (hash u16, offset/4 u16) | count u16 | sure u16 | end u32 | sum u32
 */
import { corrupt, crc32, getU16, getU32, putU16, putU32 } from './bytes.ts';
import type { FlashDevice } from './flash-device.ts';

export var HEADER_BYTES = 32;
export var SUMMARY_BYTES = 12;
/** "ikF" and the version; the low half of that byte is the program unit less one. */
var MAGIC = 0x10466b69;

/** Header flags: opened when no spare page was left; begins inside a group; the page before has a whole summary. */
export var SOLE = 1;
export var INSIDE = 2;
export var SEALED = 4;

/** Marks of a slot: the group that its page ends in is whole; it does not keep what is programmed; its summary is good. */
export var WHOLE = 1;
export var BAD = 2;
export var CHECKED = 4;

/** Kinds of records. A group is a first, any number of parts and a last, with nothing between them. */
export var COMMIT = 0;
export var FIRST = 1;
export var PART = 2;
export var LAST = 3;
export var COPY = 4;
export var RETIRE = 5;

/** Where an entry stands: `page slot x page bytes + offset of its record`, in steps of four bytes; -1 for nowhere. */
export type Place = number;

/**
 * Where the newest change of each entry stands, a deletion as well as a put, so that a look-up need not go through
 * the summaries.
 */
export interface Index {
  /** Visits the places where `id` may stand; the newest that has it is the one. */
  _each(id: string, hash: number, visit: (place: Place) => void): void;
  /** Puts `id` in another place: `old` or `place` may be -1. @returns false when it has no room */
  _put(id: string, hash: number, old: Place, place: Place): boolean;
  _reset(): void;
}

/** A namespace, and where along the ring it was cleared last. */
interface Clearing {
  _space: string;
  _along: number;
}

export interface Ring {
  _device: FlashDevice;
  _index: Index | null;
  /** Namespaces that were cleared, for look-ups by the index. */
  _clearings: Clearing[];
  /** @returns epoch milliseconds */
  _now(): number;
  /** The page sequence of each slot that is live, else 0. */
  _seqs: Uint32Array;
  /** The slot of each live sequence, at its remainder by the number of pages. */
  _slots: Uint16Array;
  /** For each slot: WHOLE, BAD, CHECKED. */
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
  /** Of the head, for its summary: hash u16 and offset / 4 u16 of each entry, and how many entries there are. */
  _items: Uint8Array<ArrayBuffer>;
  _count: number;
  /** How many of these count for sure: the rest are of a group that is not whole yet. */
  _sure: number;
  /** The smallest record that was refused for want of room since room was last made. */
  _refused: number;
  /** The record that was last read: where the next one begins, its checksum, its kind, where its changes end. */
  _next: number;
  _read: number;
  _kind: number;
  _changesEnd: number;
  /** Bytes at the end of the head that mounting found unfinished. */
  _torn: number;
}

/** Rounds up to whole program units. */
export function aligned(ring: Ring, bytes: number): number {
  var unit = ring._device.programUnit;
  return Math.ceil(bytes / unit) * unit;
}

export function pageStart(ring: Ring, seq: number): number {
  return ring._slots[seq % ring._device.pageCount]! * ring._device.pageSize;
}

/** Bytes that are not what was written: `offset` is where, in bytes from the start of the flash. */
export function damaged(ring: Ring, seq: number, at: number): Error {
  var error = corrupt('page ' + seq + ' is damaged at ' + at);
  (error as Error & { offset: number }).offset = pageStart(ring, seq) + at;
  return error;
}

/** A checksum of all the bytes. */
function sumOf(ring: Ring, bytes: Uint8Array): number {
  var device = ring._device;
  return device.crc32 ? device.crc32(bytes) : crc32(bytes, 0, bytes.length, 0);
}

/** Bound to the page, so that nothing an earlier life of it left can pass; never looks blank. */
export function boundSum(ring: Ring, bytes: Uint8Array, seq: number): number {
  var sum = (sumOf(ring, bytes) ^ seq) >>> 0;
  return sum === 0xffffffff ? 0 : sum;
}

export function checkByte(bytes: Uint8Array): number {
  return (bytes[0]! + 3 * bytes[1]! + 5 * bytes[2]! + 165) & 255;
}

/** 0xFF everywhere. */
export function blank(length: number): Uint8Array {
  var bytes = new Uint8Array(length);
  for (var i = 0; i < length; i++) bytes[i] = 255;
  return bytes;
}

function magicOf(ring: Ring): number {
  return MAGIC + (ring._device.programUnit - 1) * 0x1000000;
}

export function writeHeader(ring: Ring, seq: number, flags: number): Uint8Array {
  var bytes = new Uint8Array(HEADER_BYTES);
  putU32(bytes, 0, magicOf(ring));
  putU32(bytes, 4, seq);
  putU32(bytes, 8, ring._commit % 4294967296);
  putU16(bytes, 12, Math.floor(ring._commit / 4294967296));
  putU16(bytes, 14, flags);
  putU32(bytes, 16, ring._oldest);
  putU32(bytes, 20, ring._at);
  putU32(bytes, 24, ring._sum);
  putU32(bytes, 28, sumOf(ring, bytes.subarray(0, 28)));
  return bytes;
}

/** @returns the header in this slot, or null when there is no valid one */
export function readHeader(ring: Ring, slot: number): Uint8Array | null {
  var bytes = ring._device.read(slot * ring._device.pageSize, HEADER_BYTES);
  var isOurs = getU32(bytes, 0) === magicOf(ring) && getU32(bytes, 4) > 0;
  return isOurs && sumOf(ring, bytes.subarray(0, 28)) === getU32(bytes, 28) ? bytes : null;
}

/** The header of a live page. @throws CORRUPT */
export function headerOf(ring: Ring, seq: number): Uint8Array {
  var bytes = readHeader(ring, ring._slots[seq % ring._device.pageCount]!);
  if (!bytes || getU32(bytes, 4) !== seq) throw corrupt('page ' + seq + ' is missing');
  return bytes;
}

/**
 * Reads the record at `at` of page `seq`, which may end at `limit` at most; `_next`, `_read`, `_kind` and
 * `_changesEnd` tell of it. `sum`: what the checksum of a record that ends at `limit` is known to be, for its
 * own may not have been programmed to the end; 0 when that is not known.
 * @returns its bytes, whose changes begin at 4, or null when it is not valid
 */
export function readRecord(
  ring: Ring,
  seq: number,
  at: number,
  limit: number,
  sum: number,
): Uint8Array | null {
  var device = ring._device;
  var start = pageStart(ring, seq) + at;
  if (at + 4 > limit) return null;
  var bytes = device.read(start, 4);
  var length = getU16(bytes, 0);
  var size = aligned(ring, 4 + length);
  var next = at + size + device.programUnit;
  if (next > limit || bytes[3] !== checkByte(bytes) || (bytes[2]! & 7) > RETIRE) return null;
  bytes = device.read(start, size);
  var actual = boundSum(ring, bytes, seq);
  if (getU16(bytes, 0) !== length || bytes[3] !== checkByte(bytes)) return null;
  if (sum && next === limit ? actual !== sum : actual !== getU32(device.read(start + size, 4), 0))
    return null;
  ring._next = next;
  ring._read = actual;
  ring._kind = bytes[2]! & 7;
  ring._changesEnd = 4 + length;
  return bytes;
}
