/** The index of small engines: four bytes an entry, sorted, of a size that is fixed when the store is opened. */
import type { FlashDevice } from './flash-device.ts';
import type { Index, Place } from './ring.ts';

/** Each word is a part of the hash times the number of places, plus the place. */
export function sortedIndex(device: FlashDevice, capacity: number): Index {
  var places = (device.pageSize / 4) * device.pageCount;
  var hashes = Math.min(65536, Math.floor(4294967296 / places));
  var words = new Uint32Array(capacity);
  var used = 0;

  /** The first word that is not below `word`. */
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

  function wordOf(hash: number, place: Place): number {
    return (hash % hashes) * places + place;
  }

  return {
    _each: function (_id, hash, visit) {
      var limit = wordOf(hash, places);
      for (var i = seek(wordOf(hash, 0)); i < used && words[i]! < limit; i++) visit(words[i]! % places);
    },
    _put: function (_id, hash, old, place) {
      var i: number;
      if (old >= 0) {
        used--;
        for (i = seek(wordOf(hash, old)); i < used; i++) words[i] = words[i + 1]!;
      }
      if (place < 0) return true;
      if (used === capacity) return false;
      var at = seek(wordOf(hash, place));
      for (i = used++; i > at; i--) words[i] = words[i - 1]!;
      words[at] = wordOf(hash, place);
      return true;
    },
    _reset: function () {
      used = 0;
    },
  };
}
