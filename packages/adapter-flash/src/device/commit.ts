/** Commits: one record where one will do, else a group of records that counts when its last one is there. */
import { appendRecord, openPage, roomAt } from './append.ts';
import { writeVarint } from './bytes.ts';
import { CHUNK, CLEAR, changesIn, EXPIRES, isOfEntry, LARGE, MARK, nextChange, PUT } from './change.ts';
import { full, makeRoom } from './collect.ts';
import { failure } from './error.ts';
import { indexRecord } from './find.ts';
import { COMMIT, FIRST, HEADER_BYTES, INSIDE, LAST, PART, type Ring, readRecord, WHOLE } from './ring.ts';
import { writeText } from './text.ts';

/** Spare pages that a write leaves: one is the ring's own, and one more is kept for deletions. */
var SPARES = 2;
var SPARES_AFTER_DELETION = 1;

/** A chunk with less of the value than this is not worth its key. */
var MIN_CHUNK_BYTES = 32;

/** Lays a group out over pages; a rehearsal only counts how many it takes. */
interface Packer {
  _ring: Ring;
  _rehearsal: boolean;
  /** Where the next record goes, how many items stand before it, and pages begun so far. */
  _at: number;
  _count: number;
  _pages: number;
  /** The record in the making. */
  _part: Uint8Array;
  _length: number;
  _items: number;
  /** What the changes are of: the kind and seq of their mark, and the namespace. */
  _kind: number;
  _seq: number;
  _space: string;
  /** Whether a record of the group has been written. */
  _began: boolean;
  /** Page and offset of each record that was written. */
  _written: number[];
}

/** Begins a record with a mark of what it is of. */
function beginPart(packer: Packer): void {
  packer._part[0] = packer._kind;
  var at = writeVarint(packer._part, 1, packer._seq);
  at = writeVarint(packer._part, at, packer._space.length);
  packer._length = writeText(packer._part, at, packer._space);
  packer._items = 0;
}

function room(packer: Packer): number {
  return roomAt(packer._ring, packer._at, packer._count, packer._items + 1) - packer._length;
}

function nextPage(packer: Packer): void {
  var ring = packer._ring;
  packer._pages++;
  packer._at = HEADER_BYTES;
  packer._count = 0;
  if (packer._rehearsal) return;
  // The last spare page is for collection: a group that does not fit is given up, and counts for nothing.
  if (ring._spares < 2) throw failure('ENOSPC', 'pages have gone bad: no room for this');
  openPage(ring, packer._began ? INSIDE : 0);
}

/** Writes the record, which is the last of its page, or the last of all. */
function endPart(packer: Packer, isLast: boolean): void {
  var ring = packer._ring;
  if (packer._rehearsal) {
    nextPage(packer);
    return;
  }
  var kind = isLast ? LAST : packer._began ? PART : FIRST;
  for (;;) {
    var at = ring._at;
    if (ring._mine && appendRecord(ring, kind, packer._seq, packer._part, packer._length)) {
      packer._written.push(ring._head, at);
      break;
    }
    nextPage(packer);
  }
  packer._began = true;
  if (!isLast) nextPage(packer);
}

/** Makes sure that `length` bytes of changes fit the record in the making, or begins another one in a new page. */
function need(packer: Packer, length: number): void {
  if (length <= room(packer)) return;
  endPart(packer, false);
  beginPart(packer);
  if (length > room(packer)) throw failure('ENOSPC', 'a change that is larger than a page');
}

function takeBytes(packer: Packer, bytes: Uint8Array, from: number, to: number): void {
  packer._part.set(bytes.subarray(from, to), packer._length);
  packer._length += to - from;
}

function takeVarint(packer: Packer, figure: number): void {
  packer._length = writeVarint(packer._part, packer._length, figure);
}

