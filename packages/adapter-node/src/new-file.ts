/** Creates the file of a log. */
import { randomBytes } from 'node:crypto';
import { IsokvError } from '@isokv/core';
import type { FileHandle, FileSystem } from './file-system.ts';
import { openExisting } from './find-file.ts';
import { codeOf, wrapping } from './io-error.ts';
import { lockName } from './lock/file-lock.ts';
import type { OpenedFile } from './open-file.ts';
import { creationName, locked, takeLock } from './open-lock.ts';
import { readHead } from './read-head.ts';
import { replacementPath } from './replacement.ts';
import {
  FINISHED,
  isUnfinished,
  LOG_START,
  OWNER_BYTES,
  SECRET_BYTES,
  type Slots,
  writeUnfinished,
} from './superblock.ts';
import { writeAll } from './write-all.ts';

/** Only its owner reads a store, unless they decide otherwise. */
const NEW_FILE_MODE = 0o600;

/** Creates the file, or finishes its creation. @returns undefined when somebody else has done so */
export async function openNew(fs: FileSystem, path: string, mode: string): Promise<OpenedFile | undefined> {
  // What it is compacted into must have a name that the system allows, too.
  await wrapping('create', path, () => fs.stat(replacementPath(path)).catch(ignoring('ENOENT')));
  const lock = await takeLock(fs, path, creationName(path));
  let file: FileHandle | undefined;
  let created = false;
  let opened: OpenedFile | undefined;
  try {
    file = await openExisting(fs, path, 'r+');
    if (!file) {
      file = await createFile(fs, path, mode);
      created = true;
    }
    const { bytes, head, identity } = await readHead(file, path);
    if (!isUnfinished(head, bytes)) return undefined;
    const secret = randomBytes(SECRET_BYTES);
    const name = lockName(identity, secret);
    if (!(await lock.add(name))) throw locked(path, undefined);
    await finish(file, path, secret);
    await lock.drop(creationName(path));
    const slots: Slots = [LOG_START, LOG_START];
    const owner = new Uint8Array(OWNER_BYTES);
    opened = { file, identity, lock, slots, secret, owner, ours: true, bytes: LOG_START };
    return opened;
  } finally {
    if (!opened) {
      await file?.close().catch(() => undefined);
      if (created) await fs.unlink(path).catch(() => undefined);
      await lock.release();
    }
  }
}

async function createFile(fs: FileSystem, path: string, mode: string): Promise<FileHandle> {
  return wrapping('create', path, () =>
    fs.open(path, 'wx+', NEW_FILE_MODE).catch((error) => {
      if (codeOf(error) === 'EEXIST' && mode === 'mustNotExist') throw exists(path);
      throw error;
    }),
  );
}

/** Writes the superblock, and its first byte when the rest is durable. */
function finish(file: FileHandle, path: string, secret: Uint8Array): Promise<void> {
  return wrapping('create', path, async () => {
    await writeAll(file, [writeUnfinished(secret)], 0);
    await file.fdatasync();
    await writeAll(file, [FINISHED], 0);
    await file.fdatasync();
  });
}

function ignoring(code: string): (error: unknown) => undefined {
  return (error) => {
    if (codeOf(error) !== code) throw error;
    return undefined;
  };
}

export function exists(path: string): IsokvError {
  return new IsokvError(
    'EXISTS',
    `there is a file at ${path} already: give another path, or open what is there`,
  );
}
