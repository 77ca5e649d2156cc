/** Values: tag, length and bytes, as docs/FORMAT.md has them. */
import {
  bytesOf,
  corrupt,
  floor,
  largest,
  made,
  portion,
  put,
  putBytes,
  putText,
  putVarint,
  readByte,
  readVarint,
} from './bytes.ts';
import { type Changes, changesIn, LARGE } from './change.ts';
import { fail } from './error.ts';
import { scripts } from './scripts.ts';
import { readText } from './text.ts';

var BYTES = 1;
var TEXT = 2;
export var JSON_TEXT = 3;
var MSGPACK = 4;
var FLOAT = 5;
var INT = 6;
var TRUE = 7;
var FALSE = 8;
var NULL = 9;

/** Puts tag, length and bytes of a value. @throws INVALID_VALUE for what cannot be kept exactly */
export function putValue(value: unknown): void {
  var tag = NULL;
  var bytes: Uint8Array = bytesOf(0);
  if (typeof value === 'string') {
    put(TEXT);
    putText(value, 'INVALID_VALUE');
    return;
  }
  if (typeof value === 'number') {
    var magnitude = Math.abs(value);
    // Integers that are exact, but for -0.
    if (value === floor(value) && magnitude <= largest && 1 / value !== -Infinity) {
      tag = INT;
      bytes = made(function () {
        put((value as number) < 0 ? 1 : 0);
        putVarint(magnitude);
      });
    } else {
      tag = FLOAT;
      // As little-endian as all engines of this class are.
      bytes = bytesOf(new Float64Array([value]).buffer);
    }
  } else if (typeof value === 'boolean') tag = value ? TRUE : FALSE;
  else if (value instanceof Uint8Array) {
    tag = BYTES;
    bytes = value;
  } else if (value !== null) {
    if (typeof value !== 'object') fail('INVALID_VALUE', typeof value);
    tag = MSGPACK;
    bytes = scripts._write(value);
  }
  put(tag);
  putVarint(bytes.length);
  putBytes(bytes);
}

/** The bytes of an entry's value. @throws CORRUPT; UNSUPPORTED when the script for large ones was not loaded */
export function valueBytes(entry: Changes): Uint8Array {
  return entry._kind === LARGE ? scripts._large(entry) : portion(entry._bytes, entry._value, entry._valueEnd);
}

/** The value of an entry. @throws CORRUPT, UNKNOWN_CODEC, UNSUPPORTED when the script for it was not loaded */
export function readValue(entry: Changes): unknown {
  var bytes = valueBytes(entry);
  var tag = entry._tag;
  var size = bytes.length;
  if (tag > NULL) fail('UNKNOWN_CODEC', 'tag ' + tag);
  if (tag === TEXT) return readText(bytes, 0, size);
  if (tag === BYTES) return bytesOf(bytes);
  if (tag === JSON_TEXT || tag === MSGPACK) return scripts._read(tag, bytes);
  if (tag === FLOAT && size === 8) return new Float64Array(bytesOf(bytes).buffer)[0];
  if (tag === INT) {
    var cursor = changesIn(bytes, 0, size);
    var sign = readByte(cursor);
    var magnitude = readVarint(cursor);
    if (sign < 2 && cursor._at === size && magnitude >= sign) return sign ? -magnitude : magnitude;
  }
  if (tag > INT && !size) return tag === NULL ? null : tag === TRUE;
  return corrupt('value');
}
