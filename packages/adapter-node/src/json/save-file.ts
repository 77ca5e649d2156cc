/**
 * Replaces a file, and its backup, atomically and durably, unless somebody else has changed it. The last look at what
 * is there and the rename are made in one go, without a turn of the event loop between them.
 */
import { dirname } from 'node:path';
import { externalChange, IsokvError, logConflict } from '@isokv/core';
import type { FileSystem } from '../file-system.ts';
import { followLinks, followLinksSync, orAbsent } from '../find-file.ts';
import { codeOf, wrapping, wrappingSync } from '../io-error.ts';
import { type FileLock, isHeld, lockName } from '../lock/file-lock.ts';
import { syncDirectoryOf } from '../replacement.ts';
import { newHash, type Seen, see, versionNow, versionOf } from './read-whole.ts';
import { Temporary } from './temporary.ts';

export const BACKUP_SUFFIX = '.bak';

/** Only its owner reads a store, unless they decide otherwise. */
const NEW_FILE_MODE = 0o600;
/** Written at a time: little enough that the event loop is never held up for long. */
const CHUNK_CHARACTERS = 32 * 1024;
const LOCK_PATIENCE_MS = 10_000;
const LOCK_RETRY_MS = 5;

export interface SaveOptions {
  /** Whether content of this version (undefined: none) may be replaced. */
  readonly isExpected: (version: string | undefined) => boolean;
  /** Told of the version that is about to take the place: from then on it may be there, whatever fails. */
  readonly onAttempt: (version: string) => void;
  /** Whether `<path>.bak` gets the same content. */
  readonly backup: boolean;
}

/** One replacement of the file at a path, which may be a link to it. */
export class Save {
  readonly #fs: FileSystem;
  readonly #given: string;
  readonly #options: SaveOptions;
  #temporaries: Temporary[] = [];
  #stopped = false;

  constructor(fs: FileSystem, path: string, options: SaveOptions) {
    this.#fs = fs;
    this.#given = path;
    this.#options = options;
  }

