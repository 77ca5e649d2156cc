import type { Commit } from '../format/commit.ts';
import type { Slot } from '../table/slot.ts';
import type { Table } from '../table/table.ts';
import type { ChangeEvent } from './events.ts';
import type { LiveSpace } from './live-space.ts';

/** Something to be done again when another writer's commits turn out to come first. */
export interface Step {
  run(): unknown;
  result?: unknown;
  error?: unknown;
}

/** A change that was made, how it is taken back, and how it is made again: one object, for a turn may make many. */
export class Made implements Step {
  readonly space: LiveSpace;
  readonly key: string;
  readonly type: ChangeEvent['type'];
  /** What it took the place of: a slot, nothing, or the whole table that was cleared. */
  readonly before: Slot | Table | undefined;
  /** Of a put. */
  readonly slot: Slot | undefined;

  constructor(
    space: LiveSpace,
    key: string,
    type: ChangeEvent['type'],
    before: Slot | Table | undefined,
    slot: Slot | undefined,
  ) {
    this.space = space;
    this.key = key;
    this.type = type;
    this.before = before;
    this.slot = slot;
  }

  run(): Promise<void> {
    const { space, key, type, slot } = this;
    if (slot !== undefined) return space.putSlot(key, slot);
    return type === 'clear' ? space.clear() : space.remove(key);
  }
}

/** All that was written in one turn of the event loop, until it is durable. */
export class PendingCommit {
  seq!: number;
  /** The encoded form, once the turn is over. */
  commit: Commit | undefined;
  /** Changes so far. */
  count!: number;
  /** The namespace that the next change is taken to be in. */
  namespace!: string;
  /** What has been encoded and cut off before the turn's end. */
  parts: Uint8Array[] = [];
  /** For listeners, while there are any. */
  changes!: ChangeEvent[];
  /** For shared logs only. */
  undo: Made[] = [];
  readonly steps: Step[] = [];
  /** Promises made of this one, which reject with it. */
  readonly results: Promise<unknown>[] = [];

  readonly promise: Promise<void>;
  resolve!: () => void;
  reject!: (error: unknown) => void;

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** Nothing is in it, or no more: it is made anew. Its promises stay. */
  begin(seq: number): void {
    this.seq = seq;
    this.count = 0;
    this.namespace = '';
    this.changes = [];
  }

  /** Rejects its promises. `heard`: whoever has not asked for one is told otherwise. */
  fail(error: unknown, heard: boolean): void {
    if (heard) for (const promise of [this.promise, ...this.results]) promise.catch(() => undefined);
    this.reject(error);
  }
}
