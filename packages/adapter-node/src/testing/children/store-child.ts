/**
 * Opens a store again and again, counts one up in it, and closes it: `<folder> <sections> <die after>`. The journal
 * gets a byte for each count that was acknowledged.
 */
import { appendFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { IsokvError, Store } from '@isokv/core';
import { fileLog } from '../../file-log.ts';

const [folder = '', sections, dieAfter] = process.argv.slice(2);
const journal = join(folder, 'journal');

for (let count = 0; statSync(journal).size < Number(sections); ) {
  let store: Store;
  try {
    store = await Store.open(fileLog(join(folder, 'a.isokv')), { durability: 'relaxed' });
  } catch (error) {
    if (!(error instanceof IsokvError && error.code === 'LOCKED' && error.pid !== process.pid)) throw error;
    await new Promise((resolve) => setTimeout(resolve, 1));
    continue;
  }
  await store.set('count', ((store.get('count') as number | undefined) ?? 0) + 1);
  appendFileSync(journal, '.');
  if (++count % 5 === 0) await store.compact();
  if (count >= Number(dieAfter)) process.kill(process.pid, 'SIGKILL');
  await store.close();
  await new Promise((resolve) => setTimeout(resolve, 1));
}
