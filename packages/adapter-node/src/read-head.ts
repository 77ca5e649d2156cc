import { IsokvError } from '@isokv/core';
import type { FileHandle } from './file-system.ts';
import { wrapping } from './io-error.ts';
import { LOG_START } from './superblock.ts';

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
