/** Where a file is, as the user says it. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { IsokvError } from '@isokv/core';

/** @returns the absolute path, `what` being whose it is for messages. @throws INVALID_OPTION when it cannot be that of a file */
export function filePath(what: string, path: string | URL): string {
  const text = isUrl(path) ? fromUrl(what, path) : path;
  if (typeof text !== 'string' || text === '' || text.includes('\0'))
    refuse(`${what} needs the path of a file: a string, not empty, without NUL, or a file: URL`);
  if (text.startsWith('file://')) refuse(`${text} is a URL as text: give ${what} new URL(…), or a path`);
  return resolve(text);
}

/** Of any realm. */
function isUrl(path: unknown): path is URL {
  return typeof path === 'object' && path !== null && 'href' in path && 'protocol' in path;
}

function fromUrl(what: string, url: URL): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    throw new IsokvError('INVALID_OPTION', `${what} cannot take ${url.href}: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function refuse(why: string): never {
  throw new IsokvError('INVALID_OPTION', why);
}
