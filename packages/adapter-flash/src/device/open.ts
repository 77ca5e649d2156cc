/** The device face: a small synchronous store. docs/FLASH.md has the layout, docs/FORMAT.md the changes. */
import { writeVarint } from './bytes.ts';
import { type Changes, DELETE, EXPIRES, PUT } from './change.ts';
import { collectOldest, makeRoom, PLAUSIBLE } from './collect.ts';
import { commit } from './commit.ts';
import { namespaceChange, readData, writeData } from './data.ts';
import { findEntry, namesIn, valueBytes } from './entries.ts';
import { failure } from './error.ts';
import type { FlashDevice } from './flash-device.ts';
import { mount } from './mount.ts';
import type { Ring } from './ring.ts';
import { sortedIndex } from './sorted-index.ts';
import { isText, writeText } from './text.ts';
import { readTagged, writeTagged } from './values.ts';

export interface OpenOptions {
  /** @returns epoch milliseconds; `Date.now` if not given. Before 2020 it counts as not set: nothing expires then */
  now?: () => number;
  /** How many entries an index in memory has room for, four bytes each. 0 (the default): look-ups read the summaries. */
  index?: number;
  /** Takes a flash that holds something else for blank. A damaged store is refused all the same. */
  format?: boolean;
}

/** A put, or a deletion, of a commit. */
export interface DeviceChange {
  namespace?: string;
  key: string;
  value?: unknown;
  /** Milliseconds, above 0. */
  ttl?: number;
  delete?: boolean;
}

/** Keys and text are byte strings: UTF-8, one character a byte. */
export interface DeviceNamespace {
  /** @returns undefined when there is no entry, or it has expired. @throws CORRUPT, UNKNOWN_CODEC */
  get(key: string): unknown;
  /** @throws ENOSPC, INVALID_KEY, INVALID_VALUE, INVALID_TTL, IO */
  set(key: string, value: unknown, ttl?: number): void;
  /** @returns whether there was an entry */
  delete(key: string): boolean;
  has(key: string): boolean;
  /** The keys, in order of their bytes. */
  keys(prefix?: string): string[];
  /** Adds to a number, 0 if there is none, and keeps its expiry. @returns the sum. @throws NOT_A_NUMBER */
  increment(key: string, by?: number): number;
}

export interface DeviceStats {
  /** Pages that hold something, that are free, and that do not keep what is programmed. */
  live: number;
  spare: number;
  bad: number;
  /** Entries that have not expired. */
  entries: number;
  /** The number of the last commit. */
  seq: number;
}

export interface DeviceStore extends DeviceNamespace {
  namespace(name: string): DeviceNamespace;
  /** Makes changes all or none. */
  commit(changes: DeviceChange[]): void;
  toData(): Uint8Array;
  /** Puts what the data hold in the place of everything, at once. @throws CORRUPT, NOT_ISOKV, ENOSPC */
  fromData(bytes: Uint8Array): void;
  /** Collects up to `pages` of the oldest pages, so that later writes need not. @returns how many */
  collect(pages: number): number;
  stats(): DeviceStats;
}

function checkText(text: unknown): void {
  if (typeof text !== 'string' || !isText(text))
    throw failure('INVALID_KEY', 'a key must be a string of UTF-8 bytes');
}

/** Writes a put or a deletion, or only counts when there is no `out`. */
function writeChange(
  out: Uint8Array | null,
  at: number,
  key: string,
  value: unknown,
  expires: number,
  isPut: boolean,
): number {
  if (out) out[at] = isPut ? (expires ? PUT + EXPIRES : PUT) : DELETE;
  at = writeText(out, writeVarint(out, at + 1, key.length), key);
  if (!isPut) return at;
  if (expires) at = writeVarint(out, at, expires);
  return writeTagged(out, at, value);
}

function expiryOf(ring: Ring, ttl: number | undefined): number {
  if (ttl === undefined) return 0;
  var now = ring._now();
  if (!(ttl > 0) || ttl === Infinity) throw failure('INVALID_TTL', 'ttl is in milliseconds, above 0');
  if (!(now >= PLAUSIBLE)) throw failure('INVALID_TTL', 'the clock is not set, so nothing can expire');
  return Math.floor(now + ttl);
}

