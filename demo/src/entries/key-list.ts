import type { Namespace, Range } from '@isokv/core';

/** How many keys are taken between two looks at the clock. */
const KEYS_PER_LOOK = 128;

/** The keys of a range, collected a slice at a time, so that the first rows need not wait for the last. */
export class KeyList {
  readonly keys: string[] = [];
  done = false;
  readonly #rest: Iterator<string>;

  constructor(namespace: Namespace, range: Range) {
    this.#rest = namespace.keys(range);
  }

  /** Goes on for about so many milliseconds. */
  pull(budget_ms: number): void {
    const end_ms = performance.now() + budget_ms;
    do {
      for (let count = 0; count < KEYS_PER_LOOK; count++) {
        const next = this.#rest.next();
        if (next.done) {
          this.done = true;
          return;
        }
        this.keys.push(next.value);
      }
    } while (performance.now() < end_ms);
  }
}
