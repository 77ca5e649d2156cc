/**
 * The ring of pages as it stands in memory, and the reading of what stands in a page. docs/FLASH.md is the
 * final word on the layout and says why it survives any cut.
 *
 *     page     header | record | record | ... | blank | summary
 *     header   magic 4 | seq u32 | commit u48 | flags u16 | oldest u32 | end u32 | sum u32 | crc u32
 *     record   length u16 | kind and commit u8 | check u8 | changes | 0xFF to a unit || sum u32 | 0xFF to a unit
 *     summary  0xFF to a unit | count x (hash u16, offset/4 u16) | count u16 | sure u16 | end u32 | sum u32
 */
import { corrupt, get, portion } from './bytes.ts';
import type { Changes } from './change.ts';
import { fail } from './error.ts';
import type { FlashDevice } from './flash-device.ts';
import { type Scripts, scripts } from './scripts.ts';

export var HEADER_BYTES = 32;
/** "ikF" and the version, 1 in the high half of a byte; the low half is to be the program unit less one. */
export var MAGIC = 0x0f466b69;

/** Header flags: opened when no spare page was left; begins inside a group; the page before has a whole summary. */
export var SOLE = 1;
export var INSIDE = 2;
export var SEALED = 4;

/**
 * Marks of a slot: the group that its page ends in is whole; it does not keep what is programmed; it may have the
 * header of a page after the head, which does not count; it was erased for that, and no more.
 */
export var WHOLE = 1;
export var BAD = 2;
export var STALE = 4;
export var BLANK = 8;

/** Kinds of records. A group is a first, any number of parts and a last, with nothing between them. Those that end a commit are multiples of LAST, those that stand alone and have changes multiples of COPY. */
export var COMMIT = 0;
export var FIRST = 1;
export var PART = 2;
export var LAST = 3;
export var COPY = 4;
export var RETIRE = 5;

/** What look-ups go by: an index in memory, or `scripts`, which keeps nothing there. */
export interface Index {
  /** The newest change of an entry or a piece of one, null when there is none; it may be what clears its namespace. */
  _find(space: string, key: string): Changes | null;
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
  _index: Index;
  /** @returns epoch milliseconds */
  _now(): number;
  /** The first word of its headers. */
  _magic: number;
  /** The page sequence of each slot that is live, else 0. */
  _seqs: Uint32Array;
  /** For each slot: WHOLE, BAD, STALE, BLANK. */
  _marks: Uint8Array;
  /** The newest page, 0 when there is none, and its slot, -1 then. */
  _head: number;
  _slot: number;
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
/** What never changes of it. */
var device: FlashDevice;
export var pageSize = 0;
export var pageCount = 0;
export var programUnit = 0;
export var seqs: Uint32Array;
/** Epoch milliseconds when the call began; 0 when the clock is not set, so that nothing expires. */
export var time = 0;

/** Earlier than this no clock is right. 2020-01-01. */
var PLAUSIBLE = 1577836800000;

/** Whether the device is at work: then nobody else may be, for there is one state for all stores. */
var isBusy = false;

/** @throws UNSUPPORTED when it is the device of a store that calls */
export function use(one: Ring): void {
  if (isBusy) {
    // Once: where memory ended in the middle of a call nothing else would take it back.
    isBusy = false;
    fail('UNSUPPORTED', 'nested call');
  }
  // Before all else, for a clock may call another store.
  var now = one._now();
  time = now >= PLAUSIBLE ? now : 0;
  ring = one;
  scripts._ring = one;
  device = one._device;
  pageSize = device.pageSize;
  pageCount = device.pageCount;
  programUnit = device.programUnit;
  seqs = one._seqs;
}

/** So many bytes from `start`, of the flash. */
export function read(start: number, length: number): Uint8Array {
  isBusy = true;
  try {
    var bytes = device.read(start, length);
  } catch (error) {
    isBusy = false;
    throw error;
  }
  isBusy = false;
  return bytes;
}

/** Whether the bytes from `start` are these, or blank when none are given. */
export function holds(start: number, length: number, bytes?: Uint8Array): boolean {
  for (var at = 0; at < length; at += 256) {
    var back = read(start + at, Math.min(256, length - at));
    for (var i = 0; i < back.length; i++) if (back[i] !== (bytes ? bytes[at + i] : 255)) return false;
  }
  return true;
}

/** Programs bytes, or erases a page when there are none, and reads back. @returns whether it is as it should be */
export function isDone(start: number, bytes?: Uint8Array): boolean {
  try {
    isBusy = true;
    if (bytes) device.program(start, bytes);
    else device.erase(start / pageSize);
    return holds(start, bytes ? bytes.length : pageSize, bytes);
  } catch (_error) {
    isBusy = false;
    return false;
  }
}

/** Rounds up to whole program units. */
export function aligned(bytes: number): number {
  return Math.ceil(bytes / programUnit) * programUnit;
}

/** @throws CORRUPT when there is no such page */
export function slotOf(seq: number): number {
  // Not every engine has it on arrays of words.
  var slot = ([] as unknown[]).indexOf.call(seqs as never, seq);
  if (slot < 0) corrupt('page ' + seq);
  return slot;
}

/** Bytes that are not what was written: `offset` is where, in bytes from the start of the flash. */
export function damaged(seq: number, at: number): never {
  corrupt('page ' + seq + ' at ' + at, slotOf(seq) * pageSize + at);
}

/** A checksum of all the bytes. */
export function sumOf(bytes: Uint8Array): number {
  return (device.crc32 ? (device as Pick<Scripts, 'crc32'>) : scripts).crc32(bytes);
}

/** Bound to the page, so that nothing an earlier life of it left can pass; never looks blank. */
export function boundSum(bytes: Uint8Array, seq: number): number {
  var sum = sumOf(bytes) ^ seq;
  return ~sum ? sum >>> 0 : 0;
}

export function checkByte(bytes: Uint8Array): number {
  return (bytes[0]! + 3 * bytes[1]! + 5 * bytes[2]! + 165) & 255;
}

/** @returns the header in this slot, or null when there is no valid one. @throws UNSUPPORTED when there are no checksums */
export function readHeader(slot: number): Uint8Array | null {
  var bytes = read(slot * pageSize, HEADER_BYTES);
  return sumOf(portion(bytes, 0, 28)) === get(bytes, 28) && get(bytes, 0) === ring._magic ? bytes : null;
}

/** The header of a live page. @throws CORRUPT */
export function headerOf(seq: number): Uint8Array {
  return readHeader(slotOf(seq)) || damaged(seq, 0);
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
  var start = slotOf(seq) * pageSize + at;
  // What a header says of the page before it may be anything.
  limit = Math.min(limit, pageSize);
  if (at + 4 > limit) return null;
  var bytes = read(start, 4);
  changesEnd = get(bytes, 0, 2) + 4;
  var size = aligned(changesEnd);
  next = at + size + programUnit;
  if (next > limit || bytes[3] !== checkByte(bytes)) return null;
  bytes = read(start, size);
  sumRead = boundSum(bytes, seq);
  kind = bytes[2]! & 7;
  // The length is compared again: bytes that a cut has left may read differently each time.
  return kind <= RETIRE &&
    get(bytes, 0, 2) + 4 === changesEnd &&
    sumRead === (sum && next === limit ? sum : get(read(start + size, 4), 0))
    ? bytes
    : null;
}
