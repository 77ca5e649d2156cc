/**
 * lmdb-js, with the settings its manual recommends for each job:
 * - relaxed: `noSync`, which leaves it to the operating system when to write, as isokv does at this level;
 *   that is faster than its default, which syncs in the background.
 * - strict: its default, awaiting `flushed`.
 * - values: `string` encoding for text; for objects its own MessagePack with shared structures, so that the
 *   names of fields are stored once.
 * - `cache` is off, as by default: see `lmdb-cache` for the other choice.
 */
import { open } from 'lmdb';
import { unsupported } from './unsupported.mjs';

/** @import { RootDatabase } from 'lmdb' */
/** @import { Engine } from '../types.mjs' */

/** Above the last character of any key here. */
const LAST = '\u{10ffff}';

export const engine = lmdb('lmdb', {});

/**
 * @param {string} name
 * @param {{ cache?: boolean }} settings
 * @returns {Engine}
 */
export function lmdb(name, settings) {
  /** @type {RootDatabase<unknown, string>} */
  let database;
  let strict = false;

  /**
   * The promise of a put settles when the entry is visible; `flushed` is what tells that it is on the disk.
   *
   * @param {Promise<unknown>} put
   */
  const settled = (put) => (strict ? put.then(() => database.flushed) : put);

  return {
    ...unsupported(name),
    async open(folder, { values, durability }) {
      strict = durability === 'strict';
      database = open({
        path: folder,
        ...settings,
        noSync: !strict,
        encoding: values === 'text' ? 'string' : 'msgpack',
        ...(values === 'object' && { sharedStructuresKey: 'structures' }),
      });
    },
    get: (key) => database.get(key),
    set: (key, value) => settled(database.put(key, value)),
    setTurn(keys, values) {
      /** @type {Promise<unknown>} */
      let last = Promise.resolve();
      for (let i = 0; i < keys.length; i++) last = database.put(/** @type {string} */ (keys[i]), values[i]);
      return settled(last);
    },
    scan({ gte, lt, prefix }, visit) {
      const range = prefix === undefined ? { start: gte, end: lt } : { start: prefix, end: prefix + LAST };
      for (const { key, value } of database.getRange(/** @type {any} */ (range))) visit(key, value);
    },
    close: () => database.close(),
  };
}
