import type { Store } from '@isokv/core';

export interface Settings {
  theme: 'light' | 'dark';
  font: { family: string; size: number };
}

const defaults: Settings = { theme: 'light', font: { family: 'serif', size: 12 } };

/** A setting as it is stored, or else its default. Without a store, as while a page hydrates: the default. */
export function read<K extends keyof Settings>(key: K, store?: Store<Settings>): Settings[K] {
  return (store?.get(key) ?? defaults[key]) as Settings[K];
}
