/**
 * What a file log asks of a file system: all of it, so that a test can stand a hostile one in its place.
 * Errors are those of the operating system, with its `code` (`ENOENT`, `ENOSPC`, …).
 */

export interface FileStatus {
  readonly bytes: number;
  /** The permission bits. */
  readonly mode: number;
  readonly kind: 'file' | 'directory' | 'other';
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
}

export interface FileSystem {
  /** `r` reads, `r+` reads and writes what exists, `wx+` creates what must not exist, with `mode`. */
  open(path: string, flags: 'r' | 'r+' | 'wx+', mode?: number): Promise<FileHandle>;
  /** The path with its symbolic links followed. */
  realpath(path: string): Promise<string>;
  /** Gives the file a second name, `to`, which must be free (`EEXIST`). Not every file system can. */
  link(from: string, to: string): Promise<void>;
  /** Takes the place of what is at `to`, at once. */
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Makes creations, renames and removals in a directory durable. */
  syncDirectory(path: string): Promise<void>;
}
