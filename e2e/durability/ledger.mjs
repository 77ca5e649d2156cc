/**
 * A deterministic history for a store that may be stopped at any moment: commit `n` is known from `n` alone, and so
 * is everything that the store must hold after it.
 */

const KEYS = 40;
/** Every so many commits delete their key. */
const DELETES = 7;
const TOTAL = 1000;

/** @typedef {import('isokv').Store} Store */

/** Makes commit `n`. @param {Store} store @param {number} n @returns {Promise<void>} */
export function write(store, n) {
  return store.transaction((tx) => {
    const key = `k${n % KEYS}`;
    if (n % DELETES === 0) tx.delete(key);
    else tx.set(key, valueAt(n));
    // Two halves that are never seen apart, each in a namespace of its own.
    tx.set('last', n);
    tx.namespace('accounts').set('a', n % TOTAL);
    tx.namespace('accounts').set('b', TOTAL - (n % TOTAL));
  });
}

/** The number of the last commit; 0 when there is none. @param {Store} store */
export function last(store) {
  return Number(store.get('last') ?? 0);
}

/** @param {Store} store @returns {string | undefined} what is wrong with the state after its last commit */
export function wrong(store) {
  const end = last(store);
  const accounts = store.namespace('accounts');
  if (end === 0) return store.size + accounts.size === 0 ? undefined : 'entries without a commit';
  if (accounts.get('a') !== end % TOTAL || accounts.get('b') !== TOTAL - (end % TOTAL))
    return 'half a commit';
  for (let key = 0; key < KEYS; key++) {
    const n = end - ((((end - key) % KEYS) + KEYS) % KEYS);
    const expected = n < 1 || n % DELETES === 0 ? undefined : valueAt(n);
    if (JSON.stringify(store.get(`k${key}`)) !== JSON.stringify(expected))
      return `k${key} is not as commit ${n} left it`;
  }
  return undefined;
}

/** @param {number} n */
function valueAt(n) {
  return { n, text: `${n} `.repeat(n % 90) };
}
