/** Files that were not closed: what a session that writes nothing makes of them, and a first append that tore. */
import { copyFileSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { Store } from '@isokv/core';
import { beforeEach, expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import { writeUnfinished } from './superblock.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';

const folder = folderOfEachTest();
let copy: string;
beforeEach(async () => {
  copy = folder.path('copy.isokv');
  const path = folder.path('a.isokv');
  const store = await Store.open(fileLog(path));
  await store.set('a', 1);
  await store.set('b', 2);
  copyFileSync(path, copy); // As a process leaves it that is killed now.
  await store.close();
});

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

test('a first append that left anything at its beginning is a torn tail', async () => {
  const bytes = readFileSync(copy);
  for (const filling of [0x00, 0x61, 0xf5, 0xff]) {
    const torn = Buffer.alloc(4096 + 64, 0x61);
    bytes.copy(torn, 0, 0, 4096);
    torn.fill(filling, 4096, 4096 + 32);
    writeFileSync(copy, torn);
    const store = await Store.open(fileLog(copy));
    expect(store.size).toBe(0);
    expect(store.stats().torn).toMatchObject({ offset: 4096 });
    await store.close();
  }
});

test('a first append of which the flags are missing is a torn tail', async () => {
  const bytes = readFileSync(copy);
  for (const flags of [0x00, 0x61, 0xff]) {
    const torn = Buffer.from(bytes.subarray(0, 4096 + 40));
    torn[4096 + 1] = flags;
    writeFileSync(copy, torn);
    const store = await Store.open(fileLog(copy));
    expect(store.size).toBe(0);
    expect(store.stats().torn).toMatchObject({ offset: 4096 });
    await store.close();
  }
});

test('a torn tail is not in the way of a compaction that comes before any write', async () => {
  truncateSync(copy, 4096 + 40);
  const store = await Store.open(fileLog(copy));
  expect(store.stats().torn).toBeDefined();
  await store.compact();
  await store.set('c', 3);
  await store.close();
  const again = await Store.open(fileLog(copy));
  expect([...again.keys()]).toEqual(['c']);
  await again.close();
});

test('a file whose creation was cut short while its first byte was written is created anew', async () => {
  for (const [first, length] of [
    [0x61, 4096],
    [0x00, 4096],
    [0x00, 700],
  ] as const) {
    const unfinished = Buffer.from(writeUnfinished().subarray(0, length));
    unfinished[0] = first;
    writeFileSync(copy, unfinished);
    const store = await Store.open(fileLog(copy));
    expect(store.size).toBe(0);
    await store.close();
  }
  for (const foreign of [Buffer.from('a'), Buffer.alloc(4096, 'a'), Buffer.alloc(5000)]) {
    writeFileSync(copy, foreign);
    await expect(Store.open(fileLog(copy))).rejects.toMatchObject({ code: 'NOT_ISOKV' });
    expect(readFileSync(copy).equals(foreign)).toBe(true);
  }
});
