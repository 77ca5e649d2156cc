/** A tab that is ended in the middle of a rewrite, in a real browser. */
import { Store } from '@isokv/core';
import { expect, test } from 'vitest';
import { idbLog } from './index.ts';

const KILLS = 5;

test(`${KILLS} tabs that are ended while they rewrite the log leave it whole`, async () => {
  const name = 'rewritten';
  const store = await Store.open(idbLog(name), { compaction: 'manual' });
  await store.setMany(Array.from({ length: 100 }, (_, i) => [`key ${i}`, `${i} ${'x'.repeat(40_000)}`]));
  const content = store.toData();
  await store.close();
  for (let kill = 1; kill <= KILLS; kill++) {
    const tab = new Worker(new URL('./testing/rewriter.worker.ts', import.meta.url), { type: 'module' });
    await new Promise<void>((resolve, reject) => {
      let puts = 0;
      tab.onmessage = () => ++puts === 2 * kill && resolve(); // A rewrite is ten of them.
      tab.onerror = (event) => reject(new Error(event.message));
      tab.postMessage(name);
    });
    tab.terminate();
    const again = await Store.open(idbLog(name), { compaction: 'manual' });
    const found = again.toData();
    expect(found.length).toBe(content.length);
    expect(found.every((byte, at) => byte === content[at])).toBe(true);
    await again.verify();
    await again.close();
  }
  await (await Store.open(idbLog(name))).destroy();
});
