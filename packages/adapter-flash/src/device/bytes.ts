/** Figures in bytes: little-endian words, varints, CRC-32. */
import { failure } from './error.ts';

export function getU16(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

export function getU32(bytes: Uint8Array, at: number): number {
  return (getU16(bytes, at) | (getU16(bytes, at + 2) << 16)) >>> 0;
}

export function putU16(bytes: Uint8Array, at: number, figure: number): void {
  bytes[at] = figure;
  bytes[at + 1] = figure >>> 8;
}

export function putU32(bytes: Uint8Array, at: number, figure: number): void {
  putU16(bytes, at, figure);
  putU16(bytes, at + 2, figure >>> 16);
}

/** Writes a varint, or only counts when there is no `out`. @returns the position after it */
export function writeVarint(out: Uint8Array | null, at: number, figure: number): number {
  while (figure > 127) {
    if (out) out[at] = (figure % 128) + 128;
    figure = Math.floor(figure / 128);
    at++;
  }
  if (out) out[at] = figure;
  return at + 1;
}

/** A place in bytes that is read from. */
export interface Cursor {
  _bytes: Uint8Array;
  _at: number;
  _end: number;
}

export function corrupt(what: string): Error {
  return failure('CORRUPT', what);
}

/** Passes over `count` bytes. @returns where they begin */
export function skip(cursor: Cursor, count: number): number {
  var at = cursor._at;
  if (!(count <= cursor._end - at)) throw corrupt('a length that reaches past the end');
  cursor._at = at + count;
  return at;
}

export function readByte(cursor: Cursor): number {
  return cursor._bytes[skip(cursor, 1)]!;
}

export function readVarint(cursor: Cursor): number {
  var figure = 0;
  var scale = 1;
  for (;;) {
    var byte = readByte(cursor);
    figure += (byte & 127) * scale;
    if (byte < 128) {
      if (figure > 9007199254740991 || (byte === 0 && scale > 1)) break;
      return figure;
    }
    scale *= 128;
    if (scale > 9007199254740992) break;
  }
  throw corrupt('a varint that is too large or longer than it need be');
}

/** The remainders of the sixteen half bytes: small, and two look-ups a byte. */
var table: number[] = [];

/** The CRC-32 of zip and PNG, continued from `seed` (0 at the start). */
export function crc32(bytes: Uint8Array, from: number, to: number, seed: number): number {
  var crc: number;
  var i: number;
  var bit: number;
  if (!table.length) {
    for (i = 0; i < 16; i++) {
      crc = i;
      for (bit = 0; bit < 4; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
      table.push(crc);
    }
  }
  crc = ~seed;
  for (i = from; i < to; i++) {
    crc ^= bytes[i]!;
    crc = table[crc & 15]! ^ (crc >>> 4);
    crc = table[crc & 15]! ^ (crc >>> 4);
  }
  return ~crc >>> 0;
}
