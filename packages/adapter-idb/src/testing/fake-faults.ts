/** What goes wrong with the transactions of a browser in Node. */

/** As the specification says of a connection that is closed by force; fake-indexeddb lets transactions go on. */
export function abortAll(db: IDBDatabase): void {
  type Transaction = { db: IDBDatabase; _state: string; _abort(name: string): void };
  const { transactions } = (db as unknown as { _rawDatabase: { transactions: Transaction[] } })._rawDatabase;
  for (const transaction of transactions) {
    if (transaction.db === db && transaction._state !== 'finished') transaction._abort('AbortError');
  }
}

/**
 * Has a transaction come to nothing as soon as its first request has been made. One that was told to commit says no more
 * than that, as in Firefox: what is wrong only its request knows.
 */
export function abortWith(transaction: IDBTransaction, error: Error): void {
  const objectStore = transaction.objectStore.bind(transaction);
  let told = error;
  transaction.commit = () => {
    told = new DOMException('aborted', 'AbortError');
  };
  transaction.objectStore = (name) => {
    const store = objectStore(name);
    const add = store.add.bind(store);
    store.add = (value, key) =>
      Object.defineProperty(add(value, key), 'error', { get: () => error, set: () => undefined });
    queueMicrotask(() => {
      Object.defineProperty(transaction, 'error', { value: told });
      (transaction as unknown as { _abort(name: null): void })._abort(null);
    });
    return store;
  };
}

/** As Firefox does in the next transaction on a connection that has met with the quota: it is there to remove something. */
export function refusePuts(transaction: IDBTransaction): void {
  const objectStore = transaction.objectStore.bind(transaction);
  const refuse = (): never => {
    throw new DOMException('A mutation operation was attempted', 'InvalidStateError');
  };
  transaction.objectStore = (name) => Object.assign(objectStore(name), { add: refuse, put: refuse });
}

/** Has a transaction be done, and say that it was aborted, once `wait` has resolved. */
export function loseAnswer(transaction: IDBTransaction, wait?: Promise<void>): void {
  let tell = (_event: Event): void => undefined;
  Object.defineProperty(transaction, 'onabort', {
    set: (listener: typeof tell) => {
      tell = listener;
    },
  });
  Object.defineProperty(transaction, 'oncomplete', { set: () => undefined });
  for (const type of ['complete', 'abort'])
    transaction.addEventListener(type, (event) => void Promise.resolve(wait).then(() => tell(event)));
}
