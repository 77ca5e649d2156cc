/** Figures in bytes: little-endian words, varints, CRC-32. */
import { fail } from './error.ts';
import { isText, readText } from './text.ts';

export function get(bytes: Uint8Array, at: number, size: number): number {
  var figure = 0;
  while (size--) figure = figure * 256 + bytes[at + size]!;
  return figure;
}

export function set(bytes: Uint8Array, at: number, figure: number, size: number): void {
  while (size--) {
    bytes[at++] = figure % 256;
    figure = Math.floor(figure / 256);
  }
}

/** What is written to, null to count only, and where the next byte goes. They belong to one writer at a time. */
var out: Uint8Array | null;
var written = 0;

export function writeTo(bytes: Uint8Array | null, at: number): void {
  out = bytes;
  written = at;
}

/** @returns how far it is written then */
export function put(figure: number, size: number): number {
  if (out) set(out, written, figure, size);
  written += size;
  return written;
}

export function putVarint(figure: number): void {
  while (figure > 127) {
    put((figure % 128) + 128, 1);
    figure = Math.floor(figure / 128);
  }
  put(figure, 1);
}

export function putBytes(bytes: Uint8Array): void {
  if (out) out.set(bytes, written);
  written += bytes.length;
}

/** Puts the length of a text, and its bytes. @throws `code` for what is no text */
export function putText(text: unknown, code: string): void {
  if (typeof text !== 'string' || !isText(text)) fail(code, 'not UTF-8');
  putVarint(text.length);
  for (var i = 0; i < text.length; i++) put(text.charCodeAt(i), 1);
}

/** The bytes that `write` puts; it is called twice, first to count them. It may make others itself. */
export function made(write: () => void): Uint8Array {
  var outside = out;
  var at = written;
  writeTo(null, 0);
  write();
  var bytes = new Uint8Array(written);
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

export function corrupt(what: string): never {
  fail('CORRUPT', what);
}

/** Passes over `count` bytes. @returns where they begin */
export function skip(cursor: Cursor, count: number): number {
  if (count > cursor._end - cursor._at) corrupt('cut short');
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
  if (!(figure <= 9007199254740991) || (!byte && scale > 128)) corrupt('varint');
  return figure;
}

/** Reads a text behind its length. */
export function takeText(cursor: Cursor): string {
  var at = skip(cursor, readVarint(cursor));
  return readText(cursor._bytes, at, cursor._at);
}

/** The CRC-32 of zip and PNG, continued from `crc` (0 at the start). */
export function crc32(bytes: Uint8Array, crc: number): number {
  crc = ~crc;
  for (var i = 0; i < bytes.length; i++) {
    crc ^= bytes[i]!;
    for (var bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 && 0xedb88320);
  }
  return ~crc >>> 0;
}
