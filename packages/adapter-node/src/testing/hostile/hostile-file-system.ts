/**
 * A file system in memory that loses what it may lose: at any moment it can say what a power loss or a killed
 * process would leave, and any call can fail. Everything that is random comes from a seed.
 */
import { Random } from '@isokv/core/testing';
import type { FileHandle, FileStatus, FileSystem } from '../../file-system.ts';
import type { FileLock, LockHolder } from '../../lock/file-lock.ts';
import { type Before, type Call, systemError } from '../call.ts';
import { Calls } from './calls.ts';
import type { Fault } from './faults.ts';
import type { Entry, Folder } from './folder.ts';
import { HeldLocks } from './held-locks.ts';
import { HostileHandle } from './hostile-handle.ts';
import { Inode } from './inode.ts';
import type { Keep } from './tear.ts';
import { Tree } from './tree.ts';

export interface HostileOptions {
  /** Of what faults do by chance. Default: 1. */
  readonly seed?: number;
  /** How many bytes all files together may have: then ENOSPC. Default: no limit. */
  readonly capacityBytes?: number;
}

type OpenFlags = 'r' | 'r+' | 'wx+';

export class HostileFileSystem implements FileSystem {
  readonly #options: HostileOptions;
  readonly #calls: Calls;
  #tree: Tree;
  readonly #locks: HeldLocks = new HeldLocks();
  readonly #open: Set<HostileHandle> = new Set();

  constructor(options: HostileOptions = {}) {
    this.#options = options;
    this.#calls = new Calls(options.seed ?? 1);
    this.#tree = new Tree(options.capacityBytes ?? Number.POSITIVE_INFINITY);
  }

  /** Called before each call, which it can fail, shorten or hold up. */
  get before(): Before | undefined {
    return this.#calls.before;
  }

  set before(before: Before | undefined) {
    this.#calls.before = before;
  }

  /** Called when a call has taken effect, and its caller does not know yet: a good moment for a crash. */
  get after(): ((call: Call) => void) | undefined {
    return this.#calls.after;
  }

  set after(after: ((call: Call) => void) | undefined) {
    this.#calls.after = after;
  }

  /** How many files are open. */
  get handles(): number {
    return this.#open.size;
  }

  /**
   * What a power loss at this moment would leave: a world of its own, which can be used, and crash, in its turn.
   * `keep` is how much of what no sync has covered is there; `some` is another part for each seed.
   */
  afterPowerLoss(keep: Keep, seed = 1): HostileFileSystem {
    const random = new Random(seed);
    const leftOf = once((inode) => inode.afterPowerLoss(keep, random));
    return this.#world((folder) => folder.afterPowerLoss(keep, random, leftOf));
  }

  /**
   * What is there if the process is killed at this moment: all that was written, though a power loss may yet
   * take it. `during`: the write that is under way, as `before` is told of it; a part of it is done.
   */
  afterKill(during?: Call, seed = 1): HostileFileSystem {
    const copyOf = once((inode) => inode.copy());
    const left = this.#world((folder) => folder.copy(copyOf));
    const isWrite = during?.operation === 'writev' || during?.operation === 'writevSync';
    const inode = isWrite ? left.#tree.find(during.path) : undefined;
    if (during && inode instanceof Inode) {
      const bytes = during.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      inode.write(during.chunks, during.position, new Random(seed).below(bytes + 1));
    }
    return left;
  }

