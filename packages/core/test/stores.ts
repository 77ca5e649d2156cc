/** Helpers of the tests of store/: stores in every state of their life, and logs that record or wait. */
import { IsokvError } from '../src/errors.ts';
import type { Commit } from '../src/format/commit.ts';
import type { Log } from '../src/log/log.ts';
import { MemoryMedium, memoryLog } from '../src/log/memory-log.ts';
import type { Namespace } from '../src/store/namespace.ts';
import type { StoreOptions } from '../src/store/options.ts';
import { Store } from '../src/store/store.ts';

export interface Life {
  readonly name: string;
  /** A namespace that holds what `fill` has written. */
  begin(fill: (space: Namespace) => void, options?: StoreOptions): Promise<Namespace>;
}

/** The same content, come by in every way: what is read and what may be written must not depend on it. */
export const LIVES: readonly Life[] = [
  {
    name: 'in memory',
    async begin(fill, { now } = {}) {
      const store = new Store(now ? { now } : {});
      fill(store);
      return store;
    },
  },
  {
    name: 'over a log',
    async begin(fill, options) {
      const store = await Store.open(memoryLog(), options);
      fill(store);
      return store;
    },
  },
  {
    name: 'after reopening',
    async begin(fill, options) {
      const medium = new MemoryMedium();
      const store = await Store.open(memoryLog(medium), options);
      fill(store);
      await store.close();
      return Store.open(memoryLog(medium), options);
    },
  },
  {
    name: 'after compaction',
    async begin(fill, options) {
      const store = await Store.open(memoryLog(), options);
      fill(store);
      await store.compact();
      return store;
    },
  },
  {
    name: 'from a run',
    async begin(fill, options) {
      const medium = new MemoryMedium();
      const store = await Store.open(memoryLog(medium), options);
      fill(store);
      await store.compact();
      await store.close();
      return Store.open(memoryLog(medium), options);
    },
  },
  {
    name: 'while a compaction goes on',
    async begin(fill, options) {
      const gate = gatedLog();
      const store = await Store.open(gate.log, options);
      fill(store);
      void store.compact();
      await gate.reached;
      return store;
    },
  },
  {
    name: 'from data',
    async begin(fill, { now } = {}) {
      const store = new Store(now ? { now } : {});
      fill(store);
      return Store.fromData(store.toData(), now ? { now } : {});
    },
  },
  {
    name: 'through a namespace',
    async begin(fill, options) {
      const store = await Store.open(memoryLog(), options);
      for (const name of ['', 'user', 'users2']) {
        for (const key of ['', 'a', 'b', 'zz']) store.namespace(name).set(key, 'of another');
      }
      const space = store.namespace('users');
      fill(space);
      return space;
    },
  },
];

/** A memory log whose `replace` waits: the overlays of its store are frozen from `reached` to `open()`. */
export function gatedLog(medium: MemoryMedium = new MemoryMedium()): {
  log: Log;
  reached: Promise<void>;
  open: () => void;
  /** Lets the replace go on, but fail. */
  fail: () => void;
} {
  const log = memoryLog(medium);
  const { promise: gate, resolve: open, reject } = deferred();
  const { promise: reached, resolve: reach } = deferred();
  const replace = log.replace.bind(log);
  log.replace = async (items, options) => {
    reach();
    await gate;
    return replace(items, options);
  };
  return { log, reached, open, fail: () => reject(new IsokvError('IO', 'made to fail')) };
}

/** A memory log that keeps what it is told to append: one array of commits for each call. */
export function recordingLog(medium: MemoryMedium = new MemoryMedium()): { log: Log; flights: Commit[][] } {
  const log = memoryLog(medium);
  const flights: Commit[][] = [];
  const append = log.append.bind(log);
  log.append = (commits, options) => {
    flights.push([...commits]);
    return append(commits, options);
  };
  return { log, flights };
}

function deferred(): { promise: Promise<void>; resolve: () => void; reject: (error: unknown) => void } {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new Promise<void>((res, rej) => {
    resolve = res;
    reject = rej;
  });
  return { promise, resolve, reject };
}

/** The code of the error that `task` throws, synchronously; undefined when it throws none. */
export function codeOf(task: () => unknown): string | undefined {
  try {
    task();
  } catch (error) {
    return error instanceof IsokvError ? error.code : String(error);
  }
  return undefined;
}

/** The code of the error that a promise rejects with. */
export async function rejectionOf(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
  } catch (error) {
    return error instanceof IsokvError ? error.code : String(error);
  }
  return undefined;
}

/** A clock that stands still unless it is told. */
export function clock(at = 1_700_000_000_000): { now: () => number; at: number } {
  const self = { at, now: () => self.at };
  return self;
}

/** Comes after the microtask that ends the commit of this turn. */
export function turn(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve));
}

/** Closes the store and opens it again. */
export async function reopened(store: Store, medium: MemoryMedium, options?: StoreOptions): Promise<Store> {
  await store.close();
  return Store.open(memoryLog(medium), options);
}
