/** Finds, creates and recognises the file of a log. What is not ours is never changed. */
import { randomBytes } from 'node:crypto';
import { type ByteLog, IsokvError } from '@isokv/core';
import type { FileHandle, FileSystem } from './file-system.ts';
import { codeOf, wrapping, wrappingSync } from './io-error.ts';
import { type FileLock, lockName } from './lock/file-lock.ts';
import { creationName, isStill, locked, takeLock } from './open-lock.ts';
import {
  FINISHED,
  hasMagic,
  isUnfinished,
  LOG_START,
  OWNER_BYTES,
  ownerOf,
  parseSuperblock,
  SECRET_BYTES,
  type Slots,
  secretOf,
  writeUnfinished,
} from './superblock.ts';
import { writeAll } from './write-all.ts';

/** Of the eleven bytes of the magic: no other kind of file begins like that. */
const MAGIC_LEAST = 7;

/** Only its owner reads a store, unless they decide otherwise. */
const NEW_FILE_MODE = 0o600;

export const REPLACEMENT_SUFFIX = '.compacting';

export interface OpenedFile {
  readonly file: FileHandle;
  readonly identity: string;
  /** Undefined for who only reads. */
  readonly lock: FileLock | undefined;
  readonly slots: Slots;
  readonly secret: Uint8Array;
  readonly owner: Uint8Array;
  /** Whether the superblock shows that the file is ours. */
  readonly ours: boolean;
  readonly bytes: number;
}

type OpenOptions = Parameters<ByteLog['open']>[0];

/** Others may replace, remove or create the file while it is opened; never as often as that. */
const ATTEMPTS = 20;

/** @throws MISSING, EXISTS, LOCKED, NOT_ISOKV, UNKNOWN_VERSION, CORRUPT, DIRECTORY, NOT_A_FILE, and what `ioError` makes */
export async function openFile(fs: FileSystem, path: string, options: OpenOptions): Promise<OpenedFile> {
  const { readOnly, mode } = options;
  for (let attempt = 1; ; attempt++) {
    const file = await openExisting(fs, path, readOnly ? 'r' : 'r+');
    const opened = file && (await openFound(fs, path, file, options));
    if (opened === 'again' && attempt < ATTEMPTS) continue;
    if (opened && opened !== 'again') return opened;
    if (readOnly || mode === 'mustExist')
      throw missing(
        path,
        file ? 'the file is empty, or its creation was never finished' : 'there is no such file',
      );
    const created = await openNew(fs, path, mode);
    if (created) return created;
    if (attempt >= ATTEMPTS)
      throw new IsokvError('IO', `${path} keeps changing while it is opened: try again`);
  }
}

/** @returns undefined for a file whose creation was never finished; `again` for one that has gone meanwhile */
async function openFound(
  fs: FileSystem,
  path: string,
  file: FileHandle,
  { readOnly, mode, recovery }: OpenOptions,
): Promise<OpenedFile | 'again' | undefined> {
  const recognise = recovery === 'salvage' ? readDamaged : readWhole;
  let lock: FileLock | undefined;
  let opened: OpenedFile | undefined;
  try {
    let read = await readHead(file, path);
    if (isUnfinished(read.head, read.bytes)) return undefined;
    if (mode === 'mustNotExist') throw exists(path);
    recognise(read.head, path);
    const { identity } = read;
    const secret = secretOf(read.head);
    if (!readOnly) {
      lock = await takeLock(fs, path, lockName(identity, secret));
      if (!(await isStill(fs, path, identity))) return 'again';
      read = await readHead(file, path); // Whoever had the lock may have written.
    }
    const { bytes, head } = read;
    // Who created it may have been stopped before its last sync: the log must not become durable first.
    if (!readOnly && bytes === LOG_START) await wrapping('sync', path, () => file.fdatasync());
    opened = { file, identity, lock, secret, owner: ownerOf(head), bytes, ...recognise(head, path) };
    return opened;
  } finally {
    // In this order: once it is closed, the system may give what it was called to a file that is being written.
    if (!opened) await lock?.release();
    if (!opened) await file.close().catch(() => undefined);
  }
}

/** Creates the file, or finishes its creation. @returns undefined when somebody else has done so */
async function openNew(fs: FileSystem, path: string, mode: string): Promise<OpenedFile | undefined> {
  // What it is compacted into must have a name that the system allows, too.
  await wrapping('create', path, () => fs.stat(replacementPath(path)).catch(ignoring('ENOENT')));
  const lock = await takeLock(fs, path, creationName(path));
  let file: FileHandle | undefined;
  let created = false;
  let opened: OpenedFile | undefined;
  try {
    file = await openExisting(fs, path, 'r+');
    if (!file) {
      file = await createFile(fs, path, mode);
      created = true;
    }
    const { bytes, head, identity } = await readHead(file, path);
    if (!isUnfinished(head, bytes)) return undefined;
    const secret = randomBytes(SECRET_BYTES);
    const name = lockName(identity, secret);
    if (!(await lock.add(name))) throw locked(path, undefined);
    await finish(file, path, secret);
    await lock.drop(creationName(path));
    const slots: Slots = [LOG_START, LOG_START];
    const owner = new Uint8Array(OWNER_BYTES);
    opened = { file, identity, lock, slots, secret, owner, ours: true, bytes: LOG_START };
    return opened;
  } finally {
    if (!opened) {
      await file?.close().catch(() => undefined);
      if (created) await fs.unlink(path).catch(() => undefined);
      await lock.release();
    }
  }
}

