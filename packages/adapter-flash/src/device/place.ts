/** What a summary, or an index, has of an entry: its hash, and the place of its record. */
import { get } from './bytes.ts';
import { type Changes, changesIn } from './change.ts';
import { lastOf } from './find.ts';
import { damaged } from './ring.ts';
import { scripts } from './scripts.ts';
import { record } from './walk.ts';

/** 1 to 65,535: 0 is for what clears a namespace. */
export function hashOf(space: string, key: string): number {
  var hash = 5381;
  space += '/' + key;
  for (var i = 0; i < space.length; i++) hash = (hash * 33 + space.charCodeAt(i)) & 65535;
  return hash || 1;
}

/** What the record at this place has of an entry, its last change, null when that is none. @throws CORRUPT */
export function lastAt(place: number, space: string, key: string): Changes | null {
  var size = scripts._ring._device.pageSize;
  var at = place % size;
  var seq = (place - at) / size;
  var bytes = record(seq, at) || damaged(seq, at);
  return lastOf(changesIn(bytes, 4, get(bytes, 0, 2) + 4, place), space, key);
}
