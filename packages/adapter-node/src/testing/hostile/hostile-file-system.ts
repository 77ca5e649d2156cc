/**
 * A file system in memory that loses what it may lose: at any moment it can say what a power loss or a killed
 * process would leave, and any call can fail. Everything that is random comes from a seed.
 */
import { basename, dirname, parse } from 'node:path';
import { Random } from '@isokv/core/testing';
import type { FileHandle, FileStatus, FileSystem } from '../../file-system.ts';
import type { FileLock, LockHolder } from '../../lock/file-lock.ts';
import { type Before, type Call, systemError } from '../call.ts';
import { type Fault, Faults } from './faults.ts';
import { type Entry, Folder } from './folder.ts';
import { HostileHandle } from './hostile-handle.ts';
import { Inode } from './inode.ts';
import type { Keep } from './tear.ts';

export interface HostileOptions {
  /** Of what faults do by chance. Default: 1. */
  readonly seed?: number;
  /** How many bytes all files together may have: then ENOSPC. Default: no limit. */
  readonly capacityBytes?: number;
}

const MAX_LINKS = 40;

export class HostileFileSystem implements FileSystem {
  /** Called before each call, which it can fail, shorten or hold up. */
  before: Before | undefined;
  /** Called when a call has taken effect, and its caller does not know yet: a good moment for a crash. */
  after: ((call: Call) => void) | undefined;
  /** How many files are open. */
  handles = 0;
  readonly #options: HostileOptions;
  readonly #random: Random;
  readonly #faults: Faults = new Faults();
  /** The names of locks that are held. A crash leaves none. */
  readonly #locks: Set<string> = new Set();
  readonly #identities: Map<object, string> = new Map();
  #folders: Map<string, Folder> = new Map();
  /** What carries out each call that has been made, and still waits for `before`. */
  readonly #underWay: Set<() => void> = new Set();
  #halted = false;

  constructor(options: HostileOptions = {}) {
    this.#options = options;
    this.#random = new Random(options.seed ?? 1);
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
    const inode = isWrite ? left.#find(during.path) : undefined;
    if (during && inode instanceof Inode) {
      const bytes = during.chunks.reduce((sum, chunk) => sum + chunk.length, 0);
      inode.write(during.chunks, during.position, new Random(seed).below(bytes + 1));
    }
    return left;
  }

