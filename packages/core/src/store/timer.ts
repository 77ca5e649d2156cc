/** The longest delay a timer takes. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** Runs a task after a while, and never keeps a process alive for that. */
export class Timer {
  readonly #task: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Epoch milliseconds. */
  #firesAt = Infinity;

  constructor(task: () => void) {
    this.#task = task;
  }

  /** Sees to it that the task is run in `delayMs`, unless it is going to be sooner. */
  arm(delayMs: number): void {
    const firesAt = Date.now() + delayMs;
    if (firesAt >= this.#firesAt) return;
    this.stop();
    this.#firesAt = firesAt;
    this.#timer = setTimeout(
      () => {
        this.#firesAt = Infinity;
        this.#task();
      },
      Math.min(delayMs, MAX_DELAY_MS),
    );
    (this.#timer as { unref?: () => void }).unref?.();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#firesAt = Infinity;
  }

  /** Stops for good. */
  end(): void {
    this.stop();
    this.#firesAt = -Infinity; // Nothing is sooner.
  }
}
