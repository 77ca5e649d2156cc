/** Removes the file of a log, if it is one. */
import type { FileSystem } from './file-system.ts';
import { followLinks, openExisting, readHead, removeFile } from './open-file.ts';
import { replacementPath, syncDirectoryOf } from './replacement.ts';
import { hasMagic, isUnfinished, notIsokv } from './superblock.ts';

/** @throws NOT_ISOKV when the file is somebody else's, IO */
export async function destroyFile(fs: FileSystem, given: string): Promise<void> {
  const path = await followLinks(fs, given);
  await refuseForeign(fs, path);
  await removeFile(fs, path);
  await removeFile(fs, replacementPath(path));
  // A link to nothing would be in the way of the next store.
  if (path !== given && (await removeFile(fs, given))) await syncDirectoryOf(fs, given);
  await syncDirectoryOf(fs, path);
}

async function refuseForeign(fs: FileSystem, path: string): Promise<void> {
  const file = await openExisting(fs, path, 'r');
  if (!file) return;
  try {
    const { head, bytes } = await readHead(file, path);
    if (!hasMagic(head) && !isUnfinished(head, bytes)) throw notIsokv(path);
  } finally {
    await file.close().catch(() => undefined);
  }
}
