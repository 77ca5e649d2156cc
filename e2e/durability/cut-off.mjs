/**
 * Ends scripts that write, after a random time, and opens what they have written: `node cut-off.mjs memory|file 100`.
 * Prints as JSON how many were ended, how many of those in the middle of a write, and what was broken then.
 */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInThisContext } from 'node:vm';
import { fileLog } from '@isokv/adapter-node';
import { MemoryMedium, memoryLog, Store } from '@isokv/core';

const [kind, cuts] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'isokv-cut-off-'));
// A promise that was made and not yet handed out has nobody to catch it.
process.on('unhandledRejection', () => undefined);

let ended = 0;
let midWrite = 0;
/** @type {string[]} */
const broken = [];

for (let cut = 0; cut < Number(cuts); cut++) {
  const medium = new MemoryMedium();
  const path = join(folder, `${cut}.isokv`);
  const log = () => (kind === 'file' ? fileLog(path) : memoryLog(medium));
  const store = await Store.open(log(), {
    durability: kind === 'file' ? 'relaxed' : 'none',
    compaction: 'manual',
  });
  const errors = [];
  store.on('error', (error) => errors.push(error));
  let acknowledged = 0;
  let turn = 0;
  const note = (/** @type {number} */ made) => () => {
    acknowledged = Math.max(acknowledged, made);
  };
  const write = () => {
    for (let i = 0; ; i++) {
      const made = ++turn;
      store
        .transaction((tx) => {
          tx.set('one', made);
          tx.namespace('two').set('two', made);
          tx.set(`text ${made % 7}`, 'é'.repeat(made % 900));
        })
        .then(note(made), () => undefined);
      store
        .namespace('many')
        .setMany([
          ['a', made],
          ['b', { made }],
        ])
        .catch(() => undefined);
      if (i % 3 === 2) store.flush().catch(() => undefined);
    }
  };
  // Several turns, so that appends are under way when one is ended.
  for (let run = 0; run < 3; run++) {
    Object.assign(globalThis, { isokvWrite: write });
    try {
      runInThisContext('isokvWrite()', { timeout: 1 + (cut % 3) });
    } catch (error) {
      if (error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') ended += run === 0 ? 1 : 0;
      // What a write answers after one that was cut off.
      else if (error.code !== 'CLOSED' && error.code !== 'NESTED_TRANSACTION') throw error;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (errors.length > 0) midWrite++;
  try {
    if (cut % 2) store.flushSync();
  } catch {
    // It is broken: what counts is what the next one finds.
  }
  const known = acknowledged;
  await Promise.race([
    store.close().catch(() => undefined),
    new Promise((resolve) => setTimeout(resolve, 50)),
  ]);
  try {
    if (kind === 'file') copyFileSync(path, `${path}.copy`); // The store that was cut off still holds its lock.
    const again = await Store.open(kind === 'file' ? fileLog(`${path}.copy`) : log());
    const one = again.get('one') ?? 0;
    const two = again.namespace('two').get('two') ?? 0;
    const { a = 0, b } = Object.fromEntries(again.namespace('many').entries());
    if (one !== two || a !== (b?.made ?? 0)) broken.push(`${cut}: ${one}, ${two}; ${a}, ${b?.made}`);
    if (one < known) broken.push(`${cut}: ${known} was acknowledged, ${one} is there`);
    await again.close();
  } catch (error) {
    broken.push(`${cut}: ${error.message}`);
  }
}
rmSync(folder, { recursive: true, force: true });
process.stdout.write(JSON.stringify({ ended, midWrite, broken }));
process.removeAllListeners('exit'); // The stores that were cut off would tell that they are.
process.exit();
