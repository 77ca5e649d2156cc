/** Writes and compacts without end, a and b the same in every commit: `<path>`. */
import { Store } from '@isokv/core';
import { fileLog } from '../../file-log.ts';

const store = await Store.open(fileLog(process.argv[2] as string), {
  durability: 'relaxed',
  compaction: 'manual',
});
for (let count = 1; ; count++) {
  await store.transaction((tx) => {
    tx.set('a', count);
    tx.set('text', 'x'.repeat((count * 997) % 9000));
    tx.set('b', count);
  });
  if (count % 200 === 0) await store.compact();
}
