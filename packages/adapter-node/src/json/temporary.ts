/**
 * Files that are written beside the one whose place they will take. Their names say which process writes them, so
 * that no two share one, and that what a process has left behind when it was stopped can be told and removed.
 */
import { createHash, randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import type { FileHandle, FileSystem } from '../file-system.ts';
import { removeFile } from '../find-file.ts';
import { codeOf, ioError, wrapping, wrappingSync } from '../io-error.ts';
import { isGone, ownMark } from '../lock/process-mark.ts';
import { writeAll, writeAllSync } from '../write-all.ts';

/** Codes by which a system says that it has no hard links. */
const CANNOT_LINK = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

export class Temporary {
  readonly path: string;
  readonly #fs: FileSystem;
  readonly #file: FileHandle;
  #end = 0;

  private constructor(fs: FileSystem, path: string, file: FileHandle) {
    this.#fs = fs;
    this.path = path;
    this.#file = file;
  }

  /** Begins a file beside `target`, with these permission bits. */
  static async create(fs: FileSystem, target: string, mode: number): Promise<Temporary> {
    const path = temporaryPath(target);
    const file = await wrapping('create', path, () => fs.open(path, 'wx+', mode));
    const temporary = new Temporary(fs, path, file);
    try {
      // The process's umask may have taken bits away.
      await wrapping('create', path, async () => {
        if ((await file.stat()).mode !== mode) await file.chmod(mode);
      });
    } catch (error) {
      await file.close().catch(() => undefined);
      await temporary.discard();
      throw error;
    }
    return temporary;
  }

  /** As `create`, with its whole content, durably, when it returns. */
  static createSync(fs: FileSystem, target: string, mode: number, bytes: Uint8Array): Temporary {
    const path = temporaryPath(target);
    const file = wrappingSync('create', path, () => fs.openSync(path, 'wx+', mode));
    const temporary = new Temporary(fs, path, file);
    try {
      wrappingSync('write', path, () => {
        if (file.statSync().mode !== mode) file.chmodSync(mode);
        writeAllSync(file, [bytes], 0);
        file.fdatasyncSync();
      });
    } catch (error) {
      temporary.discardSync();
      throw error;
    } finally {
      file.closeSync();
    }
    return temporary;
  }

  async write(bytes: Uint8Array): Promise<void> {
    await wrapping('write', this.path, () => writeAll(this.#file, [bytes], this.#end));
    this.#end += bytes.length;
  }

  /** Makes its content durable. */
  sync(): Promise<void> {
    return wrapping('write', this.path, () => this.#file.fsync());
  }

  /** Takes the place of what is at `path`. At once, for nobody is to change that between a last look and this. */
  take(path: string): void {
    wrappingSync('replace', path, () => this.#fs.renameSync(this.path, path));
  }

  /** Takes the place at `path`, where nothing is. */
  takeFree(path: string): void {
    try {
      this.#fs.linkSync(this.path, path);
    } catch (error) {
      if (!CANNOT_LINK.has(codeOf(error) ?? '')) throw ioError('create', path, error);
      this.take(path);
    }
    this.discardSync();
  }

  close(): Promise<void> {
    return this.#file.close().catch(() => undefined); // It has been synced, or does not matter any more.
  }

  /** Removes it, as far as that can be done: else whoever opens the store next will. */
  async discard(): Promise<void> {
    await this.#fs.unlink(this.path).catch(() => undefined);
  }

  discardSync(): void {
    try {
      this.#fs.unlinkSync(this.path);
    } catch {
      // As above.
    }
  }
}

/** Sees whether `target` can be replaced, or created, before anybody relies on it. @throws what a write would */
export async function checkWritable(fs: FileSystem, target: string, exists: boolean): Promise<void> {
  const temporary = await Temporary.create(fs, target, 0o600);
  await temporary.close();
  await temporary.discard();
  if (exists) return;
  const names = await wrapping('read the folder of', target, () => fs.list(dirname(target)));
  if (names.includes(basename(target))) {
    const cause = Object.assign(new Error('EEXIST: file already exists'), { code: 'EEXIST' });
    throw ioError('create', target, cause);
  }
}

/** Removes what processes that are no more have left. What may yet be in use stays. */
export async function removeLeftovers(fs: FileSystem, target: string): Promise<void> {
  const folder = dirname(target);
  const names = await fs.list(folder).catch(() => []); // What follows says what is wrong with the folder.
  for (const name of names)
    if (await isLeftover(name, basename(target))) await removeFile(fs, join(folder, name));
}

function temporaryPath(target: string): string {
  const { host, boot, pid, started } = ownMark();
  const fields = [short(host), short(boot), pid, started, randomBytes(4).toString('hex')];
  return `${target}.${fields.join('-')}.tmp`;
}

async function isLeftover(name: string, target: string): Promise<boolean> {
  if (!name.startsWith(`${target}.`)) return false;
  const fields = /^([0-9a-f]{8})-([0-9a-f]{8})-(\d+)-(\d+)-[0-9a-f]{8}\.tmp$/.exec(
    name.slice(target.length + 1),
  );
  if (!fields) return false;
  const own = ownMark();
  const [, host, boot, pid, started] = fields;
  if (host !== short(own.host)) return false;
  const wasBoot = boot === short(own.boot) ? own.boot : 'an earlier one';
  return isGone({ host: own.host, boot: wasBoot, pid: Number(pid), started: Number(started) });
}

function short(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
