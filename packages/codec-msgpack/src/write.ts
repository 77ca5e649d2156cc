/** Values to MessagePack: a copy, checked to be carried exactly, then the library, for which the rest is put in its words. */
import { type Carries, copyExact } from '@isokv/core';
import { ExtData, encode } from '@msgpack/msgpack';
import { bytesOfBigint, bytesOfUnits, EXTENSION, SIGN } from './extensions.ts';

/** @throws INVALID_VALUE with the path of what cannot be stored exactly */
export function writeMessage(value: unknown): Uint8Array {
  const copy = copyExact(value, 'MessagePack: use plain data, or a codec', carries);
  return encode(toLibrary(copy), { maxDepth: Infinity }); // The copy has a limited depth.
}

export function isPlainData(value: object): value is Record<string, unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || prototype === Array.prototype;
}

/** Whether it is a date, a map or a set, and nothing more: no subclass, no fields of its own, no object that only looks like one. */
export function carriesWhole(value: object): value is Date | Map<unknown, unknown> | Set<unknown> {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Reflect.ownKeys(value).length > 0) return false;
  try {
    // A method that refuses its object is how the language tells that it is not one.
    if (prototype === Date.prototype) Date.prototype.getTime.call(value as Date);
    else if (prototype === Map.prototype) Map.prototype.has.call(value as Map<unknown, unknown>, 0);
    else if (prototype === Set.prototype) Set.prototype.has.call(value as Set<unknown>, 0);
    else return false;
    return true;
  } catch {
    return false;
  }
}

/** Also of another realm, as `@isokv/core` has it. */
function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && (value as Uint8Array)[Symbol.toStringTag] === 'Uint8Array';
}

const carries: Carries = (value, inside) => {
  if (typeof value !== 'object' || value === null)
    return typeof value !== 'function' && typeof value !== 'symbol';
  if (isBytes(value)) return true;
  if (!carriesWhole(value)) return false;
  if (value instanceof Date) return true;
  let index = 0;
  for (const [key, part] of value.entries()) {
    if (value instanceof Map) inside(key, `keys()[${index}]`);
    inside(part, `values()[${index++}]`);
  }
  return true;
};

/**
 * The same value for the library, which would write undefined as null and -0 as 0, would change lone surrogates, and
 * knows neither maps, sets and bigints nor dates that are invalid.
 */
function toLibrary(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return sign(SIGN.undefined);
    case 'number':
      return Object.is(value, -0) ? sign(SIGN.negativeZero) : value;
    case 'bigint':
      return new ExtData(EXTENSION.bigint, bytesOfBigint(value));
    case 'string':
      return isWellFormed(value) ? value : new ExtData(EXTENSION.text, bytesOfUnits(value));
    case 'object':
      return value === null ? null : objectToLibrary(value);
    default:
      return value;
  }
}

function objectToLibrary(value: object): unknown {
  if (isBytes(value)) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? sign(SIGN.invalidDate) : value;
  if (Array.isArray(value)) return value.map(toLibrary);
  if (value instanceof Set) return [sign(SIGN.set), ...Array.from(value, toLibrary)];
  if (value instanceof Map) return pairs(SIGN.map, [...value]);
  const fields = Object.entries(value);
  if (!fields.every(([name]) => isWellFormed(name))) return pairs(SIGN.object, fields);
  const object: Record<string, unknown> = Object.create(null); // Where __proto__ is a name like any other.
  for (const [name, field] of fields) object[name] = toLibrary(field);
  return object;
}

function pairs(kind: number, entries: [unknown, unknown][]): unknown[] {
  const items: unknown[] = [sign(kind)];
  for (const [key, value] of entries) items.push(toLibrary(key), toLibrary(value));
  return items;
}

function sign(kind: number): ExtData {
  return new ExtData(EXTENSION.sign, Uint8Array.of(kind));
}

const LONE_SURROGATE = /\p{Surrogate}/u;

function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
