/**
 * Changes: what a commit is made of, and what a run's entries look like.
 *
 *     put        kind 1 (+ 0x10: expires)  key  [expiresAt]  tag u8  value
 *     delete     kind 2                    key
 *     namespace  kind 3                    name      what follows is of this namespace
 *     clear      kind 4                              every entry of the namespace goes
 *
 * Keys and names are a varint length and UTF-8; values a varint length and bytes; expiresAt a varint of
 * epoch milliseconds. A commit begins in the namespace ''. An entry of a run is a put.
 */
import { Reader } from '../bytes/reader.ts';
import { decodeUtf8 } from '../bytes/utf8.ts';
import type { Writer } from '../bytes/writer.ts';
import { corrupt } from '../errors.ts';

export * as TAG from './tag.ts';

export const PUT = 1;
export const DELETE = 2;
export const NAMESPACE = 3;
export const CLEAR = 4;
const EXPIRES = 0x10;

/** The first tag that is for a codec of a user. */
export const FIRST_USER_TAG = 16;

/** The most bytes of UTF-8 that a key may have. */
export const MAX_KEY_BYTES: number = 64 * 1024;

/** Writes a put up to the value, which the caller writes next: its tag, its length and its bytes. */
export function writePut(writer: Writer, key: string, expiresAt: number): void {
  writer.u8(expiresAt === 0 ? PUT : PUT | EXPIRES);
  writer.text(key);
  if (expiresAt !== 0) writer.varint(expiresAt);
}

export function writeDelete(writer: Writer, key: string): void {
  writer.u8(DELETE);
  writer.text(key);
}

export function writeNamespace(writer: Writer, name: string): void {
  writer.u8(NAMESPACE);
  writer.text(name);
}

export function writeClear(writer: Writer): void {
  writer.u8(CLEAR);
}

/**
 * Steps over changes, one `next()` at a time, without making an object of each: after `next()` returned true
 * the fields describe the change that was read.
 */
export class ChangeReader {
  readonly reader: Reader;
  /** Where the change that was read begins; it ends at `reader.position`. */
  start = 0;
  kind = 0;
  /** The key of a put or delete, the name of a namespace change. */
  key = '';
  keyStart = 0;
  keyEnd = 0;
  /** Epoch milliseconds, 0 for never. */
  expiresAt = 0;
  tag = 0;
  valueStart = 0;
  valueEnd = 0;

  constructor(bytes: Uint8Array, position?: number, end?: number) {
    this.reader = new Reader(bytes, position, end);
  }

  /** `withKey` false passes over the key. @returns false at the end. @throws CORRUPT for what is not a change */
  next(withKey = true): boolean {
    const { reader } = this;
    if (reader.done) return false;
    this.start = reader.position;
    const head = reader.u8();
    this.kind = head & 0x0f;
    const flags = head & 0xf0;
    if (this.kind < PUT || this.kind > CLEAR || (flags !== 0 && head !== (PUT | EXPIRES))) {
      throw corrupt(`a change of unknown kind ${head}`);
    }
    if (this.kind === CLEAR) return true;
    const keyLength = reader.varint();
    this.keyStart = reader.skip(keyLength);
    this.keyEnd = reader.position;
    if (withKey) this.key = decodeUtf8(reader.bytes, this.keyStart, this.keyEnd);
    if (this.kind !== PUT) return true;
    this.expiresAt = flags === 0 ? 0 : reader.varint();
    this.tag = reader.u8();
    const length = reader.varint();
    this.valueStart = reader.skip(length);
    this.valueEnd = reader.position;
    return true;
  }
}
