/** The next file of a log, written beside the one it will replace: `<path>.compacting`. */
import { dirname } from 'node:path';
import { IsokvError } from '@isokv/core';
import type { FileHandle, FileStatus, FileSystem } from './file-system.ts';
import { removeFile } from './find-file.ts';
import { codeOf, wrapping } from './io-error.ts';
import type { State } from './state.ts';
import { LOG_START, writeSuperblock } from './superblock.ts';
import { writeAll } from './write-all.ts';

const SUFFIX = '.compacting';

/** Where the next content of the file at `path` is written: derived from the whole path, so that two stores never share it. */
export function replacementPath(path: string): string {
  return path + SUFFIX;
}

/** Whether a store at this path would be in the way of another one's replacement. */
export function isReplacementPath(path: string): boolean {
  return path.endsWith(SUFFIX);
}

export class Replacement {
  readonly file: FileHandle;
  /** Where its content ends so far. */
  end: number = LOG_START;
  readonly #fs: FileSystem;
  readonly path: string;
  /** What it is called when it is in place. */
  readonly identity: string;
  readonly #target: string;

  private constructor(fs: FileSystem, target: string, file: FileHandle, identity: string) {
    this.#fs = fs;
    this.#target = target;
    this.path = replacementPath(target);
    this.file = file;
    this.identity = identity;
  }

  /** Begins the replacement of the file at `target`, whose permission bits it gets. */
  static async begin(fs: FileSystem, target: string, mode: number): Promise<Replacement> {
    const path = replacementPath(target);
    await removeFile(fs, path);
    const file = await wrapping('create', path, () => fs.open(path, 'wx+', mode));
    try {
      const status = await file.stat();
      // The process's umask may have taken bits away.
      if (status.mode !== mode) await file.chmod(mode);
      return new Replacement(fs, target, file, status.identity);
    } catch (error) {
      await file.close().catch(() => undefined);
      await fs.unlink(path).catch(() => undefined);
      return wrapping('create', path, () => Promise.reject(error));
    }
  }

  async write(chunk: Uint8Array): Promise<void> {
    await wrapping('write', this.path, () => writeAll(this.file, [chunk], this.end));
    this.end += chunk.length;
  }

  /** Makes the whole of it durable. */
  async finish(secret: Uint8Array, owner: Uint8Array): Promise<void> {
    await wrapping('write', this.path, async () => {
      await writeAll(this.file, [writeSuperblock(this.end, secret, owner)], 0);
      await this.file.fsync();
    });
  }

  /** Puts it in the place of the old file. That is durable after `syncDirectory` only. */
  async take(): Promise<void> {
    await wrapping('replace', this.#target, () => this.#fs.rename(this.path, this.#target));
  }

  /** Removes it, as far as that can be done. @returns whether it was there to be removed, or may still be */
  async discard(): Promise<boolean> {
    await this.file.close().catch(() => undefined);
    return this.#fs.unlink(this.path).then(
      () => true,
      // What could not be removed is when the log is next opened.
      (error) => codeOf(error) !== 'ENOENT',
    );
  }

  /** As `discard`, where another process has the target: its own replacement may have this one's name by now. */
  async discardIfOurs(): Promise<void> {
    const found = await statOf(this.#fs, this.path).catch(() => undefined);
    if (found?.identity === this.identity) await this.discard();
    else await this.file.close().catch(() => undefined);
  }
}

/**
 * Sees that the path still names one of our files, or nothing: another process may have found it removed and made its
 * own. @returns what is there. @throws LOCKED
 */
export async function checkPlace({
  fs,
  path,
  identity,
  maybePlaced,
}: State): Promise<FileStatus | undefined> {
  const found = await wrapping('find', path, () => statOf(fs, path));
  if (found === undefined || found.identity === identity || found.identity === maybePlaced) return found;
  throw new IsokvError(
    'LOCKED',
    `another file has taken the place of ${path}, and is left as it is: keep what this store holds with a backup to another path`,
  );
}

export function syncDirectoryOf(fs: FileSystem, path: string): Promise<void> {
  return wrapping('sync the folder of', path, () => fs.syncDirectory(dirname(path)));
}

/** @returns undefined where there is nothing */
function statOf(fs: FileSystem, path: string): Promise<FileStatus | undefined> {
  return fs.stat(path).catch((error) => {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  });
}
