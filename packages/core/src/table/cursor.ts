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
  /** With `decoded`, a text that never expires may come as it is. */
  page(page: number, decoded: boolean): Page;
}

export interface Page {
  key(index: number): string;
  slot(index: number): Slot;
}

interface Place {
  readonly page: number;
  readonly index: number;
}

/** Goes over one layer within bounds and in their direction: on each page from `index` to before `stop`. */
export class Cursor {
  /** Where it last landed; undefined at the end. */
  key: string | undefined;
  page!: Page;
  index!: number;
  stop!: number;
  readonly step: 1 | -1;
  readonly #layer: Layer;
  readonly #decoded: boolean;
  readonly #last: Place;
  #number!: number;

  constructor(layer: Layer, { low, lowOpen, high, highOpen, reverse }: Bounds, decoded: boolean) {
    const pages = layer.pages;
    // Of the bounds, places are made once, so that no key on the way need be compared with them.
    const start = low === undefined ? { page: 0, index: 0 } : placeOf(layer, low, lowOpen);
    let end =
      high === undefined
        ? { page: pages - 1, index: layer.count(pages - 1) }
        : placeOf(layer, high, !highOpen);
    if (end.page < start.page || (end.page === start.page && end.index < start.index)) end = start;
    this.step = reverse ? -1 : 1;
    this.#layer = layer;
    this.#decoded = decoded;
    this.#last = reverse ? { page: start.page, index: start.index - 1 } : end;
    if (reverse) this.#open(end.page, end.index - 1);
    else this.#open(start.page, start.index);
    this.land();
  }

  /** Takes the key at `index`, on the next page if this one has ended. */
  land(): void {
    const { step } = this;
    while (this.index === this.stop) {
      if (this.#number === this.#last.page) {
        this.key = undefined;
        return;
      }
      const number = this.#number + step;
      this.#open(number, step > 0 ? 0 : this.#layer.count(number) - 1);
    }
    this.key = this.page.key(this.index);
  }

  /** Below 0, 0 or above 0, as it stands before, on or after `key`; above 0 at the end. */
  compare(key: string): number {
    return this.key === undefined ? 1 : this.step * compareKeys(this.key, key);
  }

  #open(number: number, index: number): void {
    this.#number = number;
    this.page = this.#layer.page(number, this.#decoded);
    this.index = index;
    if (number === this.#last.page) this.stop = this.#last.index;
    else this.stop = this.step > 0 ? this.#layer.count(number) : -1;
  }
}

/** Where `key` is, or the first key after it; with `past`, the first after it even so. */
function placeOf(layer: Layer, key: string, past: boolean): Place {
  const page = layer.pageOf(key);
  return { page, index: layer.seek(page, key, past) };
}
