/**
 * Changes: those of docs/FORMAT.md, and the four that only flash has (docs/FLASH.md).
 *
 *     chunk  5         key, number varint, id varint, sized bytes         a piece of a value larger than a page
 *     large  6 (0x10)  key, [expiresAt], tag, length, id, chunks varints  stands for such a value
 *     mark   7         seq varint, namespace text                         what follows is of this commit
 *     run    8         seq varint, namespace text                         what follows is of the run up to this commit
 */
import { type Cursor, corrupt, readByte, readVarint, skip } from './bytes.ts';
import { readText } from './text.ts';

export var PUT = 1;
export var DELETE = 2;
export var NAMESPACE = 3;
export var CLEAR = 4;
export var CHUNK = 5;
export var LARGE = 6;
export var MARK = 7;
export var RUN = 8;
/** Added to the kind of a put that expires. */
export var EXPIRES = 16;

/** Steps over changes; after `nextChange` its fields describe the one that was read. */
export interface Changes extends Cursor {
  /** Where the change begins; it ends at `_at`. */
  _start: number;
  _kind: number;
  /** The namespace that the change is of. */
  _space: string;
  _key: string;
  /** Where the key begins, its length first, and where it ends. */
  _keyStart: number;
  _keyEnd: number;
  /** Epoch milliseconds, 0 for never. */
  _expires: number;
  _tag: number;
  /** The value's bytes. */
  _value: number;
  _valueEnd: number;
  /** The number of a chunk, from 1; of what is no chunk, 0. */
  _part: number;
  /** The commit that a large value and its chunks are of; of a mark, its seq. */
  _id: number;
  /** Of a large value. */
  _length: number;
  _chunks: number;
}

/** `bytes` from `at` to `end` as changes, of which the first is in the namespace ''. */
export function changesIn(bytes: Uint8Array, at: number, end: number): Changes {
  return {
    _bytes: bytes,
    _at: at,
    _end: end,
    _start: at,
    _kind: 0,
    _space: '',
    _key: '',
    _keyStart: 0,
    _keyEnd: 0,
    _expires: 0,
    _tag: 0,
    _value: 0,
    _valueEnd: 0,
    _part: 0,
    _id: 0,
    _length: 0,
    _chunks: 0,
  };
}

function takeText(changes: Changes): string {
  var length = readVarint(changes);
  var at = skip(changes, length);
  return readText(changes._bytes, at, at + length);
}

/** @returns false at the end. @throws CORRUPT for what is not a change */
export function nextChange(changes: Changes): boolean {
  if (changes._at >= changes._end) return false;
  changes._start = changes._at;
  var head = readByte(changes);
  var kind = head & 15;
  changes._kind = kind;
  if (head > 31 || kind < PUT || kind > RUN || (head > 15 && kind !== PUT && kind !== LARGE)) {
    throw corrupt('a change of unknown kind ' + head);
  }
  changes._part = 0;
  changes._expires = 0;
  if (kind >= MARK) {
    changes._id = readVarint(changes);
    changes._space = takeText(changes);
  } else if (kind === NAMESPACE) {
    changes._space = takeText(changes);
  } else if (kind !== CLEAR) {
    changes._keyStart = changes._at;
    changes._key = takeText(changes);
    changes._keyEnd = changes._at;
    if (head > 15) changes._expires = readVarint(changes);
    if (kind === CHUNK) {
      changes._part = readVarint(changes);
      changes._id = readVarint(changes);
    } else if (kind !== DELETE) changes._tag = readByte(changes);
    if (kind === LARGE) {
      changes._length = readVarint(changes);
      changes._id = readVarint(changes);
      changes._chunks = readVarint(changes);
    } else if (kind !== DELETE) {
      var length = readVarint(changes);
      changes._value = skip(changes, length);
      changes._valueEnd = changes._at;
    }
  }
  return true;
}

/** Whether the change is of one entry, or of one piece of it. */
export function isOfEntry(kind: number): boolean {
  return kind === PUT || kind === DELETE || kind === CHUNK || kind === LARGE;
}
