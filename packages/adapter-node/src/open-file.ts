/** Finds and recognises the file of a log, or has it created. What is not ours is never changed. */
import { type ByteLog, IsokvError } from '@isokv/core';
import type { FileHandle, FileSystem } from './file-system.ts';
import { openExisting } from './find-file.ts';
import { wrapping } from './io-error.ts';
import { type FileLock, lockName } from './lock/file-lock.ts';
import { exists, openNew } from './new-file.ts';
import { isStill, takeLock } from './open-lock.ts';
import { readHead } from './read-head.ts';
import {
  hasMagic,
  isUnfinished,
  LOG_START,
  ownerOf,
  parseSuperblock,
  type Slots,
  secretOf,
} from './superblock.ts';

/** Of the eleven bytes of the magic: no other kind of file begins like that. */
const MAGIC_LEAST = 7;

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

function missing(path: string, reason: string): IsokvError {
  return new IsokvError(
    'MISSING',
    `there is no store at ${path}: ${reason}; open it for writing to create one`,
  );
}
