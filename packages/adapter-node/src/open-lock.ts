/** Takes the lock of a file that is to be written. */
import { IsokvError } from '@isokv/core';
import type { FileSystem } from './file-system.ts';
import { codeOf, wrapping } from './io-error.ts';
import { type FileLock, isHeld, lockName } from './lock/file-lock.ts';

/** @throws LOCKED with the process that has it */
export async function takeLock(fs: FileSystem, path: string, name: string): Promise<FileLock> {
  const lock = await wrapping('lock', path, () => fs.lock(path, name));
  if (isHeld(lock)) throw locked(path, lock.heldBy);
  return lock;
}

/** The lock under which a file is created: it has no secret yet. */
export function creationName(path: string): string {
  return lockName(`path ${path}`, new Uint8Array(0));
}

/** Whether this is still what the path leads to: it may have been replaced, or removed, before the lock was had. */
export async function isStill(fs: FileSystem, path: string, identity: string): Promise<boolean> {
  return wrapping('open', path, () =>
    fs.stat(path).then(
      (status) => status.identity === identity,
      (error) => {
        if (codeOf(error) === 'ENOENT') return false;
        throw error;
      },
    ),
  );
}

export function locked(path: string, pid: number | undefined): IsokvError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  const message =
    pid === process.pid
      ? `${path} is open for writing in this process (${pid}): use that store, or close it first`
      : `${path} is open for writing in ${who}: close it there, or open it with readOnly`;
  return new IsokvError('LOCKED', message, pid === undefined ? {} : { pid });
}
