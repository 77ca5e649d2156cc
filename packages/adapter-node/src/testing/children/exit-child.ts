/** Writes, and ends without a word: `<how> <path> <autosave of a JSON file>`. */
import { Store } from '@isokv/core';
import { fileLog } from '../../file-log.ts';
import { jsonFile } from '../../json/json-file.ts';

const [how = '', path = '', autosave] = process.argv.slice(2);

/** How the process may end once two entries were written, the second in the turn in which it ends. */
const ends: Record<string, (store: Store) => unknown> = {
  exit: () => process.exit(7),
  'exit in a microtask': () => queueMicrotask(() => process.exit(7)),
  'uncaught error': () => {
    throw new Error('uncaught');
  },
  SIGINT: () => process.kill(process.pid, 'SIGINT'),
  SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
  'exit while it compacts': (store) => {
    void store.compact();
    setImmediate(() => {
      void store.set('c', 3);
      process.exit(7);
    });
  },
  'own listener': () => {
    process.on('SIGINT', () => process.exit(3));
    process.kill(process.pid, 'SIGINT');
  },
  'two listeners': () => {
    process.once('SIGINT', () => setTimeout(() => process.kill(process.pid, 'SIGINT'), 10));
    process.kill(process.pid, 'SIGINT');
    setTimeout(() => undefined, 60_000);
  },
  nothing: () => undefined,
  backups: () => undefined,
};

const others = process.listenerCount('exit');

/** How many listeners there are of ours. */
function tell(): void {
  process.stdout.write(`${process.listenerCount('exit') - others} ${process.listenerCount('SIGINT')}\n`);
}

if (how === 'many') {
  process.on('warning', (warning) => process.stdout.write(`${warning.name}\n`));
  const stores = await Promise.all(Array.from({ length: 100 }, (_, i) => Store.open(fileLog(`${path}${i}`))));
  tell();
  for (const store of stores) await store.close();
  tell();
} else {
  const backups = { keep: 2, everyMs: 3_600_000 }; // The next one is never waited for.
  const log = autosave
    ? jsonFile(path, {
        autosave: autosave === 'later' ? { everyMs: 3_600_000 } : (autosave as 'commit' | 'manual'),
      })
    : fileLog(path, how === 'backups' ? { backups } : {});
  const store = await Store.open(log);
  await store.set('a', 1);
  void store.set('b', 2).catch(() => undefined);
  (ends[how] as (typeof ends)[string])(store);
}
