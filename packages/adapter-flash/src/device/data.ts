/** Data: the bytes of `toData()` in every runtime. docs/FORMAT.md is the final word. */
import {
  type Cursor,
  corrupt,
  get,
  made,
  put,
  putBytes,
  putText,
  putVarint,
  readVarint,
  set,
  skip,
  takeText,
} from './bytes.ts';
import { type Changes, CLEAR, changesIn, EXPIRES, nextChange, PUT, putNamespace } from './change.ts';
import { commit } from './commit.ts';
import { crc32 } from './crc32.ts';
import { fail } from './error.ts';
import { isEntry, isNewest } from './find.ts';
import { type Face, methods } from './open.ts';
import { use } from './ring.ts';
import { scripts } from './scripts.ts';
import { valueBytes } from './values.ts';
import { walkFrom } from './walk.ts';

/** The header's magic, its version, no store id, no cipher. */
var MAGIC = [137, 105, 115, 111, 107, 118, 13, 10, 26, 10, 1];
var HEADER_BYTES = 29;
var END = 8;
var HEADER = 1;
var BLOCK = 2;
var RUN_END = 3;
var BLOCK_BYTES = 262144;
var MAX_PAYLOAD = 1048576;

/** Bytes that grow. */
interface Output {
  _bytes: Uint8Array;
  _length: number;
  /** The checksum of the last frame. */
  _crc: number;
}

function add(out: Output, bytes: Uint8Array): void {
  if (out._length + bytes.length > out._bytes.length) {
    var more = new Uint8Array(out._length + bytes.length);
    more.set(out._bytes.subarray(0, out._length));
    out._bytes = more;
  }
  out._bytes.set(bytes, out._length);
  out._length += bytes.length;
}

function addFrames(out: Output, kind: number, payload: Uint8Array): void {
  var at = 0;
  do {
    var size = Math.min(MAX_PAYLOAD, payload.length - at);
    var frame = new Uint8Array(size + 10);
    frame[0] = 0xf5;
    frame[1] = at + size < payload.length ? kind : kind + END;
    set(frame, 2, size, 4);
    frame.set(payload.subarray(at, at + size), 6);
    out._crc = crc32(frame.subarray(1, size + 6), out._crc);
    set(frame, size + 6, out._crc, 4);
    add(out, frame);
    at += size;
  } while (at < payload.length);
}

/** The entry as a put of docs/FORMAT.md. */
export function putOf(entry: Changes): Uint8Array {
  if (entry._kind === PUT) return entry._bytes.subarray(entry._start, entry._at);
  var value = valueBytes(entry);
  return made(function () {
    put(entry._expires ? PUT + EXPIRES : PUT);
    putBytes(entry._bytes.subarray(entry._start + 1, entry._keyEnd));
    if (entry._expires) putVarint(entry._expires);
    put(entry._tag);
    putVarint(value.length);
    putBytes(value);
  });
}

/** A block of entries of one namespace. @returns its payload */
export function blockOf(space: string, puts: Uint8Array[]): Uint8Array {
  var expiring: number[] = [];
  for (var n = 0; n < puts.length; n++) if (puts[n]![0] !== PUT) expiring.push(n);
  var head = made(function () {
    putText(space);
  }).length;
  return made(function () {
    var i: number;
    var entry = head + 8 + 4 * (puts.length + expiring.length);
    putText(space);
    put(puts.length, 4);
    put(expiring.length, 4);
    for (i = 0; i < puts.length; i++) {
      put(entry, 4);
      entry += puts[i]!.length;
    }
    for (i = 0; i < expiring.length; i++) put(expiring[i]!, 4);
    for (i = 0; i < puts.length; i++) putBytes(puts[i]!);
  });
}

export interface Name {
  _space: string;
  _key: string;
}

function byName(a: Name, b: Name): number {
  if (a._space !== b._space) return a._space < b._space ? -1 : 1;
  return a._key < b._key ? -1 : a._key > b._key ? 1 : 0;
}

/** All entries that have not expired, in order. */
export function names(): Name[] {
  var all: Name[] = [];
  walkFrom(scripts._ring._oldest, function (changes) {
    while (nextChange(changes))
      if (isEntry(changes) && isNewest(changes)) all.push({ _space: changes._space, _key: changes._key });
  });
  return all.sort(byName);
}

/** Hands the blocks of these entries, which are in order, to `take`. @returns how many there are */
function makeBlocks(all: Name[], take: (block: Uint8Array) => void): number {
  var puts: Uint8Array[] = [];
  var size = 0;
  var blocks = 0;
  for (var i = 0; i < all.length; i++) {
    var name = all[i]!;
    var bytes = putOf(scripts._ring._index._find(name._space, name._key)!);
    size += bytes.length;
    if (puts.length && (size > BLOCK_BYTES || all[i - 1]!._space !== name._space)) {
      take(blockOf(all[i - 1]!._space, puts));
      blocks++;
      puts = [];
      size = bytes.length;
    }
    puts.push(bytes);
  }
  if (puts.length) {
    take(blockOf(all[all.length - 1]!._space, puts));
    blocks++;
  }
  return blocks;
}

