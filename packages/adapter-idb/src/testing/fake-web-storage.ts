/** A Web Storage that several tabs share, each with an object of its own, and the events that they get of each other. */
import type { WebStorage } from '../web-storage-log.ts';

export class FakeWebStorage {
  readonly items: Map<string, string> = new Map();
  /** How many UTF-16 units it takes. */
  limit = Number.POSITIVE_INFINITY;
  /** Nobody is told anything. */
  isDeaf = false;
  readonly #tabs: Set<WebStorage> = new Set();

  tab(): WebStorage {
    const changed = (key: string): void => {
      for (const storageArea of this.#tabs) {
        if (storageArea !== own && !this.isDeaf)
          globalThis.dispatchEvent(Object.assign(new Event('storage'), { storageArea, key }));
      }
    };
    const own: WebStorage = {
      getItem: (key) => this.items.get(key) ?? null,
      setItem: (key, value) => {
        if (value.length > this.limit) throw new DOMException('exceeded the quota', 'QuotaExceededError');
        this.items.set(key, value);
        changed(key);
      },
      removeItem: (key) => {
        this.items.delete(key);
        changed(key);
      },
    };
    this.#tabs.add(own);
    return own;
  }
}

/** Gives Node the events of a page. */
export function withEvents(): void {
  const target = new EventTarget();
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent'] as const) {
    Object.assign(globalThis, { [name]: target[name].bind(target) });
  }
}
