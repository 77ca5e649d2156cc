/** Small helpers for the tests of JSON files. */
import { readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { Store, type StoreOptions } from '@isokv/core';
import { type JsonFileOptions, jsonFile } from '../json/json-file.ts';
import { temporaryFolder } from './logs.ts';

/** A folder of its own, and the file `a.json` in it. */
export class JsonFolder {
  readonly #folder = temporaryFolder();
  path: string = this.#folder.path('a.json');

  /** A path in the folder. */
  at(name: string): string {
    return this.#folder.path(name);
  }

  open(options?: JsonFileOptions, storeOptions?: StoreOptions): Promise<Store> {
    return Store.open(jsonFile(this.path, options), storeOptions);
  }

  /** Opens the file, does something, closes it. */
  async within(work: (store: Store) => unknown, options?: JsonFileOptions): Promise<void> {
    const store = await this.open(options);
    try {
      await work(store);
    } finally {
      await store.close();
    }
  }

  text(path: string = this.path): string {
    return readFileSync(path, 'utf8');
  }

  names(): string[] {
    return readdirSync(this.at('.')).sort();
  }

  empty(): void {
    for (const name of this.names()) unlinkSync(this.at(name));
  }

  remove(): void {
    this.#folder.remove();
  }
}
