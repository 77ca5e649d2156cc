/** A JSON file as a document of entries: reading it, and what is to be done when it cannot be read. */
import {
  type DataEntry,
  entriesForm,
  IsokvError,
  type LogOpenOptions,
  type StateContent,
  type StateDocument,
  type TextForm,
} from '@isokv/core';
import { onExit } from '../exit-hook.ts';
import type { FileSystem } from '../file-system.ts';
import { followLinks, openExisting, removeFile } from '../find-file.ts';
import { keepAside } from '../keep-aside.ts';
import { syncDirectoryOf } from '../replacement.ts';
import { type FileContent, readWhole } from './read-whole.ts';
import { BACKUP_SUFFIX, Save, type SaveOptions, saveNow } from './save-file.ts';
import { checkWritable, removeLeftovers } from './temporary.ts';
import { textOf } from './text-of.ts';

export interface JsonDocumentOptions {
  readonly fs: FileSystem;
  readonly form: TextForm;
  readonly backup: boolean;
  readonly warn: (warning: IsokvError) => void;
}

export class JsonDocument implements StateDocument {
  readonly name: string;
  readonly #options: JsonDocumentOptions;
  /** Versions whose writing has failed, but may have happened: they are our own, not somebody else's. */
  readonly #attempted: Set<string | undefined> = new Set();
  #saving: Save | undefined;

  /** `path` is absolute. */
  constructor(path: string, options: JsonDocumentOptions) {
    this.name = path;
    this.#options = options;
  }

  async open({
    readOnly,
    mode,
  }: Pick<LogOpenOptions, 'readOnly' | 'mode'>): Promise<StateContent | undefined> {
    const { fs } = this.#options;
    const path = await followLinks(fs, this.name);
    if (!readOnly) await removeLeftovers(fs, path);
    // For writing, though it is never written in place: who may not write it is not to replace it either.
    const file = await readWhole(fs, path, readOnly ? 'r' : 'r+');
    const isWanted = mode !== (file ? 'mustNotExist' : 'mustExist');
    if (!readOnly && isWanted) await checkWritable(fs, path, file !== undefined);
    if (!file) return undefined;
    try {
      return this.#parse(file, path);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return this.#mend(path, file, error, readOnly);
    }
  }

  async read(): Promise<StateContent | undefined> {
    const path = await followLinks(this.#options.fs, this.name);
    const file = await readWhole(this.#options.fs, path, 'r');
    return file && this.#parse(file, path);
  }

  async write(
    entries: Iterable<DataEntry>,
    { ifVersion, onTaken }: { ifVersion: string | undefined; onTaken: (version: string) => void },
  ): Promise<void> {
    const { fs, form } = this.#options;
    const saving = new Save(fs, this.name, this.#optionsOf(ifVersion));
    this.#saving = saving;
    try {
      await saving.run(form.format(entries), onTaken);
      this.#attempted.clear();
    } finally {
      if (this.#saving === saving) this.#saving = undefined;
    }
  }

  writeSync(entries: Iterable<DataEntry>, { ifVersion }: { ifVersion: string | undefined }): string {
    const { fs, form } = this.#options;
    this.#saving?.stop();
    return saveNow(fs, this.name, form.format(entries), this.#optionsOf(ifVersion));
  }

  onExit(listener: () => void): () => void {
    return onExit(listener);
  }

  /** Removes the file, if it is one of ours, and its backup. */
  async remove(): Promise<void> {
    const { fs, backup } = this.#options;
    const path = await followLinks(fs, this.name);
    const file = await readWhole(fs, path, 'r');
    if (file) this.#parse(file, path);
    await removeLeftovers(fs, path);
    await removeFile(fs, path);
    if (backup) await removeFile(fs, path + BACKUP_SUFFIX);
    // A link to nothing would be in the way of the next store.
    if (path !== this.name && (await removeFile(fs, this.name))) await syncDirectoryOf(fs, this.name);
    await syncDirectoryOf(fs, path);
  }

  #optionsOf(ifVersion: string | undefined): SaveOptions {
    return {
      isExpected: (found) => found === ifVersion || this.#attempted.has(found),
      onAttempt: (attempted) => this.#attempted.add(attempted),
      backup: this.#options.backup,
    };
  }

  /** @throws INVALID_DATA with line and column, or the key */
  #parse({ bytes, version }: FileContent, path: string): StateContent {
    const { form } = this.#options;
    try {
      return { entries: form.parse(textOf(bytes)), version };
    } catch (error) {
      if (!(error instanceof IsokvError)) throw error;
      const hint =
        form === entriesForm && isPlain(bytes) ? "; is it keys and values? Then give format: 'plain'" : '';
      throw new IsokvError(error.code, `${path}: ${error.message}${hint}`, { cause: error });
    }
  }

  /** Brings back what was last saved. What is in the way is kept aside. */
  async #mend(path: string, file: FileContent, error: IsokvError, readOnly: boolean): Promise<StateContent> {
    const saved = await this.#savedBefore(path, error);
    const damage = [{ offset: 0, bytes: file.bytes.length, message: error.message }];
    if (readOnly) {
      this.#warn(
        `${error.message}; what is read is ${path}${BACKUP_SUFFIX}, the last state that was saved`,
        error,
      );
      return { entries: saved.entries, version: file.version, salvage: { keptAs: undefined, damage } };
    }
    const keptAs = await this.#keepAside(path);
    let { version } = file;
    await this.write(saved.entries, {
      ifVersion: version,
      onTaken: (taken) => {
        version = taken;
      },
    });
    this.#warn(
      `${error.message}; what was last saved has been put in its place, and the file as it was is ${keptAs}`,
      error,
    );
    return { entries: saved.entries, version, salvage: { keptAs, damage } };
  }

  async #savedBefore(path: string, error: IsokvError): Promise<StateContent> {
    const { fs, backup } = this.#options;
    const backupPath = path + BACKUP_SUFFIX;
    const fail = (why: string): never => {
      throw new IsokvError(error.code, `${error.message} (${why}): mend the file, or move it away`, {
        cause: error,
      });
    };
    if (!backup) return fail('it has no backup');
    const file = await readWhole(fs, backupPath, 'r');
    if (!file) return fail(`there is no ${backupPath}`);
    try {
      return this.#parse(file, backupPath);
    } catch (cause) {
      return fail(`nor can its backup be read: ${(cause as Error).message}`);
    }
  }

  async #keepAside(path: string): Promise<string> {
    const { fs } = this.#options;
    const file = await openExisting(fs, path, 'r');
    if (!file) throw new IsokvError('EXTERNAL_CHANGE', `${path} has been removed just now: open it again`);
    try {
      return await keepAside(fs, path, file);
    } finally {
      await file.close();
    }
  }

  #warn(message: string, cause: IsokvError): void {
    this.#options.warn(new IsokvError('CORRUPT', message, { cause }));
  }
}

/** Whether it is a JSON file of somebody else's, as conf and lowdb keep: an entry of ours is an object. */
function isPlain(bytes: Uint8Array): boolean {
  try {
    const data: unknown = JSON.parse(textOf(bytes));
    const isMap = typeof data === 'object' && data !== null && !Array.isArray(data) && !('isokv' in data);
    return isMap && Object.values(data).some((member) => typeof member !== 'object' || Array.isArray(member));
  } catch {
    return false;
  }
}

function isDamage(error: unknown): error is IsokvError {
  return error instanceof IsokvError && error.code === 'INVALID_DATA';
}