  /** Whether files have content that a failed sync was for: it can be read, but no later sync makes it durable. */
  get hasLost(): boolean {
    const entries = [...this.#folders.values()].flatMap((folder) => [...folder.entries.values()]);
    return entries.some((entry) => entry instanceof Inode && entry.hasLost);
  }

  /** The process that used it is no more: no call that is under way, or is yet to be made, ever ends. */
  halt(): void {
    this.#halted = true;
    this.before = undefined;
    this.after = undefined;
  }

  /** Makes calls go wrong. The first fault that fits a call decides. */
  fail(fault: Fault): void {
    this.#faults.add(fault);
  }

  /** From now on all goes well. */
  heal(): void {
    this.#faults.clear();
  }

  /** Makes a folder, durably. A root need not be made. */
  makeFolder(path: string): void {
    if (this.#folders.has(path)) return;
    this.#folders.set(path, new Folder());
  }

  /** Makes or replaces a file, durably. */
  put(path: string, bytes: Uint8Array, mode = 0o600): void {
    const folder = this.#folderOf(path);
    folder.change([basename(path), Inode.durable(bytes, mode)]);
    folder.sync();
  }

  /** Makes a symbolic link, durably. */
  symlink(path: string, target: string): void {
    const folder = this.#folderOf(path);
    folder.change([basename(path), target]);
    folder.sync();
  }

  /** A copy of what a file holds now; undefined when it is not there. */
  contentOf(path: string): Uint8Array | undefined {
    const inode = this.#find(path);
    return inode instanceof Inode ? inode.content.slice() : undefined;
  }

  /** The names in a folder, in order. */
  namesIn(path: string): string[] {
    return [...(this.#folders.get(path)?.entries.keys() ?? [])].sort();
  }

  open(path: string, flags: 'r' | 'r+' | 'wx+', mode = 0o666): Promise<FileHandle> {
    return this.make<FileHandle>('open', path, () => this.#open(path, flags, mode));
  }

  openSync(path: string, flags: 'r' | 'r+' | 'wx+', mode = 0o666): FileHandle {
    return this.makeSync<FileHandle>('openSync', path, () => this.#open(path, flags, mode));
  }

  stat(path: string): Promise<FileStatus> {
    return this.make('stat', path, () => {
      const found = this.#find(path);
      if (!found) throw systemError('ENOENT', `no such file, stat '${path}'`);
      return this.statusOf(found);
    });
  }

  list(path: string): Promise<string[]> {
    return this.make('list', path, () => {
      const folder = this.#find(path);
      if (!(folder instanceof Folder)) throw systemError('ENOENT', `no such folder, scandir '${path}'`);
      return [...folder.entries.keys()].sort();
    });
  }

  realpath(path: string): Promise<string> {
    return this.make('realpath', path, () => this.#realpath(path));
  }

  realpathSync(path: string): string {
    return this.makeSync('realpathSync', path, () => this.#realpath(path));
  }

  link(from: string, to: string): Promise<void> {
    return this.make('link', to, () => this.#link(from, to));
  }

  linkSync(from: string, to: string): void {
    this.makeSync('linkSync', to, () => this.#link(from, to));
  }

  /** Within one folder only: EXDEV otherwise. */
  rename(from: string, to: string): Promise<void> {
    return this.make('rename', from, () => this.#rename(from, to));
  }

  renameSync(from: string, to: string): void {
    this.makeSync('renameSync', from, () => this.#rename(from, to));
  }

  unlink(path: string): Promise<void> {
    return this.make('unlink', path, () => this.#unlink(path));
  }

  unlinkSync(path: string): void {
    this.makeSync('unlinkSync', path, () => this.#unlink(path));
  }

  syncDirectory(path: string): Promise<void> {
    return this.make('syncDirectory', path, () => this.#syncDirectory(path));
  }

  syncDirectorySync(path: string): void {
    this.makeSync('syncDirectorySync', path, () => this.#syncDirectory(path));
  }

  /** Among those who use this world. */
  lock(path: string, name: string): Promise<FileLock | LockHolder> {
    return this.make<FileLock | LockHolder>('lock', path, () => {
      const names = new Set<string>();
      const drop = async (dropped: string): Promise<void> => {
        if (names.delete(dropped)) this.#locks.delete(dropped);
      };
      const add = (added: string): boolean => {
        if (names.has(added)) return true;
        if (this.#locks.has(added)) return false;
        names.add(added);
        this.#locks.add(added);
        return true;
      };
      if (!add(name)) return { heldBy: process.pid };
      const release = async (): Promise<void> => {
        for (const each of [...names]) await drop(each);
      };
      return { add: async (added: string) => add(added), drop, release };
    });
  }

  statusOf(node: Inode | Folder): FileStatus {
    const identity = this.#identities.get(node) ?? `${this.#identities.size}`;
    this.#identities.set(node, identity);
    if (node instanceof Folder) return { identity, bytes: 4096, mode: 0o755, kind: 'directory' };
    return { identity, bytes: node.content.bytes, mode: node.mode, kind: 'file' };
  }

  /**
   * Makes a call as the faults will have it. `work` is given how many bytes it may move; `failed` is done in the
   * place of work that fails.
   */
  async make<T>(
    operation: Call['operation'],
    path: string,
    work: (most: number) => T,
    { position = 0, bytes = 0, chunks = [], failed }: CallDetails = {},
  ): Promise<T> {
    const call: Call = { operation, path, position, chunks };
    if (this.#halted) return never();
    let outcome: (() => T) | undefined;
    const carryOut = (most?: number): (() => T) => {
      outcome ??= outcomeOf(() => this.#carryOut(call, work, { bytes, failed }, most));
      return outcome;
    };
    this.#underWay.add(carryOut);
    let allowed: number | undefined;
    try {
      allowed = await this.before?.(call);
    } catch (error) {
      failed?.();
      throw error;
    } finally {
      this.#underWay.delete(carryOut);
    }
    if (this.#halted) return never();
    const result = carryOut(allowed)();
    return this.#halted ? never() : result;
  }

  /** Who lets nobody else run waits for a call that was made before: it is carried out now, as by another thread. */
  getOn(): void {
    for (const carryOut of this.#underWay) carryOut();
  }

  /** As `make`, without a wait: also where `before` asks for one. */
  makeSync<T>(
    operation: Call['operation'],
    path: string,
    work: (most: number) => T,
    { position = 0, bytes = 0, chunks = [], failed }: CallDetails = {},
  ): T {
    const call: Call = { operation, path, position, chunks };
    if (this.#halted) throw systemError('EIO', `the process has been halted, ${operation} '${path}'`);
    let allowed: unknown;
    try {
      allowed = this.before?.(call);
    } catch (error) {
      failed?.();
      throw error;
    }
    return this.#carryOut(call, work, { bytes, failed }, typeof allowed === 'number' ? allowed : undefined);
  }

  #carryOut<T>(
    call: Call,
    work: (most: number) => T,
    { bytes = 0, failed }: CallDetails,
    allowed: number = Number.POSITIVE_INFINITY,
  ): T {
    const { most, error, lie } = this.#faults.judge(call, bytes, this.#random);
    const isWrite = call.operation === 'writev' || call.operation === 'writevSync';
    let result: T;
    if (lie) result = (isWrite ? bytes : undefined) as T;
    else if (!error) result = work(Math.min(most, allowed));
    else {
      if (most === Number.POSITIVE_INFINITY || (most > 0 && isWrite)) work(most);
      else failed?.();
      throw error;
    }
    this.after?.(call);
    return result;
  }

  /** How many more bytes fit. */
  get roomBytes(): number {
    const { capacityBytes = Number.POSITIVE_INFINITY } = this.#options;
    const inodes = new Set([...this.#folders.values()].flatMap((folder) => [...folder.entries.values()]));
    let used = 0;
    for (const inode of inodes) if (inode instanceof Inode) used += inode.content.bytes;
    return Math.max(0, capacityBytes - used);
  }

  #world(left: (folder: Folder) => Folder): HostileFileSystem {
    const world = new HostileFileSystem(this.#options);
    for (const [path, folder] of this.#folders) world.#folders.set(path, left(folder));
    return world;
  }

  #open(path: string, flags: 'r' | 'r+' | 'wx+', mode: number): FileHandle {
    if (flags === 'wx+') {
      if (this.#lookUp(path) || this.#folders.has(path)) throw systemError('EEXIST', `open '${path}'`);
      const inode = new Inode(mode & 0o7777);
      this.#folderOf(path).change([basename(path), inode]);
      return new HostileHandle(this, path, inode, true);
    }
    const found = this.#find(path);
    if (found instanceof Inode) return new HostileHandle(this, path, found, flags === 'r+');
    if (!found) throw systemError('ENOENT', `no such file, open '${path}'`);
    if (flags === 'r+') throw systemError('EISDIR', `open '${path}'`);
    return new HostileHandle(this, path, found, false);
  }

  #realpath(path: string): string {
    const target = this.#follow(path);
    if (!this.#find(target)) throw systemError('ENOENT', `no such file, realpath '${path}'`);
    return target;
  }

  #link(from: string, to: string): void {
    const entry = this.#lookUp(from);
    if (!entry) throw systemError('ENOENT', `no such file, link '${from}'`);
    if (this.#lookUp(to) || this.#folders.has(to)) throw systemError('EEXIST', `link '${from}' -> '${to}'`);
    this.#folderOf(to).change([basename(to), entry]);
  }

  #rename(from: string, to: string): void {
    const entry = this.#lookUp(from);
    if (!entry) throw systemError('ENOENT', `no such file, rename '${from}'`);
    if (dirname(from) !== dirname(to)) throw systemError('EXDEV', `rename '${from}' -> '${to}'`);
    this.#folderOf(from).change([basename(from), undefined], [basename(to), entry]);
  }

  #syncDirectory(path: string): void {
    const folder = this.#find(path);
    if (!(folder instanceof Folder)) throw systemError('ENOENT', `no such folder, open '${path}'`);
    folder.sync();
  }

  #unlink(path: string): void {
    if (!this.#lookUp(path)) throw systemError('ENOENT', `no such file, unlink '${path}'`);
    this.#folderOf(path).change([basename(path), undefined]);
  }

  #folderOf(path: string): Folder {
    const name = dirname(path);
    const found = this.#folders.get(name);
    if (found) return found;
    if (name !== parse(path).root) {
      throw systemError(this.#lookUp(name) ? 'ENOTDIR' : 'ENOENT', `no such folder, '${name}'`);
    }
    const root = new Folder();
    this.#folders.set(name, root);
    return root;
  }

  #lookUp(path: string): Entry | undefined {
    return this.#folderOf(path).entries.get(basename(path));
  }

  /** What a path names, its links followed. */
  #find(path: string): Inode | Folder | undefined {
    const target = this.#follow(path);
    const found = this.#folders.get(target) ?? this.#lookUp(target);
    return typeof found === 'string' ? undefined : found;
  }

  #follow(path: string): string {
    let target = path;
    for (let links = 0; links < MAX_LINKS; links++) {
      const entry = this.#folders.has(target) ? undefined : this.#lookUp(target);
      if (typeof entry !== 'string') return target;
      target = entry;
    }
    throw systemError('ELOOP', `too many symbolic links, '${path}'`);
  }
}

interface CallDetails {
  readonly position?: number;
  /** How many bytes are to be moved. */
  readonly bytes?: number;
  readonly chunks?: readonly Uint8Array[];
  readonly failed?: (() => void) | undefined;
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

function outcomeOf<T>(work: () => T): () => T {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
