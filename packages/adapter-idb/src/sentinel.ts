/** A mark in localStorage that a database holds a store: if the mark is there and the store is not, the browser has removed it. */
import type { Environment } from './environment.ts';

export class Sentinel {
  readonly #storage: Storage | undefined;
  readonly #key: string;

  constructor({ localStorage }: Environment, name: string) {
    this.#storage = localStorage;
    this.#key = `isokv:${name}`;
  }

  get isSet(): boolean {
    return attempt(() => this.#storage?.getItem(this.#key)) === 'stored';
  }

  set(): void {
    attempt(() => this.#storage?.setItem(this.#key, 'stored'));
  }

  remove(): void {
    attempt(() => this.#storage?.removeItem(this.#key));
  }
}

/** The mark is a convenience: a localStorage that is full, or forbidden, must not fail a write that went well. */
function attempt<T>(task: () => T): T | undefined {
  try {
    return task();
  } catch {
    return undefined;
  }
}
