import localforage from 'localforage';
import type { Engine, Value } from '../engine.ts';
import { deleteDatabase } from './delete-database.ts';

const NAME = 'localforage-benchmark';

export function localForage(): Engine {
  const create = (): LocalForage => localforage.createInstance({ name: NAME, driver: localforage.INDEXEDDB });
  let instance: LocalForage;
  return {
    name: 'localForage',
    async open() {
      instance = create();
      await instance.ready();
    },
    async set(key, value) {
      await instance.setItem(key, value);
    },
    setAll: (entries) => Promise.all(entries.map(([key, value]) => instance.setItem(key, value))),
    get: async (key) => (await instance.getItem<Value>(key)) ?? undefined,
    async startingWith(prefix) {
      const found: Value[] = [];
      await instance.iterate<Value, void>((value, key) => {
        if (key.startsWith(prefix)) found.push(value);
      });
      return found;
    },
    // It has no way to close: a new instance shares the connection.
    close: async () => {},
    async remove() {
      await create().dropInstance({ name: NAME }); // The one that is there always would leave a database of its own.
      await deleteDatabase(NAME);
    },
  };
}
