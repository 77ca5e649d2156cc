/** A file is a byte log like any other: the suite of the core says what that means. */
import { copyFileSync, existsSync } from 'node:fs';
import type { ByteLog } from '@isokv/core';
import { testByteLog } from '@isokv/core/testing';
import * as vitest from 'vitest';
import { FileBytes } from './file-bytes.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { temporaryFolder } from './testing/logs.ts';

const folder = temporaryFolder();
vitest.afterAll(() => folder.remove());

interface FileMedium {
  readonly path: string;
  handle(): ByteLog;
}

let media = 0;

function newMedium(): FileMedium {
  media++;
  const path = folder.path(`${media}.isokv`);
  return { path, handle: () => new FileBytes(path, nodeFileSystem, () => undefined) };
}

testByteLog<FileMedium>(vitest, {
  capabilities: newMedium().handle().capabilities,
  create: newMedium,
  aside: (_, path) => ({ path, handle: () => new FileBytes(path, nodeFileSystem, () => undefined) }),
  crash({ path }) {
    const left = newMedium();
    if (existsSync(path)) copyFileSync(path, left.path);
    return left;
  },
});
