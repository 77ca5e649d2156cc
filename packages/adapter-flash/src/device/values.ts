/** Values: tag, length and bytes, as docs/FORMAT.md has them. Nested ones are written as MessagePack. */
import { type Cursor, corrupt, readByte, readVarint, writeVarint } from './bytes.ts';
import { failure } from './error.ts';
import { readValue, writeValue } from './msgpack.ts';
import { isText, readText, writeText } from './text.ts';

var BYTES = 1;
var TEXT = 2;
var JSON_TEXT = 3;
var MSGPACK = 4;
var FLOAT = 5;
var INT = 6;
var TRUE = 7;
var FALSE = 8;
var NULL = 9;

function isInt(value: number): boolean {
  return value === Math.floor(value) && Math.abs(value) < 9007199254740992 && (value !== 0 || 1 / value > 0);
}

/** @throws INVALID_VALUE for what cannot be kept exactly */
function tagOf(value: unknown): number {
  if (value === null) return NULL;
  if (value === true) return TRUE;
  if (value === false) return FALSE;
  if (typeof value === 'number') return isInt(value) ? INT : FLOAT;
  if (typeof value === 'string') {
    if (isText(value)) return TEXT;
    throw failure('INVALID_VALUE', 'a string must be bytes of UTF-8; keep others as a Uint8Array');
  }
  if (value instanceof Uint8Array) return BYTES;
  if (typeof value === 'object') return MSGPACK;
  throw failure('INVALID_VALUE', typeof value + ' cannot be stored');
}

function writeBytes(out: Uint8Array | null, at: number, value: unknown, tag: number): number {
  if (tag === TEXT) return writeText(out, at, value as string);
  if (tag === BYTES) {
    if (out) out.set(value as Uint8Array, at);
    return at + (value as Uint8Array).length;
  }
  if (tag === INT) {
    if (out) out[at] = (value as number) < 0 ? 1 : 0;
    return writeVarint(out, at + 1, Math.abs(value as number));
  }
  if (tag === FLOAT) {
    if (out) new DataView(out.buffer, out.byteOffset).setFloat64(at, value as number, true);
    return at + 8;
  }
  return tag === MSGPACK ? writeValue(out, at, value) : at;
}

/** Writes a value, or only counts when there is no `out`. @returns the position after it. @throws INVALID_VALUE */
export function writeTagged(out: Uint8Array | null, at: number, value: unknown): number {
  var tag = tagOf(value);
  if (out) out[at] = tag;
  return writeBytes(out, writeVarint(out, at + 1, writeBytes(null, 0, value, tag)), value, tag);
}

/** @throws CORRUPT, UNKNOWN_CODEC */
export function readTagged(tag: number, bytes: Uint8Array, start: number, end: number): unknown {
  if (tag === TEXT) return readText(bytes, start, end);
  if (tag === BYTES) return new Uint8Array(bytes.subarray(start, end));
  if (tag === MSGPACK) return readValue(bytes, start, end);
  if (tag === JSON_TEXT) {
    try {
      return JSON.parse(readText(bytes, start, end));
    } catch (_error) {
      throw corrupt('a JSON value that does not parse');
    }
  }
  var size = end - start;
  if (tag === FLOAT && size === 8)
    return new DataView(bytes.buffer, bytes.byteOffset + start).getFloat64(0, true);
  if (tag === INT) {
    var cursor: Cursor = { _bytes: bytes, _at: start, _end: end };
    var sign = readByte(cursor);
    var magnitude = readVarint(cursor);
    if (sign > 1 || cursor._at < end || (sign && !magnitude)) throw corrupt('an integer that is none');
    return sign ? -magnitude : magnitude;
  }
  if (tag > 4 && tag < 10) {
    if (size) throw corrupt('a value with bytes left over');
    return tag === TRUE ? true : tag === FALSE ? false : null;
  }
  throw failure('UNKNOWN_CODEC', 'a value needs the codec of tag ' + tag);
}