function ignoring(code: string): (error: unknown) => undefined {
  return (error) => {
    if (codeOf(error) !== code) throw error;
    return undefined;
  };
}

function readWhole(head: Uint8Array, path: string): Pick<OpenedFile, 'slots' | 'ours'> {
  return { slots: parseSuperblock(head, path), ours: true };
}

/** A superblock that is damaged says nothing but whose it is, and that by most of its magic; the log may say more. */
function readDamaged(head: Uint8Array, path: string): Pick<OpenedFile, 'slots' | 'ours'> {
  try {
    return readWhole(head, path);
  } catch (error) {
    const ours = hasMagic(head, MAGIC_LEAST);
    const code = error instanceof IsokvError && error.code;
    if (code !== 'CORRUPT' && (code !== 'NOT_ISOKV' || (!ours && head.length < LOG_START))) throw error;
    return { slots: [undefined, undefined], ours };
  }
}

/** Where the next content of the file at `path` is written: derived from the whole path, so that two stores never share it. */
export function replacementPath(path: string): string {
  return path + REPLACEMENT_SUFFIX;
}

/** The path that symbolic links lead to: a replacement must take the place of the file, not of the link. */
export async function followLinks(fs: FileSystem, path: string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    return wrapping('open', path, () => Promise.reject(error));
  }
}

/** As `followLinks`, done when it returns. */
export function followLinksSync(fs: FileSystem, path: string): string {
  return wrappingSync('open', path, () => orAbsent(() => fs.realpathSync(path))) ?? path;
}

/** What `work` returns; undefined when it finds nothing there. */
export function orAbsent<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Removes a file that need not be there. @returns whether it was */
export async function removeFile(fs: FileSystem, path: string): Promise<boolean> {
  return wrapping('remove', path, () =>
    fs.unlink(path).then(
      () => true,
      (error) => {
        if (codeOf(error) === 'ENOENT') return false;
        throw error;
      },
    ),
  );
}

/** @returns undefined when there is no such file */
export async function openExisting(
  fs: FileSystem,
  path: string,
  flags: 'r' | 'r+',
): Promise<FileHandle | undefined> {
  return wrapping('open', path, () =>
    fs.open(path, flags).catch((error) => {
      if (codeOf(error) === 'ENOENT') return undefined;
      throw error;
    }),
  );
}

/** The bytes where a superblock would be, and how many the file has. */
export async function readHead(
  file: FileHandle,
  path: string,
): Promise<{ bytes: number; head: Uint8Array; identity: string }> {
  const { kind, bytes, identity } = await wrapping('open', path, () => file.stat());
  if (kind !== 'file') throw notAFile(path, kind);
  const head = new Uint8Array(Math.min(bytes, LOG_START));
  let length = 0;
  while (length < head.length) {
    const count = await wrapping('read', path, () => file.read(head.subarray(length), length));
    if (count <= 0) break;
    length += count;
  }
  return { bytes, head: head.subarray(0, length), identity };
}

async function createFile(fs: FileSystem, path: string, mode: string): Promise<FileHandle> {
  return wrapping('create', path, () =>
    fs.open(path, 'wx+', NEW_FILE_MODE).catch((error) => {
      if (codeOf(error) === 'EEXIST' && mode === 'mustNotExist') throw exists(path);
      throw error;
    }),
  );
}

/** Writes the superblock, and its first byte when the rest is durable. */
function finish(file: FileHandle, path: string, secret: Uint8Array): Promise<void> {
  return wrapping('create', path, async () => {
    await writeAll(file, [writeUnfinished(secret)], 0);
    await file.fdatasync();
    await writeAll(file, [FINISHED], 0);
    await file.fdatasync();
  });
}

function missing(path: string, reason: string): IsokvError {
  return new IsokvError(
    'MISSING',
    `there is no store at ${path}: ${reason}; open it for writing to create one`,
  );
}

function exists(path: string): IsokvError {
  return new IsokvError(
    'EXISTS',
    `there is a file at ${path} already: give another path, or open what is there`,
  );
}

function notAFile(path: string, kind: 'directory' | 'other'): IsokvError {
  if (kind === 'directory')
    return new IsokvError(
      'DIRECTORY',
      `${path} is a directory: give the path of the file to keep the store in`,
    );
  return new IsokvError(
    'NOT_A_FILE',
    `${path} is a device or a pipe: give the path of the file to keep the store in`,
  );
}
