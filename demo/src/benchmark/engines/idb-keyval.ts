import { entries, get, promisifyRequest, set, setMany, type UseStore } from 'idb-keyval';
import type { Engine, Value } from '../engine.ts';
import { deleteDatabase } from './delete-database.ts';

const NAME = 'idb-keyval-benchmark';
const STORE = 'keyval';

export function idbKeyval(): Engine {
  let database: IDBDatabase;
  /** What its `createStore` makes, with a connection that can be closed. */
  const useStore: UseStore = async (mode, callback) =>
    callback(database.transaction(STORE, mode).objectStore(STORE));
  return {
    name: 'idb-keyval',
    async open() {
      const request = indexedDB.open(NAME);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      database = await promisifyRequest(request);
    },
    set: (key, value) => set(key, value, useStore),
    setAll: (all) => setMany(all as [string, Value][], useStore),
    get: (key) => get(key, useStore),
    async startingWith(prefix) {
      const all = await entries<string, Value>(useStore);
      return all.filter(([key]) => key.startsWith(prefix)).map(([, value]) => value);
    },
    close: async () => database.close(),
    remove: () => deleteDatabase(NAME),
  };
}
