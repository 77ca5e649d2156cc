/** The log of a store in one file. */
import { resolve } from 'node:path';
import { frameLog, IsokvError, type Log } from '@isokv/core';
import { type BackupsOptions, withBackups } from './backups.ts';
import { FileBytes } from './file-bytes.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { isReplacementPath } from './replacement.ts';

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

/**
 * Keeps a store in the file at `path`, which is created, readable by its owner only, if it is not there. While
 * it is compacted there is a second file beside it, `<path>.compacting`.
 *
 * @throws INVALID_OPTION when the path cannot be that of a store
 */
export function fileLog(path: string, options: FileLogOptions = {}): Log {
  if (typeof path !== 'string' || path === '' || path.includes('\0')) {
    throw new IsokvError(
      'INVALID_OPTION',
      'fileLog needs the path of a file: a string, not empty, without NUL',
    );
  }
  if (isReplacementPath(path)) {
    throw new IsokvError(
      'INVALID_OPTION',
      `${path} is what the store beside it would compact into: give another name`,
    );
  }
  const { backups, fs = nodeFileSystem, onWarning = emitWarning } = options;
  const log = frameLog(new FileBytes(resolve(path), fs, onWarning));
  return backups ? withBackups(log, path, backups, fs) : log;
}

function emitWarning(warning: IsokvError): void {
  process.emitWarning(warning.message, { type: 'IsokvWarning', code: warning.code });
}
