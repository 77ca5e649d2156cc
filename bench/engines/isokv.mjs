/** isokv over one file. One instance, opened with no option but the durability. */
import { fileLog } from '@isokv/adapter-node';
import { Store } from '@isokv/core';
import { storeFile } from './store-file.mjs';
import { unsupported } from './unsupported.mjs';

/** @import { Engine } from '../types.mjs' */

/** @type {Store} */
let store;

/** @type {Engine} */
export const engine = {
  ...unsupported('isokv'),
  async open(folder, { durability }) {
    store = await Store.open(fileLog(storeFile(folder)), { durability });
  },
  get: (key) => store.get(key),
  set: (key, value) => store.set(key, value),
  setTurn(keys, values) {
    /** @type {Promise<unknown>} */
    let last = Promise.resolve();
    for (let i = 0; i < keys.length; i++) last = store.set(/** @type {string} */ (keys[i]), values[i]);
    return last;
  },
  scan(range, visit) {
    for (const [key, value] of store.entries(range)) visit(key, value);
  },
  compact: () => store.compact(),
  async verify() {
    await store.verify();
  },
  close: () => store.close(),
};
