/** A browser in Node: fake-indexeddb, and a BroadcastChannel of our own, whose messages can be held up. */
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { Environment } from '../environment.ts';

Object.assign(globalThis, { IDBKeyRange });

/** One browser profile: what its tabs share. */
export class FakeBrowser {
  indexedDB: globalThis.IDBFactory = new IDBFactory();
  readonly #channels: Set<{ name: string; onMessage: (message: unknown) => void }> = new Set();
  readonly #sleepers: Set<() => void> = new Set();
  /** How a message gets to a tab. */
  deliver: (message: () => void) => unknown = (message) => setTimeout(message);

  /** What a tab of it has. */
  tab(): Environment {
    const browser = this;
    return {
      get indexedDB() {
        return browser.indexedDB;
      },
      localStorage: undefined,
      locks: undefined,
      estimate: async () => ({ usage: 900, quota: 1000 }),
      channel: (name, onMessage) => {
        const own = { name, onMessage };
        this.#channels.add(own);
        return {
          post: (message) => {
            for (const channel of this.#channels) {
              if (channel === own || channel.name !== name) continue;
              const copy = structuredClone(message);
              this.deliver(() => this.#channels.has(channel) && channel.onMessage(copy));
            }
          },
          close: () => void this.#channels.delete(own),
        };
      },
      onWake: (listener) => {
        this.#sleepers.add(listener);
        return () => this.#sleepers.delete(listener);
      },
    };
  }

  wake(): void {
    for (const listener of this.#sleepers) listener();
  }
}
