/// <reference lib="dom" />
/**
 * The engines of the bench that run in a page. Each takes care of as much of this as it can do:
 *
 *     set(key, value)        a promise of one write
 *     setAll(entries)        a promise of many writes, made in one turn, in the way the engine is best at
 *     get(key)               a value, or a promise of one
 *     fill(entries)          a promise: the engine holds these entries, and no others
 *     load()                 a promise of the number of entries, with all of them opened anew and ready to be read
 *     scan(prefix)           an array of values, or a promise of one
 */
import { idbLog } from '@isokv/adapter-idb';
import { Store } from '@isokv/core';
import { Dexie } from 'dexie';
import * as idbKeyval from 'idb-keyval';

const { localforage } = /** @type {any} */ (globalThis);

/** By name. Each opens its engine. */
export const engines = { isokv, raw, keyval, forage, dexie, local };

/** The store itself. */
async function isokv() {
  let store = await Store.open(idbLog('bench isokv'), { durability: 'relaxed' });
  return {
    set: (/** @type {string} */ key, /** @type {unknown} */ value) => store.set(key, value),
    setAll: async (/** @type {[string, unknown][]} */ entries) => {
      let last;
      for (const [key, value] of entries) last = store.set(key, value);
      await last;
    },
    get: (/** @type {string} */ key) => store.get(key),
    fill: async (/** @type {[string, unknown][]} */ entries) => {
      store.clear();
      await store.setMany(entries);
      await store.compact();
    },
    load: async () => {
      await store.close();
      const start = performance.now();
      store = await Store.open(idbLog('bench isokv'), { durability: 'relaxed' });
      return { took: performance.now() - start, size: store.size };
    },
    scan: (/** @type {string} */ prefix) => [...store.values({ prefix })],
  };
}

/** IndexedDB as it is: a transaction for each write, and one for many. */
async function raw() {
  const db = await new Promise((resolve, reject) => {
    const request = indexedDB.open('bench raw', 1);
    request.onupgradeneeded = () => request.result.createObjectStore('entries');
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const write = (/** @type {(store: IDBObjectStore) => void} */ work) =>
    new Promise((resolve, reject) => {
      const transaction = db.transaction('entries', 'readwrite', { durability: 'relaxed' });
      work(transaction.objectStore('entries'));
      transaction.oncomplete = () => resolve(undefined);
      transaction.onabort = () => reject(transaction.error);
    });
  const read = (/** @type {(store: IDBObjectStore) => IDBRequest} */ work) =>
    new Promise((resolve, reject) => {
      const request = work(db.transaction('entries').objectStore('entries'));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const setAll = (/** @type {[string, unknown][]} */ entries) =>
    write((store) => {
      for (const [key, value] of entries) store.put(value, key);
    });
  return {
    set: (/** @type {string} */ key, /** @type {unknown} */ value) => write((store) => store.put(value, key)),
    setAll,
    get: (/** @type {string} */ key) => read((store) => store.get(key)),
    fill: async (/** @type {[string, unknown][]} */ entries) => {
      await write((store) => store.clear());
      await setAll(entries);
    },
    /** The whole of it as a map, as who wants synchronous reads has to do. */
    load: async () => {
      const start = performance.now();
      const map = await new Promise((resolve) => {
        const store = db.transaction('entries').objectStore('entries');
        const keys = store.getAllKeys();
        const values = store.getAll();
        values.onsuccess = () =>
          resolve(
            new Map(
              keys.result.map((/** @type {any} */ key, /** @type {number} */ i) => [key, values.result[i]]),
            ),
          );
      });
      return { took: performance.now() - start, size: map.size };
    },
    scan: (/** @type {string} */ prefix) =>
      read((store) => store.getAll(IDBKeyRange.bound(prefix, `${prefix}\uffff`))),
  };
}

async function keyval() {
  const store = idbKeyval.createStore('bench idb-keyval', 'entries');
  return {
    set: (/** @type {string} */ key, /** @type {unknown} */ value) => idbKeyval.set(key, value, store),
    setAll: (/** @type {[string, unknown][]} */ entries) => idbKeyval.setMany(entries, store),
    get: (/** @type {string} */ key) => idbKeyval.get(key, store),
  };
}

async function forage() {
  const store = localforage.createInstance({ name: 'bench localforage', driver: localforage.INDEXEDDB });
  await store.ready();
  return {
    set: (/** @type {string} */ key, /** @type {unknown} */ value) => store.setItem(key, value),
    setAll: (/** @type {[string, unknown][]} */ entries) =>
      Promise.all(entries.map(([key, value]) => store.setItem(key, value))),
    get: (/** @type {string} */ key) => store.getItem(key),
  };
}

async function dexie() {
  const db = new Dexie('bench dexie', { chromeTransactionDurability: 'relaxed' });
  db.version(1).stores({ entries: '' });
  const table = db.table('entries');
  return {
    set: (/** @type {string} */ key, /** @type {unknown} */ value) => table.put(value, key),
    setAll: (/** @type {[string, unknown][]} */ entries) =>
      table.bulkPut(
        entries.map(([, value]) => value),
        entries.map(([key]) => key),
      ),
    get: (/** @type {string} */ key) => table.get(key),
    fill: async (/** @type {[string, unknown][]} */ entries) => {
      await table.clear();
      await table.bulkPut(
        entries.map(([, value]) => value),
        entries.map(([key]) => key),
      );
    },
    scan: (/** @type {string} */ prefix) => table.where(':id').startsWith(prefix).toArray(),
  };
}

async function local() {
  localStorage.clear();
  return {
    set: async (/** @type {string} */ key, /** @type {unknown} */ value) =>
      localStorage.setItem(key, JSON.stringify(value)),
    get: (/** @type {string} */ key) => JSON.parse(localStorage.getItem(key) ?? 'null'),
  };
}
