/** Files that were not closed: what a session that writes nothing makes of them, and a first append that tore. */
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { Store } from '@isokv/core';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import { temporaryFolder } from './testing/logs.ts';

let folder: ReturnType<typeof temporaryFolder>;
let copy: string;
beforeEach(async () => {
  folder = temporaryFolder();
  copy = folder.path('copy.isokv');
  const path = folder.path('a.isokv');
  const store = await Store.open(fileLog(path));
  await store.set('a', 1);
  await store.set('b', 2);
  copyFileSync(path, copy); // As a process leaves it that is killed now.
  await store.close();
});
afterEach(() => folder.remove());

test('a session that wrote nothing closes the file cleanly: what is cut off then is missed', async () => {
  await (await Store.open(fileLog(copy))).close();
  truncateSync(copy, statSync(copy).size - 3);
  await expect(Store.open(fileLog(copy))).rejects.toMatchObject({ code: 'CORRUPT' });
});

test('a first append whose beginning never reached the file is a torn tail', async () => {
  const bytes = readFileSync(copy);
  const torn = Buffer.alloc(4096 + 64);
  bytes.copy(torn, 0, 0, 4096);
  torn.fill(0x61, 4096 + 32);
  writeFileSync(copy, torn);
  const store = await Store.open(fileLog(copy));
  expect(store.size).toBe(0);
  expect(store.stats().torn).toMatchObject({ offset: 4096 });
  await store.close();
});
