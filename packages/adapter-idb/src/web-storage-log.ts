/** A whole store as one item of localStorage or sessionStorage. */
import { corrupt, type Document, documentLog, IsokvError, type Log, logConflict } from '@isokv/core';
import { nameOf } from './errors.ts';
import { fromText, MARK, toText } from './packed-text.ts';

/** As much of a `Storage` as is used. */
export interface WebStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/**
 * Keeps a store in the item `key` of a Web Storage: for small stores, some thousand entries at most, since each write
 * writes the item whole. It holds about 9.8 MB where a browser gives 5,242,880 characters. Other tabs hear of a write by
 * the `storage` event. Web Storage has no transactions: of two tabs that write in the same few milliseconds one may lose
 * what it wrote, though it was acknowledged; use `idbLog` where that matters. Who removes the item, as
 * `localStorage.clear()` does, empties the store in all tabs.
 *
 * @throws INVALID_OPTION without a storage, as in a worker or on a server
 */
export function webStorageLog(storage: WebStorage | null | undefined, key: string): Log {
  if (typeof storage?.getItem !== 'function') {
    throw new IsokvError('INVALID_OPTION', 'webStorageLog needs a storage, such as window.localStorage');
  }
  return documentLog(new WebStorageItem(storage, key), {
    name: 'web storage',
    durability: Object.freeze(['relaxed'] as const),
    shared: true,
    persistent: true,
  });
}

/** The item is the packed bytes, a space, and what tells this write from all others. */
export class WebStorageItem implements Document {
  readonly #storage: WebStorage;
  readonly #key: string;

  constructor(storage: WebStorage, key: string) {
    this.#storage = storage;
    this.#key = key;
  }

  async read(): Promise<{ bytes: Uint8Array; version: string } | undefined> {
    const text = tried(() => this.#storage.getItem(this.#key));
    if (text === null) return undefined;
    const end = text.lastIndexOf(' ');
    const bytes = end < 0 ? undefined : fromText(text.slice(0, end));
    if (bytes) return { bytes, version: versionOf(text) };
    if (text.startsWith(MARK)) throw corrupt(`the item ${this.#key} has been cut short or changed`);
    throw new IsokvError('NOT_ISOKV', `the item ${this.#key} is not a store: choose another key`);
  }

  /** Done when this returns: the page may be about to go. */
  async write(
    bytes: Uint8Array,
    { ifVersion }: { ifVersion?: string | null | undefined },
  ): Promise<{ version: string }> {
    const version = Math.random().toString(36).slice(2);
    const text = `${toText(bytes)} ${version}`;
    tried(() => {
      const before = this.#storage.getItem(this.#key);
      if (ifVersion !== undefined && (before === null ? null : versionOf(before)) !== ifVersion)
        throw logConflict();
      this.#storage.setItem(this.#key, text);
      const after = this.#storage.getItem(this.#key);
      // Some that are forbidden to keep anything do not say so.
      if (after === before) throw new Error('it has not kept what it was given');
      if (after !== text) throw logConflict();
    }, text.length);
    return { version };
  }

  async remove(): Promise<void> {
    tried(() => this.#storage.removeItem(this.#key));
  }

  watch(onWrite: () => void): () => void {
    const listener = ({ storageArea, key }: StorageEvent): void => {
      // A null key: everything was removed.
      if (storageArea === this.#storage && (key === this.#key || key === null)) onWrite();
    };
    const onShow = (): void => onWrite(); // In the back/forward cache Firefox told it nothing.
    globalThis.addEventListener?.('storage', listener);
    globalThis.addEventListener?.('pageshow', onShow);
    return () => {
      globalThis.removeEventListener?.('storage', listener);
      globalThis.removeEventListener?.('pageshow', onShow);
    };
  }
}

function versionOf(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1);
}

/** @throws QUOTA, IO */
function tried<R>(task: () => R, characters = 0): R {
  try {
    return task();
  } catch (cause) {
    if (cause instanceof IsokvError) throw cause;
    if (!/quota/i.test(`${nameOf(cause)}`)) throw new IsokvError('IO', 'Web Storage failed', { cause });
    const message = `Web Storage has no space for ${characters} characters. Remove entries, or use idbLog`;
    throw new IsokvError('QUOTA', message, { cause });
  }
}
