/**
 * What was written since the run: a hash map, and beside it, once a range has been read, its keys in order.
 * The map also keeps what was read from the layers below, so that a second read is a map read.
 */
import type { Slot } from './slot.ts';
import { sort } from './sort.ts';
import { SortedMap } from './sorted-map.ts';

/** Writes are brought into the order when so many wait, or when a range is read. */
const MAX_WAITING = 1024;

export class Overlay {
  readonly map: Map<string, Slot>;
  /** Grows with every write, once there is an order: then a cursor must seek again. */
  version = 0;
  #order: SortedMap | undefined;
  /** Keys written since the order was last brought up to date. */
  readonly #waiting: Set<string> = new Set();

  constructor(map: Map<string, Slot> = new Map()) {
    this.map = map;
  }

  /** The same, for who goes over it once: no order is left behind that nobody else has asked for. */
  passing(): Overlay {
    return this.#order ? this : new Overlay(this.map);
  }

  write(key: string, slot: Slot): void {
    this.map.set(key, slot);
    if (this.#order) this.#wait(key);
  }

  /** Forgets the key: there is nothing below it to hide. */
  erase(key: string): void {
    this.map.delete(key);
    if (this.#order) this.#wait(key);
  }

  /** Keeps what a read found below. The order need not know: a scan finds it below too. */
  copy(key: string, slot: Slot): void {
    this.map.set(key, slot);
  }

  /** The keys in order, tombstones among them. Sorts all of them the first time. */
  order(): SortedMap {
    for (const _ of this.buildOrder());
    return this.#settle();
  }

  /** Sorts in small steps, for an overlay that nobody writes to meanwhile: yields where it may be paused. */
  *buildOrder(): Generator<void> {
    if (this.#order) return;
    const order = new SortedMap(yield* sort(this.map));
    this.#order ??= order; // A range read may have come first.
  }

  #wait(key: string): void {
    this.version++;
    this.#waiting.add(key);
    if (this.#waiting.size >= MAX_WAITING) this.#settle();
  }

  #settle(): SortedMap {
    const order = this.#order as SortedMap;
    for (const key of this.#waiting) {
      const slot = this.map.get(key);
      if (slot === undefined) order.delete(key);
      else order.set(key, slot);
    }
    this.#waiting.clear();
    return order;
  }
}
