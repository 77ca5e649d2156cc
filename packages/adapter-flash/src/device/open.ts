/** The device face: a small synchronous store. docs/FLASH.md has the layout, docs/FORMAT.md the changes. */
import { floor, largest, made, put, putText, putVarint } from './bytes.ts';
import { type Changes, DELETE, EXPIRES, nextChange, PUT, putNamespace } from './change.ts';
import { commit } from './commit.ts';
import { fail } from './error.ts';
import { isEntry, isNewest } from './find.ts';
import type { FlashDevice } from './flash-device.ts';
import { mount } from './mount.ts';
import { type Ring, ring, time, use } from './ring.ts';
import { missing, scripts } from './scripts.ts';
import { putValue, readValue } from './values.ts';
import { walkFrom } from './walk.ts';

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

/** A store, or one of its namespaces: what the methods below are called on. */
export interface Face {
  _ring: Ring;
  _space: string;
}

var Face = function (this: Face, one: Ring, space: string): void {
  this._ring = one;
  this._space = space;
} as unknown as new (
  one: Ring,
  space: string,
) => DeviceStore;

/** An entry that has not expired, null when there is none. */
export function entryOf(face: Face, key: string): Changes | null {
  use(face._ring);
  var entry = ring._index._find(face._space, key);
  return isEntry(entry) ? entry : null;
}

/** Makes one commit of these changes. `expires`: when puts without a ttl do, in epoch milliseconds; never if not given. */
export function write(face: Face, changes: DeviceChange[], expires?: number): void {
  use(face._ring);
  var body = made(function () {
    var space = '';
    for (var i = 0; i < changes.length; i++) {
      var change = changes[i]!;
      var name = change.namespace || face._space;
      var ttl = change.ttl;
      var until = expires;
      if (name !== space) {
        putNamespace(name);
        space = name;
      }
      if (ttl !== undefined) {
        until = floor(time + ttl);
        if (!(ttl > 0 && until <= largest && time)) fail('INVALID_TTL', 'ttl or clock');
      }
      var isPut = !change['delete'];
      put(isPut ? (until ? PUT + EXPIRES : PUT) : DELETE);
      putText(change.key);
      if (!isPut) continue;
      if (until) putVarint(until);
      putValue(change.value);
    }
  });
  // What the changes are read from may have called another store.
  use(face._ring);
  if (body.length) commit(body);
}

var noData: () => never = missing('data');
var noUpkeep: () => never = missing('upkeep');

/** What a store and its namespaces do. */
export var methods: DeviceStore = {
  get: function (this: Face, key: string): unknown {
    var entry = entryOf(this, key);
    return entry ? readValue(entry) : undefined;
  },
  set: function (this: Face, key: string, value: unknown, ttl?: number): void {
    write(this, [{ key: key, value: value, ttl: ttl as number }]);
  },
  delete: function (this: Face, key: string): boolean {
    if (!entryOf(this, key)) return false;
    write(this, [{ key: key, delete: true }]);
    return true;
  },
  has: function (this: Face, key: string): boolean {
    return !!entryOf(this, key);
  },
  keys: function (this: Face, prefix?: string): string[] {
    var space = this._space;
    var keys: string[] = [];
    use(this._ring);
    walkFrom(ring._oldest, function (changes) {
      while (nextChange(changes)) {
        var isAsked = changes._space === space && (!prefix || changes._key.indexOf(prefix) === 0);
        if (isAsked && isEntry(changes) && isNewest(changes)) keys.push(changes._key);
      }
    });
    return keys.sort();
  },
  increment: missing('increment'),
  namespace: function (this: Face, name: string): DeviceNamespace {
    return new Face(this._ring, name);
  },
  commit: function (this: Face, changes: DeviceChange[]): void {
    write(this, changes);
  },
  toData: noData,
  fromData: noData,
  collect: noUpkeep,
  stats: noUpkeep,
};
Face.prototype = methods;

/**
 * Opens the store on a flash; writes nothing before it is asked to.
 * @throws CORRUPT, NOT_ISOKV, UNSUPPORTED for an index without its script
 */
export function open(device: FlashDevice, options?: OpenOptions): DeviceStore {
  var given = options || {};
  mount(device, given.now || Date.now, given.format);
  if (given.index) scripts._index(given.index);
  return new Face(ring, '');
}
