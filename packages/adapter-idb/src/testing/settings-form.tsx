/** The README's React example: keep the two in step. */
import type { Store } from '@isokv/core';
import { useSyncExternalStore } from 'react';

export interface Settings {
  theme: 'light' | 'dark';
  font: { family: string; size: number };
}

export const defaults: Settings = { theme: 'light', font: { family: 'serif', size: 12 } };

/** A setting, and the component with it, up to date; `defaults` on the server and while the page hydrates. */
export function useSetting<K extends keyof Settings>(store: Store<Settings>, key: K): Settings[K] {
  return useSyncExternalStore(
    (onChange) => store.watch(key, onChange),
    () => (store.get(key) as Settings[K] | undefined) ?? defaults[key],
    () => defaults[key],
  );
}

export function SettingsForm({ store }: { store: Store<Settings> }) {
  const theme = useSetting(store, 'theme');
  const font = useSetting(store, 'font');
  return (
    <form className={theme}>
      <button type="button" onClick={() => store.set('theme', theme === 'dark' ? 'light' : 'dark')}>
        {theme}
      </button>
      <output>{font.size}</output>
    </form>
  );
}
