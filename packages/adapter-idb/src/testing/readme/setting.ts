import type { Store } from '@isokv/core';
import { createSubscriber } from 'svelte/reactivity';
import { read, type Settings } from './settings.ts';

export function setting<K extends keyof Settings>(store: Store<Settings>, key: K): { current: Settings[K] } {
  const subscribe = createSubscriber((changed) => store.watch(key, changed));
  return {
    get current() {
      subscribe();
      return read(key, store);
    },
    set current(value) {
      store.set(key, value);
    },
  };
}