function pack(packer: Packer, body: Uint8Array): void {
  var changes = changesIn(body, 0, body.length);
  var quarter = packer._ring._device.pageSize / 4;
  // What begins with a mark says itself what it is of.
  if (!nextChange(changes) || changes._kind < MARK) changes = changesIn(body, 0, body.length);
  else {
    packer._kind = changes._kind;
    packer._seq = changes._id;
  }
  beginPart(packer);
  while (nextChange(changes)) {
    var kind = changes._kind;
    var length = changes._at - changes._start;
    if (kind >= MARK) {
      packer._kind = kind;
      packer._seq = changes._id;
    }
    if (kind === PUT && length > quarter) {
      var keyBytes = changes._keyEnd - changes._keyStart;
      var at = changes._value;
      var chunks = 0;
      while (at < changes._valueEnd) {
        chunks++;
        var head = 1 + keyBytes + writeVarint(null, 0, chunks) + writeVarint(null, 0, packer._seq) + 3;
        need(packer, head + Math.min(MIN_CHUNK_BYTES, changes._valueEnd - at));
        var size = Math.min(changes._valueEnd - at, room(packer) - head);
        packer._part[packer._length++] = CHUNK;
        takeBytes(packer, body, changes._keyStart, changes._keyEnd);
        takeVarint(packer, chunks);
        takeVarint(packer, packer._seq);
        takeVarint(packer, size);
        takeBytes(packer, body, at, at + size);
        packer._items++;
        at += size;
      }
      need(packer, keyBytes + 40);
      packer._part[packer._length++] = changes._expires ? LARGE + EXPIRES : LARGE;
      takeBytes(packer, body, changes._keyStart, changes._keyEnd);
      if (changes._expires) takeVarint(packer, changes._expires);
      packer._part[packer._length++] = changes._tag;
      takeVarint(packer, changes._valueEnd - changes._value);
      takeVarint(packer, packer._seq);
      takeVarint(packer, chunks);
      packer._items++;
    } else {
      need(packer, length);
      takeBytes(packer, body, changes._start, changes._at);
      if (isOfEntry(kind) || kind === CLEAR) packer._items++;
    }
    // A record that begins from here on names the namespace that is in force after this change.
    packer._space = changes._space;
  }
}

function packerOf(ring: Ring, seq: number, rehearsal: boolean): Packer {
  return {
    _ring: ring,
    _rehearsal: rehearsal,
    _at: ring._at,
    _count: ring._count,
    _pages: 0,
    _part: new Uint8Array(ring._device.pageSize),
    _length: 0,
    _items: 0,
    _kind: MARK,
    _seq: seq,
    _space: '',
    _began: false,
    _written: [],
  };
}

/** Takes the records of a group that is whole now into the index. */
function indexGroup(ring: Ring, written: number[]): void {
  for (var i = 0; ring._index && i < written.length; i += 2) {
    var bytes = readRecord(ring, written[i]!, written[i + 1]!, ring._device.pageSize, 0);
    if (bytes) indexRecord(ring, bytes, ring._changesEnd, written[i]!, written[i + 1]!);
  }
}

function writeGroup(ring: Ring, body: Uint8Array, seq: number, spares: number): void {
  var packer: Packer;
  var pages = 0;
  // Collecting moves the end of the head, so it is rehearsed again after it.
  for (;;) {
    makeRoom(ring, spares + pages, MIN_CHUNK_BYTES, 1);
    packer = packerOf(ring, seq, true);
    pack(packer, body);
    if (ring._spares >= spares + packer._pages) break;
    pages = packer._pages;
  }
  packer = packerOf(ring, seq, false);
  try {
    pack(packer, body);
    endPart(packer, true);
  } catch (error) {
    ring._count = ring._sure; // What was written counts for nothing.
    throw error;
  }
  ring._sure = ring._count;
  ring._commit = packer._seq;
  var written = packer._written;
  for (var i = 0; i < written.length - 2; i += 2) {
    ring._marks[ring._slots[written[i]! % ring._device.pageCount]!]! |= WHOLE;
  }
  indexGroup(ring, written);
}

/** Writes one record when it takes up to half a page, else a group. */
function write(ring: Ring, body: Uint8Array, seq: number): void {
  var changes = changesIn(body, 0, body.length);
  var pageSize = ring._device.pageSize;
  var next = ring._commit + 1;
  var items = 0;
  var isPlain = !seq || seq === next;
  var spares = SPARES_AFTER_DELETION;
  while (nextChange(changes)) {
    if (changes._kind === PUT) spares = SPARES;
    if (changes._kind >= MARK) isPlain = false;
    if (isOfEntry(changes._kind) || changes._kind === CLEAR) items++;
    if (changes._key.length + changes._space.length > pageSize / 8) {
      throw failure(
        'INVALID_KEY',
        'key and namespace have more than ' + pageSize / 8 + ' bytes, an eighth of a page',
      );
    }
  }
  if (!isPlain || body.length + 4 * items > pageSize / 2 - HEADER_BYTES) {
    writeGroup(ring, body, seq || next, spares);
    return;
  }
  var bytes: Uint8Array | null;
  var at: number;
  do {
    makeRoom(ring, spares, body.length, items);
    at = ring._at;
    bytes = appendRecord(ring, COMMIT, next, body, body.length);
  } while (!bytes);
  ring._sure = ring._count;
  ring._commit = next;
  indexRecord(ring, bytes, body.length + 4, ring._head, at);
}

/**
 * Writes the changes of `body`, all or none. `seq`: the number of the commit, 0 for the next one.
 * @throws ENOSPC, INVALID_KEY, IO, CORRUPT; nothing of it counts then
 */
export function commit(ring: Ring, body: Uint8Array, seq: number): void {
  if (body.length >= ring._refused) throw full();
  try {
    write(ring, body, seq);
    ring._refused = Infinity;
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOSPC') ring._refused = body.length;
    throw error;
  }
}
