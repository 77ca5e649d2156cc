/** The file system of the machine, over the callback API of `node:fs`: it costs less a call than `fs/promises`. */
import fs from 'node:fs';
import type { FileHandle, FileStatus, FileSystem } from './file-system.ts';

/** The file system that `fileLog` uses when it is given no other. */
export const nodeFileSystem: FileSystem = Object.freeze({
  open: (path: string, flags: 'r' | 'r+' | 'wx+', mode?: number) =>
    new Promise<FileHandle>((resolve, reject) => {
      fs.open(path, flags, mode, (error, descriptor) => {
        if (error) reject(error);
        else resolve(new NodeFileHandle(descriptor));
      });
    }),
  realpath: (path: string) =>
    new Promise<string>((resolve, reject) => fs.realpath.native(path, settler(resolve, reject))),
  link: (from: string, to: string) =>
    new Promise<void>((resolve, reject) => fs.link(from, to, settler(resolve, reject))),
  rename: (from: string, to: string) =>
    new Promise<void>((resolve, reject) => fs.rename(from, to, settler(resolve, reject))),
  unlink: (path: string) => new Promise<void>((resolve, reject) => fs.unlink(path, settler(resolve, reject))),
  syncDirectory,
});

class NodeFileHandle implements FileHandle {
  readonly #descriptor: number;

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
      fs.writev(this.#descriptor, chunks, position, settler(resolve, reject));
    });
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
      fs.fstat(this.#descriptor, (error, stats) => {
        if (error) return reject(error);
        const kind = stats.isFile() ? 'file' : stats.isDirectory() ? 'directory' : 'other';
        resolve({ bytes: stats.size, mode: stats.mode & 0o7777, kind });
      });
    });
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => fs.close(this.#descriptor, settler(resolve, reject)));
  }
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

function settler<T>(
  resolve: (result: T) => void,
  reject: (error: Error) => void,
): (error: Error | null, result?: T) => void {
  return (error, result) => {
    if (error) reject(error);
    else resolve(result as T);
  };
}
