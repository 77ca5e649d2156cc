/** The index of small engines: four bytes an entry, sorted, of a size that is fixed when the store is opened. */
import { type Changes, CLEAR, NO_KEY, nextChange } from './change.ts';
import { hashOf, lastAt } from './place.ts';
import { slotOf } from './ring.ts';
import { scripts } from './scripts.ts';
import { walkFrom } from './walk.ts';

/** Each word is a part of the hash times the number of places in the flash, plus the place, in steps of four bytes. */
function addIndex(capacity: number): void {
  var ring = scripts._ring;
  var pageSize = ring._device.pageSize;
  var pageSteps = pageSize / 4;
  var places = pageSteps * ring._device.pageCount;
  var hashes = Math.min(65536, Math.floor(4294967296 / places));
  var words = new Uint32Array(capacity);
  var used = 0;
  /** The word of what was found last. */
  var at = 0;

  /** The first word of a hash, or of those after it. */
  function seek(word: number): number {
    var low = 0;
    var high = used;
    while (low < high) {
      var middle = (low + high) >>> 1;
      if (words[middle]! < word) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  function remove(i: number): void {
    for (used--; i < used; i++) words[i] = words[i + 1]!;
  }

  function insert(word: number): void {
    var i = seek(word);
    for (var from = used++; from > i; from--) words[from] = words[from - 1]!;
    words[i] = word;
  }

  function find(space: string, key: string): Changes | null {
    var low = (hashOf(space, key) % hashes) * places;
    var found: Changes | null = null;
    for (var i = seek(low); i < used && words[i]! < low + places; i++) {
      var step = words[i]! - low;
      var slot = Math.floor(step / pageSteps);
      var place = ring._seqs[slot]! * pageSize + (step % pageSteps) * 4;
      var changes = lastAt(place, space, key);
      if (changes && changes._kind !== CLEAR && (!found || place > found._place)) {
        found = changes;
        at = i;
      }
    }
    return found;
  }

  /** @returns false when it is of no use any more */
  function note(changes: Changes): boolean {
    var place = changes._place;
    // Without an index what was cleared is found to be so. It is rare.
    if (changes._key === NO_KEY) return changes._kind !== CLEAR;
    if (find(changes._space, changes._key)) remove(at);
    if (used === capacity) return false;
    var offset = place % pageSize;
    var word = (hashOf(changes._space, changes._key) % hashes) * places;
    insert(word + slotOf((place - offset) / pageSize) * pageSteps + offset / 4);
    return true;
  }

  ring._index = {
    _find: find,
    _note: function (changes) {
      // When a read fails on the way it lacks something, and is not to be looked at again.
      var index = ring._index;
      ring._index = scripts;
      while (index !== scripts && nextChange(changes)) if (!note(changes)) index = scripts;
      ring._index = index;
    },
    _drop: function (seq) {
      var slot = slotOf(seq);
      for (var i = used; i--; ) if (Math.floor((words[i]! % places) / pageSteps) === slot) remove(i);
    },
  };
  walkFrom(ring._oldest, ring._index._note);
}

/** Gives `open` its option `index`. `isokv`: what the core script exports. */
export function addTo(_isokv: unknown): void {
  scripts._index = addIndex;
}
