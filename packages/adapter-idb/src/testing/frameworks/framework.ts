import type { Store } from '@isokv/core';
import type { Settings } from '../readme/settings.ts';

/** The README's form in a framework. */
export interface Framework {
  /** As a server does. @returns the page's HTML */
  render(store: Store<Settings>): string | Promise<string>;
  /** Each resolves to what takes the form away again. */
  mount(page: Element, store: Store<Settings>): () => void;
  hydrate(page: Element, store: Store<Settings>): () => void;
}
