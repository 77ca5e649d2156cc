/** The longest delay a timer takes. */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** A timer this late is not waited for: the clock was put forward, or the machine has slept, and timers with it. */
const LATE_MS = 60_000;

/** Runs a task after a while, and never keeps a process alive for that. */
export class Timer {
  readonly #task: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Epoch milliseconds. */
  #firesAt = Infinity;
  #ended = false;

  constructor(task: () => void) {
    this.#task = task;
  }

  /** Sees to it that the task is run in `delayMs`, unless it is going to be sooner. */
  arm(delayMs: number): void {
    const now = Date.now();
    const firesAt = now + delayMs;
    if (this.#ended || (firesAt >= this.#firesAt && this.#firesAt > now - LATE_MS)) return;
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
    this.#ended = true;
  }
}
