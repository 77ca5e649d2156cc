import type { TextAhead } from '../bytes/text-ahead.ts';
import type { Bounds } from './bounds.ts';
import type { Slot } from './slot.ts';

/** Entries in key order, in pages: the leaves of a sorted map, the blocks of a run. No page is empty. */
export interface Layer {
  readonly pages: number;
  count(page: number): number;
  key(page: number, index: number, texts?: TextAhead): string;
  /** With `texts`, a text that never expires may come decoded. */
  slot(page: number, index: number, texts?: TextAhead): Slot;
  /** The page that holds `key`, or would. */
  pageOf(key: string): number;
  /** The index of the first key of the page that is `key` or sorts after it. */
  seek(page: number, key: string): number;
}

interface Place {
  readonly page: number;
  readonly index: number;
}

/** Goes over one layer, key by key, within bounds and in their direction. */
export class Cursor {
  /** Where it stands; undefined when it has come to the end. */
  key: string | undefined;
  readonly #layer: Layer;
  readonly #texts: TextAhead | undefined;
  readonly #step: 1 | -1;
  /** The last page to go over. */
  readonly #lastPage: number;
  /** The first index there that is not to be gone over. */
  readonly #lastStop: number;
  #page: number;
  #index: number;
  /** The same of this page. */
  #stop: number;

  constructor(layer: Layer, { low, lowOpen, high, highOpen, reverse }: Bounds, texts?: TextAhead) {
    // Of the bounds, places are made once, so that no key on the way need be compared with them.
    const first = low === undefined ? { page: 0, index: 0 } : placeOf(layer, low, lowOpen);
    const last = high === undefined ? endOf(layer) : placeOf(layer, high, !highOpen);
    const end = last.page < first.page ? first : last;
    this.#layer = layer;
    this.#texts = texts;
    this.#step = reverse ? -1 : 1;
    this.#page = reverse ? end.page : first.page;
    this.#index = reverse ? end.index - 1 : first.index;
    this.#lastPage = reverse ? first.page : end.page;
    this.#lastStop = reverse ? first.index - 1 : end.index;
    this.#stop = this.#stopOfPage();
    this.#land();
  }

  slot(): Slot {
    return this.#layer.slot(this.#page, this.#index, this.#texts);
  }

  advance(): void {
    this.#index += this.#step;
    this.#land();
  }

  /** Takes the key where it stands, on the next page if this one has ended. */
  #land(): void {
    while (this.#step > 0 ? this.#index >= this.#stop : this.#index <= this.#stop) {
      if (this.#page === this.#lastPage) {
        this.key = undefined;
        return;
      }
      this.#page += this.#step;
      this.#index = this.#step > 0 ? 0 : this.#layer.count(this.#page) - 1;
      this.#stop = this.#stopOfPage();
    }
    this.key = this.#layer.key(this.#page, this.#index, this.#texts);
  }

  #stopOfPage(): number {
    if (this.#page === this.#lastPage) return this.#lastStop;
    return this.#step > 0 ? this.#layer.count(this.#page) : -1;
  }
}

/** Where `key` is, or the first key after it; with `past`, the first after it even so. */
function placeOf(layer: Layer, key: string, past: boolean): Place {
  const page = layer.pageOf(key);
  const index = layer.seek(page, key);
  const isThere = index < layer.count(page) && layer.key(page, index) === key;
  return { page, index: past && isThere ? index + 1 : index };
}

function endOf(layer: Layer): Place {
  const page = layer.pages - 1;
  return { page, index: layer.count(page) };
}
