/** Databases as a test looks at them, past the log. */
import { RECEIPTS } from '../receipts.ts';
import { STORE } from '../records.ts';

export type Records = [key: number, value: Uint8Array][];

/** The records of a log's database, without receipts. */
export async function recordsIn(factory: IDBFactory, name: string): Promise<Records> {
  const db = await open(factory, name);
  const store = db.transaction(STORE).objectStore(STORE);
  const [keys, values] = [store.getAllKeys(), store.getAll()];
  await new Promise((resolve) => {
    store.transaction.oncomplete = resolve;
  });
  db.close();
  const records: Records = keys.result.map((key, index) => [key as number, values.result[index]]);
  return records.filter(([key]) => (key as unknown) !== RECEIPTS);
}

/** Puts these records in the place of all that a database holds. */
export async function writeRecords(factory: IDBFactory, name: string, records: Records): Promise<void> {
  const db = await open(factory, name);
  const store = db.transaction(STORE, 'readwrite').objectStore(STORE);
  store.clear();
  for (const [key, value] of records) store.put(value, key);
  await new Promise((resolve) => {
    store.transaction.oncomplete = resolve;
  });
  db.close();
}

function open(factory: IDBFactory, name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
