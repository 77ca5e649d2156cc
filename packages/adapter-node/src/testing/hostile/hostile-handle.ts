/** A file of a hostile file system, opened. */
import type { FileHandle, FileStatus } from '../../file-system.ts';
import { systemError } from '../call.ts';
import type { Calls } from './calls.ts';
import { Folder } from './folder.ts';
import type { Inode } from './inode.ts';
import type { Tree } from './tree.ts';

export interface Opened {
  readonly path: string;
  readonly node: Inode | Folder;
  readonly isWritable: boolean;
}

export class HostileHandle implements FileHandle {
  readonly #calls: Calls;
  readonly #tree: Tree;
  /** The handles that are open: this one is until it is closed. */
  readonly #open: Set<HostileHandle>;
  readonly #path: string;
  readonly #node: Inode | Folder;
  readonly #isWritable: boolean;

  constructor(calls: Calls, tree: Tree, open: Set<HostileHandle>, { path, node, isWritable }: Opened) {
    this.#calls = calls;
    this.#tree = tree;
    this.#open = open;
    this.#path = path;
    this.#node = node;
    this.#isWritable = isWritable;
    open.add(this);
  }

  read(target: Uint8Array, position: number): Promise<number> {
    return this.#calls.make('read', this.#path, this.#read(target, position), {
      position,
      bytes: target.length,
    });
  }

  readSync(target: Uint8Array, position: number): number {
    // Nobody is told: it changes nothing, and how often a writer looks depends on the time that passes.
    return this.#read(target, position)(target.length);
  }

  writev(chunks: readonly Uint8Array[], position: number): Promise<number> {
    const bytes = lengthOf(chunks);
    return this.#calls.make('writev', this.#path, this.#write(chunks, position), { position, bytes, chunks });
  }

  writevSync(chunks: readonly Uint8Array[], position: number): number {
    const details = { position, bytes: lengthOf(chunks), chunks };
    return this.#calls.makeSync('writevSync', this.#path, this.#write(chunks, position), details);
  }

  fdatasync(): Promise<void> {
    const { sync, failed } = this.#syncing('fdatasync');
    return this.#calls.make('fdatasync', this.#path, sync, { failed });
  }

  fdatasyncSync(): void {
    const { sync, failed } = this.#syncing('fdatasync');
    this.#calls.makeSync('fdatasyncSync', this.#path, sync, { failed });
  }

  fsync(): Promise<void> {
    const { sync, failed } = this.#syncing('fsync');
    return this.#calls.make('fsync', this.#path, sync, { failed });
  }

  truncate(bytes: number): Promise<void> {
    const truncate = () => this.#changeable('ftruncate').truncate(bytes);
    return this.#calls.make('truncate', this.#path, truncate, { position: bytes });
  }

  truncateSync(bytes: number): void {
    const truncate = () => this.#changeable('ftruncate').truncate(bytes);
    this.#calls.makeSync('truncateSync', this.#path, truncate, { position: bytes });
  }

  chmod(mode: number): Promise<void> {
    return this.#calls.make('chmod', this.#path, () => this.#chmod(mode));
  }

  chmodSync(mode: number): void {
    this.#calls.makeSync('chmodSync', this.#path, () => this.#chmod(mode));
  }

  stat(): Promise<FileStatus> {
    return this.#calls.make('stat', this.#path, () => this.#stat());
  }

  statSync(): FileStatus {
    this.#calls.getOn();
    return this.#calls.makeSync('statSync', this.#path, () => this.#stat());
  }

  /** Closes it, also when that is made to fail: so does a system. */
  close(): Promise<void> {
    const close = () => this.#close();
    return this.#calls.make('close', this.#path, close, { failed: close });
  }

  closeSync(): void {
    const close = () => this.#close();
    this.#calls.makeSync('closeSync', this.#path, close, { failed: close });
  }

  #read(target: Uint8Array, position: number): (most: number) => number {
    return (most) => this.#file('read').content.read(target.subarray(0, most), position);
  }

  #write(chunks: readonly Uint8Array[], position: number): (most: number) => number {
    const bytes = lengthOf(chunks);
    return (most) => {
      const inode = this.#changeable('write');
      const over = Math.max(0, inode.content.bytes - position);
      const fits = over + this.#tree.roomBytes;
      if (bytes > 0 && fits === 0) throw systemError('ENOSPC', `no space left, write '${this.#path}'`);
      return inode.write(chunks, position, Math.min(most, fits));
    };
  }

  #syncing(operation: 'fdatasync' | 'fsync'): { sync: () => void; failed: () => void } {
    const sync = () => {
      this.#check(operation);
      if (this.#node instanceof Folder) this.#node.sync();
      else this.#node.sync(operation === 'fdatasync');
    };
    const failed = () => {
      if (!(this.#node instanceof Folder)) this.#node.loseSync();
    };
    return { sync, failed };
  }

  #chmod(mode: number): void {
    this.#file('fchmod').mode = mode;
  }

  #close(): void {
    this.#check('close');
    this.#open.delete(this);
  }

  #stat(): FileStatus {
    this.#check('fstat');
    return this.#tree.statusOf(this.#node);
  }

  #file(operation: string): Inode {
    this.#check(operation);
    if (this.#node instanceof Folder) throw systemError('EISDIR', `${operation} '${this.#path}'`);
    return this.#node;
  }

  #changeable(operation: string): Inode {
    const inode = this.#file(operation);
    if (!this.#isWritable) throw systemError('EBADF', `not open for writing, ${operation} '${this.#path}'`);
    return inode;
  }

  #check(operation: string): void {
    if (!this.#open.has(this)) throw systemError('EBADF', `closed, ${operation} '${this.#path}'`);
  }
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
