/** A file of a hostile file system, opened. */
import type { FileHandle, FileStatus } from '../../file-system.ts';
import { systemError } from '../call.ts';
import { Folder } from './folder.ts';
import type { HostileFileSystem } from './hostile-file-system.ts';
import type { Inode } from './inode.ts';

export class HostileHandle implements FileHandle {
  readonly #fs: HostileFileSystem;
  readonly #path: string;
  readonly #node: Inode | Folder;
  readonly #writable: boolean;
  #isOpen = true;

  constructor(fs: HostileFileSystem, path: string, node: Inode | Folder, writable: boolean) {
    this.#fs = fs;
    this.#path = path;
    this.#node = node;
    this.#writable = writable;
    fs.handles++;
  }

  read(target: Uint8Array, position: number): Promise<number> {
    const read = (most: number) => this.#file('read').content.read(target.subarray(0, most), position);
    return this.#fs.make('read', this.#path, read, { position, bytes: target.length });
  }

  writev(chunks: readonly Uint8Array[], position: number): Promise<number> {
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    const write = (most: number): number => {
      const inode = this.#changeable('write');
      const over = Math.max(0, inode.content.bytes - position);
      const fits = over + this.#fs.roomBytes;
      if (bytes > 0 && fits === 0) throw systemError('ENOSPC', `no space left, write '${this.#path}'`);
      return inode.write(chunks, position, Math.min(most, fits));
    };
    return this.#fs.make('writev', this.#path, write, { position, bytes, chunks });
  }

  fdatasync(): Promise<void> {
    return this.#sync('fdatasync');
  }

  fsync(): Promise<void> {
    return this.#sync('fsync');
  }

  truncate(bytes: number): Promise<void> {
    const truncate = () => this.#changeable('ftruncate').truncate(bytes);
    return this.#fs.make('truncate', this.#path, truncate, { position: bytes });
  }

  chmod(mode: number): Promise<void> {
    return this.#fs.make('chmod', this.#path, () => {
      this.#file('fchmod').mode = mode;
    });
  }

  stat(): Promise<FileStatus> {
    return this.#fs.make<FileStatus>('stat', this.#path, () => {
      this.#check('fstat');
      if (this.#node instanceof Folder) return { bytes: 4096, mode: 0o755, kind: 'directory' };
      return { bytes: this.#node.content.bytes, mode: this.#node.mode, kind: 'file' };
    });
  }

  /** Closes it, also when that is made to fail: so does a system. */
  close(): Promise<void> {
    const close = () => {
      this.#check('close');
      this.#isOpen = false;
      this.#fs.handles--;
    };
    return this.#fs.make('close', this.#path, close, { failed: close });
  }

  #sync(operation: 'fdatasync' | 'fsync'): Promise<void> {
    const sync = () => {
      this.#check(operation);
      if (this.#node instanceof Folder) this.#node.sync();
      else this.#node.sync(operation === 'fdatasync');
    };
    const failed = () => {
      if (!(this.#node instanceof Folder)) this.#node.loseSync();
    };
    return this.#fs.make(operation, this.#path, sync, { failed });
  }

  #file(operation: string): Inode {
    this.#check(operation);
    if (this.#node instanceof Folder) throw systemError('EISDIR', `${operation} '${this.#path}'`);
    return this.#node;
  }

  #changeable(operation: string): Inode {
    const inode = this.#file(operation);
    if (!this.#writable) throw systemError('EBADF', `not open for writing, ${operation} '${this.#path}'`);
    return inode;
  }

  #check(operation: string): void {
    if (!this.#isOpen) throw systemError('EBADF', `closed, ${operation} '${this.#path}'`);
  }
}
