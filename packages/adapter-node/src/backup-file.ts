/** Backups of a store in files beside one another. */
import { frameLog, IsokvError, type Store } from '@isokv/core';
import { FileBytes } from './file-bytes.ts';
import { filePath } from './file-path.ts';
import type { FileSystem } from './file-system.ts';
import { codeOf, wrapping } from './io-error.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { syncDirectoryOf } from './replacement.ts';

export interface BackupFileOptions {
  /** How many backups there are to be: the last at `file`, those before it at `<file>.1`, `<file>.2`, …. Default: 1. */
  readonly keep?: number;
  /** Another file system than the machine's: for tests. */
  readonly fs?: FileSystem;
}

/**
 * Writes the store as it is now to `file`, a path or a file: URL, which `fileLog` opens, while reads and writes go on. It is
 * written as `<file>.part` and gets its name when it is durable: whatever fails, the store and older backups are as
 * they were.
 * @throws INVALID_OPTION; NOT_ISOKV when `<file>.part` is somebody else's; LOCKED while another backup to it goes on;
 * UNSUPPORTED, IO
 */
export async function backupFile(
  store: Pick<Store, 'backup'>,
  file: string | URL,
  { keep = 1, fs = nodeFileSystem }: BackupFileOptions = {},
): Promise<void> {
  if (!Number.isSafeInteger(keep) || keep < 1)
    throw new IsokvError('INVALID_OPTION', 'keep is how many backups there are to be: 1 or more');
  const target = filePath('backupFile', file);
  const part = `${target}.part`;
  const log = frameLog(new FileBytes(part, fs, () => undefined)); // A new file has nothing to warn of.
  await log.destroy(); // Left by a process that was stopped.
  try {
    await store.backup(log);
  } catch (error) {
    await log.destroy().catch(() => undefined); // The next backup will.
    throw error;
  }
  await makeRoom(fs, target, keep);
  await wrapping('name', target, () => fs.rename(part, target));
  await syncDirectoryOf(fs, target);
}

/** Moves each backup one further, up to the first number that is free; if none is, the oldest makes way. */
async function makeRoom(fs: FileSystem, path: string, keep: number): Promise<void> {
  const nameOf = (number: number): string => (number === 0 ? path : `${path}.${number}`);
  let free = 0;
  while (free < keep - 1 && (await exists(fs, nameOf(free)))) free++;
  for (let number = free; number > 0; number--)
    await wrapping('move', nameOf(number - 1), () => fs.rename(nameOf(number - 1), nameOf(number)));
}

function exists(fs: FileSystem, path: string): Promise<boolean> {
  return wrapping('find', path, () =>
    fs.stat(path).then(
      () => true,
      (error) => {
        if (codeOf(error) === 'ENOENT') return false;
        throw error;
      },
    ),
  );
}
