/** A whole store as one item of localStorage or sessionStorage. */
import { type Document, documentLog, IsokvError, type Log, logConflict } from '@isokv/core';
import { nameOf } from './errors.ts';
import { fromText, toText } from './packed-text.ts';

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
 * what it wrote; use `idbLog` where that matters.
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
    const text = this.#storage.getItem(this.#key);
    if (text === null) return undefined;
    const bytes = fromText(text.slice(0, text.lastIndexOf(' ')));
    if (!bytes) throw new IsokvError('NOT_ISOKV', `the item ${this.#key} is not a store: choose another key`);
    return { bytes, version: versionOf(text) };
  }

  /** Done when this returns: the page may be about to go. */
  async write(
    bytes: Uint8Array,
    { ifVersion }: { ifVersion?: string | null | undefined },
  ): Promise<{ version: string }> {
    const before = this.#storage.getItem(this.#key);
    if (ifVersion !== undefined && (before === null ? null : versionOf(before)) !== ifVersion)
      throw logConflict();
    const version = Math.random().toString(36).slice(2);
    const text = `${toText(bytes)} ${version}`;
    try {
      this.#storage.setItem(this.#key, text);
    } catch (cause) {
      if (!/quota/i.test(`${nameOf(cause)}`)) throw new IsokvError('IO', 'Web Storage failed', { cause });
      const message = `Web Storage has no space for ${text.length} characters. Remove entries, or use idbLog`;
      throw new IsokvError('QUOTA', message, { cause });
    }
    return { version };
  }

  async remove(): Promise<void> {
    this.#storage.removeItem(this.#key);
  }

  watch(onWrite: () => void): () => void {
    const listener = ({ storageArea, key }: StorageEvent): void => {
      // A null key: everything was removed.
      if (storageArea === this.#storage && (key === this.#key || key === null)) onWrite();
    };
    globalThis.addEventListener?.('storage', listener);
    return () => globalThis.removeEventListener?.('storage', listener);
  }
}

function versionOf(text: string): string {
  return text.slice(text.lastIndexOf(' ') + 1);
}
