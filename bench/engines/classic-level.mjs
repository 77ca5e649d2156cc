/**
 * LevelDB through classic-level. Sets of one turn go in as one `batch`, the fastest way it has; without its
 * `sync` option, which is its default, a write survives a crash of the process: what isokv calls relaxed.
 */
import { ClassicLevel } from 'classic-level';
import { unsupported } from './unsupported.mjs';

/** @import { Engine } from '../types.mjs' */

/** @type {ClassicLevel<string, any>} */
let database;

/** @type {Engine} */
export const engine = {
  ...unsupported('classic-level'),
  async open(folder, { values }) {
    database = new ClassicLevel(folder, { valueEncoding: values === 'text' ? 'utf8' : 'json' });
    await database.open();
  },
  get: (key) => database.getSync(key),
  set: (key, value) => database.put(key, value),
  setTurn: (keys, values) => database.batch(keys.map((key, i) => ({ type: 'put', key, value: values[i] }))),
  close: () => database.close(),
};
