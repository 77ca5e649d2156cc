/** What the text forms of data share: the members that stand for a value and its expiry. */
import { fromBase64, toBase64 } from '../bytes/base64.ts';
import { compareKeys } from '../bytes/order.ts';
import { decodeUtf8 } from '../bytes/utf8.ts';
import { Writer } from '../bytes/writer.ts';
import { isWellFormed, skipHead, ValueCodecs } from '../codec/values.ts';
import { IsokvError } from '../errors.ts';
import { FIRST_USER_TAG, TAG } from '../format/change.ts';

/** An entry of data, its value as it is encoded (format/change.ts lists the tags). */
export interface DataEntry {
  readonly namespace: string;
  readonly key: string;
  readonly tag: number;
  readonly bytes: Uint8Array;
  /** Epoch milliseconds, 0 for never. */
  readonly expiresAt: number;
  /** Where it has this member, a form keeps what it has made of it: it is written in the same form again and again. */
  line?: string | undefined;
}

/** What a form makes of an entry, or has made of it. */
export function lineOf(entry: DataEntry, make: () => string): string {
  if (!('line' in entry)) return make();
  entry.line ??= make();
  return entry.line;
}

export type Members = Readonly<Record<string, unknown>>;
export type Unit = 'seconds' | 'milliseconds';

/** What an entry may have. */
export const NAMES: readonly string[] = ['value', 'expires_at', 'type'];

/**
 * No figure above is taken for seconds (until the year 5138), none below for milliseconds (since March 1973),
 * so that neither is ever mistaken for the other.
 */
export const UNIT_BORDER = 1e11;

/** The numbers that JSON cannot write, or that its readers tend to change. */
const SPECIAL_NUMBERS = ['NaN', 'Infinity', '-Infinity', '-0'];

const codecs = new ValueCodecs();
/** One for all entries: a writer of its own would cost each of them a slab. */
const writer = new Writer(0);

export function refuse(where: string, why: string): never {
  throw new IsokvError('INVALID_DATA', `${where}: ${why}`);
}

export function whereOf(namespace: string, key: string): string {
  return `key ${quote(key)} of namespace ${quote(namespace)}`;
}

export function quote(name: string): string {
  return JSON.stringify(name).slice(0, 80);
}

/** @throws INVALID_DATA unless `value` is an object, with no members but those named */
export function membersOf(value: unknown, where: string, names?: readonly string[]): Members {
  if (typeof value !== 'object' || !value || Array.isArray(value)) refuse(where, 'must be an object');
  for (const name of Object.keys(value)) {
    if (names && !names.includes(name)) refuse(where, `has an unknown member ${quote(name)}`);
  }
  return value as Members;
}

/** The head of either text form. @throws UNKNOWN_VERSION; INVALID_DATA */
export function checkHead(head: Members, where: string, name: string): void {
  const { isokv, expires_at_unit } = head;
  if (isokv !== 1)
    throw new IsokvError('UNKNOWN_VERSION', `data of version ${isokv}: this release reads version 1`);
  if (expires_at_unit !== 'ms') refuse(where, 'expires_at_unit must be "ms"');
  membersOf(head, where, ['isokv', 'expires_at_unit', name]);
}

/** By namespace, then key, in code point order: as data is written, whatever order it was read in. */
export function sortEntries(entries: DataEntry[]): DataEntry[] {
  return entries.sort((a, b) => compareKeys(a.namespace, b.namespace) || compareKeys(a.key, b.key));
}

/**
 * `"value":…,"type":…,"expires_at":…`, the type only where plain JSON does not tell it.
 * @throws CORRUPT for bytes that are no value; INVALID_DATA for an expiry that could not be read back
 */
export function writeMembers(entry: DataEntry, space: string): string {
  const { tag, bytes } = entry;
  let type = typeOf(tag);
  let text: string;
  if (type) {
    text = `"${toBase64(bytes)}"`;
  } else {
    const value = codecs.read(tag, bytes, 0, bytes.length);
    const special = tag === TAG.float64 && SPECIAL_NUMBERS.find((name) => Object.is(+name, value));
    if (special) type = 'float64';
    text = JSON.stringify(special || value);
    // JSON that has been read once is copied as it stands; its line ends can only be between its tokens.
    if (tag === TAG.json) text = decodeUtf8(bytes, 0, bytes.length).replace(/[\r\n]/g, ' ');
  }
  if (type) text += `,${space}"type":${space}"${type}"`;
  const expiresAt = entry.expiresAt || null;
  readExpiry(expiresAt, 'milliseconds', whereOf(entry.namespace, entry.key));
  return `"value":${space}${text},${space}"expires_at":${space}${expiresAt}`;
}

/** @throws INVALID_DATA */
export function readMembers(
  namespace: string,
  key: string,
  members: Members,
  unit: Unit,
  where: string,
): DataEntry {
  const { type, expires_at } = members;
  let { value } = members;
  // JSON can escape it, and UTF-8 cannot hold it: two names would become one.
  if (!isWellFormed(`${namespace}:${key}`)) refuse(where, 'has half of a surrogate pair');
  const expiresAt = readExpiry(expires_at, unit, where);
  if (type === 'float64' && SPECIAL_NUMBERS.includes(value as string)) {
    value = Number(value);
  } else if (type !== undefined) {
    const tag = type === 'bytes' ? TAG.bytes : +String(type).slice(4) & 255;
    const bytes = typeOf(tag) === type && typeof value === 'string' && fromBase64(value);
    return bytes
      ? { namespace, key, tag, bytes, expiresAt }
      : refuse(where, `is no value of type ${quote(String(type))}`);
  } else if (value === Infinity || value === -Infinity) {
    refuse(where, 'a number that is out of range');
  }
  try {
    codecs.write(writer, value);
    const written = writer.take();
    return {
      namespace,
      key,
      tag: written[0] as number,
      bytes: written.subarray(skipHead(written, 0)),
      expiresAt,
    };
  } catch (cause) {
    return refuse(where, (cause as Error).message);
  }
}

/** The type of values that are written as base64. */
function typeOf(tag: number): string | undefined {
  if (tag === TAG.bytes) return 'bytes';
  return tag === TAG.msgpack || tag >= FIRST_USER_TAG ? `tag:${tag}` : undefined;
}

/** @returns epoch milliseconds, 0 for never */
function readExpiry(time: unknown, unit: Unit, where: string): number {
  if (time == null) return 0;
  const isSeconds = unit === 'seconds';
  if (typeof time !== 'number' || !(time > 0) || !(isSeconds || Number.isSafeInteger(time))) {
    return refuse(where, `expires_at must be null or epoch ${unit}`);
  }
  if (isSeconds ? time > UNIT_BORDER : time < UNIT_BORDER) {
    const readings = `${dateOf(time * 1000)} in seconds, ${dateOf(time)} in milliseconds`;
    refuse(where, `expires_at must be epoch ${unit}; ${time} is ${readings}`);
  }
  // Up, but not for what the multiplication adds, and never down to 0, which is never.
  return isSeconds ? Math.ceil(+(time * 1000).toFixed(3)) || 1 : time;
}

function dateOf(ms: number): string {
  return new Date(ms).toJSON() ?? 'no date';
}
