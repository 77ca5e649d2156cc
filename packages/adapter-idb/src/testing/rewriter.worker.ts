/** A tab in a worker that rewrites a log again and again, and tells of each record that it gives to the browser. */
import { Store } from '@isokv/core';
import { idbLog } from '../index.ts';

const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...given) {
  postMessage('put');
  return put.apply(this, given);
};

addEventListener('message', async ({ data }: MessageEvent<string>) => {
  const store = await Store.open(idbLog(data), { compaction: 'manual' });
  while (true) await store.compact();
});