  /**
   * `onTaken` is told of the version of what was written when that is in its place; it is durable when this resolves.
   * @throws EXTERNAL_CHANGE; LOG_CONFLICT when it was stopped; INVALID_VALUE from `parts`; IO
   */
  async run(parts: Iterable<string>, onTaken: (version: string) => void): Promise<void> {
    const { isExpected, onAttempt, backup } = this.#options;
    const fs = this.#fs;
    const path = await followLinks(fs, this.#given);
    const mode = await modeOf(fs, path);
    const next = this.#temporaries;
    try {
      while (next.length < (backup ? 2 : 1)) next.push(await Temporary.create(fs, path, mode));
      const version = await fill(next, parts);
      const { lock, seen } = await lockExpected(fs, path, isExpected);
      try {
        if (this.#stopped) throw logConflict();
        const found = checkExpected(path, versionNow(fs, path, seen), isExpected);
        onAttempt(version);
        takePlace(path, found, next);
        onTaken(version);
        await syncDirectoryOf(fs, path);
      } finally {
        await lock.release();
      }
    } catch (error) {
      for (const temporary of next) await temporary.discard();
      throw error;
    } finally {
      for (const temporary of next) await temporary.close();
    }
  }

  /** Sees to it that it fails, if it has not taken the place yet. */
  stop(): void {
    this.#stopped = true;
    for (const temporary of this.#temporaries) temporary.discardSync();
  }
}

/** As a `Save`, done when it returns; without the lock, which must be waited for. @returns the version of what was written */
export function saveNow(
  fs: FileSystem,
  given: string,
  parts: Iterable<string>,
  { isExpected, onAttempt, backup }: SaveOptions,
): string {
  const path = followLinksSync(fs, given);
  const bytes = Buffer.from([...parts].join(''));
  const version = versionOf(newHash().update(bytes));
  const mode = modeNow(fs, path);
  const next: Temporary[] = [];
  try {
    while (next.length < (backup ? 2 : 1)) next.push(Temporary.createSync(fs, path, mode, bytes));
    const found = checkExpected(path, versionNow(fs, path), isExpected);
    onAttempt(version);
    takePlace(path, found, next);
    wrappingSync('sync the folder of', path, () => fs.syncDirectorySync(dirname(path)));
  } catch (error) {
    for (const temporary of next) temporary.discardSync();
    throw error;
  }
  return version;
}

/** First the backup: when that fails, the file is what it was. */
function takePlace(path: string, found: string | undefined, next: readonly Temporary[]): void {
  const [file, backup] = next as [Temporary, Temporary?];
  backup?.take(path + BACKUP_SUFFIX);
  if (found === undefined) file.takeFree(path);
  else file.take(path);
}

async function modeOf(fs: FileSystem, path: string): Promise<number> {
  try {
    return (await fs.stat(path)).mode;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return NEW_FILE_MODE;
    return wrapping('read', path, () => Promise.reject(error));
  }
}

function modeNow(fs: FileSystem, path: string): number {
  return wrappingSync('read', path, () => {
    const file = orAbsent(() => fs.openSync(path, 'r'));
    if (!file) return NEW_FILE_MODE;
    try {
      return file.statSync().mode;
    } finally {
      file.closeSync();
    }
  });
}

/** Writes the same to all, and makes it durable. @returns its version */
async function fill(temporaries: readonly Temporary[], parts: Iterable<string>): Promise<string> {
  const hash = newHash();
  const write = async (text: string): Promise<void> => {
    const bytes = Buffer.from(text);
    hash.update(bytes);
    await together(temporaries, (temporary) => temporary.write(bytes));
  };
  let text = '';
  for (const part of parts) {
    text += part;
    if (text.length < CHUNK_CHARACTERS) continue;
    await write(text);
    text = '';
  }
  await write(text);
  await together(temporaries, (temporary) => temporary.sync());
  return versionOf(hash);
}

/** Ends when all have ended: what has failed is to be removed, not written to. */
async function together(
  temporaries: readonly Temporary[],
  work: (temporary: Temporary) => Promise<void>,
): Promise<void> {
  for (const outcome of await Promise.allSettled(temporaries.map(work)))
    if (outcome.status === 'rejected') throw outcome.reason;
}

/**
 * Of all who would replace the same content one at a time goes ahead; the others find it changed. The content is
 * part of the name of the lock: who may not read the file cannot keep others from writing it.
 * @throws EXTERNAL_CHANGE
 */
async function lockExpected(
  fs: FileSystem,
  path: string,
  isExpected: SaveOptions['isExpected'],
): Promise<{ lock: FileLock; seen: Seen | undefined }> {
  const { identity } = await wrapping('lock', path, () => fs.stat(dirname(path)));
  const seen = await see(fs, path);
  let found = checkExpected(path, seen?.version, isExpected);
  for (let waitedMs = 0; waitedMs < LOCK_PATIENCE_MS; waitedMs += LOCK_RETRY_MS) {
    const name = lockName(identity, Buffer.from(`${path}\0${found ?? ''}`));
    const lock = await wrapping('lock', path, () => fs.lock(path, name));
    if (!isHeld(lock)) return { lock, seen };
    await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
    found = checkExpected(path, versionNow(fs, path, seen), isExpected);
  }
  throw new IsokvError(
    'LOCKED',
    `another process has been writing ${path} for ${LOCK_PATIENCE_MS / 1000} seconds: see whether it hangs`,
  );
}

/** @throws EXTERNAL_CHANGE */
function checkExpected(
  path: string,
  version: string | undefined,
  isExpected: SaveOptions['isExpected'],
): string | undefined {
  if (isExpected(version)) return version;
  const what = version === undefined ? 'removed' : isExpected(undefined) ? 'created' : 'changed';
  throw externalChange(path, what);
}
