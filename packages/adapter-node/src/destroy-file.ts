/** Removes the file of a log, if it is one, with what is beside it. */
import { randomBytes } from 'node:crypto';
import { IsokvError } from '@isokv/core';
import type { FileHandle, FileSystem } from './file-system.ts';
import { followLinks, openExisting, removeFile } from './find-file.ts';
import { wrapping } from './io-error.ts';
import { type FileLock, lockName } from './lock/file-lock.ts';
import { creationName, isStill, takeLock } from './open-lock.ts';
import { readHead } from './read-head.ts';
import { replacementPath, syncDirectoryOf } from './replacement.ts';
import { hasMagic, isUnfinished, notIsokv, OWNER_AT, ownerOf, secretOf, writeOwner } from './superblock.ts';
import { writeAll } from './write-all.ts';

/** @throws LOCKED when it is open for writing, NOT_ISOKV when the file is somebody else's, IO */
export async function destroyFile(fs: FileSystem, given: string): Promise<void> {
  const path = await followLinks(fs, given);
  const file = await openExisting(fs, path, 'r+');
  let lock: FileLock | undefined;
  try {
    lock = await takeLock(fs, path, file ? await nameOf(file, path) : creationName(path));
    if (file && !(await isStill(fs, path, (await file.stat()).identity)))
      throw new IsokvError('IO', `${path} has been replaced while it was being removed: see what it is now`);
    if (file) await fence(file, path);
    await removeFile(fs, path);
    await removeFile(fs, replacementPath(path));
    // A link to nothing would be in the way of the next store.
    if (path !== given && (await removeFile(fs, given))) await syncDirectoryOf(fs, given);
    await syncDirectoryOf(fs, path);
  } finally {
    await file?.close().catch(() => undefined);
    await lock?.release();
  }
}

/** The name of its lock. @throws NOT_ISOKV */
async function nameOf(file: FileHandle, path: string): Promise<string> {
  const { head, bytes, identity } = await readHead(file, path);
  if (isUnfinished(head, bytes)) return creationName(path);
  if (!hasMagic(head)) throw notIsokv(path);
  return lockName(identity, secretOf(head));
}

/** Who had it before, and was stopped, must not go on to write into a file that is no longer there. */
async function fence(file: FileHandle, path: string): Promise<void> {
  const { head, bytes } = await readHead(file, path);
  if (isUnfinished(head, bytes)) return;
  const owner = writeOwner(ownerOf(head), randomBytes(4));
  await wrapping('remove', path, () => writeAll(file, [owner], OWNER_AT));
}
