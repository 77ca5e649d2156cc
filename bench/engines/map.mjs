/** A raw `Map` of strings to values: what any store in memory has at least to do. Nothing is durable. */
import { unsupported } from './unsupported.mjs';

/** @type {Map<string, any>} */
const map = new Map();

export const engine = {
  ...unsupported('map'),
  async open() {},
  /** @param {string} key */
  get(key) {
    return map.get(key);
  },
  /**
   * @param {string[]} keys
   * @param {unknown[]} values
   */
  async setTurn(keys, values) {
    for (let i = 0; i < keys.length; i++) map.set(/** @type {string} */ (keys[i]), values[i]);
  },
};
