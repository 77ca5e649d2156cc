import type { Codec } from '../codec/codec.ts';
import { isPlain, isPrimitiveTag } from '../codec/values.ts';
import { type Bounds, EVERYTHING } from '../table/bounds.ts';
import type { Wanted } from '../table/cursor.ts';
import { type Cell, expiryOf, hasExpired, type Slot } from '../table/slot.ts';
import { Table } from '../table/table.ts';
import type { Core } from './core.ts';
import type { WatchListener } from './events.ts';
import { NOTHING, type Space } from './space.ts';
import { transact } from './transaction.ts';
import { clear, put, putSlot, remove } from './write.ts';

/** The entries of a namespace as they are now. */
export class LiveSpace implements Space {
  readonly name: string;
  readonly core: Core;
  readonly table: Table;
  /** The overlay's map; empty while reads must be refused, so that allowing them costs a read nothing. */
  fast: ReadonlyMap<string, Slot> = NOTHING;

  constructor(core: Core, name: string) {
    this.name = name;
    this.table = new Table(name, core);
    this.core = core;
  }

  get size(): number {
    this.core.access.checkReadable();
    this.core.expireDue();
    return this.table.size;
  }

  find(key: string): Slot | undefined {
    this.core.access.checkReadable();
    if (this.fast === NOTHING) {
      this.fast = this.table.fresh.map;
      this.core.unguarded.add(this);
    }
    return this.peek(key);
  }

  /** As `find`, for the transaction that the store is closed to others for. */
  peek(key: string): Slot | undefined {
    const slot = this.table.find(key);
    if (typeof slot !== 'object') return slot;
    if (hasExpired(slot, this.core.now)) {
      this.core.expireDue();
      return undefined;
    }
    this.core.limits?.touch(slot);
    return slot;
  }

  read(key: string): unknown {
    const slot = this.find(key);
    if (slot === undefined) return undefined;
    const value = this.value(key, slot);
    // A primitive that no codec has made needs its cell no more: the next read is a map read.
    if (typeof slot === 'object' && slot.ready && isPrimitiveTag(slot.tag) && isPlain(value))
      this.table.fresh.copy(key, value);
    return value;
  }

  /** Whether somebody has been given the value of a key since it was written. */
  wasRead(key: string): boolean {
    const slot = this.table.kept(key);
    return typeof slot === 'object' && slot.ready;
  }

  value(key: string, slot: Slot): unknown {
    return this.core.slots.valueOf(this.table, key, slot);
  }

  scan<T>(bounds: Bounds, take: (key: string, slot: Slot) => T, wanted?: Wanted): Generator<T> {
    const { access, now } = this.core;
    access.checkReadable();
    const unexpired = (key: string, slot: Slot): T | undefined => {
      // Asked again for each entry: the store may be closed, or in a transaction, while it goes on.
      access.checkReadable();
      return hasExpired(slot, now) ? undefined : take(key, slot);
    };
    return this.table.scan(bounds, unexpired, wanted);
  }

  put(key: string, value: unknown, expiresAt: number, codec: Codec | undefined): Promise<void> {
    return put(this, key, value, expiresAt, codec);
  }

  putSlot(key: string, slot: Slot): Promise<void> {
    return putSlot(this, key, slot);
  }

  putAll(slots: readonly (readonly [key: string, slot: Slot])[]): Promise<void> {
    return transact(this.core, (state) => void state.space(this.name).putAll(slots));
  }

  remove(key: string): Promise<void> {
    return remove(this, key);
  }

  clear(): Promise<void> {
    return clear(this);
  }

  atomically<R>(step: () => R): Promise<R> {
    return this.core.turn.atomically(step);
  }

  readOnly<R>(task: () => R): R {
    return this.core.access.closedToWrites(task);
  }

  watch(target: string | Bounds, listener: WatchListener): () => void {
    this.core.access.checkReadable();
    return this.core.events.watch(this.name, target, listener);
  }

  // What changes the table, and keeps in step with it when entries expire and, if there are limits, were used.

  /** @returns what the slot takes the place of */
  store(key: string, slot: Slot): Slot | undefined {
    const before = this.table.put(key, slot);
    if (typeof slot === 'object') this.#track(key, slot, before);
    return before;
  }

  /** @returns what was there, if anything */
  erase(key: string): Slot | undefined {
    const before = this.table.remove(key);
    this.core.limits?.remove(before as Cell);
    return before;
  }

  /** @returns all that was there */
  empty(): Table {
    const before = this.table.moveOut();
    this.core.limits?.removeAll(this);
    this.core.guardReads();
    return before;
  }

  /** Takes a change back, of which `before` is what it returned. */
  putBack(key: string, before: Slot | Table | undefined): void {
    if (before instanceof Table) {
      this.table.takeFrom(before);
      this.core.limits?.addAll(this);
      // When they expire may have been forgotten meanwhile, of entries that were not there.
      const add = (key: string, slot: Slot): void => {
        if (expiryOf(slot)) this.core.expirations.add(this, key, expiryOf(slot));
      };
      for (const _ of this.table.scan(EVERYTHING, add));
    } else if (before === undefined) this.erase(key);
    else this.store(key, before);
  }

  #track(key: string, cell: Cell, before: Slot | undefined): void {
    const { limits, expirations } = this.core;
    if (limits) {
      limits.remove(before as Cell);
      limits.add(cell, this, key);
    }
    // A counter that is incremented again and again keeps its expiry: one element will do.
    if (cell.expiresAt !== 0 && cell.expiresAt !== expiryOf(before ?? 0))
      expirations.add(this, key, cell.expiresAt);
  }
}
