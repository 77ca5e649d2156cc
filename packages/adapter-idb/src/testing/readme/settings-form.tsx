import type { Store } from '@isokv/core';
import { useSyncExternalStore } from 'react';
import { read, type Settings } from './settings.ts';

function useSetting<K extends keyof Settings>(store: Store<Settings>, key: K): Settings[K] {
  return useSyncExternalStore(
    (changed) => store.watch(key, changed),
    () => read(key, store),
    () => read(key), // On a server, and while a page hydrates.
  );
}

export function SettingsForm({ store }: { store: Store<Settings> }) {
  const theme = useSetting(store, 'theme');
  const font = useSetting(store, 'font');
  return (
    <form className={theme}>
      <select value={theme} onChange={(event) => store.set('theme', event.target.value as Settings['theme'])}>
        <option>light</option>
        <option>dark</option>
      </select>
      <output>{font.size}</output>
    </form>
  );
}
