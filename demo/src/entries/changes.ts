import type { ChangeEvent, Namespace, Store } from '@isokv/core';

/** The least time between two searches that nobody typed: a load is many commits. */
const AGAIN_MS = 200;

/** Tells when what a namespace holds has changed, and whether its keys are others. */
export class Changes {
  readonly #onChange: (keysChanged: boolean) => void;
  #name = '';
  #namespace: Namespace | undefined;
  #size = 0;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #last_ms = 0;

  constructor(store: Store, onChange: (keysChanged: boolean) => void) {
    this.#onChange = onChange;
    store.on('change', ({ changes }) =>
      this.#look(changes.filter((change) => change.namespace === this.#name)),
    );
    store.on('expire', ({ namespace }) => namespace === this.#name && this.#tellSoon());
  }

  follow(name: string, namespace: Namespace): void {
    this.#name = name;
    this.#namespace = namespace;
    this.#size = namespace.size;
  }

  #look(changes: readonly ChangeEvent[]): void {
    if (changes.length === 0) return;
    const before = this.#size;
    this.#size = this.#namespace?.size ?? 0;
    // Puts that leave the number of entries as it was put no new key.
    if (before === this.#size && changes.every(({ type }) => type === 'put')) this.#onChange(false);
    else this.#tellSoon();
  }

  #tellSoon(): void {
    const wait_ms = Math.max(0, this.#last_ms + AGAIN_MS - performance.now());
    this.#waiting ??= setTimeout(() => {
      this.#waiting = undefined;
      this.#last_ms = performance.now();
      this.#onChange(true);
    }, wait_ms);
  }
}
