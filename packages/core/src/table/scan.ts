import { type Bounds, boundsAfter } from './bounds.ts';
import type { Cursor, Entries } from './cursor.ts';
import type { Overlay } from './overlay.ts';
import { type Slot, TOMBSTONE } from './slot.ts';

/** What a scan goes over. */
export interface Source {
  /**
   * The newest layer. It is another one, or has another version, when cursors must be made anew. Those below may come
   * and go: they never change, so cursors that still go over them go over what was true, and is.
   */
  readonly fresh: Overlay;
}

/** @returns one for each layer, newest first */
export type MakeCursors = (bounds: Bounds) => Cursor[];

/** @returns what to give for an entry, undefined for nothing */
export type Take<T> = (key: string, slot: Slot) => T | undefined;

/** What generators inherit from: `Symbol.iterator` and, in newer runtimes, `map`, `filter` and the like. */
const Generating = class {} as new <T>() => Generator<T, undefined>;
Object.setPrototypeOf(Generating.prototype, Object.getPrototypeOf(function* () {}).prototype);

/**
 * Goes over stored entries in order. Legal to write meanwhile: it goes on after the last key it passed; and when `take`
 * throws, with the same key. It stands in for a generator, which would need half as much time again.
 */
export class Scan<T> extends Generating<T> {
  readonly #source: Source;
  readonly #bounds: Bounds;
  readonly #makeCursors: MakeCursors;
  readonly #take: Take<T>;
  /** A transaction's own layer, above those of the source. */
  readonly #above: Overlay | undefined;
  #fresh: Overlay | undefined;
  /** Of both together. */
  #version = 0;
  #cursors: Cursor[] = [];
  /** The one whose key comes next. From `#from` it may go on to before `#until` without a look at the others. */
  #cursor: Cursor | undefined;
  #from = 0;
  #until = 0;
  /** Where the last key is that was passed before the cursor's turn. */
  #passed: Entries | undefined;
  #passedAt = 0;
  /** How many entries may be given yet; below 0 when any number may, for a number that is whole is faster than Infinity. */
  #left: number;

  constructor(
    source: Source,
    bounds: Bounds,
    makeCursors: MakeCursors,
    take: Take<T>,
    above: Overlay | undefined,
  ) {
    super();
    this.#source = source;
    this.#bounds = bounds;
    this.#makeCursors = makeCursors;
    this.#take = take;
    this.#above = above;
    this.#left = bounds.limit === Infinity ? -1 : bounds.limit;
  }

  override next(): IteratorResult<T, undefined> {
    while (this.#left !== 0) {
      let cursor = this.#cursor;
      if (cursor === undefined || cursor.index === this.#until || this.#hasMoved()) cursor = this.#turn();
      if (cursor === undefined) break;
      const { read, index } = cursor;
      const key = read.keys[index] as string;
      const slot = read.slots[index] as Slot;
      const taken = slot === TOMBSTONE ? undefined : this.#take(key, slot);
      cursor.index = index + cursor.step;
      if (taken !== undefined) {
        this.#left--;
        return { done: false, value: taken };
      }
    }
    return this.return();
  }

  override return(): IteratorResult<T, undefined> {
    this.#left = 0;
    return { done: true, value: undefined };
  }

  override throw(error: unknown): never {
    this.return();
    throw error;
  }

  /** Whether cursors may not stand where they should. */
  #hasMoved(): boolean {
    const { fresh } = this.#source;
    return fresh !== this.#fresh || fresh.version + (this.#above?.version ?? 0) !== this.#version;
  }

  /** Turns to the layer that has the next key. */
  #turn(): Cursor | undefined {
    const last = this.#cursor;
    if (last && last.index !== this.#from) {
      this.#passed = last.read;
      this.#passedAt = last.index - last.step;
    }
    if (this.#hasMoved()) this.#seek();
    else last?.land();
    let nearest: Cursor | undefined;
    let isAlone = true;
    for (const cursor of this.#cursors) {
      const order = nearest?.key === undefined ? -1 : cursor.compare(nearest.key);
      if (order === 0) {
        cursor.index += cursor.step; // A layer above hides it.
        cursor.land();
      }
      if (cursor.key === undefined) continue;
      isAlone = nearest === undefined;
      if (order < 0) nearest = cursor;
    }
    if (nearest) {
      this.#from = nearest.index;
      this.#until = isAlone ? nearest.stop : nearest.index + nearest.step;
    }
    this.#cursor = nearest;
    return nearest;
  }

  #seek(): void {
    const passed = this.#passed?.keyAt(this.#passedAt);
    const rest = passed === undefined ? this.#bounds : boundsAfter(passed, this.#bounds);
    this.#cursors = this.#makeCursors(rest);
    // Only now: making a cursor may bring an order up to date.
    this.#fresh = this.#source.fresh;
    this.#version = this.#fresh.version + (this.#above?.version ?? 0);
  }
}
