/** A browser in Node: fake-indexeddb that can be made to fail, and channels whose messages can be held up. */
import { forceCloseDatabase, IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import type { Environment } from '../environment.ts';
import { abortAll, abortWith, loseAnswer, refusePuts } from './fake-faults.ts';
import { FakeLocks } from './fake-locks.ts';

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
  /** What their ends wait for, before they are told. */
  answersWait: Promise<void> | undefined;
  /** localStorage takes nothing more. */
  storageFull: boolean;
  /** What becomes of a rewrite whose page goes: its transaction is done, or it is not. */
  puts: 'done' | 'undone' | undefined;
}

export interface FakeTab extends Environment {
  /** The page may be about to go, and does not. */
  hide(): void;
  /** The page goes: what it has given to the browser is done, and nothing of it happens after that. */
  go(): void;
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
    answersWait: undefined,
    storageFull: false,
    puts: undefined,
  };
  /** How many connections were opened. */
  opened = 0;
  /** Whether a rewrite has put its content into a transaction. */
  isPutting = false;
  /** How many transactions were begun. */
  transactions = 0;
  readonly storage: Map<string, string> = new Map();
  /** How a message gets to a tab. */
  deliver: (message: () => void) => unknown = (message) => setTimeout(message);
  #factory: globalThis.IDBFactory = new IDBFactory();
  readonly #connections: Set<IDBDatabase> = new Set();
  readonly #channels: Set<{ name: string; onMessage: (message: unknown) => void }> = new Set();
  readonly #sleepers: Set<() => void> = new Set();
  readonly #storageListeners: Set<{ tab: number; listener: (key: string | null) => void }> = new Set();
  readonly #locks: FakeLocks = new FakeLocks();
  #tabs = 0;

  /** The databases, with no fault in between. */
  get databases(): globalThis.IDBFactory {
    return this.#factory;
  }

  /** What a tab of it has. */
  tab(): FakeTab {
    const { storage } = this;
    const tab = ++this.#tabs;
    const exits: Set<() => void> = new Set();
    const hidings: Set<() => void> = new Set();
    let go = (): void => undefined;
    const gone = new Promise<void>((resolve) => {
      go = resolve;
    });
    let isGone = false;
    let isSeen = true;
    const hide = (): void => {
      isSeen = false;
      for (const listener of [...exits, ...hidings]) listener();
    };
    const store = (key: string, value: string | undefined): void => {
      if (isGone) return;
      if (value === undefined) storage.delete(key);
      else if (this.faults.storageFull) throw new DOMException('full', 'QuotaExceededError');
      else storage.set(key, value);
      for (const each of this.#storageListeners) if (each.tab !== tab) setTimeout(() => each.listener(key));
    };
    return {
      indexedDB: {
        open: (name: string, version: number) =>
          isGone ? ({} as IDBOpenDBRequest) : this.#open(name, version, () => isGone),
        deleteDatabase: (name: string) => this.#factory.deleteDatabase(name),
      } as globalThis.IDBFactory,
      localStorage: {
        getItem: (key: string) => storage.get(key) ?? null,
        setItem: (key: string, value: string) => store(key, value),
        removeItem: (key: string) => store(key, undefined),
        key: (at: number) => [...storage.keys()][at] ?? null,
        get length() {
          return storage.size;
        },
      } as Storage,
      locks: this.#locks.of(gone),
      estimate: async () => ({ usage: 900, quota: 1000 }),
      channel: (name, onMessage) => {
        const channel = this.#channel(name, (message) => isGone || onMessage(message));
        return (
          channel && { ...channel, postMessage: (message) => void (isGone || channel.postMessage(message)) }
        );
      },
      onWake: (listener) => {
        this.#sleepers.add(listener);
        return () => this.#sleepers.delete(listener);
      },
      isSeen: () => isSeen,
      onHidden: (listener) => {
        hidings.add(listener);
        return () => hidings.delete(listener);
      },
      onExit: (listener) => {
        exits.add(listener);
        return () => exits.delete(listener);
      },
      onStorage: (listener) => {
        const own = { tab, listener };
        this.#storageListeners.add(own);
        return () => this.#storageListeners.delete(own);
      },
      hide,
      go: () => {
        hide();
        isGone = true;
        go();
      },
    };
  }

  /** The tabs were hidden, or asleep, and come back. */
  wake(): void {
    for (const listener of this.#sleepers) listener();
  }

  /** The browser closes all connections, and says so. */
  drop(): void {
    for (const db of this.#connections) {
      abortAll(db);
      forceCloseDatabase(db as never);
    }
    this.#connections.clear();
  }

  /** The user clears the data of the site, or the browser evicts it. */
  clear(): void {
    this.drop();
    this.#factory = new IDBFactory();
  }

  #open(name: string, version: number, isGone: () => boolean): IDBOpenDBRequest {
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
      this.#injectInto(request.result, isGone);
      // Cleared in the meantime: this database is gone already.
      if (factory !== this.#factory) queueMicrotask(() => this.drop());
    });
    return request;
  }

  #injectInto(db: IDBDatabase, isGone: () => boolean): void {
    const { faults } = this;
    this.opened++;
    this.#connections.add(db);
    const begin = db.transaction.bind(db);
    let isForRemoval = false;
    db.transaction = (names, mode, options) => {
      if (isGone()) throw new DOMException('The page has gone.', 'InvalidStateError');
      if (faults.gone > 0) {
        faults.gone--;
        throw new DOMException('The database connection is closing.', 'InvalidStateError');
      }
      this.transactions++;
      const transaction = begin(names, mode, options);
      if (mode === 'readwrite' && isForRemoval) {
        isForRemoval = false;
        refusePuts(transaction);
      } else if (mode === 'readwrite' && faults.writesFail) {
        isForRemoval = faults.writesFail.name === 'QuotaExceededError';
        abortWith(transaction, faults.writesFail);
      } else if (mode === 'readwrite' && faults.puts) {
        this.#holdPut(transaction, faults.puts);
        faults.puts = undefined;
      } else if (mode === 'readwrite' && faults.answersLost > 0) {
        faults.answersLost--;
        loseAnswer(transaction, faults.answersWait);
      }
      return transaction;
    };
  }

  /** Tells when a rewrite has made its requests, and has its page go without an answer. */
  #holdPut(transaction: IDBTransaction, end: 'done' | 'undone'): void {
    const objectStore = transaction.objectStore.bind(transaction);
    transaction.objectStore = (name) => {
      const store = objectStore(name);
      const put = store.put.bind(store);
      store.put = (value, key) => {
        const request = put(value, key);
        queueMicrotask(() => {
          if (end === 'undone') transaction.abort();
          this.isPutting = true;
        });
        return request;
      };
      return store;
    };
    Object.defineProperty(transaction, 'onabort', { set: () => undefined });
    Object.defineProperty(transaction, 'oncomplete', { set: () => undefined });
  }

  #channel(name: string, onMessage: (message: unknown) => void): ReturnType<Environment['channel']> {
    const own = { name, onMessage };
    this.#channels.add(own);
    return {
      postMessage: (message) => {
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
