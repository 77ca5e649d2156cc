import { compareKeys } from '../bytes/order.ts';
import type { Bounds } from './bounds.ts';
import type { Slot } from './slot.ts';

/** Entries in key order, in pages: the leaves of a sorted map, the blocks of a run. No page is empty. */
export interface Layer {
  readonly pages: number;
  count(page: number): number;
  /** The page that holds `key`, or would. */
  pageOf(key: string): number;
  /** The index of the first key of the page that is `key` or sorts after it; with `past`, only one after it. */
  seek(page: number, key: string, past: boolean): number;
  /** The entries of a page from index `low` to before `high`. */
  read(page: number, low: number, high: number, wanted: Wanted): Entries;
}

/**
 * What is wanted of entries. When it is more than keys, a text that never expires may come as it is, not in a cell; and
 * when it is only values, without its key.
 */
export type Wanted = 'keys' | 'values' | 'entries';

export interface Entries {
  readonly keys: readonly (string | undefined)[];
  readonly slots: readonly Slot[];
  /** A key, even if it was not wanted. */
  keyAt(index: number): string;
}

/** Between two entries: before the one at `index`. */
interface Place {
  readonly page: number;
  readonly index: number;
}

/** So many entries are read at once at first, and then ever more: a scan may end soon. */
const FIRST_READ = 2;
const LONGEST_READ = 32;

/** Goes over one layer within bounds and in their direction: over what it has read, from `index` to before `stop`. */
export class Cursor {
  /** Where it last landed; empty when that key was not wanted, undefined at the end. */
  key: string | undefined;
  read!: Entries;
  index = 0;
  stop = 0;
  readonly step: 1 | -1;
  readonly #layer: Layer;
  readonly #wanted: Wanted;
  readonly #last: Place;
  /** Up to where it has read. */
  #page: number;
  #index: number;
  #length: number = FIRST_READ;

  constructor(layer: Layer, { low, lowOpen, high, highOpen, reverse }: Bounds, wanted: Wanted) {
    // Of the bounds, places are made once, so that no key on the way need be compared with them.
    const start = low === undefined ? { page: 0, index: 0 } : placeOf(layer, low, lowOpen);
    let end =
      high === undefined
        ? { page: layer.pages - 1, index: layer.count(layer.pages - 1) }
        : placeOf(layer, high, !highOpen);
    if (end.page < start.page || (end.page === start.page && end.index < start.index)) end = start;
    this.step = reverse ? -1 : 1;
    this.#layer = layer;
    this.#wanted = wanted;
    this.#last = reverse ? start : end;
    ({ page: this.#page, index: this.#index } = reverse ? end : start);
    this.land();
  }

  /** Takes the key at `index`, of what it reads next if this has ended. */
  land(): void {
    const layer = this.#layer;
    const forwards = this.step > 0;
    while (this.index === this.stop) {
      const from = this.#index;
      const isLast = this.#page === this.#last.page;
      const edge = isLast ? this.#last.index : forwards ? layer.count(this.#page) : 0;
      if (from !== edge) {
        const low = forwards ? from : Math.max(edge, from - this.#length);
        const high = forwards ? Math.min(edge, from + this.#length) : from;
        this.read = layer.read(this.#page, low, high, this.#wanted);
        this.#index = forwards ? high : low;
        this.index = forwards ? 0 : high - low - 1;
        this.stop = forwards ? high - low : -1;
        this.#length = Math.min(4 * this.#length, LONGEST_READ);
      } else if (isLast) {
        this.key = undefined;
        return;
      } else {
        this.#page += this.step;
        this.#index = forwards ? 0 : layer.count(this.#page);
      }
    }
    this.key = this.read.keys[this.index] ?? '';
  }

  /** Below 0, 0 or above 0, as it stands before, on or after `key`; above 0 at the end. */
  compare(key: string): number {
    return this.key === undefined ? 1 : this.step * compareKeys(this.key, key);
  }
}

/** Where `key` is, or the first key after it; with `past`, the first after it even so. */
function placeOf(layer: Layer, key: string, past: boolean): Place {
  const page = layer.pageOf(key);
  return { page, index: layer.seek(page, key, past) };
}
