/** Writes, stops itself, and when it goes on does one thing more, whose outcome it prints: `<how> <path> <lock>`. */
import { writeSync } from 'node:fs';
import { Store } from '@isokv/core';
import { fileLog } from '../../file-log.ts';
import { linkLock } from '../../lock/link-lock.ts';
import { nodeFileSystem } from '../../node-file-system.ts';

const [how = '', path = '', lock] = process.argv.slice(2);
const fs = lock === 'link' ? { ...nodeFileSystem, lock: linkLock } : nodeFileSystem;

const works: Record<string, (store: Store) => unknown> = {
  set: (store) => store.set('late', 1),
  'set at once': (store) => {
    store.set('late', 1).catch(() => undefined);
    store.flushSync();
  },
  compact: (store) => store.compact(),
  destroy: (store) => store.destroy(),
  close: (store) => store.close(),
};

const store = await Store.open(fileLog(path, { fs }), { durability: how === 'close' ? 'relaxed' : 'strict' });
store.on('error', () => undefined); // The outcome says it.
await store.set('first', 1);
// No zeros are on their way then, which another process could not keep from being written.
if (how !== 'close') await store.compact();
writeSync(1, 'written ');
process.kill(process.pid, 'SIGSTOP');
try {
  await (works[how] as (typeof works)[string])(store);
  writeSync(1, 'done');
} catch (error) {
  writeSync(1, (error as { code: string }).code);
}
process.exit();
