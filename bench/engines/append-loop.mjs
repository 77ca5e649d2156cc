/**
 * What a tool does that wants a write to be durable and has no store: append a line to a file and call
 * `fdatasync`, one at a time. Every line has the key and the value.
 */
import { close, constants, fdatasync, open, write } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { unsupported } from './unsupported.mjs';

/** @import { Engine } from '../types.mjs' */

const sync = promisify(fdatasync);
const append = promisify(write);
let file = -1;

/** @type {Engine} */
export const engine = {
  ...unsupported('append-loop'),
  async open(folder) {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND;
    file = await promisify(open)(join(folder, 'lines'), flags);
  },
  async set(key, value) {
    await append(file, Buffer.from(`${JSON.stringify([key, value])}\n`));
    await sync(file);
  },
  close: () => promisify(close)(file),
};
