/** A file read whole, and what tells its content from any other. */
import { createHash, type Hash } from 'node:crypto';
import { IsokvError } from '@isokv/core';
import type { FileSystem } from '../file-system.ts';
import { wrapping } from '../io-error.ts';
import { openExisting, readHead } from '../open-file.ts';
import { readChunks } from '../read-chunks.ts';
import { hasMagic } from '../superblock.ts';

export interface FileContent {
  readonly bytes: Uint8Array;
  /** A hash of the bytes: an edit shows whatever it does to the times of the file, and a touch is no edit. */
  readonly version: string;
}

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

export function newHash(): Hash {
  return createHash('sha256');
}

export function versionOf(hash: Hash): string {
  return hash.digest('hex');
}
