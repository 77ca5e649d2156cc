/** The files of a hostile file system by their names: folders, links, and what a path leads to. */
import { basename, dirname, parse } from 'node:path';
import type { FileStatus } from '../../file-system.ts';
import { systemError } from '../call.ts';
import { type Entry, Folder } from './folder.ts';
import { Inode } from './inode.ts';

const MAX_LINKS = 40;

export class Tree {
  readonly #capacityBytes: number;
  readonly #folders: Map<string, Folder> = new Map();
  readonly #identities: Map<object, string> = new Map();

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** Another tree, of what `left` leaves of each folder. */
  mapped(left: (folder: Folder) => Folder): Tree {
    const tree = new Tree(this.#capacityBytes);
    for (const [path, folder] of this.#folders) tree.#folders.set(path, left(folder));
    return tree;
  }

  makeFolder(path: string): void {
    if (!this.#folders.has(path)) this.#folders.set(path, new Folder());
  }

  /** Gives a name to a file or to a symbolic link, durably. */
  put(path: string, entry: Entry): void {
    const folder = this.#folderOf(path);
    folder.change([basename(path), entry]);
    folder.sync();
  }

  /** A new file. @throws EEXIST */
  create(path: string, mode: number): Inode {
    if (this.#isTaken(path)) throw systemError('EEXIST', `open '${path}'`);
    const inode = new Inode(mode & 0o7777);
    this.#folderOf(path).change([basename(path), inode]);
    return inode;
  }

  /** What a path names, its links followed. */
  find(path: string): Inode | Folder | undefined {
    const target = this.#follow(path);
    const found = this.#folders.get(target) ?? this.#lookUp(target);
    return typeof found === 'string' ? undefined : found;
  }

  /** As `find`. @throws ENOENT */
  require(path: string, call: string): Inode | Folder {
    const found = this.find(path);
    if (!found) throw systemError('ENOENT', `no such file, ${call} '${path}'`);
    return found;
  }

  /** As `find`. @throws ENOENT for what is no folder */
  folder(path: string, call: string): Folder {
    const found = this.find(path);
    if (!(found instanceof Folder)) throw systemError('ENOENT', `no such folder, ${call} '${path}'`);
    return found;
  }

  /** The names in a folder, in order; none where there is no such folder. */
  namesIn(path: string): string[] {
    return [...(this.#folders.get(path)?.entries.keys() ?? [])].sort();
  }

  realpath(path: string): string {
    this.require(path, 'realpath');
    return this.#follow(path);
  }

  link(from: string, to: string): void {
    const entry = this.#entry(from, 'link');
    if (this.#isTaken(to)) throw systemError('EEXIST', `link '${from}' -> '${to}'`);
    this.#folderOf(to).change([basename(to), entry]);
  }

  /** Within one folder only: EXDEV otherwise. */
  rename(from: string, to: string): void {
    const entry = this.#entry(from, 'rename');
    if (dirname(from) !== dirname(to)) throw systemError('EXDEV', `rename '${from}' -> '${to}'`);
    this.#folderOf(from).change([basename(from), undefined], [basename(to), entry]);
  }

  unlink(path: string): void {
    this.#entry(path, 'unlink');
    this.#folderOf(path).change([basename(path), undefined]);
  }

  statusOf(node: Inode | Folder): FileStatus {
    const identity = this.#identities.get(node) ?? `${this.#identities.size}`;
    this.#identities.set(node, identity);
    if (node instanceof Folder) return { identity, bytes: 4096, mode: 0o755, kind: 'directory' };
    return { identity, bytes: node.content.bytes, mode: node.mode, kind: 'file' };
  }

  /** How many more bytes fit. */
  get roomBytes(): number {
    let used = 0;
    for (const inode of this.inodes) used += inode.content.bytes;
    return Math.max(0, this.#capacityBytes - used);
  }

  /** Every file that has a name, once. */
  get inodes(): Set<Inode> {
    const entries = [...this.#folders.values()].flatMap((folder) => [...folder.entries.values()]);
    return new Set(entries.filter((entry) => entry instanceof Inode));
  }

  #isTaken(path: string): boolean {
    return this.#lookUp(path) !== undefined || this.#folders.has(path);
  }

  #entry(path: string, call: string): Entry {
    const entry = this.#lookUp(path);
    if (!entry) throw systemError('ENOENT', `no such file, ${call} '${path}'`);
    return entry;
  }

  #lookUp(path: string): Entry | undefined {
    return this.#folderOf(path).entries.get(basename(path));
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