  /** Whether files have content that a failed sync was for: it can be read, but no later sync makes it durable. */
  get hasLost(): boolean {
    return [...this.#tree.inodes].some((inode) => inode.hasLost);
  }

  /** The process that used it is no more: no call that is under way, or is yet to be made, ever ends. */
  halt(): void {
    this.#calls.halt();
  }

  /** Makes calls go wrong. The first fault that fits a call decides. */
  fail(fault: Fault): void {
    this.#calls.faults.add(fault);
  }

  /** From now on all goes well. */
  heal(): void {
    this.#calls.faults.clear();
  }

  /** Makes a folder, durably. A root need not be made. */
  makeFolder(path: string): void {
    this.#tree.makeFolder(path);
  }

  /** Makes or replaces a file, durably. */
  put(path: string, bytes: Uint8Array, mode = 0o600): void {
    this.#tree.put(path, Inode.durable(bytes, mode));
  }

  /** Makes a symbolic link, durably. */
  symlink(path: string, target: string): void {
    this.#tree.put(path, target);
  }

  /** A copy of what a file holds now; undefined when it is not there. */
  contentOf(path: string): Uint8Array | undefined {
    const inode = this.#tree.find(path);
    return inode instanceof Inode ? inode.content.slice() : undefined;
  }

  /** The names in a folder, in order. */
  namesIn(path: string): string[] {
    return this.#tree.namesIn(path);
  }

  open(path: string, flags: OpenFlags, mode = 0o666): Promise<FileHandle> {
    return this.#calls.make<FileHandle>('open', path, () => this.#handleOf(path, flags, mode));
  }

  openSync(path: string, flags: OpenFlags, mode = 0o666): FileHandle {
    return this.#calls.makeSync<FileHandle>('openSync', path, () => this.#handleOf(path, flags, mode));
  }

  stat(path: string): Promise<FileStatus> {
    return this.#calls.make('stat', path, () => this.#tree.statusOf(this.#tree.require(path, 'stat')));
  }

  list(path: string): Promise<string[]> {
    return this.#calls.make('list', path, () =>
      [...this.#tree.folder(path, 'scandir').entries.keys()].sort(),
    );
  }

  realpath(path: string): Promise<string> {
    return this.#calls.make('realpath', path, () => this.#tree.realpath(path));
  }

  realpathSync(path: string): string {
    return this.#calls.makeSync('realpathSync', path, () => this.#tree.realpath(path));
  }

  link(from: string, to: string): Promise<void> {
    return this.#calls.make('link', to, () => this.#tree.link(from, to));
  }

  linkSync(from: string, to: string): void {
    this.#calls.makeSync('linkSync', to, () => this.#tree.link(from, to));
  }

  rename(from: string, to: string): Promise<void> {
    return this.#calls.make('rename', from, () => this.#tree.rename(from, to));
  }

  renameSync(from: string, to: string): void {
    this.#calls.makeSync('renameSync', from, () => this.#tree.rename(from, to));
  }

  unlink(path: string): Promise<void> {
    return this.#calls.make('unlink', path, () => this.#tree.unlink(path));
  }

  unlinkSync(path: string): void {
    this.#calls.makeSync('unlinkSync', path, () => this.#tree.unlink(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#calls.make('syncDirectory', path, () => this.#tree.folder(path, 'open').sync());
  }

  syncDirectorySync(path: string): void {
    this.#calls.makeSync('syncDirectorySync', path, () => this.#tree.folder(path, 'open').sync());
  }

  /** Among those who use this world. */
  lock(path: string, name: string): Promise<FileLock | LockHolder> {
    return this.#calls.make<FileLock | LockHolder>('lock', path, () => this.#locks.acquire(name));
  }

  #world(left: (folder: Folder) => Folder): HostileFileSystem {
    const world = new HostileFileSystem(this.#options);
    world.#tree = this.#tree.mapped(left);
    return world;
  }

  #handleOf(path: string, flags: OpenFlags, mode: number): FileHandle {
    const node = flags === 'wx+' ? this.#tree.create(path, mode) : this.#tree.require(path, 'open');
    if (flags !== 'r' && !(node instanceof Inode)) throw systemError('EISDIR', `open '${path}'`);
    return new HostileHandle(this.#calls, this.#tree, this.#open, { path, node, isWritable: flags !== 'r' });
  }
}

/** Gives each inode one counterpart, however many names it has. */
function once(counterpart: (inode: Inode) => Inode): (entry: Entry) => Entry {
  const known = new Map<Inode, Inode>();
  return (entry) => {
    if (typeof entry === 'string') return entry;
    const made = known.get(entry) ?? counterpart(entry);
    known.set(entry, made);
    return made;
  };
}
