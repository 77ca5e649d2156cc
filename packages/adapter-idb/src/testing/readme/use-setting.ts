import type { Store } from '@isokv/core';
import { computed, onMounted, onScopeDispose, shallowRef, type WritableComputedRef } from 'vue';
import { read, type Settings } from './settings.ts';

export function useSetting<K extends keyof Settings>(
  store: Store<Settings>,
  key: K,
): WritableComputedRef<Settings[K]> {
  const setting = shallowRef(read(key)); // On a server, and while a page hydrates.
  const show = () => {
    setting.value = read(key, store);
  };
  onMounted(() => {
    show();
    onScopeDispose(store.watch(key, show));
  });
  return computed({ get: () => setting.value, set: (value) => void store.set(key, value) });
}
