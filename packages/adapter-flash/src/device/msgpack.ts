/**
 * Nested values as MessagePack, in the forms that @isokv/codec-msgpack writes too. Carried are null, booleans, numbers,
 * text (byte strings), Uint8Array, arrays and plain objects. A name must not be `__proto__`, which engines of this
 * class mistake for the prototype. Read is nothing more: no extensions, no float 32, which nobody writes.
 *
 * The bytes and the place in them are variables of the module: passing them on would cost the bundle 500 bytes.
 */
import { fail } from './error.ts';
import { scripts } from './scripts.ts';
import { readText } from './text.ts';
import { isUtf8 } from './utf8.ts';
import { JSON_TEXT } from './values.ts';

/** The stack of a small engine is short. */
var MAX_DEPTH = 16;
var MAX_INTEGER = 9007199254740991;

/** What is written to, null to count only; or read from, up to `end`. */
var bytes: Uint8Array | null;
var at = 0;
var end = 0;

/** To take floating point apart. */
var float = new DataView(new ArrayBuffer(8));

function refuse(why: string): never {
  fail('INVALID_VALUE', why);
}

function putByte(byte: number): void {
  if (bytes) bytes[at] = byte;
  at++;
}

/**
 * Puts an integer in 1, 2, 4 or 8 bytes, the highest first, as many as `magnitude` needs, behind `head`, which is one
 * more for each size. A negative one is put as two's complement.
 */
function putInt(head: number, value: number, magnitude: number): void {
  var size = 1;
  for (var limit = 256; magnitude >= limit; limit *= limit) {
    head++;
    size *= 2;
  }
  putByte(head);
  at += size;
  for (var i = 1; i <= size; i++) {
    if (bytes) bytes[at - i] = value % 256;
    value = Math.floor(value / 256);
  }
}

/** Puts a length: below `limit` in one byte with `fixed`, else behind `head`. */
function putLength(length: number, limit: number, fixed: number, head: number): void {
  if (length < limit) putByte(fixed + length);
  // Lengths of text may have one byte, those of arrays and objects have two or four.
  else putInt(head, length, limit < 32 ? Math.max(length, 256) : length);
}

function putNumber(value: number): void {
  if (value !== Math.floor(value) || Math.abs(value) > MAX_INTEGER || 1 / value === -Infinity) {
    float.setFloat64(0, value);
    putByte(0xcb);
    for (var i = 0; i < 8; i++) putByte(float.getUint8(i));
  } else if (value > -33 && value < 128) putByte(value & 255);
  // The sign of a negative one needs a bit.
  else putInt(value < 0 ? 0xd0 : 0xcc, value, value < 0 ? -2 - 2 * value : value);
}

function putText(text: string): void {
  if (!isUtf8(text)) refuse('text must be UTF-8 bytes');
  putLength(text.length, 32, 0xa0, 0xd9);
  for (var i = 0; i < text.length; i++) putByte(text.charCodeAt(i));
}

function putValue(value: unknown, depth: number): void {
  if (value === null) putByte(0xc0);
  else if (value === false) putByte(0xc2);
  else if (value === true) putByte(0xc3);
  else if (typeof value === 'number') putNumber(value);
  else if (typeof value === 'string') putText(value);
  else if (value instanceof Uint8Array) {
    putInt(0xc4, value.length, value.length);
    for (var b = 0; b < value.length; b++) putByte(value[b]!);
  } else {
    if (typeof value !== 'object') refuse('a nested ' + typeof value);
    if (depth > MAX_DEPTH) refuse('nested too deep');
    var isArray = Array.isArray(value);
    // Engines may not have a constructor for plain objects, but have one for all others.
    if (!isArray && value!.constructor && value!.constructor !== Object) refuse('no plain object');
    var names = isArray ? (value as unknown[]) : Object.keys(value!);
    putLength(names.length, 16, isArray ? 0x90 : 0x80, isArray ? 0xdb : 0xdd);
    for (var i = 0; i < names.length; i++) {
      if (isArray) putValue(names[i], depth + 1);
      else {
        var name = names[i] as string;
        if (name === '__proto__') refuse('a field __proto__');
        putText(name);
        putValue((value as Record<string, unknown>)[name], depth + 1);
      }
    }
  }
}

