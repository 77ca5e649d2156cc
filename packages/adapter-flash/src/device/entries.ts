/** Entries as they are in force: one by its key, or all of them in key order. */
import { corrupt, writeVarint } from './bytes.ts';
import { type Changes, changesIn, EXPIRES, LARGE, nextChange, PUT } from './change.ts';
import { isPast } from './collect.ts';
import { type Found, find, placeOf } from './find.ts';
import { RETIRE, type Ring } from './ring.ts';
import { walkAll } from './walk.ts';

export interface Name {
  _space: string;
  _key: string;
}

/** @returns the entry, or null when there is none or it has expired */
export function findEntry(ring: Ring, space: string, key: string): Changes | null {
  var found = find(ring, space, key, 0);
  return found && !isPast(ring, found._changes._expires) ? found._changes : null;
}

/** The bytes of an entry's value, put together when it is a large one. @throws CORRUPT when a piece is missing */
export function valueBytes(ring: Ring, entry: Changes): Uint8Array {
  if (entry._kind === PUT) return entry._bytes.subarray(entry._value, entry._valueEnd);
  var value = new Uint8Array(entry._length);
  var length = 0;
  for (var part = 1; part <= entry._chunks; part++) {
    var found: Found | null = find(ring, entry._space, entry._key, part);
    var chunk = found && found._changes;
    if (!chunk || chunk._id !== entry._id || length + chunk._valueEnd - chunk._value > entry._length) {
      throw corrupt('a large value has lost a piece');
    }
    value.set(chunk._bytes.subarray(chunk._value, chunk._valueEnd), length);
    length += chunk._valueEnd - chunk._value;
  }
  if (length < entry._length) throw corrupt('a large value has lost its end');
  return value;
}

/** The entry as a put of docs/FORMAT.md. */
export function putOf(ring: Ring, entry: Changes): Uint8Array {
  if (entry._kind === PUT) return entry._bytes.subarray(entry._start, entry._at);
  var value = valueBytes(ring, entry);
  var key = entry._bytes.subarray(entry._keyStart, entry._keyEnd);
  var put = new Uint8Array(key.length + value.length + 24);
  put[0] = entry._expires ? PUT + EXPIRES : PUT;
  put.set(key, 1);
  var at = 1 + key.length;
  if (entry._expires) at = writeVarint(put, at, entry._expires);
  put[at] = entry._tag;
  at = writeVarint(put, at + 1, value.length);
  put.set(value, at);
  return put.subarray(0, at + value.length);
}

function byName(a: Name, b: Name): number {
  if (a._space !== b._space) return a._space < b._space ? -1 : 1;
  return a._key < b._key ? -1 : a._key > b._key ? 1 : 0;
}

/** All entries that have not expired, or those of one namespace, in order. */
export function namesIn(ring: Ring, space: string | null): Name[] {
  var names: Name[] = [];
  walkAll(ring, {
    _visit: function (bytes, end, kind, seq, at) {
      if (kind === RETIRE) return;
      var changes = changesIn(bytes, 4, end);
      while (nextChange(changes)) {
        if (changes._kind !== PUT && changes._kind !== LARGE) continue;
        if (space !== null && changes._space !== space) continue;
        var found = find(ring, changes._space, changes._key, 0);
        if (!found || found._place !== placeOf(ring, seq, at) || found._changes._start !== changes._start)
          continue;
        if (!isPast(ring, changes._expires)) names.push({ _space: changes._space, _key: changes._key });
      }
    },
  });
  return names.sort(byName);
}
