import { readFileSync } from 'node:fs';
import { IsokvError } from '@isokv/core';

/** `-` is standard input. @throws MISSING, IO */
export function readInput(path: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(readFileSync(path === '-' ? 0 : path));
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new IsokvError('MISSING', `there is no ${path}`, { cause });
    throw new IsokvError('IO', `${path} cannot be read: ${message}`, { cause });
  }
}
