import { Dexie, type Table } from 'dexie';
import type { Engine, Value } from '../engine.ts';

export function dexie(): Engine {
  let database: Dexie;
  let table: Table<{ key: string; value: Value }, string>;
  return {
    name: 'Dexie',
    async open() {
      database = new Dexie('dexie-benchmark');
      database.version(1).stores({ entries: 'key' });
      await database.open();
      table = database.table('entries');
    },
    async set(key, value) {
      await table.put({ key, value });
    },
    setAll: (entries) => table.bulkPut(entries.map(([key, value]) => ({ key, value }))),
    get: async (key) => (await table.get(key))?.value,
    startingWith: async (prefix) =>
      (await table.where('key').startsWith(prefix).toArray()).map(({ value }) => value),
    close: async () => database.close(),
    remove: () => Dexie.delete('dexie-benchmark'),
  };
}
