/**
 * MessagePack to values. The library's own reader is made for messages of a peer: it allocates arrays of the length
 * they declare, takes any bytes for UTF-8, rounds integers of 64 bits, keeps the last of two fields with one name and
 * refuses `__proto__`. Of stored bytes nothing may be guessed, so they are read here; the tests compare the two.
 */
import { corrupt } from '@isokv/core';
import { decodeTimestampToTimeSpec, EXT_TIMESTAMP } from '@msgpack/msgpack';
import { bigintOfBytes, EXTENSION, SIGN, unitsOfBytes } from './extensions.ts';

/** What the check of a value lets through when it is written. */
const MAX_DEPTH = 1000;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** @returns a value of its own, which shares nothing with `bytes`. @throws CORRUPT */
export function readMessage(bytes: Uint8Array): unknown {
  const reader = new MessageReader(bytes);
  const value = reader.value(0);
  if (reader.left > 0) throw corrupt('MessagePack with bytes left over');
  return value;
}

class MessageReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #position = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get left(): number {
    return this.#bytes.length - this.#position;
  }

  /** `depth`: in how many arrays and maps the value stands. */
  value(depth: number): unknown {
    const head = this.#uint(1);
    if (head < 0x80) return head;
    if (head < 0x90) return this.#object(head & 0x0f, depth);
    if (head < 0xa0) return this.#array(head & 0x0f, depth);
    if (head < 0xc0) return this.#text(head & 0x1f);
    if (head >= 0xe0) return head - 0x100;
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
        return false;
      case 0xc3:
        return true;
      case 0xc4:
      case 0xc5:
      case 0xc6:
        return this.#take(this.#uint(1 << (head - 0xc4))).slice();
      case 0xc7:
      case 0xc8:
      case 0xc9:
        return this.#extension(this.#uint(1 << (head - 0xc7)));
      case 0xca:
        return this.#view.getFloat32(this.#skip(4));
      case 0xcb:
        return this.#view.getFloat64(this.#skip(8));
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return this.#uint(1 << (head - 0xcc));
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3:
        return this.#int(1 << (head - 0xd0));
      case 0xd4:
      case 0xd5:
      case 0xd6:
      case 0xd7:
      case 0xd8:
        return this.#extension(1 << (head - 0xd4));
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint(1 << (head - 0xd9)));
      case 0xdc:
      case 0xdd:
        return this.#array(this.#uint(2 << (head - 0xdc)), depth);
      case 0xde:
      case 0xdf:
        return this.#object(this.#uint(2 << (head - 0xde)), depth);
      default:
        throw corrupt(`MessagePack has no byte ${head} for a value`);
    }
  }

  #array(count: number, depth: number): unknown {
    this.#check(count, depth);
    const kind = this.#sign();
    if (kind === SIGN.map) return this.#map(count - 1, depth);
    if (kind === SIGN.set) return this.#set(count - 1, depth);
    if (kind === SIGN.object) return this.#fields(count - 1, depth);
    const array: unknown[] = [];
    for (let i = 0; i < count; i++) array.push(this.value(depth + 1));
    return array;
  }

  #object(count: number, depth: number): object {
    this.#check(2 * count, depth);
    return this.#fields(2 * count, depth);
  }

  /** What the array whose first element comes next stands for; undefined when it is an array of its elements. */
  #sign(): number | undefined {
    const at = this.#position;
    const [head, type, kind = 0] = this.#bytes.subarray(at, at + 3);
    if (head !== 0xd4 || type !== EXTENSION.sign || kind < SIGN.map || kind > SIGN.object) return undefined;
    this.#skip(3);
    return kind;
  }

  #map(count: number, depth: number): Map<unknown, unknown> {
    const map = new Map<unknown, unknown>();
    for (let i = 0; i < count; i += 2) map.set(this.value(depth + 1), this.value(depth + 1));
    if (map.size !== count / 2) throw corrupt('a map with a key twice, or without a value');
    return map;
  }

  #set(count: number, depth: number): Set<unknown> {
    const set = new Set<unknown>();
    for (let i = 0; i < count; i++) set.add(this.value(depth + 1));
    if (set.size !== count) throw corrupt('a set with a value twice');
    return set;
  }

  #fields(count: number, depth: number): object {
    if (count % 2 === 1) throw corrupt('an object with a name that has no value');
    const object: Record<string, unknown> = {};
    for (let i = 0; i < count; i += 2) {
      const name = this.value(depth + 1);
      if (typeof name !== 'string') throw corrupt('an object with a name that is not text');
      if (Object.hasOwn(object, name)) throw corrupt('an object with a name twice');
      const value = this.value(depth + 1);
      if (name !== '__proto__') object[name] = value;
      // An assignment would set the prototype.
      else
        Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
    }
    return object;
  }

  #extension(length: number): unknown {
    const type = this.#view.getInt8(this.#skip(1));
    const bytes = this.#take(length);
    if (type === EXT_TIMESTAMP) return dateOf(bytes);
    if (type === EXTENSION.bigint && length > 0) return bigintOfBytes(bytes);
    if (type === EXTENSION.text && length % 2 === 0) return unitsOfBytes(bytes);
    if (type === EXTENSION.sign && length === 1) {
      if (bytes[0] === SIGN.undefined) return undefined;
      if (bytes[0] === SIGN.negativeZero) return -0;
      if (bytes[0] === SIGN.invalidDate) return new Date(Number.NaN);
    }
    throw corrupt(`an extension of type ${type} and ${length} bytes that nobody writes`);
  }

  #text(length: number): string {
    const bytes = this.#take(length);
    let ascii = '';
    for (let i = 0; i < length && length < 32; i++) {
      const byte = bytes[i] as number;
      if (byte >= 0x80) break;
      ascii += String.fromCharCode(byte);
    }
    if (ascii.length === length) return ascii; // The decoder takes its time for short text.
    try {
      return utf8.decode(bytes);
    } catch {
      throw corrupt('text that is not UTF-8');
    }
  }

  /** An unsigned integer of 1, 2, 4 or 8 bytes. */
  #uint(size: number): number {
    const at = this.#skip(size);
    if (size === 1) return this.#view.getUint8(at);
    if (size === 2) return this.#view.getUint16(at);
    if (size === 4) return this.#view.getUint32(at);
    return safe(this.#view.getUint32(at), this.#view.getUint32(at + 4));
  }

  #int(size: number): number {
    const at = this.#skip(size);
    if (size === 1) return this.#view.getInt8(at);
    if (size === 2) return this.#view.getInt16(at);
    if (size === 4) return this.#view.getInt32(at);
    return safe(this.#view.getInt32(at), this.#view.getUint32(at + 4));
  }

  /** Every value takes a byte at least: a count that cannot be true is found before anything is made for it. */
  #check(count: number, depth: number): void {
    if (count > this.left) throw corrupt('an array or map that is longer than its bytes');
    if (depth === MAX_DEPTH) throw corrupt(`MessagePack nested deeper than ${MAX_DEPTH} levels`);
  }

  #take(length: number): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** @returns the position before */
  #skip(length: number): number {
    if (length > this.left) throw corrupt('MessagePack that is cut short');
    this.#position += length;
    return this.#position - length;
  }
}

function safe(high: number, low: number): number {
  const value = high * 2 ** 32 + low;
  if (!Number.isSafeInteger(value)) throw corrupt('an integer of more than 53 bits');
  return value;
}

function dateOf(bytes: Uint8Array): Date {
  const isTimestamp = bytes.length === 4 || bytes.length === 8 || bytes.length === 12;
  const { sec, nsec } = isTimestamp ? decodeTimestampToTimeSpec(bytes) : { sec: Number.NaN, nsec: 0 };
  const date = new Date(nsec < 1e9 && nsec % 1e6 === 0 ? sec * 1e3 + nsec / 1e6 : Number.NaN);
  if (Number.isNaN(date.getTime())) throw corrupt('a timestamp that no date can have');
  return date;
}
