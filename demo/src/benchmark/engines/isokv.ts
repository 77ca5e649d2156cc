import { idbLog } from '@isokv/adapter-idb';
import { Store } from '@isokv/core';
import type { Engine, Value } from '../engine.ts';

export function isokv(): Engine {
  let store: Store<Record<string, Value>>;
  const open = async (): Promise<void> => {
    // What IndexedDB promises by default, and so what the others get.
    store = await Store.open(idbLog('isokv-benchmark'), {
      durability: 'relaxed',
      compaction: 'manual',
    });
  };
  return {
    name: 'isokv',
    open,
    set: (key, value) => store.set(key, value),
    setAll: (entries) => store.setMany(entries),
    get: (key) => store.get(key),
    startingWith: (prefix) => [...store.values({ prefix })],
    async settle() {
      const { garbageBytes, liveBytes } = store.stats();
      if (garbageBytes > liveBytes) await store.compact(); // When it would have begun by itself.
    },
    close: () => store.close(),
    async remove() {
      await open();
      await store.destroy();
    },
  };
}