function commitChanges(ring: Ring, list: DeviceChange[], expires: number): void {
  var parts: Uint8Array[] = [];
  var size = 0;
  var space = '';
  var i: number;
  for (i = 0; i < list.length; i++) {
    var change = list[i]!;
    var name = change.namespace || '';
    checkText(name);
    checkText(change.key);
    if (name !== space) {
      parts.push(namespaceChange(name));
      size += parts[parts.length - 1]!.length;
      space = name;
    }
    var until = expires || expiryOf(ring, change.ttl);
    var isPut = !change['delete'];
    var part = new Uint8Array(writeChange(null, 0, change.key, change.value, until, isPut));
    writeChange(part, 0, change.key, change.value, until, isPut);
    parts.push(part);
    size += part.length;
  }
  var body = new Uint8Array(size);
  size = 0;
  for (i = 0; i < parts.length; i++) {
    body.set(parts[i]!, size);
    size += parts[i]!.length;
  }
  if (list.length) commit(ring, body, 0);
}

function readEntry(ring: Ring, entry: Changes): unknown {
  var value = valueBytes(ring, entry);
  return readTagged(entry._tag, value, 0, value.length);
}

function namespaceOf(ring: Ring, space: string): DeviceNamespace {
  checkText(space);
  return {
    get: function (key) {
      var entry = findEntry(ring, space, key);
      return entry ? readEntry(ring, entry) : undefined;
    },
    set: function (key, value, ttl) {
      commitChanges(ring, [{ namespace: space, key: key, value: value, ttl: ttl as number }], 0);
    },
    delete: function (key) {
      if (!findEntry(ring, space, key)) return false;
      commitChanges(ring, [{ namespace: space, key: key, delete: true }], 0);
      return true;
    },
    has: function (key) {
      return !!findEntry(ring, space, key);
    },
    keys: function (prefix) {
      var names = namesIn(ring, space);
      var keys: string[] = [];
      for (var i = 0; i < names.length; i++) {
        var key = names[i]!._key;
        if (!prefix || key.substr(0, prefix.length) === prefix) keys.push(key);
      }
      return keys;
    },
    increment: function (key, by) {
      var entry = findEntry(ring, space, key);
      var value = entry ? readEntry(ring, entry) : 0;
      if (by === undefined) by = 1;
      if (typeof value !== 'number' || !(Math.abs(by) < Infinity))
        throw failure('NOT_A_NUMBER', 'only numbers can be added');
      value += by;
      commitChanges(ring, [{ namespace: space, key: key, value: value }], entry ? entry._expires : 0);
      return value as number;
    },
  };
}

/**
 * Opens the store on a flash; writes nothing before it is asked to.
 * @throws CORRUPT, NOT_ISOKV, UNKNOWN_VERSION, INVALID_OPTION
 */
export function open(device: FlashDevice, options?: OpenOptions): DeviceStore {
  var given = options || {};
  var now =
    given.now ||
    function () {
      return Date.now();
    };
  var index = given.index ? sortedIndex(device, given.index) : null;
  var ring = mount(device, now, index, !!given.format);
  var store = namespaceOf(ring, '') as DeviceStore;
  store.namespace = function (name) {
    return namespaceOf(ring, name);
  };
  store.commit = function (changes) {
    commitChanges(ring, changes, 0);
  };
  store.toData = function () {
    return writeData(ring);
  };
  store.fromData = function (bytes) {
    commit(ring, readData(ring, bytes), 0);
  };
  store.collect = function (pages) {
    var count = 0;
    // A session that has not written yet begins its page first.
    if (pages > 0 && ring._head >= ring._oldest) makeRoom(ring, 1, 0, 0);
    while (count < pages && ring._oldest < ring._head) {
      collectOldest(ring);
      count++;
    }
    ring._refused = Infinity;
    return count;
  };
  store.stats = function () {
    var live = ring._head - ring._oldest + 1;
    return {
      live: live,
      spare: ring._spares,
      bad: device.pageCount - live - ring._spares,
      entries: namesIn(ring, null).length,
      seq: ring._commit,
    };
  };
  return store;
}
