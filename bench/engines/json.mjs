/** What a small tool does without a store: one JSON object, read and parsed as a whole. */
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unsupported } from './unsupported.mjs';

/** @import { Engine } from '../types.mjs' */

/** @type {Record<string, unknown>} */
let object = {};
let path = '';

/** @type {Engine} */
export const engine = {
  ...unsupported('json'),
  async open(folder) {
    path = join(folder, 'data.json');
    if (existsSync(path)) object = JSON.parse(await readFile(path, 'utf8'));
  },
  get: (key) => object[key],
  async setTurn(keys, values) {
    for (let i = 0; i < keys.length; i++) object[/** @type {string} */ (keys[i])] = values[i];
  },
  async close() {
    await writeFile(path, JSON.stringify(object));
  },
};
