/** Commits, and values, larger than half a page: groups of records that count when their last one is there. */
import { append, openPage, room } from './append.ts';
import {
  corrupt,
  get,
  put,
  putBytes,
  putText,
  putVarint,
  readByte,
  readVarint,
  skip,
  takeText,
  writeTo,
} from './bytes.ts';
import {
  CHUNK,
  type Changes,
  CLEAR,
  changesIn,
  EXPIRES,
  LARGE,
  MARK,
  NO_KEY,
  nextChange,
  PUT,
  RUN,
} from './change.ts';
import { makeRoom } from './collect.ts';
import { fail } from './error.ts';
import { isEntry } from './find.ts';
import { aligned, FIRST, HEADER_BYTES, INSIDE, LAST, PART, type Ring, slotOf, WHOLE } from './ring.ts';
import { scripts } from './scripts.ts';
import { record, walkFrom } from './walk.ts';

/** A chunk with less of the value than this is not worth its key. */
var MIN_CHUNK_BYTES = 32;
/** What a chunk has before its bytes, beside its key; a large put has less than twice as much. */
var MAX_CHUNK_HEAD = 16;

/** The ring that is worked on, and the bytes of its pages. */
var ring: Ring;
var pageSize = 0;

/** The record of a group in the making, how many items it has, and the first page with a record of the group, or 0. */
var part: Uint8Array;
var items = 0;
var first = 0;
/** What its changes are of: the kind and seq of their mark, and the namespace. */
var markKind = 0;
var markSeq = 0;
var markSpace = '';

/** Begins a record with a mark of what it is of. */
function beginPart(): void {
  writeTo(part, 0);
  put(markKind);
  putVarint(markSeq);
  putText(markSpace);
  items = 0;
}

/** Begins a page in the middle of a group. */
function nextPage(): void {
  // The last spare page is for collection: a group that does not fit is given up, and counts for nothing.
  if (ring._spares < 2) fail('ENOSPC', 'full');
  openPage(first ? INSIDE : 0);
  // Nor does any count in that page, which a bad one has left to it, before its mark of retirement.
  if (!ring._spares) fail('ENOSPC', 'full');
}

/** Writes the record, which is the last of its page, or the last of all. */
function endPart(isLast: boolean): void {
  var changes = part.subarray(0, put(0, 0));
  while (!ring._mine || !append(isLast ? LAST : first ? PART : FIRST, markSeq, changes)) nextPage();
  if (!first) first = ring._head;
}

/** How many bytes the record in the making can still take. */
function left(): number {
  return room(items + 1) - put(0, 0);
}

/** Makes sure that `length` bytes of changes fit the record in the making, or begins another one in a new page. */
function need(length: number): void {
  if (length <= left()) return;
  endPart(false);
  nextPage();
  beginPart();
  if (length > left()) fail('ENOSPC', 'full');
}

/** Cuts a put into chunks that fill the pages, and puts what stands for it. */
function packLarge(change: Changes): void {
  var body = change._bytes;
  var key = body.subarray(change._start + 1, change._keyEnd);
  var head = key.length + MAX_CHUNK_HEAD;
  var at = change._value;
  var chunks = 0;
  while (at < change._valueEnd) {
    need(head + Math.min(MIN_CHUNK_BYTES, change._valueEnd - at));
    var size = Math.min(change._valueEnd - at, left() - head);
    put(CHUNK);
    putBytes(key);
    putVarint(++chunks);
    putVarint(markSeq);
    putVarint(size);
    putBytes(body.subarray(at, at + size));
    items++;
    at += size;
  }
  need(head + MAX_CHUNK_HEAD);
  put(change._expires ? LARGE + EXPIRES : LARGE);
  putBytes(key);
  if (change._expires) putVarint(change._expires);
  put(change._tag);
  putVarint(change._valueEnd - change._value);
  putVarint(markSeq);
  putVarint(chunks);
  items++;
}

function pack(body: Uint8Array): void {
  var changes = changesIn(body, 0, body.length);
  beginPart();
  while (nextChange(changes)) {
    if (changes._kind >= MARK) {
      markKind = changes._kind;
      markSeq = changes._id;
    }
    if (changes._kind === PUT && changes._at - changes._start > pageSize / 4) packLarge(changes);
    else {
      need(changes._at - changes._start);
      putBytes(body.subarray(changes._start, changes._at));
      if (changes._key !== NO_KEY || changes._kind === CLEAR) items++;
    }
    // A record that begins from here on names the namespace that is in force after this change.
    markSpace = changes._space;
  }
}

