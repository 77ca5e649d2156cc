/**
 * What a file log asks of a file system: all of it, so that a test can stand a hostile one in its place.
 * Errors are those of the operating system, with its `code` (`ENOENT`, `ENOSPC`, …).
 */

import type { FileLock, LockHolder } from './lock/file-lock.ts';

export interface FileStatus {
  /** What the file itself is called, whatever its paths: device and inode. No two that exist share one. */
  readonly identity: string;
  readonly bytes: number;
  /** The permission bits. */
  readonly mode: number;
  readonly kind: 'file' | 'directory' | 'other';
  /** Epoch milliseconds: when it was last written. Undefined where nobody keeps it. */
  readonly modifiedMs?: number;
}

/** An open file. Positions count bytes from its start; a file grows by being written past its end. */
export interface FileHandle {
  /** @returns how many bytes were read: fewer than asked for at the end of the file, and whenever it likes */
  read(target: Uint8Array, position: number): Promise<number>;
  /** @returns how many bytes were written: it may be fewer than were given */
  writev(chunks: readonly Uint8Array[], position: number): Promise<number>;
  /** Makes the content durable, and of the metadata what is needed to read it again. */
  fdatasync(): Promise<void>;
  /** Makes the content and all metadata durable. */
  fsync(): Promise<void>;
  truncate(bytes: number): Promise<void>;
  chmod(mode: number): Promise<void>;
  stat(): Promise<FileStatus>;
  close(): Promise<void>;
  /** These return when it is done: for the end of a process, which waits for nothing, and for what costs less so. */
  readSync(target: Uint8Array, position: number): number;
  writevSync(chunks: readonly Uint8Array[], position: number): number;
  fdatasyncSync(): void;
  truncateSync(bytes: number): void;
  chmodSync(mode: number): void;
  statSync(): FileStatus;
  closeSync(): void;
}

export interface FileSystem {
  /** `r` reads, `r+` reads and writes what exists, `wx+` creates what must not exist, with `mode`. */
  open(path: string, flags: 'r' | 'r+' | 'wx+', mode?: number): Promise<FileHandle>;
  openSync(path: string, flags: 'r' | 'r+' | 'wx+', mode?: number): FileHandle;
  /** Of what symbolic links lead to. */
  stat(path: string): Promise<FileStatus>;
  /** The names in a folder. */
  list(path: string): Promise<string[]>;
  /** The path with its symbolic links followed. */
  realpath(path: string): Promise<string>;
  realpathSync(path: string): string;
  /** Gives the file a second name, `to`, which must be free (`EEXIST`). Not every file system can. */
  link(from: string, to: string): Promise<void>;
  linkSync(from: string, to: string): void;
  /** Takes the place of what is at `to`, at once. */
  rename(from: string, to: string): Promise<void>;
  renameSync(from: string, to: string): void;
  unlink(path: string): Promise<void>;
  unlinkSync(path: string): void;
  /** Makes creations, renames and removals in a directory durable. */
  syncDirectory(path: string): Promise<void>;
  syncDirectorySync(path: string): void;
  /**
   * Takes the lock called `name`, of the file at `path`, which is absolute. It is free again the moment its holder
   * gives it up or dies. @returns the lock, or who has it: maybe this very process
   */
  lock(path: string, name: string): Promise<FileLock | LockHolder>;
}
