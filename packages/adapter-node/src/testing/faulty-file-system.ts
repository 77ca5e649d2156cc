/** The machine's file system, with a say before each call: what was called is listed, and calls can fail. */
import type { FileHandle, FileStatus, FileSystem } from '../file-system.ts';
import { type FileLock, isHeld, type LockHolder } from '../lock/file-lock.ts';
import { nodeFileSystem } from '../node-file-system.ts';
import type { Before, Call } from './call.ts';

export class FaultyFileSystem implements FileSystem {
  readonly calls: Call[] = [];
  before: Before = () => undefined;
  /** How many handles are open. */
  handles = 0;
  readonly #locks: FileLock[] = [];

  /** The process that used it is no more. */
  async die(): Promise<void> {
    await Promise.all(this.#locks.map((lock) => lock.release()));
  }

  /** The operations called, in order: those of interest, or all but what returns when it is done. */
  operations(...only: Call['operation'][]): string[] {
    return this.calls
      .map((call) => call.operation)
      .filter((name) => (only.length === 0 ? !name.endsWith('Sync') : only.includes(name)));
  }

  async open(path: string, flags: 'r' | 'r+' | 'wx+', mode?: number): Promise<FileHandle> {
    await this.tell('open', path);
    const handle = await nodeFileSystem.open(path, flags, mode);
    this.handles++;
    return new FaultyHandle(this, path, handle);
  }

  openSync(path: string, flags: 'r' | 'r+' | 'wx+', mode?: number): FileHandle {
    this.tellSync('openSync', path);
    const handle = nodeFileSystem.openSync(path, flags, mode);
    this.handles++;
    return new FaultyHandle(this, path, handle);
  }

  async stat(path: string): Promise<FileStatus> {
    await this.tell('stat', path);
    return nodeFileSystem.stat(path);
  }

  async list(path: string): Promise<string[]> {
    await this.tell('list', path);
    return nodeFileSystem.list(path);
  }

  async realpath(path: string): Promise<string> {
    await this.tell('realpath', path);
    return nodeFileSystem.realpath(path);
  }

  realpathSync(path: string): string {
    this.tellSync('realpathSync', path);
    return nodeFileSystem.realpathSync(path);
  }

  async link(from: string, to: string): Promise<void> {
    await this.tell('link', to);
    return nodeFileSystem.link(from, to);
  }

  linkSync(from: string, to: string): void {
    this.tellSync('linkSync', to);
    nodeFileSystem.linkSync(from, to);
  }

  async rename(from: string, to: string): Promise<void> {
    await this.tell('rename', from);
    return nodeFileSystem.rename(from, to);
  }

  renameSync(from: string, to: string): void {
    this.tellSync('renameSync', from);
    nodeFileSystem.renameSync(from, to);
  }

  async unlink(path: string): Promise<void> {
    await this.tell('unlink', path);
    return nodeFileSystem.unlink(path);
  }

  unlinkSync(path: string): void {
    this.tellSync('unlinkSync', path);
    nodeFileSystem.unlinkSync(path);
  }

  async syncDirectory(path: string): Promise<void> {
    await this.tell('syncDirectory', path);
    return nodeFileSystem.syncDirectory(path);
  }

  syncDirectorySync(path: string): void {
    this.tellSync('syncDirectorySync', path);
    nodeFileSystem.syncDirectorySync(path);
  }

  async lock(path: string, name: string): Promise<FileLock | LockHolder> {
    await this.tell('lock', path);
    const lock = await nodeFileSystem.lock(path, name);
    if (!isHeld(lock)) this.#locks.push(lock);
    return lock;
  }

  /** Of a call that cannot wait, so what `before` would wait for is not waited for. */
  tellSync(
    operation: Call['operation'],
    path: string,
    position = 0,
    chunks: readonly Uint8Array[] = [],
  ): number | undefined {
    const call = { operation, path, position, chunks };
    this.calls.push(call);
    const most = this.before(call);
    return typeof most === 'number' ? most : undefined;
  }

  async tell(
    operation: Call['operation'],
    path: string,
    position = 0,
    chunks: readonly Uint8Array[] = [],
  ): Promise<number | undefined> {
    const call = { operation, path, position, chunks };
    this.calls.push(call);
    return this.before(call);
  }
}

class FaultyHandle implements FileHandle {
  readonly #owner: FaultyFileSystem;
  readonly #path: string;
  readonly #handle: FileHandle;

  constructor(owner: FaultyFileSystem, path: string, handle: FileHandle) {
    this.#owner = owner;
    this.#path = path;
    this.#handle = handle;
  }

  async read(target: Uint8Array, position: number): Promise<number> {
    const most = await this.#owner.tell('read', this.#path, position);
    return most === 0 ? 0 : this.#handle.read(target.subarray(0, most), position);
  }

  async writev(chunks: readonly Uint8Array[], position: number): Promise<number> {
    const most = await this.#owner.tell('writev', this.#path, position, chunks);
    if (most === 0) return 0;
    const some = most === undefined ? chunks : [Buffer.concat(chunks).subarray(0, most)];
    return this.#handle.writev(some, position);
  }

  async fdatasync(): Promise<void> {
    await this.#owner.tell('fdatasync', this.#path);
    return this.#handle.fdatasync();
  }

  async fsync(): Promise<void> {
    await this.#owner.tell('fsync', this.#path);
    return this.#handle.fsync();
  }

  async truncate(bytes: number): Promise<void> {
    await this.#owner.tell('truncate', this.#path, bytes);
    return this.#handle.truncate(bytes);
  }

  async chmod(mode: number): Promise<void> {
    await this.#owner.tell('chmod', this.#path);
    return this.#handle.chmod(mode);
  }

  async stat(): ReturnType<FileHandle['stat']> {
    await this.#owner.tell('stat', this.#path);
    return this.#handle.stat();
  }

  readSync(target: Uint8Array, position: number): number {
    const most = this.#owner.tellSync('readSync', this.#path, position);
    return most === 0 ? 0 : this.#handle.readSync(target.subarray(0, most), position);
  }

  writevSync(chunks: readonly Uint8Array[], position: number): number {
    const most = this.#owner.tellSync('writevSync', this.#path, position, chunks);
    if (most === 0) return 0;
    const some = most === undefined ? chunks : [Buffer.concat(chunks).subarray(0, most)];
    return this.#handle.writevSync(some, position);
  }

  fdatasyncSync(): void {
    this.#owner.tellSync('fdatasyncSync', this.#path);
    this.#handle.fdatasyncSync();
  }

  truncateSync(bytes: number): void {
    this.#owner.tellSync('truncateSync', this.#path, bytes);
    this.#handle.truncateSync(bytes);
  }

  chmodSync(mode: number): void {
    this.#owner.tellSync('chmodSync', this.#path);
    this.#handle.chmodSync(mode);
  }

  statSync(): FileStatus {
    this.#owner.tellSync('statSync', this.#path);
    return this.#handle.statSync();
  }

  closeSync(): void {
    this.#owner.handles--;
    this.#handle.closeSync();
    this.#owner.tellSync('closeSync', this.#path);
  }

  /** Closes it, even when that is to fail: so does a system. */
  async close(): Promise<void> {
    this.#owner.handles--;
    await this.#handle.close();
    await this.#owner.tell('close', this.#path);
  }
}
