/** Replaces a file, and its backup, atomically and durably, unless somebody else has changed it. */
import { dirname } from 'node:path';
import { externalChange, IsokvError } from '@isokv/core';
import type { FileSystem } from '../file-system.ts';
import { codeOf, wrapping } from '../io-error.ts';
import { type FileLock, isHeld, lockName } from '../lock/file-lock.ts';
import { syncDirectoryOf } from '../replacement.ts';
import { newHash, readWhole, versionOf } from './read-whole.ts';
import { Temporary } from './temporary.ts';

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
  /** Gets the same content. */
  readonly backupPath: string | undefined;
}

/** @returns the version of what was written. @throws EXTERNAL_CHANGE; INVALID_VALUE from `parts`; IO */
export async function saveFile(
  fs: FileSystem,
  path: string,
  parts: Iterable<string>,
  { isExpected, onAttempt, backupPath }: SaveOptions,
): Promise<string> {
  const mode = await modeOf(fs, path);
  const next: Temporary[] = [];
  try {
    const files = backupPath === undefined ? 1 : 2;
    while (next.length < files) next.push(await Temporary.create(fs, path, mode));
    const version = await fill(next, parts);
    const { lock, found } = await lockExpected(fs, path, isExpected);
    try {
      onAttempt(version);
      const [file, backup] = next as [Temporary, Temporary?];
      // First the backup: when that fails, the file is what it was.
      if (backup && backupPath) await backup.take(backupPath);
      await (found === undefined ? file.takeFree(path) : file.take(path));
      await syncDirectoryOf(fs, path);
    } finally {
      await lock.release();
    }
    return version;
  } catch (error) {
    for (const temporary of next) await temporary.discard();
    throw error;
  } finally {
    for (const temporary of next) await temporary.close();
  }
}

async function modeOf(fs: FileSystem, path: string): Promise<number> {
  try {
    return (await fs.stat(path)).mode;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return NEW_FILE_MODE;
    return wrapping('read', path, () => Promise.reject(error));
  }
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
): Promise<{ lock: FileLock; found: string | undefined }> {
  const { identity } = await wrapping('lock', path, () => fs.stat(dirname(path)));
  for (let waitedMs = 0; waitedMs < LOCK_PATIENCE_MS; waitedMs += LOCK_RETRY_MS) {
    const found = await expectedVersion(fs, path, isExpected);
    const name = lockName(identity, Buffer.from(`${path}\0${found ?? ''}`));
    const lock = await wrapping('lock', path, () => fs.lock(path, name));
    if (isHeld(lock)) {
      await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS));
      continue;
    }
    try {
      if ((await expectedVersion(fs, path, isExpected)) === found) return { lock, found };
    } catch (error) {
      await lock.release();
      throw error;
    }
    await lock.release();
  }
  throw new IsokvError(
    'LOCKED',
    `another process has been writing ${path} for ${LOCK_PATIENCE_MS / 1000} seconds: see whether it hangs`,
  );
}

/** @throws EXTERNAL_CHANGE */
async function expectedVersion(
  fs: FileSystem,
  path: string,
  isExpected: SaveOptions['isExpected'],
): Promise<string | undefined> {
  const version = (await readWhole(fs, path, 'r'))?.version;
  if (isExpected(version)) return version;
  const what = version === undefined ? 'removed' : isExpected(undefined) ? 'created' : 'changed';
  throw externalChange(path, what);
}
