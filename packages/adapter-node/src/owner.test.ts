/** A writer that was taken over from, for a lock could not keep the other away. */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { FileBytes } from './file-bytes.ts';
import type { FileSystem } from './file-system.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { OWNER_AT } from './superblock.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';
import { bytesOf, chunksOf, openBytes, text } from './testing/logs.ts';

const folder = folderOfEachTest();
let path: string;
beforeEach(() => {
  path = folder.path('a.isokv');
});

const strict = (after: number) => ({ durability: 'strict', after }) as const;
const LOCKED = { code: 'LOCKED' };

/** A lock that keeps nobody away, as between containers that share a file. */
const lock: FileSystem['lock'] = async () => ({
  add: async () => true,
  drop: async () => undefined,
  release: async () => undefined,
});
const unlocked: FileSystem = { ...nodeFileSystem, lock };

/** One that has written, and another that has taken over and written since. */
async function overtaken(): Promise<{ log: FileBytes; end: number; other: FileBytes; file: Buffer }> {
  const { log } = await openBytes(path, unlocked);
  const end = await log.append([bytesOf('first ')], strict(0));
  const other = (await openBytes(path, unlocked)).log;
  await other.append([bytesOf('second')], strict(end));
  return { log, end, other, file: readFileSync(path) };
}

describe('a writer that another has taken over from', () => {
  test.each<[string, (log: FileBytes, end: number) => unknown]>([
    ['append', (log, end) => log.append([bytesOf('late')], strict(end))],
    ['append at once', async (log, end) => log.sync.append([bytesOf('late')], strict(end))],
    ['truncate', (log) => log.truncate(4096)],
    ['truncate at once', async (log) => log.sync.truncate(4100)],
    ['replace', (log, end) => log.replace(chunksOf('late'), { upTo: () => end })],
    ['close cleanly', (log, end) => log.close({ end })],
  ])('can no longer %s', async (_, work) => {
    const { log, end, other, file } = await overtaken();
    await expect(work(log, end)).rejects.toMatchObject(LOCKED);
    expect(readFileSync(path).equals(file)).toBe(true);
    await log.close().catch(() => undefined);
    expect(readFileSync(path).equals(file)).toBe(true);
    await other.close();
    const { bytes, log: again } = await openBytes(path);
    expect(text(bytes)).toBe('first second');
    await again.close();
  });

  test('notices it after a pause, however little its writes promise', async () => {
    const { log, end, other, file } = await overtaken();
    await new Promise((resolve) => setTimeout(resolve, 25));
    const late = log.append([bytesOf('late')], { durability: 'relaxed', after: end });
    await expect(late).rejects.toMatchObject(LOCKED);
    expect(readFileSync(path).equals(file)).toBe(true);
    await other.close();
  });

  test('cannot heal itself by a replacement', async () => {
    const { log, end } = await overtaken();
    await expect(log.append([bytesOf('late')], strict(end))).rejects.toMatchObject(LOCKED);
    await expect(log.replace(chunksOf('late'), { upTo: () => end })).rejects.toMatchObject(LOCKED);
    expect(text(readFileSync(path).subarray(4096, 4108))).toBe('first second');
  });

  test('before it wrote anything does not begin to', async () => {
    const { log } = await openBytes(path, unlocked);
    const other = (await openBytes(path, unlocked)).log;
    const end = await other.append([bytesOf('second')], strict(0));
    await expect(log.append([bytesOf('late')], strict(0))).rejects.toMatchObject(LOCKED);
    await other.replace(chunksOf('compacted'), { upTo: () => end });
    await other.close();
    expect(text(readFileSync(path).subarray(4096))).toBe('compacted');
  });

  test('by somebody who has removed the file is told so', async () => {
    const { log } = await openBytes(path, unlocked);
    const end = await log.append([bytesOf('first')], strict(0));
    await new FileBytes(path, unlocked, () => undefined).destroy();
    await expect(log.append([bytesOf('late')], strict(end))).rejects.toMatchObject(LOCKED);
  });

  test('while it writes is told, for what it wrote may be gone', async () => {
    const fs = new FaultyFileSystem();
    fs.lock = lock;
    const { log } = await openBytes(path, fs);
    const end = await log.append([bytesOf('first')], strict(0));
    fs.before = async (call) => {
      if (call.operation !== 'writev') return undefined;
      fs.before = () => undefined;
      await (await openBytes(path, unlocked)).log.append([bytesOf('second')], strict(end));
      return undefined;
    };
    await expect(log.append([bytesOf('late')], strict(end))).rejects.toMatchObject(LOCKED);
  });

  test('who finds that somebody has written since it read does not take over', async () => {
    const first = (await openBytes(path, unlocked)).log;
    const end = await first.append([bytesOf('first')], strict(0));
    const other = (await openBytes(path, unlocked)).log;
    await first.append([bytesOf('more')], strict(end));
    await expect(other.append([bytesOf('late')], strict(end))).rejects.toMatchObject(LOCKED);
    await first.close();
    expect(text(readFileSync(path).subarray(4096))).toBe('firstmore');
  });
});

test('the epoch grows by one with every session that writes, and with no other', async () => {
  const epoch = (): bigint => readFileSync(path).readBigUInt64LE(OWNER_AT);
  for (let session = 1n; session <= 3n; session++) {
    const { log, bytes } = await openBytes(path);
    expect(epoch()).toBe(session - 1n);
    const end = await log.append([bytesOf('a')], strict(4096 + bytes.length));
    await log.append([bytesOf('b')], strict(end));
    await log.replace(chunksOf('c'), { upTo: () => end + 1 });
    expect(epoch()).toBe(session);
    await log.close();
    await (await openBytes(path)).log.close();
  }
});
