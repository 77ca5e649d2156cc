/** Summaries: what stands in a page, at its end, so that a look-up reads that and not all records. */
import { blank } from './append.ts';
import { bytesOf, get, put, putBytes, set, writeTo } from './bytes.ts';
import { type Changes, CLEAR, NO_KEY, nextChange } from './change.ts';
import { hashOf, lastAt } from './place.ts';
import {
  aligned,
  boundSum,
  COMMIT,
  headerOf,
  type Items,
  isDone,
  PART,
  RETIRE,
  read,
  SEALED,
  slotOf,
  WHOLE,
} from './ring.ts';
import { scripts } from './scripts.ts';
import { walk } from './walk.ts';

/** What a summary has beside its items. */
var TAIL_BYTES = 12;

/** Those of a page that has none yet. */
function noItems(seq: number): Items {
  return { _seq: seq, _bytes: bytesOf(0), _count: 0, _sure: 0 };
}

/** Those of the head. */
function headItems(): Items {
  var ring = scripts._ring;
  if (!ring._items || ring._items._seq !== ring._head) ring._items = noItems(ring._head);
  return ring._items;
}

/** Adds what the summary of its page says of a record. */
function add(items: Items, changes: Changes): void {
  while (nextChange(changes)) {
    if (changes._key === NO_KEY && changes._kind !== CLEAR) continue;
    var to = 4 * items._count++;
    if (to >= items._bytes.length) {
      var more = bytesOf(2 * to + 32);
      more.set(items._bytes);
      items._bytes = more;
    }
    var hash = changes._kind === CLEAR ? 0 : hashOf(changes._space, changes._key);
    set(items._bytes, to, hash, 2);
    set(items._bytes, to + 2, (changes._place % scripts._ring._device.pageSize) / 4, 2);
  }
}

function keepItems(kind: number, changes: Changes): void {
  var items = headItems();
  // What a mark of retirement has are no changes.
  if (kind !== RETIRE) add(items, changes);
  if (kind === COMMIT || kind > PART) items._sure = items._count;
}

function bytesFor(items: number): number {
  return aligned(4 * (headItems()._count + items) + TAIL_BYTES);
}

/** @returns the flag that the next header is to have */
function seal(): number {
  var ring = scripts._ring;
  if (!ring._mine) return 0;
  var items = headItems();
  var size = bytesFor(0);
  var bytes = blank(size);
  writeTo(bytes, size - TAIL_BYTES - 4 * items._count);
  putBytes(items._bytes.subarray(0, 4 * items._count));
  put(items._count, 2);
  put(items._sure, 2);
  put(ring._at, 4);
  put(boundSum(bytes.subarray(0, size - 4), ring._head), 4);
  return isDone((ring._slot + 1) * ring._device.pageSize - size, bytes) ? SEALED : 0;
}

/** The items of a page, in the order of its records. A summary is read only when it was programmed whole. */
function itemsOf(seq: number): Uint8Array {
  var ring = scripts._ring;
  if (seq === ring._head) {
    if (ring._mine) return headItems()._bytes.subarray(0, 4 * headItems()._sure);
  } else if (headerOf(seq + 1)[14]! & SEALED) {
    var pageSize = ring._device.pageSize;
    var stop = (slotOf(seq) + 1) * pageSize;
    var count = get(read(stop - TAIL_BYTES, 2), 0, 2);
    var size = aligned(4 * count + TAIL_BYTES);
    if (size <= pageSize) {
      var summary = read(stop - size, size);
      if (get(summary, size - 4) === boundSum(summary.subarray(0, size - 4), seq)) {
        var from = size - TAIL_BYTES - 4 * count;
        // The last items may be of a group that was given up.
        if (!(ring._marks[slotOf(seq)]! & WHOLE)) count = get(summary, size - 10, 2);
        return summary.subarray(from, from + 4 * count);
      }
    }
  }
  var items = noItems(seq);
  walk(seq, function (changes) {
    add(items, changes);
  });
  return items._bytes.subarray(0, 4 * items._count);
}

function find(space: string, key: string): Changes | null {
  var ring = scripts._ring;
  var hash = hashOf(space, key);
  for (var seq = ring._head; seq >= ring._oldest; seq--) {
    var items = itemsOf(seq);
    for (var i = items.length - 4; i >= 0; i -= 4) {
      var itemHash = get(items, i, 2);
      if (itemHash && itemHash !== hash) continue;
      var found = lastAt(seq * ring._device.pageSize + get(items, i + 2, 2) * 4, space, key);
      if (found) return found;
    }
  }
  return null;
}

/** Has stores write summaries and look entries up in them. `isokv`: what the core script exports. */
export function addTo(_isokv: unknown): void {
  scripts._keepItems = keepItems;
  scripts._summaryBytes = bytesFor;
  scripts._seal = seal;
  scripts._find = find;
}
