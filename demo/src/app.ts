import type { Store } from '@isokv/core';

/** What this page remembers about itself, in a store of its own. */
export interface Settings {
  readonly theme: 'light' | 'dark';
}

/** What every panel is given. */
export interface App {
  /** The store that the page is about. Also `store` in the console of the browser. */
  readonly store: Store;
  readonly settings: Store<Settings>;
  /** How long it took to open `store`, in milliseconds. */
  readonly open_ms: number;
}

/** One page of the page. */
export interface Panel {
  readonly element: HTMLElement;
  /** Called when it comes into sight. @returns what is to be done when it goes out of sight */
  shown?(): () => void;
}
