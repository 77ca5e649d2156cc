/** The log of a store in one file. */
import { IsokvError, type Log, syncFrameLog } from '@isokv/core';
import { type BackupsOptions, withBackups } from './backups.ts';
import { FileBytes } from './file-bytes.ts';
import { filePath } from './file-path.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { isReplacementPath } from './replacement.ts';
import { emitWarning } from './warning.ts';

export interface FileLogOptions {
  /**
   * Backups made by itself while the store is written: the first write makes one if the last is older than `everyMs`,
   * and from then on there is one so often, if something has changed. One that fails is an `error` event, and the store
   * goes on. Default: none.
   */
  readonly backups?: BackupsOptions;
  /** Another file system than the machine's: for tests. */
  readonly fs?: FileSystem;
  /**
   * Told, while the log opens, of damage that has lost nothing: an error with code `CORRUPT` and its offset in
   * the file. Without it the process emits a warning.
   */
  readonly onWarning?: (warning: IsokvError) => void;
}

const NAMES = ['backups', 'fs', 'onWarning'];

/**
 * Keeps a store in the file at `file`, a path or a file: URL, which is created, readable by its owner only, if it is not there. While
 * it is compacted there is a second file beside it, `<file>.compacting`.
 *
 * @throws INVALID_OPTION when the path cannot be that of a store, and for an option that there is not
 */
export function fileLog(file: string | URL, options: FileLogOptions = {}): Log {
  const path = filePath('fileLog', file);
  if (isReplacementPath(path))
    refuse(`${path} is what the store beside it would compact into: give another name`);
  for (const name of Object.keys(options)) {
    // Most are options of the store, and would be missed in silence.
    if (!NAMES.includes(name)) refuse(`fileLog has no option ${name}: options of the store go to Store.open`);
  }
  const { backups, fs = nodeFileSystem, onWarning = emitWarning } = options;
  const log = syncFrameLog(new FileBytes(path, fs, onWarning));
  const read = log.read.bind(log);
  log.read = (after) => naming(path, read(after));
  return backups ? withBackups(log, path, backups, fs) : log;
}

/** Damage is found by what knows its offset in the file, but not the name of that. */
async function* naming<T>(path: string, items: AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* items;
  } catch (cause) {
    if (!(cause instanceof IsokvError) || cause.code !== 'CORRUPT' || cause.message.includes(path))
      throw cause;
    // What has a cause could not be salvaged.
    const advice = cause.cause ? '' : "; restore a backup, or keep what is whole with recovery: 'salvage'";
    throw new IsokvError('CORRUPT', `${path}: ${cause.message}${advice}`, { offset: cause.offset, cause });
  }
}

function refuse(why: string): never {
  throw new IsokvError('INVALID_OPTION', why);
}
