/**
 * The entries of one namespace, in layers, newest first: the overlay that is written to, while a run is being
 * made the frozen overlay that it is made of, and the run. A key of one layer hides those below.
 */
import type { Bounds } from './bounds.ts';
import { Cursor, type Layer, type Wanted } from './cursor.ts';
import { Overlay } from './overlay.ts';
import { Run } from './run.ts';
import { Scan, type Take } from './scan.ts';
import { type Slot, sizeOf, TOMBSTONE } from './slot.ts';

/** The sum of several tables. */
interface Total {
  liveBytes: number;
}

export class Table {
  readonly name: string;
  fresh: Overlay = new Overlay();
  frozen: Overlay | undefined;
  run: Run = new Run();
  /** Entries that are not deleted; those that have expired count until they are removed. */
  size = 0;
  /** About how many bytes those entries take in a log. */
  liveBytes = 0;
  readonly #total: Total;

  /** `total`: what the table is part of. */
  constructor(name: string, total: Total = { liveBytes: 0 }) {
    this.name = name;
    this.#total = total;
  }

  /** What is stored for `key`, expired or not; undefined when nothing is. Keeps what it finds below for the next time. */
  find(key: string): Slot | undefined {
    let slot = this.fresh.map.get(key);
    if (slot === undefined) {
      slot = this.#below(key);
      if (slot !== undefined) this.fresh.copy(key, slot);
    }
    return slot === TOMBSTONE ? undefined : slot;
  }

  /** Stores a slot. @returns what it takes the place of */
  put(key: string, slot: Slot): Slot | undefined {
    const before = this.find(key);
    let bytes = sizeOf(key, slot);
    if (before === undefined) this.size++;
    else bytes -= sizeOf(key, before);
    this.#grow(bytes);
    this.fresh.write(key, slot);
    return before;
  }

  /** @returns what was stored, undefined when nothing was: then nothing has changed */
  remove(key: string): Slot | undefined {
    const before = this.find(key);
    if (before === undefined) return undefined;
    this.size--;
    this.#grow(-sizeOf(key, before));
    if (this.#below(key) === undefined) this.fresh.erase(key);
    else this.fresh.write(key, TOMBSTONE);
    return before;
  }

  /** A table with the same name and content; this one is left empty. */
  moveOut(): Table {
    const moved = new Table(this.name);
    moved.takeFrom(this);
    this.takeFrom(new Table(this.name));
    return moved;
  }

  /** Makes the content of `other` this table's own. */
  takeFrom(other: Table): void {
    this.fresh = other.fresh;
    this.frozen = other.frozen;
    this.run = other.run;
    this.size = other.size;
    this.#grow(other.liveBytes - this.liveBytes);
  }

  /** Takes a run in the place of `before`, all there is or was: how many bytes it takes is known, and was an estimate. */
  setRun(run: Run, before: Table = this): void {
    this.run = run;
    this.size += run.entries - before.size;
    this.#grow(run.bytes - before.liveBytes);
  }

  /** From here on writes go to a new overlay, until `sink` or `thaw`. @returns the entries as they are and, till then, stay */
  freeze(): Table {
    // A clear that was taken back can bring back a frozen overlay whose rewrite has ended without it.
    for (const _ of this.sink());
    const now = new Table(this.name);
    now.takeFrom(this);
    now.fresh = now.fresh.passing();
    this.frozen = this.fresh;
    this.fresh = new Overlay();
    return now;
  }

  /**
   * Brings what was written since `freeze` down into what was frozen, a few keys at a time (yields where it may be
   * paused), and goes on writing there.
   */
  *sink(): Generator<void> {
    const { fresh, frozen } = this;
    if (!frozen) return;
    // What comes meanwhile goes with the last of them, or there might be no end.
    let left = fresh.map.size;
    for (const [key, slot] of fresh.map) {
      frozen.write(key, slot);
      fresh.erase(key);
      if (--left > 0 && left % 256 === 0) yield;
      if (this.frozen !== frozen) return; // The namespace was cleared meanwhile.
    }
    this.fresh = frozen;
    this.frozen = undefined;
  }

  /** What a read of `key` has kept, or a write has left, above the run. */
  kept(key: string): Slot | undefined {
    return this.fresh.map.get(key) ?? this.frozen?.map.get(key);
  }

  /**
   * When the run has been made anew, of what was frozen too: moves what is to be kept of that back up, a few keys at a
   * time (yields where it may be paused), and drops the rest.
   */
  *thaw(keeps: (slot: Slot) => boolean): Generator<void> {
    const { frozen } = this;
    if (!frozen) return;
    let count = 0;
    for (const [key, slot] of frozen.map) {
      if (++count % 256 === 0) yield;
      if (this.frozen !== frozen) return; // The namespace was cleared meanwhile.
      // A copy that a read has made comes into the order with this: nothing below has the key any more.
      if (keeps(slot)) this.fresh.write(key, this.fresh.map.get(key) ?? slot);
    }
    this.frozen = undefined;
  }

  /**
   * Goes over the stored entries in order. Legal to write meanwhile. `above`: one more layer, that of a transaction.
   */
  scan<T>(bounds: Bounds, take: Take<T>, wanted: Wanted = 'keys', above?: Overlay): Scan<T> {
    const cursors = (rest: Bounds): Cursor[] => {
      const all: (Layer | undefined)[] = [above?.order(), this.fresh.order(), this.frozen?.order(), this.run];
      const layers = all.filter((layer) => layer?.pages) as Layer[];
      // The keys of several layers are compared, and a transaction asks for them.
      const read = wanted === 'values' && (above || layers.length > 1) ? 'entries' : wanted;
      return layers.map((layer) => new Cursor(layer, rest, read));
    };
    return new Scan(this, bounds, cursors, take, above);
  }

  #grow(bytes: number): void {
    this.liveBytes += bytes;
    this.#total.liveBytes += bytes;
  }

  #below(key: string): Slot | undefined {
    return this.frozen?.map.get(key) ?? this.run.find(key);
  }
}
