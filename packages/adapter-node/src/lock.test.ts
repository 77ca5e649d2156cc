/** One writer for a file, whatever it is called; readers beside it. */
import { copyFileSync, existsSync, linkSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { Store } from '@isokv/core';
import { beforeEach, describe, expect, test } from 'vitest';
import { fileLog } from './file-log.ts';
import type { FileSystem } from './file-system.ts';
import { linkLock } from './lock/link-lock.ts';
import { nodeFileSystem } from './node-file-system.ts';
import { systemError } from './testing/call.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';

const folder = folderOfEachTest();
let path: string;
beforeEach(() => {
  path = folder.path('a.isokv');
});

const here = { code: 'LOCKED', pid: process.pid };

describe.each<[string, FileSystem]>([
  ['this machine', nodeFileSystem],
  ['lock files', { ...nodeFileSystem, lock: linkLock }],
])('with the locks of %s', (_, fs) => {
  const open = (at = path): Promise<Store> => Store.open(fileLog(at, { fs }));

  test('a second store on a file is refused at once, and says where the first one is', async () => {
    const store = await open();
    symlinkSync(path, folder.path('link'));
    linkSync(path, folder.path('hard'));
    for (const name of ['a.isokv', 'link', 'hard']) {
      await expect(open(folder.path(name))).rejects.toMatchObject(here);
      await expect(open(folder.path(name))).rejects.toThrow(`in this process (${process.pid})`);
    }
    await store.set('a', 1);
    await store.close();
    await (await open(folder.path('link'))).close();
    await (await open()).close();
    expect(readdirSync(folder.path('.')).sort()).toEqual(['a.isokv', 'hard', 'link']);
  });

  test('of stores that are opened at once on a new file one wins', async () => {
    const opened = await Promise.allSettled(Array.from({ length: 8 }, () => open()));
    const winners = opened.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    expect(winners.length).toBe(1);
    for (const outcome of opened) {
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'LOCKED' });
    }
    await winners[0]?.set('a', 1);
    await winners[0]?.close();
    const again = await open();
    expect(again.get('a')).toBe(1);
    await again.close();
  });

  test('a compaction takes the lock along', async () => {
    const store = await open();
    for (let i = 0; i < 3; i++) {
      await store.set('a', i);
      await store.compact();
      await expect(open()).rejects.toMatchObject(here);
    }
    await store.close();
    await (await open()).close();
  });

  test('a copy is another store', async () => {
    const store = await open();
    await store.set('a', 1);
    copyFileSync(path, folder.path('copy'));
    const copy = await open(folder.path('copy'));
    expect(copy.get('a')).toBe(1);
    await copy.close();
    await store.close();
  });

  test('a store that could not be opened holds nothing', async () => {
    const store = await open();
    await store.set('a', 'x'.repeat(100));
    await store.set('b', 'x'.repeat(100));
    await store.close();
    const sealed = {
      codecs: [],
      cipher: { name: 'none', overheadBytes: 0, start: async () => ({}) as never },
    };
    await expect(Store.open(fileLog(path, { fs }), sealed)).rejects.toMatchObject({ code: 'SEALED' });
    await expect(Store.open(fileLog(path, { fs }), { mustNotExist: true })).rejects.toMatchObject({
      code: 'EXISTS',
    });
    await (await open()).close();
  });

  test('what is open for writing is not destroyed by others', async () => {
    const store = await open();
    await store.set('a', 1);
    await expect(fileLog(path, { fs }).destroy()).rejects.toMatchObject(here);
    expect(existsSync(path)).toBe(true);
    await store.destroy();
    expect(readdirSync(folder.path('.'))).toEqual([]);
  });

  test('readers come and go beside a writer, and change nothing', async () => {
    const store = await Store.open(fileLog(path, { fs }), { durability: 'relaxed' });
    await store.set('a', 1);
    const before = readFileSync(path);
    const readers = await Promise.all(
      [1, 2].map(() => Store.open(fileLog(path, { fs }), { readOnly: true })),
    );
    await readers[0]?.close();
    expect(readFileSync(path).equals(before)).toBe(true);
    await store.set('b', 2);
    await readers[1]?.refresh();
    expect(readers[1]?.get('b')).toBe(2);
    await readers[1]?.close();
    await store.close();
  });
});

