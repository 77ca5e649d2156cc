/** Values: tag, length and bytes, as docs/FORMAT.md has them. */
import {
  type Cursor,
  corrupt,
  made,
  put,
  putBytes,
  putText,
  putVarint,
  readByte,
  readVarint,
} from './bytes.ts';
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
  var bytes: Uint8Array = new Uint8Array(0);
  if (typeof value === 'string') {
    put(TEXT, 1);
    putText(value, 'INVALID_VALUE');
    return;
  }
  if (typeof value === 'number') {
    var magnitude = Math.abs(value);
    // Integers that are exact, but for -0.
    if (value === Math.floor(value) && magnitude < 9007199254740992 && 1 / value !== -Infinity) {
      tag = INT;
      bytes = made(function () {
        put(+((value as number) < 0), 1);
        putVarint(magnitude);
      });
    } else {
      tag = FLOAT;
      // As little-endian as all engines of this class are.
      bytes = new Uint8Array(new Float64Array([value]).buffer);
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
  put(tag, 1);
  putVarint(bytes.length);
  putBytes(bytes);
}

/** @throws CORRUPT, UNKNOWN_CODEC; UNSUPPORTED when the script for nested values was not loaded */
export function readValue(tag: number, bytes: Uint8Array): unknown {
  var size = bytes.length;
  if (tag === TEXT) return readText(bytes, 0, size);
  if (tag === BYTES) return new Uint8Array(bytes);
  if (tag === JSON_TEXT || tag === MSGPACK) return scripts._read(tag, bytes);
  if (tag === FLOAT && size === 8) return new Float64Array(new Uint8Array(bytes).buffer)[0];
  if (tag === INT) {
    var cursor: Cursor = { _bytes: bytes, _at: 0, _end: size };
    var sign = readByte(cursor);
    var magnitude = readVarint(cursor);
    if (sign < 2 && cursor._at === size && magnitude >= sign) return sign ? -magnitude : magnitude;
  }
  if (tag > INT && tag <= NULL && !size) return tag === NULL ? null : tag === TRUE;
  return tag > NULL ? fail('UNKNOWN_CODEC', 'tag ' + tag) : corrupt('value');
}
