import { type Expiring, ExpiryHeap } from '../table/expiry-heap.ts';
import { expiryOf } from '../table/slot.ts';
import type { Core } from './core.ts';
import type { ChangeEvent } from './events.ts';
import type { LiveSpace } from './live-space.ts';
import { Timer } from './timer.ts';

/** Fewer elements than this are never pruned. */
const MIN_PRUNED = 1024;

/** A sweep that nobody asked for removes no more at once: that takes a few milliseconds. */
const SWEPT_AT_ONCE = 1000;

/** Removes entries when their time has come. Nothing need be written: the log says when they expire. */
export class Expirations {
  readonly #core: Core;
  readonly #heap: ExpiryHeap<LiveSpace> = new ExpiryHeap();
  /** Sweeps are no closer to one another. */
  readonly #intervalMs: number;
  readonly #timer: Timer = new Timer(() => this.removeDue(SWEPT_AT_ONCE));
  #pruneAt = MIN_PRUNED;

  constructor(core: Core, sweepIntervalMs: number) {
    this.#core = core;
    this.#intervalMs = sweepIntervalMs;
  }

  /** Sees to it that an entry goes at `expiresAt`, if it has that expiry then. */
  add(space: LiveSpace, key: string, expiresAt: number): void {
    this.#heap.add({ expiresAt, owner: space, key });
    if (this.#heap.size > this.#pruneAt) {
      this.#heap.prune(isCurrent);
      this.#pruneAt = Math.max(MIN_PRUNED, this.#heap.size * 2);
    }
    this.#arm();
  }

  /** @returns how many entries went, `most` at most */
  removeDue(most: number = Infinity): number {
    const core = this.#core;
    const now = core.now();
    const changes: ChangeEvent[] = [];
    for (let due = this.#heap.first; due && due.expiresAt <= now; due = this.#heap.first) {
      if (changes.length === most) break;
      this.#heap.removeFirst();
      if (!isCurrent(due)) continue;
      const { owner, key } = due;
      owner.erase(key);
      core.tellWitnesses(owner.name, key);
      changes.push({ type: 'expire', namespace: owner.name, key });
    }
    // Never in the middle of the read that found them.
    if (changes.length > 0) queueMicrotask(() => core.events.announce(changes));
    this.#arm(changes.length === most ? 0 : this.#intervalMs);
    return changes.length;
  }

  stop(): void {
    this.#timer.end();
  }

  /** Makes sure of a sweep when the first entry is due, or up to `delayMs` later. */
  #arm(delayMs: number = this.#intervalMs): void {
    const due = this.#heap.first?.expiresAt;
    if (due !== undefined) this.#timer.arm(Math.max(due - this.#core.now(), delayMs));
  }
}

/** Whether the entry has not been written or removed since. */
function isCurrent({ owner, key, expiresAt }: Expiring<LiveSpace>): boolean {
  return expiryOf(owner.table.find(key) ?? 0) === expiresAt;
}
