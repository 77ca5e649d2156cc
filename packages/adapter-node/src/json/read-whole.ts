/** A file read whole, and what tells its content from any other. */
import { createHash, type Hash } from 'node:crypto';
import { IsokvError } from '@isokv/core';
import type { FileHandle, FileStatus, FileSystem } from '../file-system.ts';
import { openExisting, orAbsent } from '../find-file.ts';
import { wrapping, wrappingSync } from '../io-error.ts';
import { readChunks } from '../read-chunks.ts';
import { readHead } from '../read-head.ts';
import { hasMagic } from '../superblock.ts';

export interface FileContent {
  readonly bytes: Uint8Array;
  /** A hash of the bytes: an edit shows whatever it does to the times of the file, and a touch is no edit. */
  readonly version: string;
}

/** What was seen of a file. */
export interface Seen {
  readonly version: string;
  /** As it was before it was read. */
  readonly status: FileStatus;
}

/** A file of this size is read in a fraction of a millisecond. */
const SMALL_BYTES = 256 * 1024;

/** @returns undefined when there is no such file. @throws NOT_ISOKV when it is a store of `fileLog` */
export async function readWhole(
  fs: FileSystem,
  path: string,
  flags: 'r' | 'r+',
): Promise<FileContent | undefined> {
  const file = await openExisting(fs, path, flags);
  if (!file) return undefined;
  try {
    const { bytes, head } = await readHead(file, path);
    if (hasMagic(head)) {
      throw new IsokvError(
        'NOT_ISOKV',
        `${path} is a store of fileLog, not a JSON file: open it with fileLog`,
      );
    }
    const parts: Uint8Array[] = [];
    const hash = newHash();
    await wrapping('read', path, async () => {
      for await (const chunk of readChunks(file, 0, bytes)) {
        hash.update(chunk.bytes);
        parts.push(chunk.bytes);
      }
    });
    return {
      bytes: parts.length === 1 ? (parts[0] as Uint8Array) : Buffer.concat(parts),
      version: versionOf(hash),
    };
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** What is there, read a little at a time. @returns undefined when there is nothing */
export async function see(fs: FileSystem, path: string): Promise<Seen | undefined> {
  const file = await openExisting(fs, path, 'r');
  if (!file) return undefined;
  try {
    return await wrapping('read', path, async () => {
      const status = await file.stat();
      const hash = newHash();
      const chunk = new Uint8Array(Math.min(status.bytes, SMALL_BYTES));
      for (let at = 0; at < status.bytes; ) {
        const count = await file.read(chunk.subarray(0, status.bytes - at), at);
        if (count <= 0) break;
        hash.update(chunk.subarray(0, count));
        at += count;
      }
      return { version: versionOf(hash), status };
    });
  } finally {
    await file.close().catch(() => undefined);
  }
}

/**
 * The version of what is there now, known when it returns. `seen`: what was there a moment ago. A file that is not small
 * is not read again when it is the same one, as long and as old.
 */
export function versionNow(fs: FileSystem, path: string, seen?: Seen): string | undefined {
  return wrappingSync('read', path, () => {
    const file = orAbsent(() => fs.openSync(path, 'r'));
    if (!file) return undefined;
    try {
      const status = file.statSync();
      const { bytes } = status;
      return seen && bytes > SMALL_BYTES && isSame(status, seen.status) ? seen.version : hashOf(file, bytes);
    } finally {
      file.closeSync();
    }
  });
}

function isSame(a: FileStatus, b: FileStatus): boolean {
  return a.identity === b.identity && a.bytes === b.bytes && a.modifiedMs === b.modifiedMs;
}

function hashOf(file: FileHandle, bytes: number): string {
  const hash = newHash();
  const chunk = new Uint8Array(Math.min(bytes, SMALL_BYTES));
  for (let at = 0; at < bytes; ) {
    const count = file.readSync(chunk.subarray(0, bytes - at), at);
    if (count <= 0) break;
    hash.update(chunk.subarray(0, count));
    at += count;
  }
  return versionOf(hash);
}

export function newHash(): Hash {
  return createHash('sha256');
}

export function versionOf(hash: Hash): string {
  return hash.digest('hex');
}
