/**
 * Keys in order, with their values beside them: a B+tree of height two. Leaves hold up to 512 keys; the root
 * is the array of leaves. A seek is two binary searches; an insert moves at most a leaf's keys, and once in
 * 256 inserts the root's pointers (32 KiB at a million keys), which beats a taller tree's pointer chasing.
 */
import { compareKeys } from '../bytes/order.ts';

import type { Layer } from './cursor.ts';
import type { Slot } from './slot.ts';

const LEAF_KEYS = 512;

interface Leaf {
  readonly keys: string[];
  readonly values: Slot[];
}

export class SortedMap implements Layer {
  /** In order; none is empty. */
  readonly #leaves: Leaf[] = [];

  /** Makes one of keys that are in order already. */
  static fromSorted(keys: readonly string[], slotOf: (key: string) => Slot): SortedMap {
    const map = new SortedMap();
    // Leaves begin three quarters full, so that the first inserts do not split every one of them.
    const step = (LEAF_KEYS * 3) / 4;
    for (let at = 0; at < keys.length; at += step) {
      const part = keys.slice(at, at + step);
      map.#leaves.push({ keys: part, values: part.map(slotOf) });
    }
    return map;
  }

  get pages(): number {
    return this.#leaves.length;
  }

  count(page: number): number {
    return this.#leaf(page).keys.length;
  }

  key(page: number, index: number): string {
    return this.#leaf(page).keys[index] as string;
  }

  slot(page: number, index: number): Slot {
    return this.#leaf(page).values[index] as Slot;
  }

  seek(page: number, key: string): number {
    return seek(this.#leaf(page).keys, key);
  }

  set(key: string, value: Slot): void {
    if (this.#leaves.length === 0) {
      this.#leaves.push({ keys: [key], values: [value] });
      return;
    }
    const page = this.pageOf(key);
    const { keys, values } = this.#leaf(page);
    const index = seek(keys, key);
    if (keys[index] === key) {
      values[index] = value;
      return;
    }
    keys.splice(index, 0, key);
    values.splice(index, 0, value);
    if (keys.length > LEAF_KEYS) {
      const half = LEAF_KEYS / 2;
      this.#leaves.splice(page + 1, 0, { keys: keys.splice(half), values: values.splice(half) });
    }
  }

  delete(key: string): void {
    if (this.#leaves.length === 0) return;
    const page = this.pageOf(key);
    const { keys, values } = this.#leaf(page);
    const index = seek(keys, key);
    if (keys[index] !== key) return;
    keys.splice(index, 1);
    values.splice(index, 1);
    if (keys.length === 0) this.#leaves.splice(page, 1);
  }

  pageOf(key: string): number {
    let low = 0;
    let high = this.#leaves.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (compareKeys(this.key(middle, 0), key) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #leaf(page: number): Leaf {
    return this.#leaves[page] as Leaf;
  }
}

/** The index of the first key that is `key` or sorts after it. */
function seek(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle] as string, key) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
