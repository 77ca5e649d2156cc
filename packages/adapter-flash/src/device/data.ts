/** Data: the bytes of `toData()` in every runtime. docs/FORMAT.md is the final word. */
import { type Cursor, corrupt, crc32, getU32, putU32, readVarint, skip, writeVarint } from './bytes.ts';
import { type Changes, CLEAR, changesIn, NAMESPACE, nextChange, PUT } from './change.ts';
import { findEntry, type Name, namesIn, putOf } from './entries.ts';
import { failure } from './error.ts';
import type { Ring } from './ring.ts';
import { readText, writeText } from './text.ts';

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
    putU32(frame, 2, size);
    frame.set(payload.subarray(at, at + size), 6);
    out._crc = crc32(frame, 1, size + 6, out._crc);
    putU32(frame, size + 6, out._crc);
    add(out, frame);
    at += size;
  } while (at < payload.length);
}

/** A block of entries of one namespace. @returns its payload */
export function blockOf(space: string, puts: Uint8Array[]): Uint8Array {
  var expiring: number[] = [];
  var size = 0;
  var i: number;
  for (i = 0; i < puts.length; i++) {
    if (puts[i]![0] !== PUT) expiring.push(i);
    size += puts[i]!.length;
  }
  var at = writeVarint(null, 0, space.length) + space.length + 8;
  var block = new Uint8Array(at + 4 * (puts.length + expiring.length) + size);
  writeText(block, writeVarint(block, 0, space.length), space);
  putU32(block, at - 8, puts.length);
  putU32(block, at - 4, expiring.length);
  var entry = at + 4 * (puts.length + expiring.length);
  for (i = 0; i < puts.length; i++) {
    putU32(block, at + 4 * i, entry);
    block.set(puts[i]!, entry);
    entry += puts[i]!.length;
  }
  for (i = 0; i < expiring.length; i++) putU32(block, at + 4 * (puts.length + i), expiring[i]!);
  return block;
}

/** Hands the blocks of these entries, which are in order, to `take`. @returns how many there are */
function makeBlocks(ring: Ring, names: Name[], take: (block: Uint8Array) => void): number {
  var puts: Uint8Array[] = [];
  var size = 0;
  var blocks = 0;
  for (var i = 0; i < names.length; i++) {
    var name = names[i]!;
    var put = putOf(ring, findEntry(ring, name._space, name._key)!);
    size += put.length;
    if (puts.length && (size > BLOCK_BYTES || names[i - 1]!._space !== name._space)) {
      take(blockOf(names[i - 1]!._space, puts));
      blocks++;
      puts = [];
      size = put.length;
    }
    puts.push(put);
  }
  if (puts.length) {
    take(blockOf(names[names.length - 1]!._space, puts));
    blocks++;
  }
  return blocks;
}

/** All entries, the same bytes as from any other runtime. */
export function writeData(ring: Ring): Uint8Array {
  var names = namesIn(ring, null);
  var out: Output = { _bytes: new Uint8Array(0), _length: 0, _crc: 0 };
  var header = new Uint8Array(HEADER_BYTES);
  header.set(MAGIC);
  addFrames(out, HEADER, header);
  var blocks = makeBlocks(ring, names, function (block) {
    addFrames(out, BLOCK, block);
  });
  var end = new Uint8Array(24);
  var length = writeVarint(end, 1, blocks);
  length = writeVarint(end, length, names.length);
  addFrames(out, RUN_END, end.subarray(0, length));
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
    var length = getU32(bytes, at + 2);
    skip(cursor, length + 4);
    messages._crc = crc32(bytes, at + 1, at + 6 + length, messages._crc);
    if (bytes[at] !== 0xf5 || messages._crc !== getU32(bytes, at + 6 + length))
      throw corrupt('data that are damaged');
    if (flags & 32) throw failure('SEALED', 'these data are sealed');
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
  var length = readVarint(cursor);
  var at = skip(cursor, length);
  var count = getU32(block, skip(cursor, 4));
  var expiring = getU32(block, skip(cursor, 4));
  skip(cursor, 4 * (count + expiring));
  var changes = changesIn(block, cursor._at, block.length);
  changes._space = readText(block, at, at + length);
  return changes;
}

/** Says that what follows is of a namespace. */
export function namespaceChange(space: string): Uint8Array {
  var change = new Uint8Array(space.length + 4);
  change[0] = NAMESPACE;
  return change.subarray(0, writeText(change, writeVarint(change, 1, space.length), space));
}

/** What `readData` found: the changes, ready to be committed, in the place of all there is. */
export function readData(ring: Ring, bytes: Uint8Array): Uint8Array {
  var body: Output = { _bytes: new Uint8Array(bytes.length), _length: 0, _crc: 0 };
  var names = namesIn(ring, null);
  var space = '';
  var head: Uint8Array;
  for (var i = 0; i < names.length; i++) {
    if (i && names[i]!._space === names[i - 1]!._space) continue;
    if (names[i]!._space !== space) add(body, namespaceChange(names[i]!._space));
    space = names[i]!._space;
    head = new Uint8Array(1);
    head[0] = CLEAR;
    add(body, head);
  }
  var messages: Messages = {
    _cursor: { _bytes: bytes, _at: 0, _end: bytes.length },
    _crc: 0,
    _kind: 0,
    _payload: body._bytes,
  };
  for (i = 0; i < MAGIC.length - 1; i++) {
    if (bytes[i + 6] !== MAGIC[i]) throw failure('NOT_ISOKV', 'these bytes are not data of isokv');
  }
  nextMessage(messages);
  if (messages._payload[10] !== 1)
    throw failure('UNKNOWN_VERSION', 'data of version ' + messages._payload[10]);
  if (messages._kind !== HEADER) throw corrupt('data without a header');
  var blocks = 0;
  var entries = 0;
  for (;;) {
    nextMessage(messages);
    if (messages._kind !== BLOCK) break;
    blocks++;
    var changes = changesOfBlock(messages._payload);
    add(body, namespaceChange(changes._space));
    var start = changes._at;
    while (nextChange(changes)) {
      if (changes._kind !== PUT) throw corrupt('an entry of a block that is not one');
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
    throw corrupt('data that have lost entries');
  }
  return body._bytes.subarray(0, body._length);
}