/**
 * Writes a value, or only counts its bytes when there is no `out`. @returns the position after it
 * @throws INVALID_VALUE for what it cannot carry exactly
 */
export function writeValue(out: Uint8Array | null, position: number, value: unknown): number {
  bytes = out;
  at = position;
  putValue(value, 1);
  return at;
}

/** @returns where the next `count` bytes begin */
function take(count: number): number {
  if (count > end - at) fail('CORRUPT', 'cut short');
  at += count;
  return at - count;
}

/** An integer of `size` bytes behind what is there of it: 0, or -1 for a negative one. */
function takeInt(size: number, value: number): number {
  for (var from = take(size); from < at; from++) value = value * 256 + bytes![from]!;
  if (Math.abs(value) > MAX_INTEGER) fail('CORRUPT', 'more than 53 bits');
  return value;
}

function takeBytes(count: number): Uint8Array {
  var from = take(count);
  return new Uint8Array(bytes!.subarray(from, at));
}

function takeText(count: number): string {
  var from = take(count);
  return readText(bytes!, from, at);
}

function takeFloat(): number {
  var from = take(8);
  for (var i = 0; i < 8; i++) float.setUint8(i, bytes![from + i]!);
  return float.getFloat64(0);
}

function takeValue(depth: number): unknown {
  var head = takeInt(1, 0);
  var size = 1 << (head & 3); // Of what follows most heads.
  if (head < 0x80) return head;
  if (head > 0xdf) return head - 256;
  if (head > 0x9f && head < 0xc0) return takeText(head & 31);
  if (head === 0xc0) return null;
  if (head === 0xc2 || head === 0xc3) return head > 0xc2;
  if (head > 0xc3 && head < 0xc7) return takeBytes(takeInt(size, 0));
  if (head === 0xcb) return takeFloat();
  if (head > 0xcb && head < 0xd4) return takeInt(size, head > 0xcf && bytes![at]! > 127 ? -1 : 0);
  if (head > 0xd8 && head < 0xdc) return takeText(takeInt(size / 2, 0));
  if (depth > MAX_DEPTH || (head > 0xbf && head < 0xdc)) fail('UNSUPPORTED', 'MessagePack ' + head);
  var isArray = head < 0xa0 ? head > 0x8f : head < 0xde;
  var array: unknown[] = [];
  var object: Record<string, unknown> = {};
  for (var count = head < 0xa0 ? head & 15 : takeInt(2 << (head & 1), 0); count > 0; count--) {
    if (isArray) array.push(takeValue(depth + 1));
    else {
      var name = takeValue(depth + 1);
      if (typeof name !== 'string' || name === '__proto__') fail('UNSUPPORTED', 'a field ' + name);
      object[name] = takeValue(depth + 1);
    }
  }
  return isArray ? array : object;
}

/**
 * The value that the bytes from `start` to `stop` are. @throws CORRUPT for what is not MessagePack; UNSUPPORTED for what
 * the engine has no value for: extensions, more than 16 levels, a field `__proto__`
 */
export function readValue(from: Uint8Array, start: number, stop: number): unknown {
  bytes = from;
  at = start;
  end = stop;
  var value = takeValue(1);
  if (at < end) fail('CORRUPT', 'bytes left over');
  return value;
}

/** Gives stores nested values: MessagePack to be written, and JSON too to be read. `isokv`: what the core exports. */
export function addTo(_isokv: unknown): void {
  scripts._write = function (value) {
    var packed = new Uint8Array(writeValue(null, 0, value));
    writeValue(packed, 0, value);
    return packed;
  };
  scripts._read = function (tag, from) {
    if (tag !== JSON_TEXT) return readValue(from, 0, from.length);
    try {
      return JSON.parse(readText(from, 0, from.length));
    } catch (_error) {
      fail('CORRUPT', 'JSON');
    }
  };
}
