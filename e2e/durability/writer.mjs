/**
 * The process that is stopped: `writer.mjs <path> <durability> <commits>`. Opens the store, writes on where its
 * history ends, compacts now and then, and says on its standard output what has been acknowledged, a number a line.
 */
import { writeSync } from 'node:fs';
import { fileLog, Store } from 'isokv';
import { last, write, wrong } from './ledger.mjs';

const [path = '', durability = 'strict', commits = '1'] = process.argv.slice(2);
const FLIGHT = 5;
const COMPACTION = 20;

const store = await Store.open(fileLog(path), {
  durability: /** @type {'strict' | 'relaxed'} */ (durability),
  compaction: 'manual',
});
const found = wrong(store);
if (found) throw new Error(found);
const begun = last(store);
say('open');
const end = begun + Number(commits);
for (let n = begun + 1; n <= end; n++) {
  const written = write(store, n).then(() => say(n));
  written.catch(() => undefined);
  // Several are under way at a time.
  await (n % FLIGHT === 0 || n === end ? written : Promise.resolve());
  if (n % COMPACTION === COMPACTION / 2) store.compact().catch(() => undefined);
  if (n % COMPACTION === 0) await store.compact();
}
await store.close();
say('closed');

/** At once: what has been said is in the pipe when this process is killed. @param {string | number} what */
function say(what) {
  writeSync(1, `${what}\n`);
}
