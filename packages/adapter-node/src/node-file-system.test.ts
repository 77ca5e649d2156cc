import fs from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { FileHandle } from './file-system.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';

const folder = folderOfEachTest();
const KIB = 1024;
let file: FileHandle;
/** What it was asked to write before it had returned. */
let atOnce: number[];
let now_ms: number;
/** How long the system takes for what it is to write at once. */
let takes_ms: number;

beforeEach(async () => {
  file = await nodeFileSystem.open(folder.path('file'), 'wx+', 0o600);
  atOnce = [];
  now_ms = 0;
  takes_ms = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now_ms);
  const { writevSync } = fs;
  vi.spyOn(fs, 'writevSync').mockImplementation((...given) => {
    now_ms += takes_ms;
    const written = writevSync(...given);
    atOnce.push(written);
    return written;
  });
});

afterEach(async () => {
  vi.restoreAllMocks();
  await file.close();
});

const write = (bytes: number) => file.writev([new Uint8Array(bytes - 1), new Uint8Array(1)], 0);

test('few bytes are written at once, many by another thread', async () => {
  expect(await write(32 * KIB)).toBe(32 * KIB);
  expect(await write(32 * KIB + 1)).toBe(32 * KIB + 1);
  expect(atOnce).toEqual([32 * KIB]);
});

test('after a write that took long others go to another thread for a hundred times as long', async () => {
  takes_ms = 5;
  await write(10);
  await write(11);
  takes_ms = 6;
  await write(12);
  now_ms += 593;
  expect(await write(13)).toBe(13);
  expect(atOnce).toEqual([10, 11, 12]);
  now_ms += 1;
  await write(14);
  expect(atOnce).toEqual([10, 11, 12, 14]);
});

test('who awaits one write after the other leaves all else its turn', async () => {
  let turns = 0;
  void nextTurn().then(() => turns++);
  for (let writes = 0; writes < 3; writes++) await write(10);
  expect(turns).toBe(1);
});

test('the promise tells of a write that fails', async () => {
  vi.mocked(fs.writevSync).mockImplementation(() => {
    throw new Error('ENOSPC');
  });
  await expect(write(10)).rejects.toThrow('ENOSPC');
});
