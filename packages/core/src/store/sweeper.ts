import { later } from './later.ts';

/** The longest delay a timer takes. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Calls `sweep` when something is due, with a timer that never keeps a process alive. */
export class Sweeper {
  readonly #sweep: () => void;
  readonly #now: () => number;
  readonly #intervalMs: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the timer will fire, in epoch milliseconds. */
  #firesAt = Infinity;
  #stopped = false;

  constructor(sweep: () => void, now: () => number, intervalMs: number) {
    this.#sweep = sweep;
    this.#now = now;
    this.#intervalMs = intervalMs;
  }

  /** Makes sure of a sweep at `dueAt` (epoch milliseconds), or up to the interval later. */
  arm(dueAt: number): void {
    const now = this.#now();
    const at = Math.max(dueAt, now + this.#intervalMs);
    if (this.#stopped || at >= this.#firesAt) return;
    clearTimeout(this.#timer);
    this.#firesAt = at;
    this.#timer = later(
      () => {
        this.#firesAt = Infinity;
        this.#sweep();
      },
      Math.min(at - now, MAX_DELAY_MS),
    );
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }
}
