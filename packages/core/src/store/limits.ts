import { IsokvError } from '../errors.ts';
import { EVERYTHING } from '../table/bounds.ts';
import { type Cell, type Slot, sizeOf } from '../table/slot.ts';
import type { LiveSpace } from './live-space.ts';
import type { MemoryOptions } from './options.ts';

interface Entry {
  readonly space: LiveSpace;
  readonly key: string;
  readonly bytes: number;
}

/** What one change does to the number of entries and of bytes. */
export interface SizeChange {
  readonly entries: number;
  /** Bytes of the entry written. */
  readonly size: number;
  /** Bytes of the entry it takes the place of. */
  readonly freed: number;
}

/** `after`, where there is one, comes in the place of `before`. */
export function sizeChange(key: string, before: Slot | undefined, after: Slot | undefined): SizeChange {
  return {
    entries: Number(after !== undefined) - Number(before !== undefined),
    size: after === undefined ? 0 : sizeOf(key, after),
    freed: before === undefined ? 0 : sizeOf(key, before),
  };
}

/** Keeps a store within `maxEntries` and `maxBytes`. Made only when one is set: order of use costs nothing else. */
export class Limits {
  /** Least recently used first: a Map keeps the order of insertion. */
  readonly #used: Map<Cell, Entry> = new Map();
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #evicts: boolean;
  #bytes = 0;

  constructor({ maxEntries, maxBytes, eviction }: MemoryOptions) {
    this.#maxEntries = maxEntries ?? Infinity;
    this.#maxBytes = maxBytes ?? Infinity;
    this.#evicts = eviction === 'lru';
  }

  /** Makes sure that there is room for changes, before the first of them is made. @throws LIMIT */
  check(changes: readonly SizeChange[]): void {
    let entries = this.#used.size;
    let bytes = this.#bytes;
    for (const change of changes) {
      if (change.size > this.#maxBytes)
        throw new IsokvError('LIMIT', `the entry has ${change.size} bytes; maxBytes is ${this.#maxBytes}`);
      entries += change.entries;
      bytes += change.size - change.freed;
    }
    if (!this.#evicts && (entries > this.#maxEntries || bytes > this.#maxBytes))
      throw new IsokvError(
        'LIMIT',
        `the store is full (entries ${this.#used.size}, bytes ${this.#bytes}): delete some`,
      );
  }

  /** What must go now: least recently used first, never `except`. */
  *surplus(except: Cell): Generator<{ space: LiveSpace; key: string }> {
    if (!this.#evicts) return;
    for (const [cell, { space, key }] of this.#used) {
      if (this.#used.size <= this.#maxEntries && this.#bytes <= this.#maxBytes) return;
      if (cell !== except) yield { space, key };
    }
  }

  add(cell: Cell, space: LiveSpace, key: string): void {
    const bytes = sizeOf(key, cell);
    this.#used.set(cell, { space, key, bytes });
    this.#bytes += bytes;
  }

  /** Takes in every entry of a namespace: each gets a cell of its own, which its place in the order hangs on. */
  addAll(space: LiveSpace): void {
    for (const key of [...space.table.scan(EVERYTHING, (key) => key)])
      this.add(space.table.find(key) as Cell, space, key);
  }

  remove(cell: Cell | undefined): void {
    this.#bytes -= this.#used.get(cell as Cell)?.bytes ?? 0;
    this.#used.delete(cell as Cell);
  }

  /** Removes every entry of a namespace. */
  removeAll(space: LiveSpace): void {
    for (const [cell, entry] of this.#used) if (entry.space === space) this.remove(cell);
  }

  touch(cell: Cell): void {
    const entry = this.#used.get(cell);
    if (!entry) return;
    this.#used.delete(cell);
    this.#used.set(cell, entry);
  }
}
