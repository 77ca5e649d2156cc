/**
 * Keys in order, with their values beside them: a B+tree of height two. Leaves hold up to 512 keys; the root
 * is the array of leaves. A seek is two binary searches; an insert moves at most a leaf's keys, and once in
 * 128 inserts or more the root's pointers (21 KiB at a million keys), which beats a taller tree's pointer chasing.
 */
import { compareKeys } from '../bytes/order.ts';
import type { Entries, Layer } from './cursor.ts';
import type { Slot } from './slot.ts';
import type { Sorted } from './sort.ts';

const LEAF_KEYS = 512;

export class SortedMap implements Layer {
  /** In order; none is empty. */
  readonly #leaves: Sorted<Slot>[] = [];

  /** `first`: what it begins with. However much that is, it stays one leaf until it is changed. */
  constructor(first?: Sorted<Slot>) {
    if (first?.keys.length) this.#leaves.push(first);
  }

  get pages(): number {
    return this.#leaves.length;
  }

  count(page: number): number {
    return this.#leaf(page).keys.length;
  }

  read(page: number, low: number, high: number): Entries {
    const leaf = this.#leaf(page);
    const keys = leaf.keys.slice(low, high);
    return { keys, slots: leaf.values.slice(low, high), keyAt: (index) => keys[index] as string };
  }

  seek(page: number, key: string, past: boolean): number {
    return seek(this.#leaf(page).keys, key, past);
  }

  set(key: string, value: Slot): void {
    if (this.#leaves.length === 0) this.#leaves.push({ keys: [], values: [] });
    const { keys, values } = this.#leaf(this.#pageToChange(key));
    const index = seek(keys, key);
    if (keys[index] === key) values[index] = value;
    else {
      keys.splice(index, 0, key);
      values.splice(index, 0, value);
    }
  }

  delete(key: string): void {
    if (this.#leaves.length === 0) return;
    const page = this.#pageToChange(key);
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
      if (compareKeys(this.#leaf(middle).keys[0] as string, key) <= 0) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  #leaf(page: number): Sorted<Slot> {
    return this.#leaves[page] as Sorted<Slot>;
  }

  /** The page that holds `key`, or would; divided if it is full. */
  #pageToChange(key: string): number {
    const page = this.pageOf(key);
    const { keys, values } = this.#leaf(page);
    if (keys.length < LEAF_KEYS) return page;
    const parts: Sorted<Slot>[] = [];
    const step = (LEAF_KEYS * 3) / 4;
    // Three quarters full, so that the next inserts do not divide each of them again.
    for (let at = 0; at < keys.length; at += step)
      parts.push({ keys: keys.slice(at, at + step), values: values.slice(at, at + step) });
    this.#leaves.splice(page, 1, ...parts);
    return this.pageOf(key);
  }
}

/** The index of the first key that is `key` or sorts after it; with `past`, of the first that sorts after it. */
export function seek(keys: readonly string[], key: string, past = false): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compareKeys(keys[middle] as string, key) < Number(past)) low = middle + 1;
    else high = middle;
  }
  return low;
}
