/** Files that are there whole or not at all: written beside their name, then renamed. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { IsokvError } from '@isokv/core';

let unfinished: string | undefined;

/** @throws EXISTS */
export function checkFree(path: string, force: boolean): void {
  if (path !== '-' && !force && existsSync(path))
    throw new IsokvError('EXISTS', `${path} is there already: pass --force to write over it`);
}

/** @throws EXISTS, IO; what was there is there still */
export function writeOutput(path: string, content: string | Uint8Array, force: boolean): void {
  checkFree(path, force);
  const aside = `${path}.${process.pid}.tmp`;
  try {
    unfinished = aside;
    const file = openSync(aside, 'wx');
    try {
      writeFileSync(file, content);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(aside, path);
    unfinished = undefined;
  } catch (cause) {
    removeUnfinished();
    throw new IsokvError('IO', `${path} cannot be written: ${(cause as Error).message}`, { cause });
  }
}

/** For who is interrupted. */
export function removeUnfinished(): void {
  if (unfinished !== undefined) rmSync(unfinished, { force: true });
  unfinished = undefined;
}
