/**
 * What locking adds to opening a store that nobody else has open: the time of an opening with it, less that of
 * one without, over many openings of a small store in turn; and the first lock of a process that has just started.
 */
import { join } from 'node:path';
import { fileLog, nodeFileSystem } from '@isokv/adapter-node';
import { Store } from '@isokv/core';
import { storeFile } from '../engines/store-file.mjs';
import { fill, text } from '../entries.mjs';

/** @import { FileSystem } from '@isokv/adapter-node' */
/** @import { Scenario } from '../types.mjs' */

const OPENINGS = 200;

/** @type {FileSystem} */
const unlocked = {
  ...nodeFileSystem,
  lock: async () => ({ add: async () => true, drop: async () => {}, release: async () => {} }),
};

export const lock = /** @type {Scenario} */ ({
  name: 'lock',
  what: 'what locking adds to opening an uncontended store',
  engines: ['isokv'],
  entries: 1000,
  rounds: 9,
  warmups: 1,
  fresh: true,
  goals: [
    { against: 'without', of: 'added_ms', atMost: 1, unit: 'ms' },
    { against: 'without', of: 'first_ms', note: 'first lock of a process', unit: 'ms' },
  ],
  async prepare(engine, { folder, entries }) {
    await engine.open(folder, { values: 'text', durability: 'relaxed' });
    await fill(engine, entries, text);
    await engine.close();
  },
  async measure(_, { folder, quick }) {
    const path = storeFile(folder);
    const start = performance.now();
    const first = await nodeFileSystem.lock(join(folder, 'none'), String(process.pid));
    const first_ms = performance.now() - start;
    if ('release' in first) await first.release();
    /** @type {number[]} */
    const locked_ms = [];
    /** @type {number[]} */
    const unlocked_ms = [];
    for (let i = 0; i < (quick ? 10 : OPENINGS); i++) {
      locked_ms.push(await opening(path, nodeFileSystem));
      unlocked_ms.push(await opening(path, unlocked));
    }
    return { values: { added_ms: median(locked_ms) - median(unlocked_ms), first_ms } };
  },
});

/**
 * @param {string} path
 * @param {FileSystem} fs
 */
async function opening(path, fs) {
  const start = performance.now();
  const store = await Store.open(fileLog(path, { fs }));
  const time_ms = performance.now() - start;
  await store.close();
  return time_ms;
}

/** @param {number[]} times */
function median(times) {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? 0;
}
