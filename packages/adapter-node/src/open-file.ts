/** Finds, creates and recognises the file of a log. What is not ours is never changed. */
import { type ByteLog, IsokvError } from '@isokv/core';
import type { FileHandle, FileSystem } from './file-system.ts';
import { codeOf, wrapping } from './io-error.ts';
import {
  FINISHED,
  hasMagic,
  isUnfinished,
  LOG_START,
  parseSuperblock,
  type Slots,
  writeUnfinished,
} from './superblock.ts';
import { writeAll } from './write-all.ts';

/** Of the eleven bytes of the magic: no other kind of file begins like that. */
const MAGIC_LEAST = 7;

/** Only its owner reads a store, unless they decide otherwise. */
const NEW_FILE_MODE = 0o600;

export interface OpenedFile {
  readonly file: FileHandle;
  readonly slots: Slots;
  /** Whether the superblock shows that the file is ours. */
  readonly ours: boolean;
  readonly bytes: number;
}

/** @throws MISSING, EXISTS, NOT_ISOKV, UNKNOWN_VERSION, CORRUPT, INVALID_OPTION, IO */
export async function openFile(
  fs: FileSystem,
  path: string,
  { readOnly, mode, recovery }: Parameters<ByteLog['open']>[0],
): Promise<OpenedFile> {
  const mayCreate = !readOnly && mode !== 'mustExist';
  const found = await openExisting(fs, path, readOnly ? 'r' : 'r+');
  if (!found && !mayCreate) throw missing(path, 'there is no such file');
  const file = found ?? (await createFile(fs, path, mode));
  try {
    const { bytes, head } = await readHead(file, path);
    if (isUnfinished(head, bytes)) {
      if (!mayCreate) throw missing(path, 'the file is empty, or its creation was never finished');
      await wrapping('create', path, () => finish(file));
      return { file, slots: [LOG_START, LOG_START], ours: true, bytes: LOG_START };
    }
    if (mode === 'mustNotExist') throw exists(path);
    const { slots, ours } = (recovery === 'salvage' ? readDamaged : readWhole)(head, path);
    // Who created it may have been stopped before its last sync: the log must not become durable first.
    if (!readOnly && bytes === LOG_START) await wrapping('sync', path, () => file.fdatasync());
    return { file, slots, ours, bytes };
  } catch (error) {
    await file.close().catch(() => undefined);
    if (!found) await fs.unlink(path).catch(() => undefined);
    throw error;
  }
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

/** The path that symbolic links lead to: a replacement must take the place of the file, not of the link. */
export async function followLinks(fs: FileSystem, path: string): Promise<string> {
  try {
    return await fs.realpath(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return path;
    return wrapping('open', path, () => Promise.reject(error));
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
      if (codeOf(error) === 'EISDIR') throw notAFile(path, 'is a directory');
      throw error;
    }),
  );
}

/** The bytes where a superblock would be, and how many the file has. */
export async function readHead(file: FileHandle, path: string): Promise<{ bytes: number; head: Uint8Array }> {
  const { kind, bytes } = await wrapping('open', path, () => file.stat());
  if (kind === 'directory') throw notAFile(path, 'is a directory');
  if (kind === 'other') throw notAFile(path, 'is not a regular file');
  const head = new Uint8Array(Math.min(bytes, LOG_START));
  let length = 0;
  while (length < head.length) {
    const count = await wrapping('read', path, () => file.read(head.subarray(length), length));
    if (count <= 0) break;
    length += count;
  }
  return { bytes, head: head.subarray(0, length) };
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
async function finish(file: FileHandle): Promise<void> {
  await writeAll(file, [writeUnfinished()], 0);
  await file.fdatasync();
  await writeAll(file, [FINISHED], 0);
  await file.fdatasync();
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

function notAFile(path: string, what: string): IsokvError {
  return new IsokvError('INVALID_OPTION', `${path} ${what}: give the path of the file to keep the store in`);
}
