/** Figures in bytes: little-endian words, varints, CRC-32. */
import { fail } from './error.ts';
import { scripts } from './scripts.ts';
import { readText } from './text.ts';

export var floor: (figure: number) => number = Math.floor;

/** The largest integer that is exact, and all below it are. */
export var largest = 9007199254740991;

/** So many bytes, all 0, or those of a copy. */
export function bytesOf(source: number | Uint8Array | ArrayBuffer): Uint8Array<ArrayBuffer> {
  return new Uint8Array(source as ArrayBuffer);
}

/** The same bytes, from `start` to `end`. */
export function portion(bytes: Uint8Array, start: number, end?: number): Uint8Array {
  return bytes.subarray(start, end);
}

/** `size`: bytes, 4 if not given. */
export function get(bytes: Uint8Array, at: number, size?: number): number {
  var figure = 0;
  size = size || 4;
  while (size--) figure = figure * 256 + bytes[at + size]!;
  return figure;
}

export function set(bytes: Uint8Array, at: number, figure: number, size: number): void {
  while (size--) {
    bytes[at++] = figure % 256;
    figure = floor(figure / 256);
  }
}

/** What is written to, null to count only, and where the next byte goes. They belong to one writer at a time. */
var out: Uint8Array | null;
var written = 0;

export function writeTo(bytes: Uint8Array | null, at: number): void {
  out = bytes;
  written = at;
}

/** `size`: bytes, 1 if not given. @returns how far it is written then */
export function put(figure: number, size?: number): number {
  if (size === undefined) size = 1;
  if (out) set(out, written, figure, size);
  written += size;
  return written;
}

export function putVarint(figure: number): void {
  while (figure > 127) {
    put((figure % 128) + 128);
    figure = floor(figure / 128);
  }
  put(figure);
}

export function putBytes(bytes: Uint8Array): void {
  if (out) out.set(bytes, written);
  written += bytes.length;
}

/**
 * Puts the length of a text, and its bytes.
 * @throws `code`, INVALID_KEY if not given, for what is no text; UNSUPPORTED beyond ASCII without the script for it
 */
export function putText(text: string, code?: string): void {
  if (typeof text === 'string') {
    var isAscii = true;
    putVarint(text.length);
    for (var i = 0; i < text.length; i++) {
      var character = text.charCodeAt(i);
      if (character > 127) isAscii = false;
      put(character);
    }
    if (isAscii || scripts._isUtf8(text)) return;
  }
  fail(code || 'INVALID_KEY', 'not UTF-8');
}

/** The bytes that `write` puts; it is called twice, first to count them. It may make others itself. */
export function made(write: () => void): Uint8Array {
  var outside = out;
  var at = written;
  writeTo(null, 0);
  write();
  var bytes = bytesOf(written);
  writeTo(bytes, 0);
  write();
  writeTo(outside, at);
  return bytes;
}

/** A place in bytes that is read from. */
export interface Cursor {
  _bytes: Uint8Array;
  _at: number;
  _end: number;
}

/** `offset`: where in the flash. */
export function corrupt(what: string, offset?: number): never {
  fail('CORRUPT', what, offset);
}

/** Passes over `count` bytes. @returns where they begin */
export function skip(cursor: Cursor, count: number): number {
  if (count > cursor._end - cursor._at) corrupt('short');
  cursor._at += count;
  return cursor._at - count;
}

export function readByte(cursor: Cursor): number {
  return cursor._bytes[skip(cursor, 1)]!;
}

export function readVarint(cursor: Cursor): number {
  var figure = 0;
  var scale = 1;
  var byte: number;
  do {
    byte = readByte(cursor);
    figure += (byte & 127) * scale;
    scale *= 128;
  } while (byte > 127);
  // Too large, or longer than it need be; Infinity times 0 is neither.
  if (!(figure <= largest) || (!byte && scale > 128)) corrupt('varint');
  return figure;
}

/** Reads a text behind its length. */
export function takeText(cursor: Cursor): string {
  var at = skip(cursor, readVarint(cursor));
  return readText(cursor._bytes, at, cursor._at);
}
