import { later } from './later.ts';

const FIRST_DELAY_MS = 1000;
const LAST_DELAY_MS = 60_000;

/** Tries something again after a second, and then ever less often, with a timer that never keeps a process alive. */
export class Retry {
  readonly #attempt: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #delayMs = FIRST_DELAY_MS;
  #ended = false;

  constructor(attempt: () => void) {
    this.#attempt = attempt;
  }

  arm(): void {
    if (this.#timer !== undefined || this.#ended) return;
    this.#timer = later(() => {
      this.#timer = undefined;
      this.#attempt();
    }, this.#delayMs);
    this.#delayMs = Math.min(this.#delayMs * 2, LAST_DELAY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#delayMs = FIRST_DELAY_MS;
  }

  end(): void {
    this.stop();
    this.#ended = true;
  }
}
