/** The file system of the machine, over the callback API of `node:fs`: it costs less a call than `fs/promises`. */
import fs from 'node:fs';
import { setImmediate } from 'node:timers';
import type { FileHandle, FileStatus, FileSystem } from './file-system.ts';
import { machineLock } from './lock/machine-lock.ts';

/** The file system that `fileLog` uses when it is given no other. */
export const nodeFileSystem: FileSystem = Object.freeze({
  open: (path: string, flags: 'r' | 'r+' | 'wx+', mode?: number) =>
    new Promise<FileHandle>((resolve, reject) => {
      fs.open(path, FLAGS[flags], mode, (error, descriptor) => {
        if (error) reject(error);
        else resolve(new NodeFileHandle(descriptor));
      });
    }),
  openSync: (path: string, flags: 'r' | 'r+' | 'wx+', mode?: number) =>
    new NodeFileHandle(fs.openSync(path, FLAGS[flags], mode)),
  stat: (path: string) =>
    new Promise<FileStatus>((resolve, reject) => {
      fs.stat(path, { bigint: true }, (error, stats) => (error ? reject(error) : resolve(statusOf(stats))));
    }),
  list: (path: string) =>
    new Promise<string[]>((resolve, reject) => fs.readdir(path, settler(resolve, reject))),
  realpath: (path: string) =>
    new Promise<string>((resolve, reject) => fs.realpath.native(path, settler(resolve, reject))),
  realpathSync: fs.realpathSync.native,
  link: (from: string, to: string) =>
    new Promise<void>((resolve, reject) => fs.link(from, to, settler(resolve, reject))),
  linkSync: fs.linkSync,
  rename: (from: string, to: string) =>
    new Promise<void>((resolve, reject) => fs.rename(from, to, settler(resolve, reject))),
  renameSync: fs.renameSync,
  unlink: (path: string) => new Promise<void>((resolve, reject) => fs.unlink(path, settler(resolve, reject))),
  unlinkSync: fs.unlinkSync,
  syncDirectory,
  syncDirectorySync,
  lock: machineLock,
});

const { O_RDONLY, O_RDWR, O_CREAT, O_EXCL, O_NONBLOCK = 0 } = fs.constants;

/** Of a regular file nothing ever blocks; a pipe must not hold up who mistook it for one. */
const FLAGS = {
  r: O_RDONLY | O_NONBLOCK,
  'r+': O_RDWR | O_NONBLOCK,
  'wx+': O_RDWR | O_CREAT | O_EXCL,
} as const;

/**
 * So few bytes are written at once: the system copies them in microseconds, and to have another thread ask it takes forty.
 * Of more the copying itself counts, and is better done beside what the event loop has to do.
 */
const SMALL_BYTES = 32 * 1024;
/**
 * But a disk that does not keep up makes who writes wait. After a wait as long as this it is another thread that does, for
 * so many times as long: the event loop loses no more than a hundredth of its time.
 */
const LATE_MS = 5;
const LATE_FACTOR = 100;

class NodeFileHandle implements FileHandle {
  readonly #descriptor: number;
  /** Until when writes are left to another thread. Milliseconds of `performance.now()`. */
  #lateUntil = 0;

  constructor(descriptor: number) {
    this.#descriptor = descriptor;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      fs.read(this.#descriptor, target, 0, target.length, position, settler(resolve, reject));
    });
  }

  writev(chunks: readonly Uint8Array[], position: number): Promise<number> {
    return new Promise((resolve, reject) => {
      const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      if (bytes > SMALL_BYTES || performance.now() < this.#lateUntil)
        fs.writev(this.#descriptor, chunks, position, settler(resolve, reject));
      // Not before the next turn: else a loop that awaits one write after the other would leave no time for anything else.
      else setImmediate(resolve, this.#writeAtOnce(chunks, position));
    });
  }

  #writeAtOnce(chunks: readonly Uint8Array[], position: number): number {
    const begun = performance.now();
    const written = this.writevSync(chunks, position);
    const took = performance.now() - begun;
    if (took > LATE_MS) this.#lateUntil = begun + took * LATE_FACTOR;
    return written;
  }

  fdatasync(): Promise<void> {
    return new Promise((resolve, reject) => fs.fdatasync(this.#descriptor, settler(resolve, reject)));
  }

  fsync(): Promise<void> {
    return new Promise((resolve, reject) => fs.fsync(this.#descriptor, settler(resolve, reject)));
  }

  truncate(bytes: number): Promise<void> {
    return new Promise((resolve, reject) => fs.ftruncate(this.#descriptor, bytes, settler(resolve, reject)));
  }

  chmod(mode: number): Promise<void> {
    return new Promise((resolve, reject) => fs.fchmod(this.#descriptor, mode, settler(resolve, reject)));
  }

  stat(): Promise<FileStatus> {
    return new Promise((resolve, reject) => {
      fs.fstat(this.#descriptor, { bigint: true }, (error, stats) =>
        error ? reject(error) : resolve(statusOf(stats)),
      );
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => fs.close(this.#descriptor, settler(resolve, reject)));
  }

  readSync(target: Uint8Array, position: number): number {
    return fs.readSync(this.#descriptor, target, 0, target.length, position);
  }

  writevSync(chunks: readonly Uint8Array[], position: number): number {
    return fs.writevSync(this.#descriptor, chunks, position);
  }

  fdatasyncSync(): void {
    fs.fdatasyncSync(this.#descriptor);
  }

  truncateSync(bytes: number): void {
    fs.ftruncateSync(this.#descriptor, bytes);
  }

  chmodSync(mode: number): void {
    fs.fchmodSync(this.#descriptor, mode);
  }

  statSync(): FileStatus {
    return statusOf(fs.fstatSync(this.#descriptor, { bigint: true }));
  }

  closeSync(): void {
    fs.closeSync(this.#descriptor);
  }
}

/** Of figures without a limit: an inode may have more than 53 bits. */
function statusOf(stats: fs.BigIntStats): FileStatus {
  return {
    identity: `${stats.dev}:${stats.ino}`,
    bytes: Number(stats.size),
    mode: Number(stats.mode) & 0o7777,
    kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other',
    modifiedMs: Number(stats.mtimeNs) / 1e6,
  };
}

/** Codes by which a system says that it does not sync directories, rather than that a sync has failed. */
const CANNOT_SYNC = new Set(['EINVAL', 'EBADF', 'ENOTSUP']);

/** Windows has no such call, and some network file systems refuse it: there a rename is as durable as it gets. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const directory = await nodeFileSystem.open(path, 'r');
  try {
    await directory.fsync();
  } catch (error) {
    if (!CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await directory.close();
  }
}

function syncDirectorySync(path: string): void {
  if (process.platform === 'win32') return;
  const descriptor = fs.openSync(path, 'r');
  try {
    fs.fsyncSync(descriptor);
  } catch (error) {
    if (!CANNOT_SYNC.has((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    fs.closeSync(descriptor);
  }
}

function settler<T>(
  resolve: (result: T) => void,
  reject: (error: Error) => void,
): (error: Error | null, result?: T) => void {
  return (error, result) => {
    if (error) reject(error);
    else resolve(result as T);
  };
}
