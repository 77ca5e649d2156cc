import type { Codec } from '../codec/codec.ts';
import { IsokvError } from '../errors.ts';
import { type Bounds, EVERYTHING, isWithin } from '../table/bounds.ts';
import type { Wanted } from '../table/cursor.ts';
import { Overlay } from '../table/overlay.ts';
import { hasExpired, type Slot, TOMBSTONE } from '../table/slot.ts';
import { Table } from '../table/table.ts';
import type { Core, Witness } from './core.ts';
import { type SizeChange, sizeChange } from './limits.ts';
import type { LiveSpace } from './live-space.ts';
import { NOTHING, type Space } from './space.ts';
import { clear, putSlot, remove } from './write.ts';

/** What a write in a transaction gives: no promise, or a callback that returns it would look asynchronous. */
const DONE: Promise<void> = undefined as unknown as Promise<void>;

/** Writes what `work` leaves in a transaction, as part of this turn's commit. */
export function transact<R>(core: Core, work: (state: TransactionState) => R): Promise<R> {
  return core.turn.atomically(() => {
    const state = new TransactionState(core, false);
    try {
      const result = work(state);
      core.turn.whole(() => state.apply());
      return result;
    } finally {
      state.end();
    }
  });
}

/** What a transaction has read and written so far, namespace by namespace; nobody else sees it until `apply`. */
export class TransactionState implements Witness {
  readonly core: Core;
  readonly #spaces: Map<string, TransactionSpace> = new Map();
  /** Whether what it reads is kept in mind, to find conflicts: not needed where nothing can come between. */
  readonly tracksReads: boolean;
  #ended = false;
  #conflict: string | undefined;

  constructor(core: Core, tracksReads: boolean) {
    this.core = core;
    this.tracksReads = tracksReads;
    if (tracksReads) core.witnesses.add(this);
  }

  space(name: string): TransactionSpace {
    this.checkActive();
    let space = this.#spaces.get(name);
    if (!space) {
      space = new TransactionSpace(this, this.core.space(name));
      this.#spaces.set(name, space);
    }
    return space;
  }

