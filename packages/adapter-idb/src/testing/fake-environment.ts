/** A browser in Node: fake-indexeddb that can be made to fail, and channels whose messages can be held up. */
import { forceCloseDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { Environment } from '../environment.ts';

Object.assign(globalThis, { IDBKeyRange });

/** What may go wrong, from the next call on, until it is taken back. */
export interface Faults {
  /** So many requests to open never get an answer. */
  hangs: number;
  /** `open` throws this. */
  openThrows: Error | undefined;
  /** The request to open fails with this. */
  openFails: Error | undefined;
  /** Every write is refused with this: its transaction aborts. */
  writesFail: Error | undefined;
  /** So many transactions cannot begin, for the connection is gone, and nobody said so: as WebKit does. */
  gone: number;
  /** So many writes are done, and said to have been aborted: the connection was lost in between. */
  answersLost: number;
}

/** One browser profile: what its tabs share. */
export class FakeBrowser {
  readonly faults: Faults = {
    hangs: 0,
    openThrows: undefined,
    openFails: undefined,
    writesFail: undefined,
    gone: 0,
    answersLost: 0,
  };
  /** How many connections were opened. */
  opened = 0;
  /** How many transactions were begun. */
  transactions = 0;
  readonly storage: Map<string, string> = new Map();
  /** How a message gets to a tab. */
  deliver: (message: () => void) => unknown = (message) => setTimeout(message);
  #factory: globalThis.IDBFactory = new IDBFactory();
  readonly #connections: Set<IDBDatabase> = new Set();
  readonly #channels: Set<{ name: string; onMessage: (message: unknown) => void }> = new Set();
  readonly #sleepers: Set<() => void> = new Set();

  /** The databases, with no fault in between. */
  get databases(): globalThis.IDBFactory {
    return this.#factory;
  }

  /** What a tab of it has. */
  tab(): Environment {
    const { storage } = this;
    return {
      indexedDB: {
        open: (name: string, version: number) => this.#open(name, version),
        deleteDatabase: (name: string) => this.#factory.deleteDatabase(name),
      } as globalThis.IDBFactory,
      localStorage: {
        getItem: (key: string) => storage.get(key) ?? null,
        setItem: (key: string, value: string) => void storage.set(key, value),
        removeItem: (key: string) => void storage.delete(key),
      } as Storage,
      locks: undefined,
      estimate: async () => ({ usage: 900, quota: 1000 }),
      channel: (name, onMessage) => this.#channel(name, onMessage),
      onWake: (listener) => {
        this.#sleepers.add(listener);
        return () => this.#sleepers.delete(listener);
      },
    };
  }

  /** The tabs were hidden, or asleep, and come back. */
  wake(): void {
    for (const listener of this.#sleepers) listener();
  }

  /** The browser closes all connections, and says so. */
  drop(): void {
    for (const db of this.#connections) forceCloseDatabase(db as never);
    this.#connections.clear();
  }

  /** The user clears the data of the site, or the browser evicts it. */
  clear(): void {
    this.drop();
    this.#factory = new IDBFactory();
  }

  #open(name: string, version: number): IDBOpenDBRequest {
    const { faults } = this;
    if (faults.openThrows) throw faults.openThrows;
    if (faults.hangs > 0) {
      faults.hangs--;
      return {} as IDBOpenDBRequest;
    }
    if (faults.openFails) {
      const request = { error: faults.openFails } as unknown as IDBOpenDBRequest;
      setTimeout(() => request.onerror?.({} as Event));
      return request;
    }
    const factory = this.#factory;
    const request = factory.open(name, version);
    request.addEventListener('success', () => {
      this.#injectInto(request.result);
      // Cleared in the meantime: this database is gone already.
      if (factory !== this.#factory) queueMicrotask(() => this.drop());
    });
    return request;
  }

  #injectInto(db: IDBDatabase): void {
    const { faults } = this;
    this.opened++;
    this.#connections.add(db);
    const begin = db.transaction.bind(db);
    db.transaction = (names, mode, options) => {
      if (faults.gone > 0) {
        faults.gone--;
        throw new DOMException('The database connection is closing.', 'InvalidStateError');
      }
      this.transactions++;
      const transaction = begin(names, mode, options);
      if (mode === 'readwrite' && faults.writesFail) abortWith(transaction, faults.writesFail);
      else if (mode === 'readwrite' && faults.answersLost > 0) {
        faults.answersLost--;
        loseAnswer(transaction);
      }
      return transaction;
    };
  }

  #channel(name: string, onMessage: (message: unknown) => void): ReturnType<Environment['channel']> {
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
  }
}

/** Has a transaction come to nothing as soon as its first request has been made. */
function abortWith(transaction: IDBTransaction, error: Error): void {
  const objectStore = transaction.objectStore.bind(transaction);
  transaction.objectStore = (name) => {
    queueMicrotask(() => {
      Object.defineProperty(transaction, 'error', { value: error });
      (transaction as unknown as { _abort(name: null): void })._abort(null);
    });
    return objectStore(name);
  };
}

function loseAnswer(transaction: IDBTransaction): void {
  let tell = (_event: Event): void => undefined;
  Object.defineProperty(transaction, 'onabort', {
    set: (listener: typeof tell) => {
      tell = listener;
    },
  });
  Object.defineProperty(transaction, 'oncomplete', { set: () => undefined });
  transaction.addEventListener('complete', (event) => tell(event));
}
