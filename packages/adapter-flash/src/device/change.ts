/**
 * Changes: those of docs/FORMAT.md, and the four that only flash has (docs/FLASH.md).
 *
 *     chunk  5         key, number varint, id varint, sized bytes         a piece of a value larger than a page
 *     large  6 (0x10)  key, [expiresAt], tag, length, id, chunks varints  stands for such a value
 *     mark   7         seq varint, namespace text                         what follows is of this commit
 *     run    8         seq varint, namespace text                         what follows is of the run up to this commit
 */
import { type Cursor, put, putText, readByte, readVarint, skip, takeText } from './bytes.ts';
import { scripts } from './scripts.ts';

export var PUT = 1;
export var DELETE = 2;
var NAMESPACE = 3;
export var CLEAR = 4;
export var CHUNK = 5;
export var LARGE = 6;
export var MARK = 7;
export var RUN = 8;
/** Added to the kind of a put that expires. */
export var EXPIRES = 16;

/** The key of a change that is of no entry, nor of a piece of one: no text has this byte. */
export var NO_KEY = '\xff';

/** Steps over changes; after `nextChange` its fields describe the one that was read. */
export interface Changes extends Cursor {
  /** Where the change begins; it ends at `_at`. */
  _start: number;
  _kind: number;
  /** The namespace that the change is of. */
  _space: string;
  _key: string;
  /** Where the key ends; it begins after the first byte, with its length. */
  _keyEnd: number;
  /** Epoch milliseconds, 0 for never. */
  _expires: number;
  _tag: number;
  /** The value's bytes; of a large one only their number is here, from 0 on. */
  _value: number;
  _valueEnd: number;
  /** The commit that a large value and its chunks are of; of a mark, its seq. */
  _id: number;
  /** Of a large value. */
  _chunks: number;
  /** Where its record stands along the ring: `page sequence x page bytes + offset`. */
  _place: number;
}

/** `bytes` from `at` to `end` as changes, of which the first is in the namespace ''. `place`: of their record, if any. */
export function changesIn(bytes: Uint8Array, at: number, end: number, place?: number): Changes {
  return { _bytes: bytes, _at: at, _end: end, _space: '', _place: place } as Changes;
}

/** @returns false at the end. @throws CORRUPT for what is not a change, UNSUPPORTED for what needs the script for large ones */
export function nextChange(changes: Changes): boolean {
  if (changes._at >= changes._end) return false;
  changes._start = changes._at;
  var head = readByte(changes);
  changes._kind = head & 15;
  changes._key = NO_KEY;
  changes._expires = changes._id = 0;
  if (head === NAMESPACE) changes._space = takeText(changes);
  else if (head === PUT || head === PUT + EXPIRES || head === DELETE) {
    changes._key = takeText(changes);
    changes._keyEnd = changes._at;
    if (head !== DELETE) {
      if (head !== PUT) changes._expires = readVarint(changes);
      changes._tag = readByte(changes);
      changes._value = skip(changes, readVarint(changes));
      changes._valueEnd = changes._at;
    }
  } else if (head !== CLEAR) scripts._readSpecial(changes, head);
  return true;
}

/** Puts a change that says that what follows is of a namespace. @throws INVALID_KEY */
export function putNamespace(space: string): void {
  put(NAMESPACE);
  putText(space);
}
