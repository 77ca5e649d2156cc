import { readdirSync, statSync } from 'node:fs';
import { Store } from '@isokv/core';
import { beforeEach, expect, test } from 'vitest';
import { backupFile } from './backup-file.ts';
import { fileLog } from './file-log.ts';
import { systemError } from './testing/call.ts';
import { FaultyFileSystem } from './testing/faulty-file-system.ts';
import { folderOfEachTest } from './testing/folder-of-each-test.ts';

const folder = folderOfEachTest();
let path: string;
let target: string;
beforeEach(() => {
  path = folder.path('a.isokv');
  target = folder.path('backup');
});

const names = (): string[] => readdirSync(folder.path('.')).sort();

async function contentOf(name: string): Promise<Record<string, unknown>> {
  const store = await Store.open(fileLog(name), { readOnly: true });
  try {
    return Object.fromEntries(store.entries());
  } finally {
    await store.close();
  }
}

test('the last backups are kept, each of them a store', async () => {
  const store = await Store.open(fileLog(path));
  for (let n = 1; n <= 5; n++) {
    await store.set('n', n);
    await backupFile(store, target, { keep: 3 });
  }
  await store.close();
  expect(names()).toEqual(['a.isokv', 'backup', 'backup.1', 'backup.2']);
  for (const name of names()) expect(statSync(folder.path(name)).mode & 0o777).toBe(0o600);
  for (const [name, n] of [
    ['', 5],
    ['.1', 4],
    ['.2', 3],
  ])
    expect(await contentOf(target + name)).toEqual({ n });
});

test('a backup made while writes and a compaction go on is the state at one commit', async () => {
  const store = await Store.open(fileLog(path), { durability: 'relaxed' });
  for (let i = 0; i < 20_000; i++) void store.set(`key ${i}`, 'x'.repeat(50));
  await store.setMany([
    ['a', 0],
    ['b', 0],
  ]);
  let done = false;
  const backup = backupFile(store, target).finally(() => {
    done = true;
  });
  const compaction = store.compact();
  const open = store.begin();
  open.set('late', 1);
  let written = 0;
  while (!done) {
    written++;
    void store.setMany([
      ['a', written],
      ['b', -written],
      [`key ${written}`, written],
    ]);
    await new Promise(setImmediate);
  }
  await Promise.all([backup, compaction, open.commit()]);
  const closed = store.close();
  await closed;
  const { a, b, ...rest } = await contentOf(target);
  expect(b).toBe(-(a as number) + 0 || 0);
  for (let i = 1; i <= (a as number); i++) expect(rest[`key ${i}`]).toBe(i);
  expect(rest[`key ${(a as number) + 1}`]).toBe('x'.repeat(50));
  expect('late' in rest).toBe(false);
  expect(written).toBeGreaterThan(1);
  expect(await contentOf(path)).toMatchObject({ a: written, b: -written, late: 1 });
});

test('whatever call fails, the store and an older backup are as they were, and the next backup works', async () => {
  let failed = true;
  for (let at = 0; failed; at++) {
    const fs = new FaultyFileSystem();
    const store = await Store.open(fileLog(path));
    await store.set('n', at);
    await backupFile(store, target, { keep: 2 });
    await store.set('n', at + 0.5);
    let calls = 0;
    fs.before = () => {
      if (calls++ === at) throw systemError('ENOSPC');
      return undefined;
    };
    await backupFile(store, target, { keep: 2, fs }).catch((error) => expect(error).toHaveProperty('code'));
    failed = calls > at;
    const left = await Promise.all(
      names()
        .filter((name) => /^backup(\.1)?$/.test(name))
        .map((name) => contentOf(folder.path(name))),
    );
    expect(left).toContainEqual({ n: at });
    expect(fs.handles).toBe(0);
    await store.set('n', at + 0.75);
    await backupFile(store, target, { keep: 2 });
    expect(await contentOf(target)).toEqual({ n: at + 0.75 });
    expect(names()).toEqual(['a.isokv', 'backup', 'backup.1']);
    await store.destroy();
    for (const name of ['backup', 'backup.1']) await fileLog(folder.path(name)).destroy();
  }
}, 30_000);

test('a compaction that fails at any call leaves the store as it was, and the next one works', async () => {
  let failed = true;
  for (let at = 0; failed; at++) {
    const fs = new FaultyFileSystem();
    const store = await Store.open(fileLog(path, { fs }), { compaction: 'manual' });
    await store.setMany([
      ['a', 1],
      ['b', 2],
    ]);
    await store.delete('a');
    let calls = 0;
    fs.before = () => {
      if (calls++ === at) throw systemError('EIO');
      return undefined;
    };
    const compaction = store.compact().catch((error) => {
      expect(error.code).toBe('IO');
    });
    const write = store.set('c', 3).catch((error) => expect(error.code).toBe('IO'));
    await Promise.all([compaction, write]);
    failed = calls > at;
    fs.before = () => undefined;
    expect(Object.fromEntries(store.entries())).toEqual({ b: 2, c: 3 });
    // When the new file is in place, and its name not durable, nothing is appended to it: the first write is refused.
    await store.set('d', 4).catch((error) => {
      expect(error.code).toBe('IO');
      expect(fs.operations('rename')).toHaveLength(1);
    });
    await store.compact();
    await store.close();
    expect(await contentOf(path)).toEqual({ b: 2, c: 3, d: 4 });
    expect(names()).toEqual(['a.isokv']);
    await fileLog(path).destroy();
  }
}, 30_000);

test.each([0, -1, 1.5, Number.NaN])('keep cannot be %d', async (keep) => {
  await expect(backupFile(new Store(), target, { keep })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});