function writeGroup(body: Uint8Array, spares: number, mark?: number, seq?: number): void {
  ring = scripts._ring;
  pageSize = ring._device.pageSize;
  // What is small goes to the head as one record: with a mark and its items it takes less than thrice its bytes, and these.
  if (body.length < pageSize / 6) makeRoom(spares, 3 * body.length + MIN_CHUNK_BYTES, 0, body.length);
  // Marks, heads and what is left over take less than a quarter of a page.
  else makeRoom(spares + Math.ceil(body.length / pageSize / 0.75), MIN_CHUNK_BYTES, 1, body.length);
  part = new Uint8Array(pageSize);
  first = 0;
  markKind = mark || MARK;
  markSeq = mark ? (seq as number) : ring._commit + 1;
  markSpace = '';
  try {
    pack(body);
    endPart(true);
  } catch (error) {
    // What was written counts for nothing, as if a cut had ended it: so nothing follows it in its page.
    ring._mine = false;
    throw error;
  }
  for (var page = first; page < ring._head; page++) ring._marks[slotOf(page)]! |= WHOLE;
  // Until the index has taken note of all of it nothing is looked up there.
  var index = ring._index;
  ring._index = scripts;
  walkFrom(first, function (changes) {
    ring._index = index;
    index._note(changes);
    index = ring._index;
    ring._index = scripts;
  });
  ring._index = index;
}

/** How the group that has a record at `at` goes on: 1 it is whole, 0 it was given up, -1 it fills the page. */
function groupAt(seq: number, at: number): number {
  ring = scripts._ring;
  for (var from = at; ; ) {
    var bytes = record(seq, at);
    if (!bytes) return -1;
    var kind = bytes[2]! & 7;
    if (kind === LAST) return 1;
    if (kind !== PART && (kind !== FIRST || at > from)) return 0;
    at += aligned(get(bytes, 0, 2) + 4) + ring._device.programUnit;
  }
}

function isWhole(seq: number, at: number): boolean {
  var whole = groupAt(seq, at);
  if (whole < 0) whole = ring._marks[slotOf(seq)]! & WHOLE;
  return !!whole;
}

function isInside(seq: number): void {
  var lead = groupAt(seq, HEADER_BYTES);
  if (seq > ring._oldest) ring._marks[slotOf(seq - 1)] = lead < 0 ? ring._marks[slotOf(seq)]! : lead;
}

function lastMark(changes: Changes): number {
  var seq = 0;
  while (nextChange(changes)) if (changes._kind >= MARK) seq = changes._id;
  return seq;
}

/** What a chunk is looked up by: its entry's key, and its number behind a byte that no text has. */
export function pieceKey(key: string, number: number): string {
  return key + NO_KEY + number;
}

function readSpecial(changes: Changes, head: number): void {
  if (head === MARK || head === RUN) {
    changes._id = readVarint(changes);
    changes._space = takeText(changes);
    return;
  }
  if (head !== CHUNK && head !== LARGE && head !== LARGE + EXPIRES) corrupt('change ' + head);
  changes._key = takeText(changes);
  changes._keyEnd = changes._at;
  if (head === CHUNK) {
    changes._key = pieceKey(changes._key, readVarint(changes));
    changes._id = readVarint(changes);
    changes._value = skip(changes, readVarint(changes));
    changes._valueEnd = changes._at;
  } else {
    if (head !== LARGE) changes._expires = readVarint(changes);
    changes._tag = readByte(changes);
    changes._value = 0;
    changes._valueEnd = readVarint(changes);
    changes._id = readVarint(changes);
    changes._chunks = readVarint(changes);
  }
}

function isPiece(chunk: Changes): boolean {
  var main = scripts._ring._index._find(chunk._space, chunk._key.substring(0, chunk._key.indexOf(NO_KEY)));
  return isEntry(main) && main._id === chunk._id;
}

/** Puts a large value together. @throws CORRUPT when a piece is missing */
function largeValue(entry: Changes): Uint8Array {
  var value: Uint8Array | null = null;
  for (;;) {
    var length = 0;
    for (var number = 1; number <= entry._chunks; number++) {
      var chunk = scripts._ring._index._find(entry._space, pieceKey(entry._key, number));
      if (!chunk || chunk._id !== entry._id) break;
      if (value) value.set(chunk._bytes.subarray(chunk._value, chunk._valueEnd), length);
      length += chunk._valueEnd - chunk._value;
    }
    if (length !== entry._valueEnd) corrupt('lost a piece');
    if (value) return value;
    // Only when the pieces have been counted it is known that the length is not made up.
    value = new Uint8Array(length);
  }
}

/** Gives stores commits and values over half a page. `isokv`: what the core script exports. */
export function addTo(_isokv: unknown): void {
  scripts._writeGroup = writeGroup;
  scripts._isWhole = isWhole;
  scripts._isInside = isInside;
  scripts._lastMark = lastMark;
  scripts._readSpecial = readSpecial;
  scripts._isPiece = isPiece;
  scripts._large = largeValue;
}
