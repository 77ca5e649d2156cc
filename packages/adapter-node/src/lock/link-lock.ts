/**
 * A lock that is a file, `<path>.lock`, where the system has no names to give (macOS), or lets this process have
 * none. It is a symbolic link that leads nowhere: what it says, who holds it, is its target, so that it is there
 * whole or not at all. A holder that has ended leaves it behind, and the next one takes it over:
 *
 *  - only who holds the lock `<path>.lock.<id>` may take over `<path>.lock` while that says `<id>`. Whoever dies
 *    in doing so leaves a lock behind that is taken over in the same way;
 *  - the holder is dead and gives nothing up, so what is read under that lock is true until it is replaced;
 *  - it is replaced by a rename: there is no moment without a lock.
 */
import { randomBytes } from 'node:crypto';
import { readlink, rename, symlink, unlink } from 'node:fs/promises';
import { IsokvError } from '@isokv/core';
import type { FileLock, LockHolder } from './file-lock.ts';
import { isGone, ownMark, type ProcessMark } from './process-mark.ts';

/** Two paths of one file (hard links) have two lock files: within this process the names tell. */
const held = new Set<string>();

/** Where the lock of the file at `path` is. */
function linkLockPath(path: string): string {
  return `${path}.lock`;
}

/** @throws LOCKED when what is there is no lock of ours */
export async function linkLock(path: string, name: string): Promise<FileLock | LockHolder> {
  if (held.has(name)) return { heldBy: process.pid };
  held.add(name);
  const names = new Set([name]);
  const forget = (dropped: string): void => {
    names.delete(dropped);
    held.delete(dropped);
  };
  let taken: Taken | LockHolder | undefined;
  try {
    taken = await take(linkLockPath(path));
    if ('heldBy' in taken) return taken;
  } finally {
    if (!taken || 'heldBy' in taken) forget(name);
  }
  const { giveUp } = taken;
  return {
    async add(added) {
      names.add(added);
      held.add(added);
      return true;
    },
    drop: async (dropped) => forget(dropped),
    async release() {
      await giveUp();
      for (const each of [...names]) forget(each);
    },
  };
}

interface Taken {
  readonly giveUp: () => Promise<void>;
}

async function take(path: string): Promise<Taken | LockHolder> {
  const id = randomBytes(8).toString('hex');
  const { host, boot, pid, started } = ownMark();
  const own = `isokv:pid=${pid}:started=${started}:boot=${boot}:host=${host}:id=${id}`;
  const giveUp = async (): Promise<void> => {
    // Not one that somebody has put in its place.
    if ((await targetOf(path)) === own) await unlink(path);
  };
  while (true) {
    if (await create(path, own)) return { giveUp };
    const found = await targetOf(path);
    if (found === undefined) continue; // Given up just now.
    const holder = parse(found, path);
    if (!(await isGone(holder))) return { heldBy: holder.pid };
    const takingOver = await take(`${path}.${holder.id}`);
    if ('heldBy' in takingOver) return takingOver; // It will be that one's.
    try {
      if ((await targetOf(path)) !== found) continue; // Somebody else has.
      const next = `${path}.${id}.next`;
      await create(next, own);
      await rename(next, path);
      return { giveUp };
    } finally {
      await takingOver.giveUp();
    }
  }
}

/** @returns whether it was not there */
async function create(path: string, target: string): Promise<boolean> {
  try {
    await symlink(target, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

async function targetOf(path: string): Promise<string | undefined> {
  try {
    return await readlink(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return undefined;
    if (code === 'EINVAL') throw foreign(path);
    throw error;
  }
}

function parse(target: string, path: string): ProcessMark & { readonly id: string } {
  const fields = /^isokv:pid=(\d+):started=(\d+):boot=([^:]*):host=([^:]*):id=([0-9a-f]+)$/.exec(target);
  if (!fields) throw foreign(path);
  const [, pid, started, boot = '', host = '', id = ''] = fields;
  return { pid: Number(pid), started: Number(started), boot, host, id };
}

function foreign(path: string): IsokvError {
  return new IsokvError(
    'LOCKED',
    `${path} is in the way of a lock, and is none of isokv: see what it is, and remove it`,
  );
}
