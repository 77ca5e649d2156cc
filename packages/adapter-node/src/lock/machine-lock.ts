/** The lock that this machine can give. */
import type { FileLock, LockHolder } from './file-lock.ts';
import { linkLock } from './link-lock.ts';
import { hasNames, namedLock } from './named-lock.ts';

/** Not that names cannot be had, but that just now there is no room for one. */
const NO_ROOM = new Set(['EMFILE', 'ENFILE', 'ENOMEM', 'ENOBUFS']);

export async function machineLock(path: string, name: string): Promise<FileLock | LockHolder> {
  if (!hasNames) return linkLock(path, name);
  try {
    return await namedLock(name);
  } catch (error) {
    if (NO_ROOM.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return linkLock(path, name); // A sandbox that has no sockets.
  }
}