describe('who opens a file whose writer is just then done with it', () => {
  test.each<[string, (store: Store) => Promise<unknown>]>([
    ['has written', (store) => store.set('a', 2)],
    ['has compacted', (store) => store.set('a', 2).then(() => store.compact())],
    [
      'has destroyed it and made another',
      async (store) => {
        await store.destroy();
        const other = await Store.open(fileLog(path));
        await other.set('a', 2);
        await other.close();
      },
    ],
  ])('finds what that one %s', async (_, work) => {
    const writer = await Store.open(fileLog(path), { durability: 'relaxed' });
    await writer.set('a', 1);
    const fs = new FaultyFileSystem();
    fs.before = async (call) => {
      if (call.operation !== 'lock') return undefined;
      fs.before = () => undefined;
      await work(writer);
      await writer.close();
      return undefined;
    };
    const store = await Store.open(fileLog(path, { fs }));
    expect(store.get('a')).toBe(2);
    await store.set('b', 3);
    await store.close();
    const again = await Store.open(fileLog(path));
    expect([...again.entries()]).toEqual(Object.entries({ a: 2, b: 3 }));
    await again.verify();
    await again.close();
  });
});

test('a compaction that fails gives up the lock of the file that it did not put in place', async () => {
  const fs = new FaultyFileSystem();
  const store = await Store.open(fileLog(path, { fs }));
  store.on('error', () => undefined);
  await store.set('a', 1);
  for (const operation of ['fsync', 'rename'] as const) {
    fs.before = (call) => {
      if (call.operation === operation) throw systemError('EIO');
      return undefined;
    };
    await expect(store.compact()).rejects.toMatchObject({ code: 'IO' });
    fs.before = () => undefined;
    await store.set('a', 2);
    await expect(Store.open(fileLog(path))).rejects.toMatchObject(here);
  }
  await store.close();
  const again = await Store.open(fileLog(path));
  expect(again.get('a')).toBe(2);
  await again.close();
});

test('a reader whose file has been removed says so, and keeps what it has', async () => {
  const store = await Store.open(fileLog(path));
  await store.set('a', 1);
  const reader = await Store.open(fileLog(path), { readOnly: true });
  await store.destroy();
  await expect(reader.refresh()).rejects.toMatchObject({ code: 'MISSING' });
  expect(reader.get('a')).toBe(1);
  await reader.close();
});

test('a reader sees what has come while it was reading as not yet there, never as damage', async () => {
  const store = await Store.open(fileLog(path), { durability: 'relaxed' });
  await store.set('a', 'x'.repeat(3000));
  const whole = readFileSync(path).length;
  const fs = new FaultyFileSystem();
  let reads = 0;
  const reader = fileLog(path, {
    fs: {
      ...nodeFileSystem,
      async open(at, flags, mode) {
        const file = await fs.open(at, flags, mode);
        const read = file.read.bind(file);
        // The middle of an append is read before it is there, and the append that follows it after that.
        file.read = async (target, position) => {
          const count = await read(target, position);
          if (position >= 4096 && reads++ === 0) target.fill(0, whole - position, whole - position + 100);
          return count;
        };
        return file;
      },
    },
  });
  await store.set('b', 'y'.repeat(3000));
  await store.set('c', 'z'.repeat(3000));
  const seen = await Store.open(reader, { readOnly: true });
  expect([...seen.keys()]).toEqual(['a', 'b', 'c']);
  expect(reads).toBeGreaterThan(1);
  await seen.close();
  await store.close();
});
