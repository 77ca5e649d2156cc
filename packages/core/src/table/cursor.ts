import { type Bounds, isAbove, isBelow } from './bounds.ts';
import type { Slot } from './slot.ts';

/** Entries in key order, in pages: the leaves of a sorted map, the blocks of a run. */
export interface Layer {
  readonly pages: number;
  count(page: number): number;
  key(page: number, index: number): string;
  slot(page: number, index: number): Slot;
  /** The page that holds `key`, or would. */
  pageOf(key: string): number;
  /** The index of the first key of the page that is `key` or sorts after it. */
  seek(page: number, key: string): number;
}

/** Goes over one layer, key by key, within bounds and in their direction. */
export class Cursor {
  /** Where it stands; undefined when it has come to the end. */
  key: string | undefined;
  readonly layer: Layer;
  readonly #bounds: Bounds;
  #page = 0;
  #index = 0;

  constructor(layer: Layer, bounds: Bounds) {
    this.layer = layer;
    this.#bounds = bounds;
    const from = bounds.reverse ? bounds.high : bounds.low;
    if (layer.pages > 0 && from !== undefined) {
      this.#page = layer.pageOf(from);
      this.#index = layer.seek(this.#page, from);
      if (bounds.reverse && this.#index === layer.count(this.#page)) this.#index--;
    } else if (layer.pages > 0 && bounds.reverse) {
      this.#page = layer.pages - 1;
      this.#index = layer.count(this.#page) - 1;
    }
    this.#land();
    // The seek finds the first key not below; an open end, or going backwards, may have it one key off.
    while (this.key !== undefined && (bounds.reverse ? isAbove : isBelow)(this.key, bounds)) this.#step();
    this.#stopAtEnd();
  }

  slot(): Slot {
    return this.layer.slot(this.#page, this.#index);
  }

  advance(): void {
    this.#step();
    this.#stopAtEnd();
  }

  #step(): void {
    this.#index += this.#bounds.reverse ? -1 : 1;
    this.#land();
  }

  /** Goes to the neighbouring page when the index is outside this one, and takes the key there. */
  #land(): void {
    const { layer } = this;
    if (this.#index < 0) {
      this.#page--;
      if (this.#page >= 0) this.#index = layer.count(this.#page) - 1;
    } else if (this.#page < layer.pages && this.#index >= layer.count(this.#page)) {
      this.#page++;
      this.#index = 0;
    }
    this.key = this.#page >= 0 && this.#page < layer.pages ? layer.key(this.#page, this.#index) : undefined;
  }

  #stopAtEnd(): void {
    if (this.key !== undefined && (this.#bounds.reverse ? isBelow : isAbove)(this.key, this.#bounds))
      this.key = undefined;
  }
}