function inNamespace(space: string): Uint8Array {
  return made(function () {
    putNamespace(space);
  });
}

/** All entries, the same bytes as from any other runtime. */
function toData(): Uint8Array {
  var all = names();
  var out: Output = { _bytes: new Uint8Array(0), _length: 0, _crc: 0 };
  var header = new Uint8Array(HEADER_BYTES);
  header.set(MAGIC);
  addFrames(out, HEADER, header);
  var blocks = makeBlocks(all, function (block) {
    addFrames(out, BLOCK, block);
  });
  addFrames(
    out,
    RUN_END,
    made(function () {
      put(0);
      putVarint(blocks);
      putVarint(all.length);
    }),
  );
  return out._bytes;
}

/** Steps over the messages of data. */
interface Messages {
  _cursor: Cursor;
  _crc: number;
  _kind: number;
  _payload: Uint8Array;
}

function nextMessage(messages: Messages): void {
  var cursor = messages._cursor;
  var payload = new Uint8Array(0);
  for (;;) {
    var at = skip(cursor, 6);
    var bytes = cursor._bytes;
    var flags = bytes[at + 1]!;
    var length = get(bytes, at + 2, 4);
    skip(cursor, length + 4);
    messages._crc = crc32(bytes.subarray(at + 1, at + 6 + length), messages._crc);
    if (bytes[at] !== 0xf5 || messages._crc !== get(bytes, at + 6 + length, 4)) corrupt('data');
    if (flags & 32) fail('SEALED', 'data are sealed');
    var joined = new Uint8Array(payload.length + length);
    joined.set(payload);
    joined.set(bytes.subarray(at + 6, at + 6 + length), payload.length);
    payload = joined;
    if (flags & END) {
      messages._kind = flags & 7;
      messages._payload = payload;
      return;
    }
  }
}

/** The changes that make an empty store of what a block holds, in its namespace. @throws CORRUPT */
export function changesOfBlock(block: Uint8Array): Changes {
  var cursor: Cursor = { _bytes: block, _at: 0, _end: block.length };
  var space = takeText(cursor);
  var count = get(block, skip(cursor, 4), 4);
  var expiring = get(block, skip(cursor, 4), 4);
  skip(cursor, 4 * (count + expiring));
  var changes = changesIn(block, cursor._at, block.length);
  changes._space = space;
  return changes;
}

/** Commits what the data hold in the place of all there is. @throws CORRUPT, NOT_ISOKV, UNKNOWN_VERSION, ENOSPC */
function fromData(bytes: Uint8Array): void {
  var body: Output = { _bytes: new Uint8Array(bytes.length), _length: 0, _crc: 0 };
  var all = names();
  var space = '';
  var clear = new Uint8Array(1);
  clear[0] = CLEAR;
  for (var i = 0; i < all.length; i++) {
    if (i && all[i]!._space === all[i - 1]!._space) continue;
    if (all[i]!._space !== space) add(body, inNamespace(all[i]!._space));
    space = all[i]!._space;
    add(body, clear);
  }
  var messages: Messages = {
    _cursor: { _bytes: bytes, _at: 0, _end: bytes.length },
    _crc: 0,
    _kind: 0,
    _payload: body._bytes,
  };
  for (i = 0; i < MAGIC.length - 1; i++) {
    if (bytes[i + 6] !== MAGIC[i]) fail('NOT_ISOKV', 'no data of isokv');
  }
  nextMessage(messages);
  if (messages._payload[10] !== 1) fail('UNKNOWN_VERSION', 'data of version ' + messages._payload[10]);
  if (messages._kind !== HEADER) corrupt('data');
  var blocks = 0;
  var entries = 0;
  for (;;) {
    nextMessage(messages);
    if (messages._kind !== BLOCK) break;
    blocks++;
    var changes = changesOfBlock(messages._payload);
    add(body, inNamespace(changes._space));
    var start = changes._at;
    while (nextChange(changes)) {
      if (changes._kind !== PUT) corrupt('data');
      entries++;
    }
    add(body, messages._payload.subarray(start));
  }
  var end: Cursor = { _bytes: messages._payload, _at: 0, _end: messages._payload.length };
  readVarint(end);
  if (
    messages._kind !== RUN_END ||
    readVarint(end) !== blocks ||
    readVarint(end) !== entries ||
    messages._cursor._at < bytes.length
  ) {
    corrupt('data');
  }
  commit(body._bytes.subarray(0, body._length));
}

/** Gives stores their toData() and fromData(). `isokv`: what the core script exports. */
export function addTo(_isokv: unknown): void {
  methods.toData = function (this: Face): Uint8Array {
    use(this._ring);
    return toData();
  };
  methods.fromData = function (this: Face, bytes: Uint8Array): void {
    use(this._ring);
    fromData(bytes);
  };
}
