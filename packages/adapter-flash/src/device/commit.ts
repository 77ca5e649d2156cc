/** Commits: one record where one will do, else a group of records that counts when its last one is there. */
import { append, openPage, room } from './append.ts';
import { put, putBytes, putText, putVarint, writeTo, written } from './bytes.ts';
import { CHUNK, type Changes, changesIn, EXPIRES, hasItem, LARGE, MARK, nextChange, PUT } from './change.ts';
import { full, makeRoom } from './collect.ts';
import { failure } from './error.ts';
import { notePages } from './find.ts';
import { COMMIT, FIRST, HEADER_BYTES, INSIDE, LAST, PART, ring, slotOf, WHOLE } from './ring.ts';

/** Spare pages that a write leaves: one is the ring's own, and one more is kept for deletions. */
var SPARES = 2;
var SPARES_AFTER_DELETION = 1;

/** A chunk with less of the value than this is not worth its key. */
var MIN_CHUNK_BYTES = 32;
/** What a chunk has before its bytes, beside its key; a large put has less than twice as much. */
var MAX_CHUNK_HEAD = 16;

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
  writeTo(part);
  put(markKind, 1);
  putVarint(markSeq);
  putText(markSpace);
  items = 0;
}

/** Begins a page in the middle of a group. */
function nextPage(): void {
  // The last spare page is for collection: a group that does not fit is given up, and counts for nothing.
  if (ring._spares < 2) throw full();
  openPage(first ? INSIDE : 0);
}

/** Writes the record, which is the last of its page, or the last of all. */
function endPart(isLast: boolean): void {
  var changes = part.subarray(0, written);
  while (!ring._mine || append(isLast ? LAST : first ? PART : FIRST, markSeq, changes) < 0) nextPage();
  if (!first) first = ring._head;
}

/** How many bytes the record in the making can still take. */
function left(): number {
  return room(items + 1) - written;
}

/** Makes sure that `length` bytes of changes fit the record in the making, or begins another one in a new page. */
function need(length: number): void {
  if (length <= left()) return;
  endPart(false);
  nextPage();
  beginPart();
  if (length > left()) throw full();
}

/** Cuts a put into chunks that fill the pages, and puts what stands for it. */
function packLarge(change: Changes): void {
  var body = change._bytes;
  var key = body.subarray(change._keyStart, change._keyEnd);
  var head = key.length + MAX_CHUNK_HEAD;
  var at = change._value;
  var chunks = 0;
  while (at < change._valueEnd) {
    need(head + Math.min(MIN_CHUNK_BYTES, change._valueEnd - at));
    var size = Math.min(change._valueEnd - at, left() - head);
    put(CHUNK, 1);
    putBytes(key);
    putVarint(++chunks);
    putVarint(markSeq);
    putVarint(size);
    putBytes(body.subarray(at, at + size));
    items++;
    at += size;
  }
  need(head + MAX_CHUNK_HEAD);
  put(change._expires ? LARGE + EXPIRES : LARGE, 1);
  putBytes(key);
  if (change._expires) putVarint(change._expires);
  put(change._tag, 1);
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
    if (changes._kind === PUT && changes._at - changes._start > ring._size / 4) packLarge(changes);
    else {
      need(changes._at - changes._start);
      putBytes(body.subarray(changes._start, changes._at));
      if (hasItem(changes._kind)) items++;
    }
    // A record that begins from here on names the namespace that is in force after this change.
    markSpace = changes._space;
  }
}

function writeGroup(body: Uint8Array, seq: number, spares: number, mark: number): void {
  // Marks, heads and what is left over take less than a quarter of a page.
  makeRoom(spares + Math.ceil(body.length / ring._size / 0.75), MIN_CHUNK_BYTES, 1, body.length);
  part = new Uint8Array(ring._size);
  first = 0;
  markKind = mark;
  markSeq = seq;
  markSpace = '';
  try {
    pack(body);
    endPart(true);
  } catch (error) {
    // What was written counts for nothing, as if a cut had ended it: so nothing follows it in its page.
    ring._mine = false;
    throw error;
  }
  ring._sure = ring._items._count;
  ring._commit = markSeq;
  for (var page = first; page < ring._head; page++) ring._marks[slotOf(page)]! |= WHOLE;
  notePages(first);
}

/**
 * Writes the changes of `body`, all or none: one record when it takes up to half a page, else a group. `seq`: the
 * number of the commit. `mark`: MARK, or RUN when they are a run up to that commit.
 * @throws ENOSPC, INVALID_KEY, IO, CORRUPT; nothing of it counts then
 */
export function commit(body: Uint8Array, seq: number, mark: number): void {
  var changes = changesIn(body, 0, body.length);
  var count = 0;
  var isPlain = mark === MARK && seq === ring._commit + 1;
  var spares = SPARES_AFTER_DELETION;
  while (nextChange(changes)) {
    if (changes._kind === PUT) spares = SPARES;
    if (changes._kind >= MARK) isPlain = false;
    if (hasItem(changes._kind)) count++;
    if (changes._key.length + changes._space.length > ring._size / 8)
      throw failure('INVALID_KEY', 'too long');
  }
  if (spares > 1 && body.length >= ring._refused && ring._now() < ring._retry) throw full();
  ring._retry = Infinity;
  if (!isPlain || body.length + 4 * count > ring._size / 2 - HEADER_BYTES)
    writeGroup(body, seq, spares, mark);
  else {
    do {
      makeRoom(spares, body.length, count, body.length);
      var place = append(COMMIT, seq, body);
    } while (place < 0);
    ring._sure = ring._items._count;
    ring._commit = seq;
    if (ring._index) ring._index._note(body, 0, body.length, place);
  }
  ring._refused = Infinity;
}