  checkActive(): void {
    if (this.#ended)
      throw new IsokvError('TRANSACTION_ENDED', 'this transaction has been committed or aborted');
    this.core.access.checkOpen();
    // What has expired goes now: removed later it would pass for a change of what is about to be read.
    if (this.tracksReads) this.core.expireDue();
  }

  /** No reads and writes from here on. */
  end(): void {
    this.#ended = true;
  }

  /** Nothing can come in its way any more. */
  settle(): void {
    this.core.witnesses.delete(this);
  }

  onChange(namespace: string, key: string | undefined, origin: 'local' | 'remote'): void {
    // Once applied only another writer, whose commit turns out to come first, can be in conflict.
    if (this.#ended && origin === 'local') return;
    const space = this.#spaces.get(namespace);
    if (space?.touches(key))
      this.#conflict ??= `${namespace === '' ? '' : `${namespace}: `}${key ?? 'all keys'}`;
  }

  /** @throws CONFLICT when something it read or wrote has changed since */
  checkConflict(): void {
    this.core.expireDue();
    if (this.#conflict === undefined) return;
    throw new IsokvError('CONFLICT', `changed since this transaction read or wrote it: ${this.#conflict}`);
  }

  /** Makes its writes, as part of the commit of this turn. */
  apply(): void {
    const { limits } = this.core;
    if (limits) this.core.expireDue();
    limits?.check([...this.#spaces.values()].flatMap((space) => space.sizes()));
    // Deletions first: they make room.
    for (const space of this.#spaces.values()) space.applyDeletions();
    for (const space of this.#spaces.values()) space.applyPuts();
  }
}

/** A namespace as a transaction sees it: what it wrote, over the entries as they are. */
export class TransactionSpace implements Space {
  readonly name: string;
  readonly core: Core;
  readonly fast: ReadonlyMap<string, Slot> = NOTHING;
  readonly #state: TransactionState;
  readonly #base: LiveSpace;
  /** TOMBSTONE for what it deleted. */
  readonly #written: Overlay = new Overlay();
  #cleared = false;
  readonly #readKeys: Set<string> = new Set();
  readonly #readRanges: Bounds[] = [];

  constructor(state: TransactionState, base: LiveSpace) {
    this.name = base.name;
    this.core = base.core;
    this.#state = state;
    this.#base = base;
  }

  get size(): number {
    let count = 0;
    for (const _ of this.scan(EVERYTHING, () => true)) count++;
    return count;
  }

  find(key: string): Slot | undefined {
    this.#state.checkActive();
    const slot = this.#written.map.get(key);
    if (slot !== undefined) return slot === TOMBSTONE || hasExpired(slot, this.core.now) ? undefined : slot;
    if (this.#cleared) return undefined;
    if (this.#state.tracksReads) this.#readKeys.add(key);
    return this.#base.peek(key);
  }

  scan<T>(bounds: Bounds, take: (key: string, slot: Slot) => T, wanted?: Wanted): Generator<T> {
    this.#state.checkActive();
    if (this.#state.tracksReads) this.#readRanges.push(bounds);
    const seen = (key: string, slot: Slot): T | undefined => {
      this.#state.checkActive(); // It may end in the middle of this.
      const isGone = this.#cleared && !this.#written.map.has(key); // Perhaps just now, in the middle of this.
      return isGone || hasExpired(slot, this.core.now) ? undefined : take(key, slot);
    };
    const below = this.#cleared ? new Table('') : this.#base.table;
    return below.scan(bounds, seen, wanted, this.#written);
  }

  put(key: string, value: unknown, expiresAt: number, codec: Codec | undefined): Promise<void> {
    return this.putSlot(key, this.core.slots.encode(value, expiresAt, codec));
  }

  putSlot(key: string, slot: Slot): Promise<void> {
    this.#state.checkActive();
    this.#written.write(key, slot);
    return DONE;
  }

  putAll(slots: readonly (readonly [key: string, slot: Slot])[]): Promise<void> {
    for (const [key, slot] of slots) this.putSlot(key, slot);
    return DONE;
  }

  remove(key: string): Promise<void> {
    return this.putSlot(key, TOMBSTONE);
  }

  clear(): Promise<void> {
    this.#state.checkActive();
    for (const key of this.#written.map.keys()) this.#written.erase(key);
    this.#cleared = true;
    return DONE;
  }

  /** A step inside a transaction is part of it: its result is there at once. */
  atomically<R>(step: () => R): Promise<R> {
    this.#state.checkActive();
    return step() as unknown as Promise<R>;
  }

  read(key: string): unknown {
    const slot = this.find(key);
    return slot === undefined ? undefined : this.value(key, slot);
  }

  readOnly<R>(task: () => R): R {
    return task();
  }

  watch(): () => void {
    throw new IsokvError('UNSUPPORTED', 'watch the store: a transaction is seen when it commits');
  }

  value(key: string, slot: Slot): unknown {
    const isOwn = this.#written.map.get(key) === slot;
    return this.core.slots.valueOf(isOwn ? undefined : this.#base.table, key, slot);
  }

  /** Whether it has read or written the key; undefined stands for all keys. */
  touches(key: string | undefined): boolean {
    if (key === undefined)
      return this.#cleared || this.#written.map.size + this.#readKeys.size + this.#readRanges.length > 0;
    if (this.#cleared || this.#written.map.has(key) || this.#readKeys.has(key)) return true;
    return this.#readRanges.some((bounds) => isWithin(key, bounds));
  }

  /** What each of its changes does to the number of entries and bytes. */
  sizes(): SizeChange[] {
    const changes = Array.from(this.#written.map, ([key, slot]) =>
      sizeChange(
        key,
        this.#cleared ? undefined : this.#base.table.find(key),
        slot === TOMBSTONE ? undefined : slot,
      ),
    );
    const { size, liveBytes } = this.#base.table;
    if (this.#cleared) changes.push({ entries: -size, size: 0, freed: liveBytes });
    return changes;
  }

  applyDeletions(): void {
    if (this.#cleared) clear(this.#base);
    for (const [key, slot] of this.#written.map) if (slot === TOMBSTONE) remove(this.#base, key);
  }

  applyPuts(): void {
    for (const [key, slot] of this.#written.map) if (slot !== TOMBSTONE) putSlot(this.#base, key, slot, true);
  }
}
